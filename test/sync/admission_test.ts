import assert from "node:assert/strict";
import { parseNoteId, parseSpaceId } from "../../core/base/ids.ts";
import { MAX_CHANGE_ROWS } from "../../core/base/limits.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { noteDoc, segmentDoc, SPACE_DOC } from "../../core/doc/doc_id.ts";
import { docKey } from "../../core/doc/doc_key.ts";
import { DocumentFault } from "../../core/doc/documents.ts";
import { StoreError } from "../../core/store/store_error.ts";
import { MAX_FAULTS, MUTE_MS } from "../../core/sync/culprits.ts";
import type { RefusalReason } from "../../core/sync/outcome.ts";
import { actorOf } from "../../core/trust/actor.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import { type Envelope, envelopeText, signEnvelope } from "../../core/trust/envelope.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import type { SentEnvelope } from "../../core/wire/message.ts";
import { deviceKeys } from "../fakes/device.ts";
import { seededUnit } from "../fakes/random.ts";
import { weightyInsert, weightyPut } from "../fakes/weighty.ts";
import { allMessages, type SimNode } from "../sim/sim_node.ts";
import { SimWorld } from "../sim/sim_world.ts";
import { Author } from "./author.ts";

const general = channelIdOf(LOBBY, "general");
const doc = segmentDoc(general, 0);
const relay = deviceKeys(90).peer;

/** A node alone, with a clock to move. */
function alone(act: (node: SimNode, world: SimWorld) => Promise<void>): Promise<void> {
  return SimWorld.run(1, async (world) => await act(await world.add(), world));
}

const texts = (node: SimNode) => allMessages(node.store, general).map(({ text }) => text);

async function posts(author: Author, count: number): Promise<Envelope[]> {
  const envelopes: Envelope[] = [];
  for (let i = 0; i < count; i++) envelopes.push(await author.post(doc, `post ${i}`));
  return envelopes;
}

/** Asserts that envelopes are refused for a reason, logged with peer and author, and change nothing. */
async function assertRefused(
  node: SimNode,
  envelope: SentEnvelope,
  reason: RefusalReason,
): Promise<void> {
  const before = [node.digest, texts(node).length];
  node.logged.length = 0;
  const { fresh, refused, held } = await node.replica.admit([envelope], relay);
  assert.deepEqual({ fresh, refused, held }, { fresh: 0, refused: { [reason]: 1 }, held: [] });
  assert.deepEqual([node.digest, texts(node).length], before);
  assert.equal(node.logged.length, 1);
  const { peer, author, reason: why } = node.logged[0]?.facts ?? {};
  assert.deepEqual({ peer, author, why }, { peer: relay, author: envelope.author, why: reason });
}

Deno.test("admission: what comes is committed, told once, and held; what comes again is held", async () => {
  await alone(async (node) => {
    let told = 0;
    node.replica.onCommit(({ local, envelopes }) => {
      assert.equal(local, false);
      told += envelopes.length;
    });
    const author = await Author.open(80);
    const sent = await posts(author, 3);
    const first = await node.replica.admit(sent, relay);
    assert.equal(first.fresh, 3);
    assert.deepEqual(first.held.map(([from, [, , seq]]) => [from, seq]), [
      [relay, 1],
      [relay, 2],
      [relay, 3],
    ]);
    const again = await node.replica.admit([...sent, ...sent], relay);
    assert.deepEqual([again.fresh, again.held.length, again.refused], [0, 6, {}]);
    assert.equal(told, 3);
    assert.deepEqual(texts(node), ["post 0", "post 1", "post 2"]);
  });
});

Deno.test("admission: one envelope twice in one read is committed once", async () => {
  await alone(async (node) => {
    const [envelope] = await posts(await Author.open(80), 1);
    assert.ok(envelope);
    const { fresh, refused } = await node.replica.admit([envelope, envelope], relay);
    assert.deepEqual([fresh, refused], [1, {}]);
  });
});

Deno.test("admission: any order and any cut into reads come to the same", async () => {
  const author = await Author.open(80);
  const other = await Author.open(81);
  const sent: Envelope[] = [];
  for (let i = 0; i < 20; i++) {
    const writer = i % 3 === 0 ? other : author;
    const envelope = await writer.post(doc, `post ${i}`);
    await (writer === author ? other : author).read(envelope);
    sent.push(envelope);
  }
  const wanted = sent.map((_, i) => `post ${i}`).sort();
  for (let seed = 1; seed <= 20; seed++) {
    await alone(async (node) => {
      const unit = seededUnit(seed);
      const mixed = sent.map((envelope) => ({ envelope, key: unit() }))
        .sort((a, b) => a.key - b.key).map(({ envelope }) => envelope);
      const reads: Promise<unknown>[] = [];
      while (mixed.length > 0) {
        reads.push(node.replica.admit(mixed.splice(0, 1 + Math.floor(unit() * 6)), relay));
        if (unit() < 0.5) await reads.at(-1);
      }
      await Promise.all(reads);
      assert.deepEqual(texts(node).sort(), wanted, `seed ${seed}`);
    });
  }
});

Deno.test("admission: what waited is held for the peer that sent it", async () => {
  await alone(async (node) => {
    const [first, second] = await posts(await Author.open(80), 2);
    assert.ok(first && second);
    const other = deviceKeys(91).peer;
    assert.deepEqual((await node.replica.admit([second], other)).held, []);
    const { fresh, held } = await node.replica.admit([first], relay);
    assert.equal(fresh, 2);
    assert.deepEqual(held.map(([from, [, , seq]]) => [from, seq]), [[relay, 1], [other, 2]]);
  });
});

Deno.test("hostile 12, 13: forged, altered and moved envelopes are refused", async () => {
  const author = await Author.open(80);
  const [good] = await posts(author, 1);
  assert.ok(good);
  const stranger = deviceKeys(85);
  const flipped = (bytes: Uint8Array, at: number) => bytes.with(at, bytes[at]! ^ 1);
  const moved = await author.post(segmentDoc(general, 1), "moved");
  const otherSpace = await Author.open(80, parseSpaceId("0b".repeat(16)));
  const { hash } = readChangeHeader(good.change);
  const forgeries: Record<string, SentEnvelope> = {
    "a signature with a flipped bit": { ...good, signature: flipped(good.signature, 5) },
    "no signature": { ...good, signature: new Uint8Array(64) },
    "a change with a flipped bit": {
      ...good,
      change: flipped(good.change, good.change.length - 3),
    },
    "a change that is cut": { ...good, change: good.change.subarray(0, 60) },
    "garbage": { ...good, change: new Uint8Array(100) },
    "another author": { ...good, author: stranger.peer },
    "moved to another segment": { ...good, doc: segmentDoc(general, 1) },
    "moved from another segment": { ...moved, doc },
    "moved to the space document": { ...good, doc: SPACE_DOC },
    "moved from another space": await otherSpace.post(doc, "moved"),
    "a change under another's actor, well signed": {
      ...good,
      author: stranger.peer,
      signature: stranger.sign(envelopeText(LOBBY, doc, hash)),
    },
  };
  for (const [what, forged] of Object.entries(forgeries)) {
    await alone(async (node) => {
      await assertRefused(node, forged, "forged").catch((cause) => {
        throw new Error(what, { cause });
      });
      const { fresh } = await node.replica.admit([good], relay);
      assert.equal(fresh, 1, `${what}: the true one is taken afterwards`);
    });
  }
});

Deno.test("admission: of forged and true envelopes in one read the true ones are taken", async () => {
  await alone(async (node) => {
    const [a, b, c] = await posts(await Author.open(80), 3);
    assert.ok(a && b && c);
    const { fresh, refused } = await node.replica.admit(
      [a, { ...b, signature: new Uint8Array(64) }, b, c],
      relay,
    );
    assert.deepEqual([fresh, refused], [3, { forged: 1 }]);
  });
});

Deno.test("admission: what one author makes wait is bounded, and the next comes all the same", async () => {
  await alone(async (node) => {
    const author = await Author.open(80);
    const [first, ...others] = await posts(author, 1010);
    assert.ok(first);
    const { fresh, refused, held } = await node.replica.admit(others, relay);
    assert.deepEqual({ fresh, refused, held }, { fresh: 0, refused: { crowded: 9 }, held: [] });
    const honest = await posts(await Author.open(81), 2);
    assert.equal((await node.replica.admit(honest, relay)).fresh, 2);
    assert.equal((await node.replica.admit([first], relay)).fresh, 1001);
    assert.equal((await node.replica.admit(others, relay)).fresh, 9);
  });
});

Deno.test("admission: what rests on nothing for ten minutes is let go", async () => {
  await alone(async (node, world) => {
    const [first, second, third] = await posts(await Author.open(80), 3);
    assert.ok(first && second && third);
    await node.replica.admit([second], relay);
    await world.pass(10 * 60 * 1000);
    await node.replica.admit([third], relay);
    const { fresh } = await node.replica.admit([first], relay);
    assert.equal(fresh, 1);
    assert.deepEqual(texts(node), ["post 0"]);
  });
});

Deno.test("admission: what waits in one document is not taken up into another", async () => {
  const author = await Author.open(80);
  const elsewhere = segmentDoc(general, 1);
  const [first] = await posts(author, 1);
  assert.ok(first);
  // A sound change of another document that rests on a change of this one.
  await author.read({ ...first, doc: elsewhere });
  const astray = await author.write(elsewhere, [{ key: "key", value: "value" }]);
  await alone(async (node) => {
    await node.replica.admit([astray], relay);
    const { fresh } = await node.replica.admit([first], relay);
    assert.equal(fresh, 1);
    assert.deepEqual(node.replica.vectors.docs(), [doc]);
    assert.deepEqual(await node.documents.heads(docKey(LOBBY, doc)), [
      readChangeHeader(first.change).hash,
    ]);
  });
});

Deno.test("admission: a note begins with its genesis, which nobody sends", async () => {
  const id = parseNoteId("0e".repeat(16));
  await SimWorld.run(1, async (world) => {
    const [a, b] = [await world.add(), await world.add()];
    const { heads } = await a.noteText(id);
    await a.edit(id, heads, [{ at: 0, remove: 0, insert: "from a" }], "r");
    const gaps = [{
      doc: noteDoc(id),
      above: new Map([...a.replica.vectors.of(noteDoc(id))].map(
        ([actor]) => [actor, 0],
      )),
    }];
    const items = [...a.replica.history(gaps)].filter((item) => "change" in item);
    const { fresh } = await b.replica.admit(items, a.peer);
    assert.equal(fresh, 1);
    assert.equal((await b.noteText(id)).text, "from a");
  });
});

Deno.test("admission: what Automerge rejects is refused alone, remembered, and its followers wait", async () => {
  await alone(async (node) => {
    const author = await Author.open(80);
    const other = await Author.open(81);
    const [bad, next] = await posts(author, 2);
    const honest = await posts(other, 5);
    assert.ok(bad && next);
    const { documents } = node;
    const apply = documents.apply.bind(documents);
    let tried = 0;
    documents.apply = async (key, changes) => {
      const rejected = changes.indexOf(bad.change);
      if (rejected < 0) return await apply(key, changes);
      tried++;
      const answer = await apply(key, changes.filter((change) => change === honest[0]?.change));
      return {
        heads: answer.heads,
        results: changes.map((change) =>
          change === bad.change
            ? { type: "refused", reason: "rejected", text: "bad" } as const
            : change === next.change
            ? { type: "refused", reason: "missing", text: "rests on it" } as const
            : answer.results[0]!
        ),
      };
    };
    const first = await node.replica.admit([honest[0]!, bad, next], relay);
    assert.deepEqual([first.fresh, first.refused], [1, { rejected: 1 }]);
    const again = await node.replica.admit([bad, next, ...honest], relay);
    assert.deepEqual([again.fresh, again.refused], [4, { rejected: 1 }]);
    assert.equal(tried, 1, "it is not tried again");
  });
});

Deno.test("admission: a change that kills the worker is found among the others, its author muted", async () => {
  await alone(async (node, world) => {
    const author = await Author.open(80);
    const honest = await posts(await Author.open(81), 20);
    const { documents } = node;
    const apply = documents.apply.bind(documents);
    let deadly: Uint8Array | undefined;
    let deaths = 0;
    documents.apply = (key, changes) => {
      if (!deadly || !changes.includes(deadly)) return apply(key, changes);
      deaths++;
      return Promise.reject(new DocumentFault(key, "silent for 2000 ms"));
    };
    for (let i = 0; i < MAX_FAULTS; i++) {
      const sent = await author.post(segmentDoc(general, 1 + i), "deadly");
      deadly = sent.change;
      const { refused } = await node.replica.admit([sent], relay);
      assert.deepEqual(refused, { fault: 1 });
    }
    const bad = await author.post(doc, "deadly too");
    deadly = bad.change;
    const before = deaths;
    const mixed = await node.replica.admit([...honest.slice(0, 9), bad, ...honest.slice(9)], relay);
    assert.deepEqual([mixed.fresh, mixed.refused], [20, { rejected: 1 }]);
    assert.equal(deaths, before, "a muted author costs nothing");
    await world.pass(MUTE_MS);
    const later = await node.replica.admit([bad], relay);
    assert.deepEqual(later.refused, { fault: 1 });
    deadly = undefined;
    assert.equal((await node.replica.admit([bad], relay)).fresh, 1);
  });
});

Deno.test("admission: the culprit is found by halves", async () => {
  await alone(async (node) => {
    const bad = await (await Author.open(80)).post(doc, "deadly");
    const honest = await posts(await Author.open(81), 63);
    const { documents } = node;
    const apply = documents.apply.bind(documents);
    let deaths = 0;
    documents.apply = (key, changes) => {
      if (!changes.includes(bad.change)) return apply(key, changes);
      deaths++;
      return Promise.reject(new DocumentFault(key, "dead"));
    };
    const { fresh, refused } = await node.replica.admit(honest.toSpliced(40, 0, bad), relay);
    assert.deepEqual([fresh, refused, deaths], [63, { fault: 1 }, 7]);
  });
});

Deno.test("admission: who sends for many documents in one read does not hold up others", async () => {
  await alone(async (node) => {
    const [author, other] = [await Author.open(80), await Author.open(81)];
    const sent: Envelope[] = [];
    for (let i = 1; i <= 20; i++) sent.push(await author.post(segmentDoc(general, i), `post ${i}`));
    const chat = await other.post(doc, "chat");
    const { documents } = node;
    const apply = documents.apply.bind(documents);
    const order: string[] = [];
    documents.apply = (key, changes) => {
      order.push(changes.includes(chat.change) ? "chat" : "many");
      return apply(key, changes);
    };
    const many = node.replica.admit(sent, relay);
    const one = node.replica.admit([chat], deviceKeys(91).peer);
    assert.deepEqual([(await many).fresh, (await one).fresh], [20, 1]);
    assert.ok(order.indexOf("chat") < 5, order.join());
  });
});

Deno.test("CHG-4: outside of notes operations that take no bytes are refused", async () => {
  await alone(async (node) => {
    const keys = deviceKeys(80);
    for (const where of [doc, SPACE_DOC]) {
      const put = (rows: number) => {
        const change = weightyPut(actorOf(keys.peer, LOBBY, where), rows);
        return signEnvelope(keys, LOBBY, where, change).envelope;
      };
      let rows = 1;
      const isWithin = (rows: number) => rows <= 8 + Math.floor(put(rows).change.length / 16);
      while (isWithin(rows + 1)) rows++;
      await assertRefused(node, put(rows + 1), "forged");
      assert.equal((await node.replica.admit([put(rows)], relay)).fresh, 1);
    }
  });
});

Deno.test("admission: many operations in few bytes are taken in many batches", async () => {
  await alone(async (node) => {
    const note = noteDoc(parseNoteId("5e".repeat(16)));
    const changes = (rows: number, seeds: readonly number[]) =>
      seeds.map((seed) => {
        const keys = deviceKeys(seed);
        const change = weightyInsert(actorOf(keys.peer, LOBBY, note), rows);
        return signEnvelope(keys, LOBBY, note, change).envelope;
      });
    const weighty = changes(MAX_CHANGE_ROWS / 2, [80, 81, 82, 83]);
    const honest = changes(10, [84, 85, 86]);
    const { documents } = node;
    const apply = documents.apply.bind(documents);
    const batches: number[] = [];
    documents.apply = (key, changes) => {
      batches.push(changes.length);
      return apply(key, changes);
    };
    const { fresh, refused } = await node.replica.admit([...weighty, ...honest], relay);
    assert.deepEqual([fresh, refused, batches], [7, {}, [2, 2, 3]]);
  });
});

Deno.test("admission: a change that skips a place in its log is refused, though Automerge takes it", async () => {
  await alone(async (node) => {
    const [first, second] = await posts(await Author.open(80), 2);
    const honest = await posts(await Author.open(81), 3);
    assert.ok(first && second);
    const { documents } = node;
    const apply = documents.apply.bind(documents);
    // An engine that rejects the first of the log, and finds nothing wrong with the second.
    documents.apply = async (key, changes) => {
      const answer = await apply(key, changes);
      const results = answer.results.map((result, i) =>
        changes[i] === first.change
          ? { type: "refused", reason: "rejected", text: "bad" } as const
          : changes[i] === second.change
          ? { type: "applied", entries: [] } as const
          : result
      );
      return { ...answer, results };
    };
    const { fresh, refused } = await node.replica.admit([first, ...honest, second], relay);
    assert.deepEqual([fresh, refused], [3, { rejected: 2 }]);
    assert.deepEqual(texts(node), ["post 0", "post 1", "post 2"]);
    const { heads } = await documents.apply(docKey(LOBBY, doc), []);
    assert.equal(heads.length, 1, "the document is what the store has");
  });
});

Deno.test("admission: when the disk is full nothing is held, and all of it later", async () => {
  await alone(async (node) => {
    const sent = await posts(await Author.open(80), 3);
    const { store } = node;
    const commit = store.commit.bind(store);
    store.commit = () => {
      throw new StoreError("full", "Cannot write: the disk is full");
    };
    await assert.rejects(node.replica.admit(sent, relay), StoreError);
    assert.deepEqual(texts(node), []);
    store.commit = commit;
    await node.post(general, "mine");
    assert.equal((await node.replica.admit(sent, relay)).fresh, 3);
    assert.equal(texts(node).length, 4);
  });
});

Deno.test("admission: a replica that is closed begins nothing", async () => {
  await alone(async (node) => {
    const sent = await posts(await Author.open(80), 3);
    const admitting = node.replica.admit(sent, relay);
    await node.replica.close();
    assert.ok([0, 3].includes((await admitting).fresh));
    assert.equal((await node.replica.admit(await posts(await Author.open(81), 1), relay)).fresh, 0);
  });
});
