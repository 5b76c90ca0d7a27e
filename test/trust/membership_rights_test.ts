import assert from "node:assert/strict";
import type { ActorId, DocId } from "../../core/base/ids.ts";
import { cutOf, lastWithin, uniteCuts } from "../../core/trust/cut.ts";
import type { DeviceKeys } from "../../core/trust/device_keys.ts";
import type { Cut } from "../../core/trust/entry_body.ts";
import { deviceKeys } from "../fakes/device.ts";
import { NOTHING_CUT, SpaceLog } from "../fakes/space_log.ts";

type Devices = [DeviceKeys, DeviceKeys, DeviceKeys, DeviceKeys, DeviceKeys];
const [ANN, BEN, CAT, DAN, EVE] = [1, 2, 3, 4, 5].map(deviceKeys) as Devices;
const ACTOR = "0a".repeat(16) as ActorId;
const OTHER = "0b".repeat(16) as ActorId;
const SPACE = "space" as DocId;
const NOTE = `note/${"0c".repeat(16)}` as DocId;

const cut = (doc: DocId, actor: ActorId, seq: number, rest = false): Cut => ({
  docs: [[doc, [[actor, seq]]]],
  rest,
});

Deno.test("MEMB-11: a cut says how far each log counts, and whether what it does not name does", () => {
  assert.equal(lastWithin(cut(SPACE, ACTOR, 3), SPACE, ACTOR), 3);
  assert.equal(lastWithin(cut(SPACE, ACTOR, 3, true), SPACE, OTHER), 0);
  assert.equal(lastWithin(cut(SPACE, ACTOR, 3), NOTE, ACTOR), 0);
  assert.equal(lastWithin(cut(SPACE, ACTOR, 3, true), NOTE, ACTOR), Infinity);
  assert.equal(cutOf(cut(SPACE, ACTOR, 3, true), NOTE), null);
});

Deno.test("MEMB-11: of several cuts counts what counts under one of them", () => {
  const cuts = [
    cut(SPACE, ACTOR, 3),
    cut(SPACE, ACTOR, 5),
    cut(SPACE, OTHER, 2),
    cut(NOTE, ACTOR, 1),
    cut(SPACE, ACTOR, 1, true),
    cut(NOTE, OTHER, 9, true),
    NOTHING_CUT,
  ];
  const logs = [SPACE, NOTE, "note/x" as DocId].flatMap((doc) =>
    [ACTOR, OTHER].map((actor) => [doc, actor] as const)
  );
  for (const a of cuts) {
    for (const b of cuts) {
      const united = uniteCuts([a, b]);
      for (const log of logs) {
        assert.equal(
          lastWithin(united, ...log),
          Math.max(lastWithin(a, ...log), lastWithin(b, ...log)),
        );
      }
    }
  }
});

Deno.test("MEMB-11: writers write, readers do not, and the removed and lowered up to their cut", () => {
  const log = new SpaceLog(ANN);
  assert.deepEqual(log.membership.rights(ANN.peer), { type: "writer" });
  assert.deepEqual(log.membership.rights(BEN.peer), { type: "none" });
  log.join(ANN, BEN, "reader");
  assert.deepEqual(log.membership.rights(BEN.peer), { type: "reader" });
  log.role(ANN, BEN, "member");
  assert.deepEqual(log.membership.rights(BEN.peer), { type: "writer" });
  log.add(ANN, { type: "role", peer: BEN.peer, role: "reader", cut: cut(SPACE, ACTOR, 3) });
  assert.deepEqual(log.membership.rights(BEN.peer), { type: "cut", cut: cut(SPACE, ACTOR, 3) });
  log.remove(ANN, BEN, { cut: cut(SPACE, ACTOR, 2) });
  assert.deepEqual(log.membership.rights(BEN.peer), { type: "cut", cut: cut(SPACE, ACTOR, 3) });
  log.join(ANN, BEN, "reader");
  assert.deepEqual(log.membership.rights(BEN.peer), { type: "cut", cut: cut(SPACE, ACTOR, 3) });
  log.role(ANN, BEN, "admin");
  assert.deepEqual(log.membership.rights(BEN.peer), { type: "writer" });
});

Deno.test("MEMB-11: removals of one peer at the same time: the cuts are united", () => {
  const log = new SpaceLog(ANN);
  log.join(ANN, CAT, "admin");
  const on = [log.join(ANN, BEN)];
  log.remove(ANN, BEN, { on, cut: cut(SPACE, ACTOR, 2) });
  log.remove(CAT, BEN, { on, cut: cut(SPACE, ACTOR, 7) });
  log.remove(BEN, BEN, { on, cut: cut(SPACE, ACTOR, 99) });
  assert.deepEqual(log.membership.rights(BEN.peer), { type: "cut", cut: cut(SPACE, ACTOR, 7) });
});

Deno.test("MEMB-12: an epoch begins with the space, a removal with keys, and a rekey", () => {
  const log = new SpaceLog(ANN);
  const ids = () => log.membership.epochs.map(({ id }) => id);
  const ben = log.join(ANN, BEN);
  log.join(ANN, CAT);
  assert.deepEqual(ids(), [log.created.hash]);
  const [first] = log.membership.epochs;
  assert.deepEqual(first!.seals.map(({ peer }) => peer), [ANN.peer, BEN.peer, CAT.peer]);
  assert.equal(first!.seals[1]!.entry, ben.hash);
  assert.equal(log.membership.rekeyDue, false);
  log.remove(CAT, CAT);
  assert.ok(log.membership.rekeyDue, "who left still has the key");
  const rekey = log.rekey(ANN, [ANN, BEN]);
  assert.equal(log.membership.rekeyDue, false);
  const removed = log.remove(ANN, BEN, { stay: [ANN] });
  assert.deepEqual(ids(), [removed.hash, rekey.hash, log.created.hash]);
  assert.equal(log.membership.rekeyDue, false);
});

Deno.test("MEMB-12: removals at the same time, and a member without the key, make a rekey due", () => {
  const log = new SpaceLog(ANN);
  log.join(ANN, BEN, "admin");
  const on = [log.join(ANN, CAT)];
  log.remove(ANN, CAT, { on, stay: [ANN, BEN] });
  log.remove(BEN, CAT, { on, stay: [ANN, BEN] });
  const [current, other] = log.membership.epochs;
  assert.ok(current!.id > other!.id, "of the same depth the higher hash");
  assert.ok(log.membership.rekeyDue);
  const both = log.rekey(BEN, [ANN, BEN]);
  assert.equal(log.membership.rekeyDue, false);
  log.join(ANN, CAT, "member", { on: [both] });
  log.rekey(BEN, [ANN, BEN], { on: [both] });
  log.rekey(BEN, [ANN, BEN]);
  assert.ok(log.membership.rekeyDue, "Cat has no seal of this epoch");
});

Deno.test("MEMB-12: who was let in during an epoch that came to be void has the key of that one, and no other", () => {
  const log = new SpaceLog(ANN);
  log.join(ANN, BEN, "admin");
  const on = [log.join(ANN, CAT, "admin")];
  const dan = log.join(ANN, DAN, "member", { on });
  const begun = log.remove(CAT, DAN, { on: [dan], stay: [ANN, BEN, CAT] });
  const eve = log.join(ANN, EVE, "member", { on: [begun] });
  const sealed = () =>
    log.membership.epochs.map((
      { id, seals },
    ) => [id, seals.some(({ entry }) => entry === eve.hash)]);
  assert.deepEqual(sealed(), [[begun.hash, true], [log.created.hash, false]]);
  log.remove(BEN, CAT, { on });
  assert.ok(log.membership.members.has(EVE.peer) && log.membership.members.has(DAN.peer));
  assert.deepEqual(sealed(), [[log.created.hash, false], [begun.hash, true]]);
  assert.ok(log.membership.rekeyDue);
});

Deno.test("MEMB-3: the digest is of all entries that are here, whatever their order", () => {
  const log = new SpaceLog(ANN);
  const before = log.membership.digest();
  log.join(ANN, BEN);
  log.join(CAT, CAT === ANN ? BEN : ANN);
  const { entries, space } = log;
  const after = log.membership.digest();
  assert.notDeepEqual(after, before);
  const shuffled = new SpaceLog(ANN).membership.with(entries.toReversed());
  assert.equal(shuffled.space, space);
  assert.deepEqual(shuffled.digest(), after);
});
