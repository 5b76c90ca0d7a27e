import assert from "node:assert/strict";
import { parseNoteId } from "../../core/base/ids.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { noteDoc, segmentDoc, SPACE_DOC } from "../../core/doc/doc_id.ts";
import { messageEntry } from "../../core/doc/projection.ts";
import { StoreError } from "../../core/store/store_error.ts";
import type { Committed } from "../../core/sync/commits.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { turn } from "../fakes/turn.ts";
import { allMessages, type SimNode } from "../sim/sim_node.ts";
import { SimWorld } from "../sim/sim_world.ts";

const general = channelIdOf(LOBBY, "general");
const doc = segmentDoc(general, 0);
const note = parseNoteId("0e".repeat(16));

/** A node alone, and what its replica told. */
function alone(act: (node: SimNode, told: Committed[]) => Promise<void>): Promise<void> {
  return SimWorld.run(1, async (world) => {
    const node = await world.add();
    const told: Committed[] = [];
    node.replica.onCommit((committed) => told.push(committed));
    await act(node, told);
  });
}

/** Lets the next `count` commits fail as a full disk does. */
function fillDisk(node: SimNode, count: number): void {
  const { store } = node;
  const commit = store.commit.bind(store);
  let left = count;
  store.commit = (...args) => {
    if (left-- > 0) throw new StoreError("full", "Cannot write: the disk is full");
    return commit(...args);
  };
}

const texts = (node: SimNode) => allMessages(node.store, general).map(({ text }) => text);

Deno.test("replica: a change is signed, committed with its receipt and meaning, then told", async () => {
  await alone(async (node, told) => {
    let heldWhenTold: number | undefined;
    node.replica.onCommit(() => {
      heldWhenTold = node.store.envelopes.changes(LOBBY, doc).length;
    });
    const id = await node.post(general, "hello");
    assert.equal(heldWhenTold, 1);
    const [committed] = told;
    assert.ok(committed?.local);
    assert.equal(committed.doc, doc);
    assert.deepEqual(committed.rows.map(({ type }) => type), ["message"]);
    assert.deepEqual(committed.changed.messages, [[general, id]]);
    assert.deepEqual(committed.heads, [committed.envelopes[0]?.header.hash]);
    await node.replica.put(doc, [messageEntry(id, "hello!")], {
      at: 5,
      receipt: { id: "request", answer: [1] },
    });
    assert.deepEqual(node.store.receipts.get("request", 0)?.answer, [1]);
    assert.equal(told[1]?.envelopes[0]?.header.messageText, "request");
    assert.equal(told[1]?.envelopes[0]?.header.time, 5);
  });
});

Deno.test("replica: an edit of a note is answered, and its answer is the receipt", async () => {
  await alone(async (node, told) => {
    const splices = [{ at: 0, remove: 0, insert: "abc" }];
    const { heads } = await node.noteText(note);
    const answer = await node.replica.noteEdit(note, heads, splices, { at: 1, request: "r1" });
    assert.deepEqual(node.store.receipts.get("r1", 0)?.answer, JSON.parse(JSON.stringify(answer)));
    assert.equal((await node.noteText(note)).text, "abc");
    assert.deepEqual(told.map(({ doc, heads }) => [doc, heads]), [[noteDoc(note), answer.heads]]);
    const none = await node.replica.noteEdit(note, answer.heads, [], { at: 1, request: "r2" });
    assert.deepEqual(none.heads, answer.heads);
    assert.equal(told.length, 1, "an edit that changes nothing is not told");
    await assert.rejects(
      node.replica.noteEdit(note, ["0".repeat(64)], splices, { at: 1, request: "r3" }),
      RangeError,
    );
  });
});

Deno.test("replica: a commit that fails loses that write only, and those begun on top of it", async () => {
  await alone(async (node, told) => {
    await node.post(general, "before");
    fillDisk(node, 1);
    const writes = ["full", "on top", "on top too"].map((text) => node.post(general, text));
    const [first, ...others] = await Promise.allSettled(writes);
    assert.ok(first?.status === "rejected" && first.reason instanceof StoreError);
    const done = others.filter(({ status }) => status === "fulfilled").length;
    for (const other of others) {
      if (other.status === "rejected") assert.ok(other.reason instanceof RangeError);
    }
    await node.post(general, "after");
    assert.equal(texts(node).length, 2 + done);
    assert.deepEqual([texts(node)[0], texts(node).at(-1)], ["before", "after"]);
    assert.equal(told.length, 2 + done, "nobody heard of what was not written");
    const [vector] = [...node.replica.vectors.entries()].filter(([name]) => name === doc);
    assert.deepEqual(vector?.[1].map(([, seq]) => seq), [2 + done]);
  });
});

Deno.test("replica: when the disk fails for a while, writes fail for a while", async () => {
  await alone(async (node) => {
    fillDisk(node, 5);
    for (let i = 0; i < 5; i++) await assert.rejects(node.post(general, `${i}`), StoreError);
    await node.post(general, "at last");
    await node.createChannel("other");
    assert.deepEqual(texts(node), ["at last"]);
  });
});

Deno.test("replica: the digest follows what is held, and is what the store makes it after a restart", async () => {
  await SimWorld.run(1, async (world) => {
    const node = await world.add();
    const digests = new Set([node.digest]);
    await node.post(general, "one");
    digests.add(node.digest);
    await node.post(general, "two");
    digests.add(node.digest);
    await node.createChannel("other");
    digests.add(node.digest);
    assert.equal(digests.size, 4);
    const { digest } = node;
    await world.crash(node);
    await world.restart(node);
    assert.equal(node.digest, digest);
    assert.deepEqual(node.replica.vectors.docs(), [doc, SPACE_DOC]);
  });
});

Deno.test("replica: a listener that fails keeps nothing from the others", async () => {
  await alone(async (node, told) => {
    node.replica.onCommit(() => {
      throw new Error("mine");
    });
    const later: Committed[] = [];
    const unlisten = node.replica.onCommit((committed) => later.push(committed));
    await node.post(general, "one");
    assert.equal(later.length, 1);
    assert.equal(node.logged.filter(({ level }) => level === "error").length, 1);
    unlisten();
    await node.post(general, "two");
    await turn();
    assert.deepEqual([told.length, later.length], [2, 1]);
  });
});
