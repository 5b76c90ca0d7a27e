import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { FRAME_OVERHEAD_BYTES, FrameType } from "../../core/net/frame.ts";
import { IDLE_MS } from "../../core/net/liveness.ts";
import { collect } from "../fakes/collect.ts";
import { type RawPeer, rawPeer } from "../fakes/raw_peer.ts";
import { settle } from "../fakes/settle.ts";

const WORDS = ["one", "two", "three", "four"];
const REFUSED = /not from the other side/;

/** The frames of a peer that says some words, one each. */
function framesOf(peer: RawPeer): Uint8Array[] {
  return WORDS.map((word) => peer.seal({ type: FrameType.message, body: Buffer.from(word) }));
}

Deno.test("hostile 6: a session played again from any frame on closes the link, and nothing comes twice", async () => {
  for (let from = 0; from < WORDS.length; from++) {
    const peer = await rawPeer();
    const batches = collect(peer.link);
    const frames = framesOf(peer);
    await peer.write(Buffer.concat(frames));
    await settle();
    await peer.write(Buffer.concat(frames.slice(from)));
    assert.match(await peer.link.closed, REFUSED);
    assert.deepEqual(batches.flat(), WORDS, `from frame ${from}`);
    peer.connection.close();
  }
});

Deno.test("hostile 6: frames of one link do not open on another of the same two devices", async () => {
  for (let from = 0; from < WORDS.length; from++) {
    const recorded = await rawPeer(20);
    const peer = await rawPeer(30);
    const batches = collect(peer.link);
    await peer.write(Buffer.concat(framesOf(recorded).slice(from)));
    assert.match(await peer.link.closed, REFUSED);
    assert.deepEqual(batches, []);
    for (const { connection } of [recorded, peer]) connection.close();
  }
});

Deno.test("hostile 6: a frame left out, or two that changed places, close the link", async () => {
  const orders = [[0, 2], [0, 2, 1, 3], [1, 0]];
  for (const order of orders) {
    const peer = await rawPeer();
    const batches = collect(peer.link);
    const frames = framesOf(peer);
    await peer.write(Buffer.concat(order.map((index) => frames[index]!)));
    assert.match(await peer.link.closed, REFUSED);
    assert.ok(batches.flat().length <= 1, "no more than what came before");
    peer.connection.close();
  }
});

Deno.test("hostile 26: a reset inside any byte of a frame drops it, and the link ends cleanly", async () => {
  const length = WORDS[0]!.length + FRAME_OVERHEAD_BYTES;
  for (let cut = 0; cut <= length; cut++) {
    const peer = await rawPeer();
    const batches = collect(peer.link);
    await peer.write(framesOf(peer)[0]!.subarray(0, cut));
    await settle();
    peer.network.reset("a", "b");
    assert.match(await peer.link.closed, /reset/);
    assert.deepEqual(batches.flat(), cut === length ? [WORDS[0]] : [], `cut at ${cut}`);
    assert.equal(peer.clock.waiting, 0, "no timer is left");
    peer.connection.close();
  }
});

Deno.test("hostile 26: silence inside a frame ends the link at the idle time", async () => {
  const length = WORDS[0]!.length + FRAME_OVERHEAD_BYTES;
  for (const cut of [1, 4, 5, length - 1]) {
    const peer = await rawPeer();
    const batches = collect(peer.link);
    await peer.write(framesOf(peer)[0]!.subarray(0, cut));
    await settle();
    peer.clock.advance(IDLE_MS - 1);
    await settle();
    assert.deepEqual(batches, []);
    peer.clock.advance(1);
    assert.match(await peer.link.closed, /silent/);
    peer.connection.close();
  }
});
