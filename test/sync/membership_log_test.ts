import assert from "node:assert/strict";
import type { SpaceId } from "../../core/base/ids.ts";
import { StoreError } from "../../core/store/store_error.ts";
import { MAX_AUTHOR_ENTRIES, MembershipLog } from "../../core/sync/membership_log.ts";
import { MAX_WAITING_ENTRIES } from "../../core/sync/waiting_entries.ts";
import { signEntry, type VerifiedEntry } from "../../core/trust/entry.ts";
import { MAX_ENTRIES } from "../../core/trust/entry_body.ts";
import { EnvelopeError } from "../../core/trust/envelope.ts";
import { deviceKeys } from "../fakes/device.ts";
import { seededUnit } from "../fakes/random.ts";
import { fakeSeal, identityOf, SpaceLog } from "../fakes/space_log.ts";
import type { SimNode } from "../sim/sim_node.ts";
import { SimWorld } from "../sim/sim_world.ts";

const [ana, ben, cleo, dan] = [1, 2, 3, 4].map(deviceKeys) as [
  ReturnType<typeof deviceKeys>,
  ReturnType<typeof deviceKeys>,
  ReturnType<typeof deviceKeys>,
  ReturnType<typeof deviceKeys>,
];
const relay = deviceKeys(90).peer;

/** Some nodes whose stores logs may use. */
function nodes(count: number, act: (...nodes: SimNode[]) => void): Promise<void> {
  return SimWorld.run(1, async (world) => {
    for (let i = 0; i < count; i++) await world.add();
    act(...world.nodes);
  });
}

const partsAt = (node: SimNode, world = { now: () => 5 }) => ({
  entries: node.store.entries,
  clock: { ...world, after: () => ({ cancel() {} }), every: () => ({ cancel() {} }) },
  log: (level: string, text: string, facts = {}) => void node.logged.push({ level, text, facts }),
});

const open = (node: SimNode, space: SpaceId) => MembershipLog.open(space, partsAt(node));

/** Ana's space of three; Ben is an admin as well. */
function crew(): SpaceLog {
  const log = new SpaceLog(ana);
  log.join(ana, ben, "admin");
  log.join(ana, cleo);
  return log;
}

const hashes = (entries: readonly VerifiedEntry[]) => entries.map(({ hash }) => hash);

function shuffled<T>(items: readonly T[], unit: () => number): T[] {
  return items.map((item) => ({ item, key: unit() })).sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

Deno.test("membership log: what comes is stored, then told once, and is there when opened again", async () => {
  await nodes(1, (node) => {
    const { space, entries } = crew();
    const log = open(node, space);
    const told: [number, number, number][] = [];
    log.listen((fresh, { members }) =>
      told.push([fresh.length, members.size, node.store.entries.of(space).length])
    );
    assert.deepEqual(log.admit(entries, relay), { fresh: entries, lacking: false });
    assert.deepEqual(log.admit(entries, relay), { fresh: [], lacking: false });
    assert.deepEqual(told, [[3, 3, 3]]);
    const again = open(node, space);
    assert.deepEqual([...again.membership.members.keys()], [ana.peer, ben.peer, cleo.peer]);
    assert.deepEqual([again.hashes(), again.digest], [hashes(entries), log.digest]);
  });
});

Deno.test("membership log: a space is created and written into; the newest that counts is built on", async () => {
  await nodes(1, (node) => {
    const founder = identityOf(ana);
    const body = { type: "create", name: "Crew", direct: false, founder, seals: [] } as const;
    const log = MembershipLog.create(ana, body, partsAt(node));
    const invite = { invite: null, replaces: null, seals: [] };
    const written = log.write(ana, {
      type: "join",
      identity: identityOf(ben),
      role: "member",
      ...invite,
    });
    assert.deepEqual(written.entry.parents, [log.hashes()[0]]);
    assert.equal(written.entry.at, 5);
    assert.deepEqual([...open(node, log.space).membership.members.keys()], [ana.peer, ben.peer]);
    assert.deepEqual(log.lackedBy(new Set(log.hashes().slice(0, 1))), [written]);
  });
});

Deno.test("membership log: any order and any cut into reads come to the same", async () => {
  await nodes(12, (...all) => {
    const made = crew();
    for (let i = 0; i < 30; i++) made.invite(i % 2 === 0 ? ana : ben, i);
    made.remove(ana, cleo);
    const { space, entries } = made;
    for (const [i, node] of all.entries()) {
      const unit = seededUnit(i);
      const log = open(node, space);
      const mixed = shuffled(entries, unit);
      while (mixed.length > 0) log.admit(mixed.splice(0, 1 + Math.floor(unit() * 5)), relay);
      assert.equal(log.size, entries.length, `node ${i}`);
      assert.deepEqual(log.digest, made.membership.digest());
      assert.deepEqual([...log.membership.members], [...made.membership.members]);
      // Each is stored, and sent on, after what it rests on.
      const before = new Set();
      for (const { hash, entry } of log.since(0)) {
        for (const parent of entry.parents) assert.ok(before.has(parent));
        before.add(hash);
      }
    }
  });
});

Deno.test("membership log: forged entries are refused, those before them are taken", async () => {
  await nodes(1, (node) => {
    const { space, entries } = crew();
    const [created, joined, last] = entries as [VerifiedEntry, VerifiedEntry, VerifiedEntry];
    const elsewhere = new SpaceLog(dan).created;
    const forgeries = {
      "another signature": { ...last, signature: joined.signature },
      "a flipped bit": { ...last, bytes: last.bytes.with(90, last.bytes[90]! ^ 1) },
      "no entry": { ...last, bytes: new Uint8Array(200) },
      "another space's": elsewhere,
    };
    const log = open(node, space);
    for (const [what, forged] of Object.entries(forgeries)) {
      assert.throws(() => log.admit([created, forged, last], relay), EnvelopeError, what);
      assert.equal(log.size, 1, what);
    }
    assert.equal(log.admit(entries, relay).fresh.length, 2);
  });
});

Deno.test("membership log: what does not count is kept and passed on all the same", async () => {
  await nodes(1, (node) => {
    const made = crew();
    const dead = made.invite(cleo, 1);
    const log = open(node, made.space);
    log.admit(made.entries, relay);
    assert.equal(log.membership.isAlive(dead.hash), false);
    assert.ok(log.lackedBy(new Set()).some(({ hash }) => hash === dead.hash));
    const next = log.write(ana, { type: "rekey", seals: [fakeSeal(ana.peer)] });
    assert.ok(!next.entry.parents.includes(dead.hash), "nothing is built on it");
  });
});

Deno.test("membership log: what waits for its parents is bounded, and asked for", async () => {
  await nodes(1, (node) => {
    const made = crew();
    const [created, ...others] = made.entries;
    const many = Array.from({ length: MAX_WAITING_ENTRIES }, (_, i) => made.invite(ana, i));
    const log = open(node, made.space);
    assert.deepEqual(log.admit([...others, ...many], relay), { fresh: [], lacking: true });
    assert.equal(log.admit([created!], relay).fresh.length, 1, "the oldest made room");
    assert.equal(log.admit(others, relay).fresh.length, others.length + MAX_WAITING_ENTRIES);
  });
});

Deno.test("membership log: one author's flood is bounded, but not what others rest on", async () => {
  await nodes(1, (node) => {
    const made = crew();
    const on = [made.entries[2]!];
    const flood = Array.from(
      { length: MAX_AUTHOR_ENTRIES + 10 },
      (_, i) => made.invite(cleo, i % 256, "member", { on, at: i }),
    );
    const log = open(node, made.space);
    const { fresh } = log.admit([...made.entries.slice(0, 3), ...flood], relay);
    assert.equal(fresh.length, 3 + MAX_AUTHOR_ENTRIES);
    assert.throws(() => log.write(cleo, { type: "rekey", seals: [] }), RangeError);
    const removal = made.remove(ana, cleo, { on: flood.slice(-1) });
    assert.deepEqual(log.admit([removal], relay).fresh, [flood.at(-1), removal]);
    assert.equal(log.membership.members.has(cleo.peer), false);
  });
});

Deno.test("membership log: a log that is full takes no more", async () => {
  await nodes(1, (node) => {
    const founder = new SpaceLog(ana);
    const { space, created } = founder;
    const body = { type: "rekey", seals: [fakeSeal(ana.peer)] } as const;
    const one = (author: typeof ana, at: number) =>
      signEntry(author, { space, author: author.peer, parents: [created.hash], at, body });
    const authors = [5, 6].map(deviceKeys);
    const filling = authors.flatMap((author) =>
      Array.from({ length: MAX_AUTHOR_ENTRIES }, (_, i) => one(author, i))
    ).slice(1);
    node.store.entries.addAll(space, [created, ...filling], 0);
    const log = open(node, space);
    assert.equal(log.size, MAX_ENTRIES);
    assert.equal(log.admit([one(ana, 0)], relay).fresh.length, 0);
    assert.throws(() => log.write(ana, body), RangeError);
    assert.match(node.logged.at(-1)?.text ?? "", /full/);
  });
});

Deno.test("membership log: what the disk does not take is not held, and is taken later", async () => {
  await nodes(1, (node) => {
    const { space, entries } = crew();
    const log = open(node, space);
    let told = 0;
    log.listen(() => told++);
    const { digest } = log;
    const addAll = node.store.entries.addAll;
    node.store.entries.addAll = () => {
      throw new StoreError("full", "Cannot write: the disk is full");
    };
    assert.throws(() => log.admit(entries, relay), StoreError);
    assert.deepEqual([log.size, told, log.digest], [0, 0, digest]);
    node.store.entries.addAll = addAll;
    assert.equal(log.admit(entries, relay).fresh.length, 3);
    assert.equal(told, 1);
  });
});

Deno.test("membership log: one who writes when told is told of by the newest membership only", async () => {
  await nodes(1, (node) => {
    const { space, entries } = crew();
    const log = open(node, space);
    const seen: number[] = [];
    log.listen(({ length }) => {
      if (length > 1) log.write(ana, { type: "remove", peer: cleo.peer, cut: CUT, seals: [] });
    });
    log.listen((_, { members }) => seen.push(members.size));
    log.admit(entries, relay);
    assert.deepEqual(seen, [2, 2]);
  });
});

const CUT = { docs: [], rest: true };

Deno.test("hostile 23: what the removed writes back-dated is kept, and does not count", async () => {
  await nodes(2, (one, other) => {
    const made = crew();
    const before = made.entries.slice(-1);
    const removal = made.remove(ana, ben, { stay: [ana, cleo] });
    const revenge = made.remove(ben, ana, { on: before });
    const friend = made.join(ben, dan, "admin", { on: before });
    for (const [i, node] of [one, other].entries()) {
      const log = open(node, made.space);
      log.admit(made.entries.slice(0, 3), relay);
      log.admit(i === 0 ? [removal, revenge, friend] : [friend, revenge, removal], relay);
      const { members, epochs } = log.membership;
      assert.deepEqual([...members.keys()], [ana.peer, cleo.peer]);
      assert.equal(epochs[0]?.id, removal.hash);
      assert.equal(log.size, 6);
    }
  });
});

Deno.test("hostile 24: two admins remove each other on a partition; healed, all see the same", async () => {
  await nodes(3, (...all) => {
    const made = crew();
    const on = made.entries.slice(-1);
    const byAna = made.remove(ana, ben, { on, stay: [ana, cleo] });
    const byBen = made.remove(ben, ana, { on, stay: [ben, cleo] });
    const logs = all.map((node) => open(node, made.space));
    for (const [i, log] of logs.entries()) {
      log.admit(made.entries.slice(0, 3), relay);
      log.admit([i === 0 ? byAna : byBen], relay);
    }
    for (const log of logs) {
      for (const peer of logs) log.admit(peer.lackedBy(new Set(log.hashes())), relay);
    }
    for (const log of logs) {
      // Ana is the more senior one.
      assert.deepEqual([...log.membership.members.keys()], [ana.peer, cleo.peer]);
      assert.deepEqual(log.digest, logs[0]!.digest);
      assert.deepEqual(log.membership.epochs.map(({ id }) => id)[0], byAna.hash);
    }
  });
});
