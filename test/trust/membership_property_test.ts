/** Logs of honest and hostile people in random shapes: whoever has the same entries sees the same. */
import assert from "node:assert/strict";
import { ROLES } from "../../core/base/role.ts";
import type { VerifiedEntry } from "../../core/trust/entry.ts";
import { Membership } from "../../core/trust/membership.ts";
import { deviceKeys } from "../fakes/device.ts";
import { LogOracle } from "../fakes/log_oracle.ts";
import { seededUnit } from "../fakes/random.ts";
import { AT, SpaceLog } from "../fakes/space_log.ts";

const PEOPLE = [1, 2, 3, 4, 5, 6].map(deviceKeys);
const ENTRIES = 40;
const SEEDS = 150;

type Pick = <T>(items: readonly T[]) => T;

/** Anyone writes anything, on top of anything, mostly of what is new. */
function randomLog(seed: number): SpaceLog {
  const unit = seededUnit(seed);
  const pick: Pick = (items) => items[Math.floor(unit() * items.length)]!;
  const log = new SpaceLog(PEOPLE[0]!);
  let [admins, last] = [PEOPLE.slice(0, 3), log.created];
  for (const person of PEOPLE.slice(1, 5)) {
    last = log.join(PEOPLE[0]!, person, admins.includes(person) ? "admin" : pick(ROLES));
  }
  if (seed % 3 === 0) admins = PEOPLE;
  while (log.entries.length < ENTRIES) {
    const near = log.entries.slice(seed % 2 === 0 ? -8 : -20);
    const on = unit() < 0.3 ? [last] : [...new Set([pick(near), pick(near), pick(near)])];
    addRandom(log, unit, pick, on, unit() < 0.8 ? pick(admins) : pick(PEOPLE));
  }
  return log;
}

function addRandom(
  log: SpaceLog,
  unit: () => number,
  pick: Pick,
  on: readonly VerifiedEntry[],
  author: (typeof PEOPLE)[number],
): void {
  const other = pick(PEOPLE);
  const stranger = pick(PEOPLE.filter((person) => person !== author));
  const at = AT + (unit() < 0.1 ? 5000 : 0);
  const options = { on, at };
  const secret = 1 + Math.floor(unit() * 3);
  switch (Math.floor(unit() * 9)) {
    case 0:
      return void log.invite(author, secret, pick(ROLES), options);
    case 1:
      return void log.join(author, stranger, pick(ROLES), options);
    case 2:
      return void log.admit(author, stranger, secret, pick(ROLES), options);
    case 3:
      return void log.succeed(author, stranger, pick(ROLES), options);
    case 4:
    case 5:
      return void log.role(author, other, pick(ROLES), options);
    case 6:
      return void log.rekey(author, [other], options);
    default:
      return void log.remove(author, other, {
        ...options,
        stay: other === author ? [] : [author],
      });
  }
}

/** All that a membership says, as text. */
function told(m: Membership): string {
  return JSON.stringify({
    alive: m.entries.map(({ hash }) => [hash, m.isAlive(hash)]),
    members: [...m.members.values()].map(({ peer, role, since }) => [peer, role, since]),
    formers: [...m.formers.values()],
    rights: PEOPLE.map(({ peer }) => m.rights(peer)),
    invites: m.invites.map(({ entry, state, usedBy }) => [entry, state, usedBy]),
    epochs: m.epochs.map(({ id, seals }) => [id, seals.map(({ peer, entry }) => [peer, entry])]),
    rest: [m.heads, m.parents, m.rekeyDue, m.digest().toHex()],
  });
}

function shuffled<T>(items: readonly T[], unit: () => number): T[] {
  return items.map((item) => [unit(), item] as const).toSorted(([a], [b]) => a - b)
    .map(([, item]) => item);
}

/** Each log once, for all tests: signing takes longer than judging. */
const logs = Array.from({ length: SEEDS }, (_, seed) => randomLog(seed));

Deno.test("MEMB-3: whatever the order of arrival, the state is the same", () => {
  logs.forEach((log, seed) => {
    const unit = seededUnit(1000 + seed);
    const state = told(log.membership);
    for (let i = 0; i < 3; i++) {
      const entries = shuffled(log.entries, unit);
      assert.equal(told(Membership.of(log.space, entries)), state, `seed ${seed}`);
    }
    let bit = Membership.of(log.space, []);
    const entries = shuffled(log.entries, unit);
    for (let i = 0; i < entries.length; i += 9) bit = bit.with(entries.slice(i, i + 9));
    // What hung in the air was left out on the way: it comes again, as from a peer.
    assert.equal(told(bit.with(entries)), state, `seed ${seed}, bit by bit`);
  });
});

Deno.test("MEMB-6, MEMB-8: what counts has the right and nothing against it, by the rules said plainly", () => {
  let circles = 0;
  logs.forEach((log, seed) => {
    const m = log.membership;
    const order = m.entries.map(({ hash }) => hash);
    const oracle = new LogOracle(m.entries, (hash) => m.isAlive(hash));
    for (const entry of m.entries) {
      const threats = m.entries.filter((other) => oracle.threatens(other, entry, order));
      const isThreatened = threats.some(({ hash }) => m.isAlive(hash));
      const counts = oracle.hasRight(entry) && !isThreatened;
      if (m.isAlive(entry.hash)) {
        assert.ok(m.mayEverCount(entry), `seed ${seed}: ${entry.hash} was thought hopeless`);
        assert.ok(counts, `seed ${seed}: ${entry.hash} counts against the rules`);
      } else if (counts) {
        // Only what lost in a circle: it would have been the end of something that counts.
        circles++;
        const isLoser = m.entries.some((other) =>
          m.isAlive(other.hash) && oracle.threatens(entry, other, order)
        );
        assert.ok(isLoser, `seed ${seed}: ${entry.hash} does not count against the rules`);
      }
    }
    for (const { peer } of PEOPLE) {
      const member = m.members.get(peer);
      const rank = oracle.rank(peer, null);
      assert.equal(member ? ROLES.indexOf(member.role) : -1, rank, `seed ${seed}: ${peer}`);
    }
  });
  assert.ok(circles > 0, "no log had a circle that a threat lost in: they are too tame");
});

Deno.test("MEMB-7: no removed one is a member without a later join, or acted at the same time", () => {
  let removals = 0;
  logs.forEach((log, seed) => {
    const m = log.membership;
    const oracle = new LogOracle(m.entries, (hash) => m.isAlive(hash));
    for (const { hash, entry: { author, body } } of m.entries) {
      if (body.type !== "remove" || !m.isAlive(hash)) continue;
      removals++;
      const rejoined = m.entries.some((e) =>
        e.entry.body.type === "join" && e.entry.body.identity.peer === body.peer &&
        m.isAlive(e.hash) && oracle.isBefore(hash, e.hash)
      );
      if (!rejoined) assert.ok(!m.members.has(body.peer), `seed ${seed}`);
      const acts = m.entries.filter((e) =>
        e.entry.author === body.peer && m.isAlive(e.hash) && oracle.areConcurrent(e.hash, hash)
      );
      const allowed = author === body.peer
        ? acts.filter((e) => e.entry.body.type !== "remove")
        : acts;
      assert.deepEqual(allowed.map((e) => e.hash), [], `seed ${seed}`);
    }
  });
  assert.ok(removals > 100, `only ${removals} removals counted: the logs are too tame`);
});
