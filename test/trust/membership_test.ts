import assert from "node:assert/strict";
import type { DeviceKeys } from "../../core/trust/device_keys.ts";
import { Membership } from "../../core/trust/membership.ts";
import { deviceKeys } from "../fakes/device.ts";
import { AT, SpaceLog } from "../fakes/space_log.ts";

const [ANN, BEN, CAT, DAN, EVE] = [1, 2, 3, 4, 5].map(deviceKeys) as [
  DeviceKeys,
  DeviceKeys,
  DeviceKeys,
  DeviceKeys,
  DeviceKeys,
];
const NAMES = new Map(
  [ANN, BEN, CAT, DAN, EVE].map((keys, i) => [keys.peer, ["Ann", "Ben", "Cat", "Dan", "Eve"][i]]),
);

/** Who belongs, the most senior first, as "Ann admin, Ben member". */
function who(log: SpaceLog): string {
  return [...log.membership.members.values()]
    .map(({ peer, role }) => `${NAMES.get(peer)} ${role}`).join(", ");
}

Deno.test("MEMB-5: the founder is the first admin, and an admin lets in, promotes and removes", () => {
  const log = new SpaceLog(ANN);
  assert.equal(who(log), "Ann admin");
  assert.equal(log.membership.name, "Crew");
  log.join(ANN, BEN);
  log.join(ANN, CAT, "reader");
  assert.equal(who(log), "Ann admin, Ben member, Cat reader");
  log.role(ANN, BEN, "admin");
  log.remove(BEN, CAT);
  assert.equal(who(log), "Ann admin, Ben admin");
  assert.equal(log.membership.formers.get(CAT.peer)?.by, BEN.peer);
});

Deno.test("MEMB-5: a member may let in by invite and leave, and nothing else", () => {
  const log = new SpaceLog(ANN);
  log.join(ANN, BEN);
  log.join(ANN, CAT);
  const refused = [
    log.join(BEN, DAN),
    log.invite(BEN, 9),
    log.role(BEN, BEN, "admin"),
    log.role(BEN, ANN, "reader"),
    log.remove(BEN, CAT),
    log.rekey(BEN, [BEN]),
    log.admit(BEN, DAN, 9),
  ];
  for (const { hash } of refused) assert.equal(log.membership.isAlive(hash), false);
  assert.equal(who(log), "Ann admin, Ben member, Cat member");
  log.invite(ANN, 7);
  log.admit(BEN, DAN, 7);
  log.remove(BEN, BEN);
  assert.equal(who(log), "Ann admin, Cat member, Dan member");
});

Deno.test("MEMB-5: a reader can do nothing but leave, a stranger nothing at all", () => {
  const log = new SpaceLog(ANN);
  log.join(ANN, BEN, "reader");
  log.join(ANN, CAT);
  log.invite(ANN, 7);
  const refused = [BEN, EVE].flatMap((author) => [
    log.join(author, DAN),
    log.invite(author, 9),
    log.admit(author, DAN, 7),
    log.role(author, author === BEN ? BEN : CAT, "admin"),
    log.remove(author, CAT),
    log.rekey(author, [author]),
  ]);
  refused.push(log.succeed(BEN, DAN), log.remove(EVE, EVE));
  for (const { hash } of refused) assert.equal(log.membership.isAlive(hash), false);
  assert.equal(who(log), "Ann admin, Ben reader, Cat member");
  log.remove(BEN, BEN);
  assert.equal(who(log), "Ann admin, Cat member");
});

Deno.test("MEMB-6: hostile 23: what the removed does at the same time does not count", () => {
  const log = new SpaceLog(ANN);
  const joined = log.join(ANN, BEN, "admin");
  const removed = log.remove(ANN, BEN, { on: [joined] });
  const late = [
    log.join(BEN, EVE, "admin", { on: [joined] }),
    log.invite(BEN, 9, "admin", { on: [joined] }),
    log.role(BEN, BEN, "admin", { on: [joined] }),
  ];
  const puppet = log.remove(EVE, ANN, { on: [late[0]!] });
  const after = log.join(BEN, EVE, "admin", { on: [removed] });
  for (const { hash } of [...late, puppet, after]) {
    assert.equal(log.membership.isAlive(hash), false);
  }
  assert.equal(who(log), "Ann admin");
  assert.equal(log.membership.rights(EVE.peer).type, "none");
});

Deno.test("MEMB-6: who is lowered does not use the old role at the same time", () => {
  const log = new SpaceLog(ANN);
  const joined = log.join(ANN, BEN, "admin");
  log.invite(ANN, 7, "member", { on: [joined] });
  log.role(ANN, BEN, "member");
  const dead = log.join(BEN, EVE, "member", { on: [joined] });
  assert.equal(log.membership.isAlive(dead.hash), false);
  log.admit(BEN, CAT, 7);
  assert.equal(who(log), "Ann admin, Ben member, Cat member");
});

Deno.test("MEMB-8: hostile 24: of two admins who remove each other the senior one stays", () => {
  const log = new SpaceLog(ANN);
  const ben = log.join(ANN, BEN, "admin");
  const cat = log.join(ANN, CAT, "admin", { on: [ben] });
  log.remove(CAT, BEN, { on: [cat] });
  log.remove(BEN, CAT, { on: [cat] });
  assert.equal(who(log), "Ann admin, Ben admin");
  log.remove(BEN, ANN, { on: [cat] });
  log.remove(ANN, BEN, { on: [cat] });
  assert.equal(who(log), "Ann admin, Cat admin", "the founder is senior to all");
});

Deno.test("MEMB-8: three admins who remove each other in a circle", () => {
  const log = new SpaceLog(ANN);
  log.join(ANN, BEN, "admin");
  log.join(ANN, CAT, "admin");
  const on = [log.join(ANN, DAN, "admin")];
  log.remove(BEN, CAT, { on });
  log.remove(CAT, DAN, { on });
  log.remove(DAN, BEN, { on });
  assert.equal(who(log), "Ann admin, Ben admin, Dan admin");
});

Deno.test("MEMB-8: a circle through a grant: who was made admin by the removed removes the remover", () => {
  for (const [senior, junior] of [[BEN, CAT], [CAT, BEN]] as const) {
    const log = new SpaceLog(ANN);
    log.join(ANN, senior, "admin");
    const on = [log.join(ANN, junior, "admin")];
    log.remove(BEN, CAT, { on });
    const granted = log.join(CAT, EVE, "admin", { on });
    const revenge = log.remove(EVE, BEN, { on: [granted] });
    const wins = senior === BEN ? "Ann admin, Ben admin" : "Ann admin, Cat admin, Eve admin";
    assert.equal(who(log), wins);
    assert.equal(log.membership.isAlive(revenge.hash), senior === CAT);
  }
});

Deno.test("MEMB-8: a back-dated entry of the removed does not void what its removal rests on", () => {
  const log = new SpaceLog(ANN);
  log.join(ANN, BEN, "admin");
  const on = [log.join(ANN, CAT, "admin")];
  const byCat = log.join(CAT, DAN, "member", { on });
  log.remove(ANN, BEN, { on: [byCat] });
  const backDated = log.remove(BEN, CAT, { on });
  assert.equal(log.membership.isAlive(backDated.hash), false);
  assert.equal(who(log), "Ann admin, Cat admin, Dan member");
});

Deno.test("MEMB-7: removal beats a join at the same time, and only a join after it brings back", () => {
  const log = new SpaceLog(ANN);
  const ben = log.join(ANN, BEN, "admin");
  const cat = log.join(ANN, CAT, "member", { on: [ben] });
  const left = log.remove(CAT, CAT, { on: [cat] });
  const removed = log.remove(ANN, CAT, { on: [cat] });
  log.join(BEN, CAT, "member", { on: [left] });
  assert.equal(who(log), "Ann admin, Ben admin");
  log.join(BEN, CAT, "reader", { on: [left, removed] });
  assert.equal(who(log), "Ann admin, Ben admin, Cat reader");
});

Deno.test("MEMB-7: a role is the newest, of those given at the same time the lowest", () => {
  const log = new SpaceLog(ANN);
  log.join(ANN, BEN, "admin");
  const on = [log.join(ANN, CAT, "member")];
  log.role(ANN, CAT, "admin", { on });
  log.role(BEN, CAT, "reader", { on });
  assert.equal(who(log), "Ann admin, Ben admin, Cat reader");
  log.role(ANN, CAT, "admin");
  assert.equal(who(log), "Ann admin, Ben admin, Cat admin");
  log.remove(ANN, CAT);
  log.join(ANN, CAT, "member");
  assert.equal(who(log), "Ann admin, Ben admin, Cat member", "an earlier role is gone");
});

Deno.test("MEMB-7: nobody lowers or lifts a member by letting it in again", () => {
  const log = new SpaceLog(ANN);
  const invited = log.invite(ANN, 7, "reader");
  log.join(ANN, BEN, "admin");
  const cat = log.join(ANN, CAT, "member");
  const again = log.admit(CAT, BEN, 7, "reader");
  assert.equal(log.membership.isAlive(again.hash), false);
  log.admit(CAT, BEN, 7, "reader", { on: [cat, invited] });
  log.join(BEN, CAT, "admin");
  assert.equal(who(log), "Ann admin, Ben admin, Cat member");
});

Deno.test("MEMB-6: the last admin may leave; then nobody decides any more", () => {
  const log = new SpaceLog(ANN);
  log.join(ANN, BEN);
  log.remove(ANN, ANN);
  assert.equal(who(log), "Ben member");
  assert.equal(log.membership.may(BEN.peer, "write"), true);
  for (const deed of ["invite", "join", "role", "remove", "rekey"] as const) {
    assert.equal(log.membership.may(BEN.peer, deed), false, deed);
  }
});

Deno.test("MEMB-6: of one's own attempts to leave at the same time the first counts", () => {
  const log = new SpaceLog(ANN);
  const on = [log.join(ANN, BEN)];
  const leaves = [0, 1, 2].map((i) => log.remove(BEN, BEN, { on, at: AT + i }));
  assert.equal(leaves.filter(({ hash }) => log.membership.isAlive(hash)).length, 1);
  assert.equal(who(log), "Ann admin");
});

Deno.test("MEMB-3: what hangs in the air is left out until its ancestors come", () => {
  const log = new SpaceLog(ANN);
  const ben = log.join(ANN, BEN);
  const cat = log.join(ANN, CAT);
  const part = Membership.of(log.space, [log.created, cat]);
  assert.deepEqual(part.missing, [ben.hash]);
  assert.deepEqual([part.has(cat.hash), part.members.size], [false, 1]);
  const whole = part.with([ben, cat]);
  assert.deepEqual([whole.missing, whole.members.size], [[], 3]);
  assert.deepEqual(whole.heads, [cat.hash]);
  const other = new SpaceLog(DAN);
  assert.equal(whole.with(other.entries).members.size, 3, "another space's entries are left out");
  assert.deepEqual(Membership.of(log.space, []).heads, []);
});
