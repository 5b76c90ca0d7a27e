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

Deno.test("MEMB-9: hostile 11: an invite lets in one, in time, with its role, in its space", () => {
  const log = new SpaceLog(ANN);
  log.join(ANN, BEN);
  log.invite(ANN, 7, "reader");
  const dead = [
    log.admit(BEN, CAT, 7, "member"),
    log.admit(BEN, CAT, 7, "reader", { at: AT + 1001 }),
    log.admit(BEN, CAT, 8, "reader"),
  ];
  assert.equal(log.membership.invites[0]?.state, "open");
  log.admit(BEN, CAT, 7, "reader", { at: AT + 1000 });
  const { state, usedBy } = log.membership.invites[0]!;
  assert.deepEqual([state, usedBy], ["used", CAT.peer]);
  dead.push(log.admit(ANN, DAN, 7, "reader"));
  for (const { hash } of dead) assert.equal(log.membership.isAlive(hash), false);
  assert.equal(who(log), "Ann admin, Ben member, Cat reader");
});

Deno.test("MEMB-9: of two let in by one invite at the same time the first by depth and hash counts", () => {
  const log = new SpaceLog(ANN);
  log.join(ANN, BEN);
  const on = [log.invite(ANN, 7)];
  const both = [log.admit(ANN, CAT, 7, "member", { on }), log.admit(BEN, DAN, 7, "member", { on })];
  const [first] = both.toSorted((a, b) => a.hash < b.hash ? -1 : 1);
  for (const { hash } of both) assert.equal(log.membership.isAlive(hash), hash === first!.hash);
});

Deno.test("MEMB-9: an invite ends with its author's admin role, and lets in nobody removed after it", () => {
  const log = new SpaceLog(ANN);
  log.join(ANN, BEN, "admin");
  log.join(ANN, CAT);
  log.invite(BEN, 7);
  log.invite(ANN, 8);
  log.remove(ANN, CAT);
  const back = log.admit(ANN, CAT, 8);
  assert.equal(log.membership.isAlive(back.hash), false, "an invite made before the removal");
  log.role(ANN, BEN, "member");
  const late = log.admit(BEN, DAN, 7);
  assert.equal(log.membership.isAlive(late.hash), false);
  assert.deepEqual(log.membership.invites.map(({ state }) => state), ["dead", "open"]);
  log.invite(ANN, 9);
  log.admit(BEN, CAT, 9);
  assert.equal(who(log), "Ann admin, Ben member, Cat member");
});

Deno.test("MEMB-10: a device goes on as another one, once, with its role and no more", () => {
  const log = new SpaceLog(ANN);
  const on = [log.join(ANN, BEN)];
  const tooMuch = log.succeed(BEN, CAT, "admin", { on });
  assert.equal(log.membership.isAlive(tooMuch.hash), false);
  const both = [log.succeed(BEN, CAT, "member", { on }), log.succeed(BEN, DAN, "member", { on })];
  const alive = both.filter(({ hash }) => log.membership.isAlive(hash));
  assert.equal(alive.length, 1);
  assert.equal(log.membership.members.size, 2);
  assert.deepEqual(log.membership.rights(BEN.peer), {
    type: "cut",
    cut: { docs: [], rest: true },
  });
  assert.ok(log.membership.rekeyDue);
});

Deno.test("MEMB-14: what can never count is told by what it rests on, alike by everyone", () => {
  const log = new SpaceLog(ANN);
  const ben = log.join(ANN, BEN);
  const invited = log.invite(ANN, 7);
  const never = [
    log.remove(EVE, EVE),
    log.join(EVE, DAN),
    log.role(BEN, BEN, "admin"),
    log.admit(BEN, CAT, 8),
    log.admit(BEN, CAT, 7, "admin"),
    log.admit(BEN, CAT, 7, "member", { at: AT + 1001 }),
    log.admit(BEN, CAT, 7, "member", { on: [ben] }),
  ];
  const maybe = [log.admit(BEN, CAT, 7, "member", { on: [invited] }), ben, log.created];
  // Dead for now, but only by what is beside it.
  maybe.push(log.admit(BEN, DAN, 7, "member", { on: [invited] }));
  for (const entry of never) assert.equal(log.membership.mayEverCount(entry), false);
  for (const entry of maybe) assert.equal(log.membership.mayEverCount(entry), true);
  const part = Membership.of(log.space, [log.created]);
  assert.equal(part.mayEverCount(maybe[0]!), false, "while a parent is missing");
  assert.equal(part.mayEverCount(ben), true);
  assert.equal(part.mayEverCount(new SpaceLog(BEN).created), false);
});
