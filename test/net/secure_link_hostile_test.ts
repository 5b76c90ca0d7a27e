import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { silentLog } from "../../core/base/log.ts";
import {
  FRAME_OVERHEAD_BYTES,
  FrameType,
  MAX_FRAME_BYTES,
  MIN_FRAME_BYTES,
} from "../../core/net/frame.ts";
import { HANDSHAKE_BYTES } from "../../core/net/handshake.ts";
import { STALL_MS } from "../../core/net/liveness.ts";
import { CLOSE_MS, MAX_LANE_BYTES, openLink } from "../../core/net/secure_link.ts";
import { FakeClock } from "../fakes/clock.ts";
import { collect } from "../fakes/collect.ts";
import { deviceKeys } from "../fakes/device.ts";
import { linkPair } from "../fakes/link_pair.ts";
import { seededBytes } from "../fakes/random.ts";
import { rawPeer } from "../fakes/raw_peer.ts";
import { ScriptedConnection } from "../fakes/scripted_connection.ts";
import { settle } from "../fakes/settle.ts";
import { sideOf } from "../fakes/sides.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("hostile 28: a peer that does not read is let go after the stall time", async () => {
  const peer = await rawPeer();
  for (let index = 0; index < 20; index++) peer.link.send(new Uint8Array(60_000), "bulk");
  const waiting = peer.link.drained();
  await settle();
  for (let second = 0; second * 1000 < STALL_MS; second++) {
    await peer.frames({ type: FrameType.ping });
    await settle();
    peer.clock.advance(1000);
  }
  assert.equal(await peer.link.closed, "the peer does not read");
  await waiting;
  peer.connection.close();
  assert.equal(peer.clock.waiting, 0);
});

Deno.test("LINK: a slow reader that goes on reading keeps its link", async () => {
  const peer = await rawPeer();
  for (let index = 0; index < 20; index++) peer.link.send(new Uint8Array(60_000), "bulk");
  await settle();
  const into = new Uint8Array(10_000);
  for (let part = 0; part < 20; part++) {
    peer.clock.advance(STALL_MS - 1);
    // One write of 60 KB takes six of these reads, three minutes in all.
    assert.equal(await peer.connection.read(into), into.length);
    await peer.frames({ type: FrameType.ping });
    await settle();
  }
  assert.ok(peer.link.queuedBytes > 0);
  peer.link.close("done");
  await settle();
  peer.clock.advance(CLOSE_MS);
  assert.equal(await peer.link.closed, "done");
  peer.connection.close();
});

Deno.test("hostile 28: what waits for a slow reader is bounded", async () => {
  for (const lane of ["live", "bulk"] as const) {
    const peer = await rawPeer();
    let sent = 0;
    while (sent < 2 * MAX_LANE_BYTES) {
      peer.link.send(new Uint8Array(50_000), lane);
      sent += 50_000;
      assert.ok(peer.link.queuedBytes <= MAX_LANE_BYTES);
    }
    assert.match(await peer.link.closed, /does not read/);
    assert.equal(peer.link.queuedBytes, 0);
    peer.connection.close();
  }
});

Deno.test("LINK: however many pings come, one answer at a time waits", async () => {
  const peer = await rawPeer();
  await peer.frames(...Array(5_000).fill({ type: FrameType.ping }));
  await settle();
  peer.link.close("done");
  await peer.link.closed;
  assert.deepEqual(await peer.readTypes(), [FrameType.pong, FrameType.bye]);
  peer.connection.close();
});

Deno.test("LINK: a frame of an unknown type is skipped", async () => {
  const peer = await rawPeer();
  const batches = collect(peer.link);
  await peer.frames(...[4, 200, 255].map((type) => ({ type, body: bytes("new") })));
  await peer.frames({ type: FrameType.message, body: bytes("known") });
  await settle();
  assert.deepEqual(batches, [["known"]]);
  peer.link.close("done");
  await peer.link.closed;
  peer.connection.close();
});

Deno.test("LINK: what comes with the goodbye counts, what comes after it does not", async () => {
  const peer = await rawPeer();
  await peer.frames(
    { type: FrameType.message, body: bytes("before") },
    { type: FrameType.bye },
    { type: FrameType.message, body: bytes("after") },
  );
  const batches = collect(peer.link);
  assert.equal(await peer.link.closed, "the peer closed the link");
  assert.deepEqual(batches, [["before"]]);
  peer.connection.close();
});

Deno.test("hostile 25: a length out of bounds and garbage close the link", async () => {
  const length = (value: number) => {
    const header = new Uint8Array(4);
    new DataView(header.buffer).setUint32(0, value);
    return header;
  };
  const cases: [Uint8Array, RegExp][] = [
    [length(0), /out of bounds/],
    [length(1), /out of bounds/],
    [length(MIN_FRAME_BYTES - 1), /out of bounds/],
    [length(MAX_FRAME_BYTES + 1), /out of bounds/],
    [length(65_553), /out of bounds/],
    [length(2 ** 31), /out of bounds/],
    [length(2 ** 32 - 1), /out of bounds/],
    [Buffer.concat([length(40), seededBytes(1)(40)]), /not from the other side/],
  ];
  for (const [data, reason] of cases) {
    const peer = await rawPeer();
    const batches = collect(peer.link);
    await peer.write(data);
    assert.match(await peer.link.closed, reason);
    assert.deepEqual(batches, []);
    peer.connection.close();
  }
});

Deno.test("hostile 7: a link's own frames sent back to it close it", async () => {
  const peer = await rawPeer();
  const batches = collect(peer.link);
  peer.link.send(bytes("mine"));
  await settle();
  const into = new Uint8Array(1000);
  const count = await peer.connection.read(into) ?? 0;
  assert.ok(count > 0);
  await peer.write(into.subarray(0, count));
  assert.match(await peer.link.closed, /not from the other side/);
  assert.deepEqual(batches, []);
  peer.connection.close();
});

Deno.test("hostile 26: a session cut at any byte ends cleanly with what was whole", async () => {
  const fromAlice: Uint8Array[] = [];
  const { a, b } = await linkPair((connection, host) => ({
    remote: connection.remote,
    read: (into) => connection.read(into),
    close: () => connection.close(),
    write: async (data) => {
      const count = await connection.write(data);
      if (host === "a") fromAlice.push(data.slice(0, count));
      return count;
    },
  }));
  collect(b);
  const words = ["one", "", "three", "x".repeat(60)];
  for (const word of words) a.send(bytes(word));
  await settle();
  const script = Buffer.concat(fromAlice);
  a.close("done");
  await Promise.all([a.closed, b.closed]);
  const handshake = HANDSHAKE_BYTES[0] + HANDSHAKE_BYTES[2];
  const ends = words.reduce(
    (all, word) => [...all, (all.at(-1) ?? 0) + word.length + FRAME_OVERHEAD_BYTES],
    [handshake],
  );
  assert.equal(ends.at(-1), script.length);
  for (let cut = 0; cut <= script.length; cut++) {
    const clock = new FakeClock();
    const connection = new ScriptedConnection(script.subarray(0, cut));
    const opening = openLink(connection, {
      keys: deviceKeys(2),
      ...sideOf(false),
      clock,
      log: silentLog,
      random: seededBytes(12),
    });
    if (cut < handshake) await assert.rejects(opening, { name: "HandshakeError" });
    else {
      const link = await opening;
      const batches = collect(link);
      const reason = await link.closed;
      assert.match(reason, ends.includes(cut) ? /ended$/ : /inside a frame/, `cut at ${cut}`);
      const whole = ends.filter((end) => end <= cut).length - 1;
      assert.deepEqual(batches.flat(), words.slice(0, whole), `cut at ${cut}`);
    }
    assert.ok(connection.closed);
    assert.equal(clock.waiting, 0);
  }
});

Deno.test("LINK: closing does not wait for a peer that does not read", async () => {
  const peer = await rawPeer();
  for (let index = 0; index < 20; index++) peer.link.send(new Uint8Array(60_000));
  await settle();
  peer.link.close("done");
  await settle();
  peer.clock.advance(CLOSE_MS);
  assert.equal(await peer.link.closed, "done");
  assert.equal(peer.clock.waiting, 0);
  peer.connection.close();
});
