/** The tree of digests: that it finds what differs, and what that costs. */
import assert from "node:assert/strict";
import type { ChangeHash, DocId } from "../../core/base/ids.ts";
import { parseChannelId } from "../../core/base/ids.ts";
import { segmentDoc, SPACE_DOC } from "../../core/doc/doc_id.ts";
import type { VoidPlace } from "../../core/doc/unwanted.ts";
import type { Tops } from "../../core/store/logs.ts";
import { FEW_LOGS } from "../../core/sync/exchange.ts";
import { Offer } from "../../core/sync/offer.ts";
import type { OurLogs } from "../../core/sync/our_logs.ts";
import { Prints } from "../../core/sync/prints.ts";
import { bucketOf, SpaceVectors } from "../../core/sync/space_vectors.ts";
import { TheirVectors } from "../../core/sync/their_vectors.ts";
import { BEAT_MS } from "../../core/sync/timing.ts";
import { seededUnit } from "../fakes/random.ts";
import { actorAt, noteAt, type Side, Sides } from "./exchange_sides.ts";

const SEGMENT = segmentDoc(parseChannelId("0000000000000001"), 0);

Deno.test("SYNC-2, SYNC-4: digests and prints as PROTOCOL.md gives them", () => {
  const tops = new Map<DocId, Tops>([
    [
      SPACE_DOC,
      new Map([
        [actorAt(2), { seq: 7, head: "bb".repeat(16) }],
        [actorAt(1), { seq: 12, head: "aa".repeat(16) }],
      ]),
    ],
    [SEGMENT, new Map([[actorAt(1), { seq: 1, head: "cc".repeat(16) }]])],
  ]);
  const vectors = new SpaceVectors(() => tops);
  assert.deepEqual([bucketOf(SPACE_DOC), bucketOf(SEGMENT)], [25, 42]);
  assert.equal(
    vectors.docDigest(SPACE_DOC).toHex(),
    "bd2b6a2c231cc0a7018dd2f5752c763d56862997fbe456f3c522fae949687aa6",
  );
  assert.equal(
    vectors.bucketDigest(25).toHex(),
    "c0c426e4f1a499ddce0f0a395bfa3dca9dbed1a6885d7618e6889eba039308ab",
  );
  assert.equal(
    vectors.bucketDigest(0).toHex(),
    "47fde43ca1120669c696cd77cf853ed96e4362ee48b46c1f7cf02595cd0187ef",
  );
  const prints = new Prints(new Uint8Array(32).fill(0xdd));
  assert.equal(prints.of(vectors.bucketDigest(25)).toHex(), "82b960e523b7805e");
  assert.equal(prints.ofBuckets(vectors).subarray(25 * 8, 26 * 8).toHex(), "82b960e523b7805e");
  assert.equal(prints.ofDoc(vectors, SPACE_DOC).toHex(), "4f61bd2b9c4a0b1c6c3a42e4b0bb9a22");
  const elsewhere = new Prints(new Uint8Array(32).fill(0xde));
  assert.notEqual(elsewhere.of("space").toHex(), prints.of("space").toHex());
});

Deno.test("vectors: digests made some at a time, while documents change, are those made at once", async () => {
  const tops = new Map<DocId, Tops>();
  const put = (n: number, seq: number) =>
    tops.set(noteAt(n), new Map([[actorAt(1), { seq, head: "aa".repeat(16) }]]));
  for (let n = 0; n < 500; n++) put(n, 1);
  const vectors = new SpaceVectors(() => tops);
  let turns = 0;
  await vectors.prepare(() => {
    for (const n of [turns, 500 + turns]) {
      put(n, 2);
      vectors.changed(noteAt(n));
    }
    turns++;
    return Promise.resolve();
  });
  assert.equal(turns, 16, "others have their turns in between");
  assert.deepEqual(vectors.digest(), new SpaceVectors(() => tops).digest());
});

Deno.test("vectors: a tree that was changed bit by bit is the one made at once", () => {
  const unit = seededUnit(7);
  const tops = new Map<DocId, Map<ReturnType<typeof actorAt>, { seq: number; head: string }>>();
  const vectors = new SpaceVectors(() => tops);
  for (let step = 0; step < 2000; step++) {
    const doc = noteAt(Math.floor(unit() * 300));
    const logs = tops.get(doc) ?? new Map();
    tops.set(doc, logs);
    if (unit() < 0.3) logs.clear();
    else logs.set(actorAt(Math.floor(unit() * 3)), { seq: step + 1, head: "ee".repeat(16) });
    vectors.changed(doc);
    if (step % 50 !== 0) continue;
    const anew = new SpaceVectors(() => tops);
    assert.equal(vectors.digest().toHex(), anew.digest().toHex(), `step ${step}`);
    assert.deepEqual(vectors.docs(), anew.docs());
  }
});

Deno.test("vectors: a change makes anew the digest of its document and bucket, and no other", () => {
  const { a } = new Sides();
  for (let i = 0; i < 2000; i++) a.hold(noteAt(i), actorAt(1), 1);
  const { vectors } = a.holding;
  vectors.digest();
  const digests = () => Array.from({ length: 256 }, (_, bucket) => vectors.bucketDigest(bucket));
  const before = digests();
  a.hold(noteAt(5), actorAt(1), 2);
  vectors.digest();
  const after = digests();
  const fresh = after.flatMap((digest, bucket) => digest === before[bucket] ? [] : [bucket]);
  assert.deepEqual(fresh, [bucketOf(noteAt(5))]);
});

/** Lets both sides hold so many notes, each with changes of some actors. */
function fill({ a, b }: Sides, notes: number, actors: number): void {
  for (let note = 0; note < notes; note++) {
    for (let actor = 1; actor <= actors; actor++) {
      for (const side of [a, b]) side.hold(noteAt(note), actorAt(actor), 5);
    }
  }
}

Deno.test("SYNC: 10,000 documents in step cost one round trip and at most 1 KB", async () => {
  const sides = new Sides();
  fill(sides, 10_000, 1);
  const cost = await sides.meet();
  assert.equal(cost.hops, 1);
  assert.ok(cost.bytes <= 1000, `${cost.bytes} bytes`);
});

Deno.test("SYNC: one changed document among 10,000 costs three round trips and 10 KB at most", async () => {
  for (const actors of [1, 20]) {
    const sides = new Sides();
    fill(sides, 10_000, actors);
    sides.b.hold(noteAt(4321), actorAt(1), 6);
    const cost = await sides.meet();
    assert.equal(sides.a.digest, sides.b.digest);
    assert.ok(cost.hops <= 6, `${cost.hops / 2} round trips`);
    assert.ok(cost.bytes <= 10_000, `${cost.bytes} bytes with ${actors} actors`);
    assert.deepEqual([sides.a.streamed, sides.b.streamed], [1, 0]);
  }
});

Deno.test("SYNC: one who holds nothing says so at once, and neither side pays for the tree", async () => {
  const sides = new Sides();
  for (let i = 0; i < 2000; i++) sides.b.hold(noteAt(i), actorAt(1), 1);
  const cost = await sides.meet();
  assert.equal(sides.a.digest, sides.b.digest);
  assert.equal(sides.a.again, 0);
  // Digests, the empty list, the stream.
  assert.equal(cost.hops, 3);
  const least = 2000 * 300;
  assert.ok(cost.bytes < 1.2 * least, `${cost.bytes} bytes`);
});

Deno.test("SYNC: few logs are said at once, many by the tree, and the two understand each other", async () => {
  const sides = new Sides();
  for (let i = 0; i < FEW_LOGS; i++) sides.a.hold(noteAt(i), actorAt(1), 1 + i % 3);
  for (let i = 50; i < 1000; i++) sides.b.hold(noteAt(i), actorAt(1), 1 + i % 2);
  await sides.meet();
  assert.equal(sides.a.digest, sides.b.digest);
  assert.deepEqual([sides.a.again, sides.b.again], [0, 0]);
});

/** Changes both sides at random: documents that one lacks, that one is ahead in, that differ both ways. */
function differ({ a, b }: Sides, unit: () => number, notes: number): void {
  const some = (side: Side, note: number) => {
    const logs = Math.floor(unit() * 4);
    for (let i = 0; i < logs; i++) {
      const actor = actorAt(Math.floor(unit() * 6));
      const held = side.holding.vectors.of(noteAt(note)).get(actor)?.seq ?? 0;
      side.hold(noteAt(note), actor, held + 1 + Math.floor(unit() * 3));
    }
  };
  for (let note = 0; note < notes; note++) {
    const kind = unit();
    if (kind < 0.8) {
      const [actor, seq] = [actorAt(Math.floor(unit() * 6)), 1 + Math.floor(unit() * 4)];
      for (const side of [a, b]) side.hold(noteAt(note), actor, seq);
      continue;
    }
    if (kind < 0.93) some(a, note);
    if (kind > 0.87) some(b, note);
  }
}

Deno.test("SYNC: two random sets become one in one exchange, nothing comes twice", async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const unit = seededUnit(seed);
    const sides = new Sides();
    differ(sides, unit, Math.floor(1500 * unit() ** 2));
    const cost = await sides.meet();
    assert.equal(sides.a.digest, sides.b.digest, `seed ${seed}`);
    assert.deepEqual([sides.a.again, sides.b.again], [0, 0], `seed ${seed}`);
    assert.ok(cost.hops <= 6, `seed ${seed}: ${cost.hops} hops`);
    const asked = cost.messages - Math.ceil((sides.a.streamed + sides.b.streamed) / 100);
    assert.ok(asked <= 24, `seed ${seed}: ${asked} messages`);
  }
});

Deno.test("SYNC: what is pushed while the tree is walked is neither lost nor sent again as a whole", async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const unit = seededUnit(seed);
    const sides = new Sides();
    const { a, b } = sides;
    differ(sides, unit, 800);
    // Both come to hold the same new change at some moment of the exchange.
    const documents = a.exchange.documents.bind(a.exchange);
    a.exchange.documents = (message) => {
      for (const side of [a, b]) {
        for (let i = 0; i < 20; i++) {
          const note = noteAt(i);
          const held = side.holding.vectors.of(note).get(actorAt(99))?.seq ?? 0;
          side.hold(note, actorAt(99), held + 1);
        }
      }
      documents(message);
    };
    for (let i = 0; i < 4 && a.digest !== b.digest; i++) {
      await sides.meet();
      sides.clock.advance(BEAT_MS);
    }
    assert.equal(a.digest, b.digest, `seed ${seed}`);
    assert.ok(a.again + b.again <= 200, `seed ${seed}: ${a.again + b.again} came twice`);
  }
});

Deno.test("SYNC-9: a repair while a stream goes on is let go, and comes again", async () => {
  const sides = new Sides();
  fill(sides, 500, 1);
  sides.b.hold(noteAt(1), actorAt(1), 9);
  await sides.meet();
  sides.b.hold(noteAt(2), actorAt(1), 9);
  // The second time within the same moment nothing is answered; a beat later it is.
  await sides.meet();
  await sides.meet();
  assert.notEqual(sides.a.digest, sides.b.digest);
  for (let beat = 0; beat < 4; beat++) {
    sides.clock.advance(BEAT_MS);
    await sides.meet();
  }
  assert.equal(sides.a.digest, sides.b.digest);
});

Deno.test("FORK-6: what is only known to be void is shown, and its evidence goes to who holds that log", () => {
  const { a } = new Sides();
  const [known, bare] = [noteAt(1), noteAt(2)];
  a.hold(known, actorAt(1), 3);
  const proof: VoidPlace = { seq: 1, hashes: ["a", "b"].map((c) => c.repeat(64) as ChangeHash) };
  const ours: OurLogs = {
    ...a.holding.ourLogs,
    voidDocs: () => [bare],
    voidPlaces: (doc) => new Map(doc === bare ? [[actorAt(7), proof]] : []),
  };
  const prints = new Prints(new Uint8Array(32));
  const offer = new Offer(ours, prints, new Uint8Array(2048));
  const shown = [...offer.buckets()].map(([bucket]) => bucket);
  assert.deepEqual(shown, [bucketOf(known), bucketOf(bare)].sort((x, y) => x - y));
  const list = new TheirVectors(ours, offer);
  list.add([[bare, [[actorAt(7), 4, "ee".repeat(16)]]]], new Uint8Array(0));
  assert.deepEqual(list.gaps(), [], "what it does not name is the same there");
  assert.deepEqual(list.voidLogs(), [[bare, actorAt(7)]]);
  assert.deepEqual([...list.same()], [known]);
});
