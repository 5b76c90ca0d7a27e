/** Authors who sign two changes for one place, and what becomes of those who built on them. */
import assert from "node:assert/strict";
import { type NoteId, parseNoteId } from "../../core/base/ids.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { noteDoc, segmentDoc } from "../../core/doc/doc_id.ts";
import { docKey } from "../../core/doc/doc_key.ts";
import { messageEntry } from "../../core/doc/projection.ts";
import { StoreError } from "../../core/store/store_error.ts";
import type { Committed } from "../../core/sync/commits.ts";
import type { Dispute } from "../../core/sync/settlement.ts";
import { generationOf } from "../../core/trust/actor.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import type { Envelope } from "../../core/trust/envelope.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { deviceKeys } from "../fakes/device.ts";
import { turn } from "../fakes/turn.ts";
import { allMessages, type SimNode } from "../sim/sim_node.ts";
import { SimWorld } from "../sim/sim_world.ts";
import { Author } from "./author.ts";

const general = channelIdOf(LOBBY, "general");
const doc = segmentDoc(general, 0);
const note: NoteId = parseNoteId("0e".repeat(16));
const relay = deviceKeys(90).peer;

function alone(act: (node: SimNode, world: SimWorld) => Promise<void>): Promise<void> {
  return SimWorld.run(1, async (world) => await act(await world.add(), world));
}

const texts = (node: SimNode) => allMessages(node.store, general).map(({ text }) => text);
const hashOf = ({ change }: Envelope) => readChangeHeader(change).hash;

/** Lets everything that is under way come to its end. */
async function rest(): Promise<void> {
  for (let i = 0; i < 20; i++) await turn();
}

/** Lets what is written again find no room, until the result is called. */
function fillDisk({ store }: SimNode): () => void {
  const commit = store.commit.bind(store);
  store.commit = (ask) => {
    if (ask.rewrite !== undefined) throw new StoreError("full", "Cannot write: the disk is full");
    return commit(ask);
  };
  return () => store.commit = commit;
}

/** Two changes by one author for one place, the one that counts first. */
async function twins(): Promise<[Envelope, Envelope]> {
  const pair = await Promise.all([1, 2].map(async (n) => {
    const author = await Author.open(80);
    return await author.post(doc, `twin ${n}`);
  }));
  const [low, high] = pair.sort((a, b) => hashOf(a) < hashOf(b) ? -1 : 1);
  assert.ok(low && high);
  return [low, high];
}

Deno.test("FORK-2: of two changes for one place the one with the lowest hash counts, in either order", async () => {
  const [low, high] = await twins();
  const seen: unknown[] = [];
  for (const order of [[low, high], [high, low], [high, low, high, low]]) {
    for (const together of [true, false]) {
      await alone(async (node) => {
        const disputes: Dispute[] = [];
        node.replica.onDispute((dispute) => disputes.push(dispute));
        if (together) await node.replica.admit(order, relay);
        else for (const one of order) await node.replica.admit([one], relay);
        assert.equal(disputes.length, 1, "told once");
        const [dispute] = disputes;
        assert.deepEqual([dispute?.author, dispute?.seq], [low.author, 1]);
        assert.deepEqual(dispute?.variants.map(hashOf), [hashOf(low), hashOf(high)]);
        assert.equal(texts(node).length, 1);
        seen.push([texts(node), node.digest]);
        const { held, refused } = await node.replica.admit([low, high], relay);
        assert.deepEqual([held.length, refused], [1, { void: 1 }], "known from now on");
      });
    }
  }
  assert.equal(new Set(seen.map((each) => JSON.stringify(each))).size, 1, "all end alike");
});

Deno.test("FORK-1: an unsigned twin proves nothing", async () => {
  const [low, high] = await twins();
  await alone(async (node) => {
    await node.replica.admit([high], relay);
    const { refused } = await node.replica.admit(
      [{ ...low, signature: new Uint8Array(64) }],
      relay,
    );
    assert.deepEqual([refused, texts(node).length], [{ forged: 1 }, 1]);
    assert.deepEqual(node.store.disputes.docs(LOBBY), []);
  });
});

Deno.test("FORK-3: what comes later in the log is void, and who brings it is no forger", async () => {
  const author = await Author.open(80);
  const clone = await Author.open(80);
  const [one, two] = [await author.post(doc, "a"), await clone.post(doc, "b")];
  const [oneMore, twoMore] = [await author.post(doc, "a more"), await clone.post(doc, "b more")];
  await alone(async (node) => {
    await node.replica.admit([one, oneMore], relay);
    const { refused } = await node.replica.admit([two, twoMore], relay);
    assert.equal(refused.forged, undefined);
    const counting = hashOf(one) < hashOf(two) ? "a" : "b";
    assert.deepEqual(texts(node), [counting]);
    const again = await node.replica.admit([oneMore, twoMore], relay);
    assert.deepEqual([again.fresh, again.refused], [0, { void: 2 }]);
    const warned = node.logged.filter(({ level }) => level === "warn");
    assert.deepEqual(warned.map(({ facts }) => facts["author"]), [one.author]);
  });
});

Deno.test("FORK-4: what an honest node built on it is void, and written again by itself", async () => {
  const [low, high] = await twins();
  await alone(async (node, world) => {
    await node.replica.admit([high], relay);
    await node.post(general, "mine");
    await node.post(general, "mine too");
    const told: Committed[] = [];
    node.replica.onCommit((committed) => told.push(committed));
    await node.replica.admit([low], relay);
    await rest();
    assert.deepEqual(texts(node).slice(0, 1), [texts(node).find((text) => /twin/.test(text))]);
    assert.deepEqual(texts(node).slice(1).sort(), ["mine", "mine too"]);
    assert.deepEqual(told.map(({ local, reset }) => [local, reset?.why]).slice(0, 1), [[
      false,
      "void",
    ]]);
    const own = [...node.replica.vectors.of(doc).keys()].filter((actor) =>
      generationOf(actor, node.peer, LOBBY, doc) !== undefined
    );
    assert.deepEqual(own.map((actor) => generationOf(actor, node.peer, LOBBY, doc)), [1]);
    assert.equal(node.store.rewrites.next(LOBBY, 0), undefined, "nothing is owed");
    // It goes on, also after a restart.
    await node.post(general, "after");
    const before = node.digest;
    await world.crash(node);
    await world.restart(node);
    await world.pass(10);
    assert.equal(node.digest, before);
    await node.post(general, "after a restart");
    assert.deepEqual(texts(node).slice(-2), ["after", "after a restart"]);
  });
});

Deno.test("FORK-4: what is owed is written after a full disk, and after a restart", async () => {
  const [low, high] = await twins();
  await alone(async (node) => {
    await node.replica.admit([high], relay);
    await node.post(general, "mine");
    await node.post(general, "mine too");
    const freeDisk = fillDisk(node);
    await node.replica.admit([low], relay);
    await rest();
    assert.equal(texts(node).length, 1);
    freeDisk();
    await node.replica.recover();
    assert.equal(texts(node).length, 3);
  });
  await alone(async (node, world) => {
    await node.replica.admit([high], relay);
    await node.post(general, "mine");
    fillDisk(node);
    await node.replica.admit([low], relay);
    await rest();
    await world.crash(node);
    await world.restart(node);
    assert.deepEqual(texts(node).slice(-1), ["mine"]);
  });
});

Deno.test("FORK-4: a second fork below makes a second generation, and nothing is lost", async () => {
  const [low, high] = await twins();
  await alone(async (node) => {
    const other = await Author.open(81);
    const otherTwin = await Author.open(81);
    const pair = [await other.post(doc, "other 1"), await otherTwin.post(doc, "other 2")];
    const [otherLow, otherHigh] = pair.sort((a, b) => hashOf(a) < hashOf(b) ? -1 : 1);
    assert.ok(otherLow && otherHigh);
    await node.replica.admit([high, otherHigh], relay);
    await node.post(general, "mine");
    await node.replica.admit([low], relay);
    await rest();
    await node.post(general, "mine too");
    await node.replica.admit([otherLow], relay);
    await rest();
    const own = texts(node).filter((text) => text.startsWith("mine"));
    assert.deepEqual(own.sort(), ["mine", "mine too"]);
    const generations = [...node.replica.vectors.of(doc).keys()]
      .map((actor) => generationOf(actor, node.peer, LOBBY, doc));
    assert.deepEqual(generations.filter((each) => each !== undefined), [2]);
  });
});

for (const rests of [false, true]) {
  Deno.test(`FORK-5: of a note${rests ? " that rests" : ""} the text before is kept, and its honest author goes on`, async () => {
    await SimWorld.run(3, async (world) => {
      const [a, b, node] = [await world.add(), await world.add(), await world.add()];
      // Two copies of one device begin the note apart.
      const twin = async (text: string) => {
        const author = await Author.open(80);
        return await author.type(note, text);
      };
      const pair = [await twin("one "), await twin("two ")];
      const [low, high] = pair.sort((x, y) => hashOf(x) < hashOf(y) ? -1 : 1);
      assert.ok(a && b && low && high);
      await node.replica.admit([high], relay);
      const { heads, text } = await node.noteText(note);
      await node.edit(note, heads, [{ at: text.length, remove: 0, insert: "mine" }], "r1");
      if (rests) assert.equal(await node.rest((it) => it === noteDoc(note)), 1);
      const resets: Committed["reset"][] = [];
      node.replica.onCommit(({ reset }) => resets.push(reset));
      await node.replica.admit([low], relay);
      await rest();
      const [reset] = resets;
      const [copy] = node.store.noteCopies.of(LOBBY, note);
      assert.deepEqual([reset?.why, reset?.noteCopy], ["void", copy?.id]);
      assert.equal(copy?.text, `${text}mine`);
      const after = await node.noteText(note);
      assert.equal(after.text.includes("mine"), false, "its text is not written again by itself");
      await assert.rejects(
        node.edit(note, heads, [{ at: 0, remove: 0, insert: "late " }], "r2"),
        RangeError,
        "a tab that stands on what is void opens the note again",
      );
      await node.edit(note, after.heads, [{ at: 0, remove: 0, insert: "again " }], "r3");
      assert.match((await node.noteText(note)).text, /^again /);
      const { heads: known } = await node.documents.noteText(docKey(LOBBY, noteDoc(note)));
      assert.equal(known.length, 1);
    });
  });
}

Deno.test("FORK-7: a rejected change takes its place, should its author sign another one for it", async () => {
  const [low, high] = await twins();
  for (const [bad, good] of [[low, high], [high, low]] as const) {
    const ends: string[] = [];
    for (const first of [bad, good]) {
      await alone(async (node) => {
        const { documents } = node;
        const apply = documents.apply.bind(documents);
        documents.apply = async (key, changes) => {
          const isBad = (change: Uint8Array) => readChangeHeader(change).hash === hashOf(bad);
          const answer = await apply(key, changes.filter((change) => !isBad(change)));
          const results = answer.results.values();
          return {
            heads: answer.heads,
            results: changes.map((change) =>
              isBad(change)
                ? { type: "refused", reason: "rejected", text: "bad" } as const
                : results.next().value!
            ),
          };
        };
        await node.replica.admit([first], relay);
        await node.replica.admit([first === bad ? good : bad], relay);
        ends.push(`${texts(node).length} ${node.digest}`);
      });
    }
    assert.equal(new Set(ends).size, 1, "what was rejected is no different for when it came");
    assert.match(ends[0] ?? "", good === low ? /^1 / : /^0 /);
  }
});

Deno.test("a write that meets a document being made anew is done again by itself", async () => {
  const [low, high] = await twins();
  await alone(async (node) => {
    await node.replica.admit([high], relay);
    const writes = Array.from({ length: 5 }, (_, i) => node.post(general, `mine ${i}`));
    const admitting = node.replica.admit([low], relay);
    const more = Array.from({ length: 5 }, (_, i) => node.post(general, `more ${i}`));
    await Promise.all([admitting, ...writes, ...more]);
    await rest();
    const own = texts(node).filter((text) => /m/.test(text)).sort();
    assert.deepEqual(own, [0, 1, 2, 3, 4].flatMap((i) => [`mine ${i}`, `more ${i}`]).sort());
  });
});

Deno.test("what was taken out is not counted as held by others any more", async () => {
  const [low, high] = await twins();
  await alone(async (node) => {
    await node.replica.admit([high], relay);
    await node.post(general, "mine");
    node.store.holdings.holdsAll(relay, LOBBY);
    await node.replica.admit([low], relay);
    await rest();
    const [message] = allMessages(node.store, general).filter(({ text }) => text === "mine");
    assert.ok(message);
    const { actor, seq } = message;
    assert.equal(node.store.holdings.holders(LOBBY, doc, actor, seq), 0);
    await node.replica.put(doc, [messageEntry(message.id, "mine, rewritten")], { at: 1 });
    assert.equal(texts(node).at(-1), "mine, rewritten");
  });
});
