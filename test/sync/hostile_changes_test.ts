/** Changes that a member made to do harm, each through the whole of admission. */
import assert from "node:assert/strict";
import { deflateRawSync } from "node:zlib";
import * as Automerge from "@automerge/automerge";
import { type DocId, parseNoteId } from "../../core/base/ids.ts";
import { MAX_CHANGE_BYTES, MAX_INFLATED_BYTES } from "../../core/base/limits.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { noteDoc, segmentDoc } from "../../core/doc/doc_id.ts";
import type { RefusalReason } from "../../core/sync/outcome.ts";
import { actorOf } from "../../core/trust/actor.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import { type Envelope, envelopeText } from "../../core/trust/envelope.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { bombChange } from "../fakes/bomb.ts";
import { deviceKeys } from "../fakes/device.ts";
import { chunkOf } from "../fuzz/change_parts.ts";
import { allMessages, type SimNode } from "../sim/sim_node.ts";
import { SimWorld } from "../sim/sim_world.ts";
import { Author } from "./author.ts";

const general = channelIdOf(LOBBY, "general");
const CHAT = segmentDoc(general, 0);
const NOTE = noteDoc(parseNoteId("5e".repeat(16)));
const mallory = deviceKeys(66);
const relay = deviceKeys(90).peer;

function alone(act: (node: SimNode) => Promise<void>): Promise<void> {
  return SimWorld.run(1, async (world) => await act(await world.add()));
}

const texts = (node: SimNode) => allMessages(node.store, general).map(({ text }) => text);

/** Signs any change as Mallory; what cannot be read is signed as some other. */
function signed(doc: DocId, change: Uint8Array): Envelope {
  let hash = "00".repeat(32) as never;
  try {
    hash = readChangeHeader(change).hash as never;
  } catch {
    // Whoever signs it, it is not read so far.
  }
  const signature = mallory.sign(envelopeText(LOBBY, doc, hash));
  return { space: LOBBY, doc, author: mallory.peer, signature, change };
}

/** Mallory's first change in a document. */
function encoded(doc: DocId, ops: readonly object[], more: object = {}): Uint8Array {
  const actor = actorOf(mallory.peer, LOBBY, doc);
  const header = { actor, author: null, seq: 1, startOp: 1, time: 0, message: null, deps: [] };
  return Automerge.encodeChange({ ...header, ...more, ops } as never);
}

/** Asserts that a change is refused, why, and that an honest message is taken before and after it. */
async function assertHarmless(
  doc: DocId,
  change: Uint8Array,
  reason: RefusalReason,
  text: RegExp,
): Promise<void> {
  await alone(async (node) => {
    const ann = await Author.open(80);
    assert.equal((await node.replica.admit([await ann.post(CHAT, "before")], relay)).fresh, 1);
    const { fresh, refused } = await node.replica.admit([signed(doc, change)], relay);
    assert.deepEqual([fresh, refused], [0, { [reason]: 1 }]);
    assert.match(String(node.logged.at(-1)?.facts["text"]), text);
    assert.equal(node.logged.at(-1)?.facts["author"], mallory.peer, "its author is named");
    assert.equal((await node.replica.admit([await ann.post(CHAT, "after")], relay)).fresh, 1);
    assert.deepEqual(texts(node), ["before", "after"]);
  });
}

Deno.test("hostile 13: who writes under another's actor is refused, and the other's next is taken", async () => {
  await alone(async (node) => {
    const ann = await Author.open(80);
    const first = await ann.post(CHAT, "first");
    await node.replica.admit([first], relay);
    const squat = encoded(
      CHAT,
      [{ action: "set", obj: "_root", key: "k", value: "v", pred: [] }],
      {
        actor: actorOf(ann.keys.peer, LOBBY, CHAT),
        seq: 2,
        startOp: 2,
        deps: [readChangeHeader(first.change).hash],
      },
    );
    const own = signed(CHAT, squat);
    const asAnn = { ...own, author: ann.keys.peer };
    for (const envelope of [own, asAnn]) {
      assert.deepEqual((await node.replica.admit([envelope], relay)).refused, { forged: 1 });
    }
    const next = await ann.post(CHAT, "next");
    assert.equal((await node.replica.admit([next], relay)).fresh, 1);
    assert.deepEqual(texts(node), ["first", "next"]);
  });
});

Deno.test("hostile 18: a deflate bomb is not inflated beyond its bound, nor a body behind it read", async () => {
  const plain = encoded(CHAT, [{ action: "set", obj: "_root", key: "k", value: "v", pred: [] }]);
  for (const megabytes of [2, 16, 58]) {
    const bomb = new Uint8Array(megabytes * MAX_INFLATED_BYTES);
    bomb.set(plain);
    const change = chunkOf(2, deflateRawSync(bomb, { level: 9 }), plain);
    assert.ok(change.length < MAX_CHANGE_BYTES, `${change.length} bytes`);
    await assertHarmless(CHAT, change, "forged", /deflated, but not soundly or to too much/);
  }
  const long = new Uint8Array(255 * 1024);
  await assertHarmless(CHAT, chunkOf(2, long, plain), "forged", /bytes long/);
});

Deno.test("hostile 19: a run-length bomb is refused by adding its runs up", async () => {
  for (const doc of [CHAT, NOTE]) {
    for (const count of [20_001, 3_000_000, 2 ** 40]) {
      const bomb = bombChange(actorOf(mallory.peer, LOBBY, doc), count);
      assert.ok(bomb.length < 180);
      await assertHarmless(doc, bomb, "forged", /more than 20000 operations/);
    }
  }
});

Deno.test("hostile 20: deep maps, many keys and many dependencies are refused", async () => {
  const actor = actorOf(mallory.peer, LOBBY, CHAT);
  const deep = Array.from({ length: 5000 }, (_, i) => ({
    action: "makeMap",
    obj: i === 0 ? "_root" : `${i}@${actor}`,
    key: "k",
    pred: [],
  }));
  await assertHarmless(
    CHAT,
    encoded(CHAT, deep.slice(0, 8)),
    "rejected",
    /elsewhere than at a key/,
  );
  const tooDeep = encoded(CHAT, deep);
  assert.ok(tooDeep.length < 20_000, "few bytes go deep");
  await assertHarmless(CHAT, tooDeep, "forged", /too many for its bytes/);
  const keys = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      action: "set",
      obj: "_root",
      key: i.toString(36),
      value: "",
      pred: [],
    }));
  await assertHarmless(CHAT, encoded(CHAT, keys(15_000)), "forged", /bytes long|too many/);
  await assertHarmless(CHAT, encoded(CHAT, keys(5_000)), "forged", /too many for its bytes/);
  const deps = (count: number) =>
    Array.from({ length: count }, (_, i) => i.toString(16).padStart(64, "0"));
  const many = encoded(CHAT, keys(1), { deps: deps(1800) });
  await assertHarmless(CHAT, many, "forged", /1800 dependencies/);
});

Deno.test("hostile 21: a document or a bundle in place of a change is refused", async () => {
  const document = Automerge.save(Automerge.from({ k: "v" }));
  await assertHarmless(CHAT, document, "forged", /of type 0/);
  const plain = encoded(CHAT, [{ action: "set", obj: "_root", key: "k", value: "v", pred: [] }]);
  for (const type of [3, 4, 255]) {
    await assertHarmless(CHAT, plain.with(8, type), "forged", new RegExp(`of type ${type}`));
  }
  const two = new Uint8Array([...plain, ...plain]);
  await assertHarmless(CHAT, two, "forged", /another length/);
});

Deno.test("ADM-5: a change that numbers its operations up to the end of all numbers is refused", async () => {
  const put = [{ action: "set", obj: "_root", key: "k", value: "v", pred: [] }];
  const letter = {
    action: "set",
    obj: `1@${"00".repeat(16)}`,
    elemId: "_head",
    insert: true,
    value: "x",
    pred: [],
  };
  const deps = ["d7776c7c30d635c598d653f66d70e450be4ef3cee792255b58e8a7e4cc0fe88f"];
  for (const startOp of [2 ** 32 - 1, 2 ** 31 - 1, 1_000_000_000]) {
    await assertHarmless(CHAT, encoded(CHAT, put, { startOp }), "forged", /of operations from/);
  }
  for (const startOp of [2 ** 19, 2 ** 24, 999_999_999]) {
    await assertHarmless(CHAT, encoded(CHAT, put, { startOp }), "rejected", /too far ahead/);
    const note = encoded(NOTE, [letter], { startOp, deps });
    await assertHarmless(NOTE, note, "rejected", /too far ahead/);
  }
});
