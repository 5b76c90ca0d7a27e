/** The parts of sync that touch nothing. */
import assert from "node:assert/strict";
import {
  type ActorId,
  type ChangeHash,
  type DocId,
  parseActorId,
  parseChannelId,
  parseNoteId,
} from "../../core/base/ids.ts";
import { noteDoc, segmentDoc, SPACE_DOC } from "../../core/doc/doc_id.ts";
import type { VoidPlace } from "../../core/doc/unwanted.ts";
import type { Top, Tops } from "../../core/store/logs.ts";
import { Culprits, MAX_FAULTS, MAX_REMEMBERED, MUTE_MS } from "../../core/sync/culprits.ts";
import { newestFirst } from "../../core/sync/newest_first.ts";
import type { OurLogs } from "../../core/sync/our_logs.ts";
import { type Arrived, Pending } from "../../core/sync/pending.ts";
import { SpaceVectors } from "../../core/sync/space_vectors.ts";
import { TheirVectors } from "../../core/sync/their_vectors.ts";
import { Turns } from "../../core/sync/turns.ts";
import type { LogTop } from "../../core/wire/message.ts";
import { deviceKeys } from "../fakes/device.ts";
import { seededUnit } from "../fakes/random.ts";

const actor = (n: number): ActorId => parseActorId(n.toString(16).padStart(32, "0"));
const channel = (n: number) => parseChannelId(n.toString(16).padStart(16, "0"));
const head = (n: number): string => n.toString(16).padStart(32, "0");
const segment = (n: number, of = 1): DocId => segmentDoc(channel(of), n);

Deno.test("newest first: space, newest segments, notes, then older segments of all channels", () => {
  const note = noteDoc(parseNoteId("0e".repeat(16)));
  const docs = [
    note,
    segment(0, 1),
    segment(1, 1),
    segment(999_999, 2),
    segment(10, 1),
    segment(2, 2),
    SPACE_DOC,
  ];
  const ordered = newestFirst(docs.map((doc) => ({ doc }))).map(({ doc }) => doc);
  assert.deepEqual(ordered.slice(0, 1), [SPACE_DOC]);
  assert.deepEqual(new Set(ordered.slice(1, 3)), new Set([segment(10, 1), segment(999_999, 2)]));
  assert.deepEqual(ordered[3], note);
  assert.deepEqual(new Set(ordered.slice(4, 6)), new Set([segment(1, 1), segment(2, 2)]));
  assert.deepEqual(ordered[6], segment(0, 1));
});

Deno.test("vectors: the digest is the same for the same, in whatever order it came", () => {
  const unit = seededUnit(1);
  const facts = Array.from({ length: 60 }, (_, i) => [i % 7, i % 5, i + 1] as const);
  const make = () => {
    const map = new Map<DocId, Map<ActorId, Top>>();
    const vectors = new SpaceVectors(() => map);
    const set = (doc: DocId, who: ActorId, n: number, newest = n) => {
      const tops = map.get(doc) ?? new Map<ActorId, Top>();
      const seq = Math.max(n, tops.get(who)?.seq ?? 0);
      map.set(doc, tops.set(who, { seq, head: head(Math.max(seq, newest)) }));
      vectors.changed(doc);
    };
    return { vectors, set };
  };
  const one = make();
  for (const [doc, who, seq] of facts) {
    one.set(segment(doc), actor(who), seq);
    one.vectors.digest();
  }
  const other = make();
  for (
    const [doc, who, seq] of facts.map((fact) => ({ fact, key: unit() }))
      .sort((a, b) => a.key - b.key).map(({ fact }) => fact)
  ) {
    other.set(segment(doc), actor(who), seq);
  }
  assert.deepEqual(one.vectors.digest(), other.vectors.digest());
  assert.deepEqual(one.vectors.docs(), [0, 1, 2, 3, 4, 5, 6].map((n) => segment(n)));
  const digest = one.vectors.digest();
  one.set(segment(3), actor(1), 1000);
  const longer = one.vectors.digest();
  assert.notDeepEqual(longer, digest);
  one.set(segment(3), actor(1), 1000, 1001);
  assert.notDeepEqual(one.vectors.digest(), longer, "SYNC-2: another head is another log");
});

Deno.test("vectors: the digests that PROTOCOL.md gives as examples", () => {
  const map = new Map<DocId, Tops>();
  const vectors = new SpaceVectors(() => map);
  assert.equal(
    vectors.digest().toHex(),
    "625cc4808f835ff9ed871ba5157f729357f4f15c4c6661626500fe7f223cd286",
  );
  const top = (seq: number, byte: string): Top => ({ seq, head: byte.repeat(16) });
  map.set(SPACE_DOC, new Map([[actor(2), top(7, "bb")], [actor(1), top(12, "aa")]]));
  map.set(segment(0), new Map([[actor(1), top(1, "cc")]]));
  map.set(segment(1), new Map());
  for (const doc of map.keys()) vectors.changed(doc);
  assert.equal(
    vectors.digest().toHex(),
    "274fa84998669087fe7829c1f6454550be80b5bb4aee43aa1e2c104d887e4127",
  );
});

/** Logs of which change `n` has the head `n`, and nothing is void but what is said. */
function logs(
  docs: ReadonlyMap<DocId, ReadonlyMap<ActorId, number>>,
  places: ReadonlyMap<DocId, ReadonlyMap<ActorId, VoidPlace>> = new Map(),
): OurLogs {
  const tops = new Map([...docs].map(([doc, seqs]) => {
    const ours = [...seqs].map(([actor, seq]) => [actor, { seq, head: head(seq) }] as const);
    return [doc, new Map(ours)] as const;
  }));
  return {
    vectors: new SpaceVectors(() => tops),
    headAt: (_doc, _actor, seq) => head(seq),
    voidDocs: () => [...places.keys()],
    voidPlaces: (doc) => places.get(doc) ?? new Map(),
  };
}

Deno.test("their vectors: gaps are what is here and not there, and no more is kept", () => {
  const ours = new Map([
    [segment(0), new Map([[actor(1), 5], [actor(2), 3]])],
    [segment(1), new Map([[actor(1), 2]])],
    [segment(2), new Map([[actor(1), 1]])],
  ]);
  const list = new TheirVectors(logs(ours));
  list.add([[segment(0), [[actor(1), 2, head(2)], [actor(9), 100, head(100)]]]]);
  list.add([[segment(0), [[actor(2), 3, head(3)]]], [segment(1), [[actor(1), 7, head(7)]]]]);
  assert.throws(() => list.add([[segment(0), []]]), SyntaxError);
  list.add([[segment(8), [[actor(1), 7, head(7)]]]]);
  assert.deepEqual(list.gaps(), [
    { doc: segment(0), above: new Map([[actor(1), 2]]) },
    { doc: segment(2), above: new Map([[actor(1), 0]]) },
  ]);
  assert.deepEqual([...list.common()], [
    [segment(0), [[actor(1), 2], [actor(2), 3]]],
    [segment(1), [[actor(1), 2]]],
  ]);
});

Deno.test("SYNC-7: of a log that is another one there all is sent, from the first on", () => {
  const ours = new Map([[segment(0), new Map([[actor(1), 5], [actor(2), 3], [actor(3), 4]])]]);
  const list = new TheirVectors(logs(ours));
  const [same, longer] = [[actor(3), 4, head(4)], [actor(2), 9, head(99)]] as const;
  list.add([[segment(0), [[actor(1), 2, head(77)], longer, same]]]);
  assert.deepEqual(list.gaps(), [{ doc: segment(0), above: new Map([[actor(1), 0]]) }]);
  assert.deepEqual([...list.common()], [[segment(0), [[actor(2), 3], [actor(3), 4]]]]);
  const top = new TheirVectors(logs(ours));
  top.add([[segment(0), [[actor(1), 5, head(77)], [actor(2), 3, head(3)], same]]]);
  assert.deepEqual(top.gaps(), [{ doc: segment(0), above: new Map([[actor(1), 0]]) }]);
});

Deno.test("FORK-6: proofs go to whom they may be news to", () => {
  const ours = new Map([[segment(0), new Map([[actor(1), 5], [actor(2), 3]])]]);
  const [one, other] = ["a", "b"].map((digit) => digit.repeat(64) as ChangeHash);
  assert.ok(one && other);
  const proof: VoidPlace = { seq: 5, hashes: [one, other] };
  const single: VoidPlace = { seq: 4, hashes: [one] };
  const places = new Map([[segment(0), new Map([[actor(1), proof], [actor(2), single]])]]);
  const shown = (...tops: LogTop[]) => {
    const list = new TheirVectors(logs(ours, places));
    list.add([[segment(0), tops]]);
    return list.voidLogs().map(([, log]) => log);
  };
  assert.deepEqual(shown([actor(1), 5, head(5)], [actor(2), 3, head(3)]), []);
  assert.deepEqual(shown([actor(1), 5, head(6)], [actor(2), 3, head(3)]), [actor(1)]);
  assert.deepEqual(shown([actor(1), 9, head(9)], [actor(2), 2, head(2)]), [actor(1)]);
  assert.deepEqual(shown([actor(2), 4, head(4)]), [actor(1), actor(2)]);
});

function arrived(hash: string, author: number, bytes: number): Arrived {
  return {
    from: deviceKeys(9).peer,
    verified: {
      envelope: { author: deviceKeys(author).peer, change: new Uint8Array(bytes) },
      header: { hash },
    },
  } as unknown as Arrived;
}

Deno.test("pending: bounded per author and in all, by count and bytes, and room is given back", () => {
  const limits = {
    perAuthor: { count: 3, bytes: 100 },
    total: { count: 5, bytes: 150 },
    ms: 1000,
  };
  const pending = new Pending(limits);
  const add = (hash: string, author: number, bytes: number, want = "w", now = 0) =>
    pending.add(arrived(hash, author, bytes), want, now);
  assert.deepEqual([add("a", 1, 10), add("b", 1, 80), add("c", 1, 20)], [true, true, false]);
  assert.deepEqual([add("d", 1, 10), add("e", 1, 0)], [true, false]);
  assert.equal(add("a", 1, 10), true, "what waits already takes no more room");
  assert.deepEqual([add("f", 2, 60), add("g", 2, 50), add("h", 2, 0)], [false, true, true]);
  assert.equal(add("i", 3, 0), false, "all are full");
  assert.equal(pending.size, 5);
  assert.deepEqual(pending.take("none"), []);
  assert.equal(pending.take("w").length, 5);
  assert.deepEqual([add("c", 1, 100), pending.has("c"), pending.has("a")], [true, true, false]);
  assert.deepEqual([add("k", 2, 50, "w", 999), pending.size], [true, 2]);
  assert.deepEqual([add("l", 1, 100, "w", 1000), pending.has("c")], [true, false]);
});

Deno.test("culprits: rejected changes and authors at fault are remembered, not for ever and not all", () => {
  const culprits = new Culprits();
  const doc = segment(0);
  const [one, other] = [deviceKeys(1).peer, deviceKeys(2).peer];
  const hash = (n: number) => `hash ${n}` as ChangeHash;
  culprits.reject(hash(0), "bad");
  assert.equal(culprits.refusal(hash(0), one, doc, 0), "bad");
  assert.equal(culprits.refusal(hash(1), one, doc, 0), undefined);
  for (let i = 1; i <= MAX_REMEMBERED; i++) culprits.reject(hash(i), "bad");
  assert.equal(culprits.refusal(hash(0), one, doc, 0), undefined);
  assert.equal(culprits.refusal(hash(1), one, doc, 0), "bad");
  for (let i = 1; i < MAX_FAULTS; i++) culprits.blame(one, doc, 10);
  assert.equal(culprits.refusal(hash(0), one, doc, 10), undefined);
  culprits.blame(one, doc, 10);
  assert.match(culprits.refusal(hash(0), one, doc, 9 + MUTE_MS) ?? "", /author is not listened to/);
  assert.equal(culprits.refusal(hash(0), other, doc, 10), undefined, "the channel is for others");
  assert.equal(culprits.refusal(hash(0), one, doc, 10 + MUTE_MS), undefined);
  culprits.blame(one, doc, 10 + MUTE_MS);
  assert.equal(culprits.refusal(hash(0), one, doc, 10 + MUTE_MS), undefined, "counted anew");
});

Deno.test("culprits: a note that kills worker after worker is let be, whoever writes", () => {
  const culprits = new Culprits();
  const hash = "hash" as ChangeHash;
  const [note, other] = [1, 2].map((n) => noteDoc(parseNoteId(`${n}`.repeat(32))));
  assert.ok(note && other);
  for (let i = 0; i < MAX_FAULTS; i++) {
    assert.equal(culprits.refusal(hash, deviceKeys(9).peer, note, 10), undefined);
    culprits.blame(deviceKeys(i).peer, note, 10);
  }
  assert.match(culprits.refusal(hash, deviceKeys(9).peer, note, 10) ?? "", /note bears no more/);
  assert.equal(culprits.refusal(hash, deviceKeys(9).peer, other, 10), undefined);
  assert.equal(culprits.refusal(hash, deviceKeys(9).peer, note, 10 + MUTE_MS), undefined);
});

Deno.test("turns: one after another under a key, at once under others, a failure ends its own", async () => {
  const turns = new Turns<string>();
  const said: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = turns.run("a", async () => {
    await gate.promise;
    said.push("a1");
    throw new Error("mine");
  });
  const second = turns.run("a", () => Promise.resolve(said.push("a2")));
  await turns.run("b", () => Promise.resolve(said.push("b1")));
  assert.deepEqual(said, ["b1"]);
  const idle = turns.idle().then(() => said.push("idle"));
  gate.resolve();
  await assert.rejects(first, /mine/);
  await second;
  await idle;
  assert.deepEqual(said, ["b1", "a1", "a2", "idle"]);
});
