import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { CipherState } from "../../core/net/cipher_state.ts";
import {
  type Frame,
  FRAME_OVERHEAD_BYTES,
  FrameReader,
  FrameType,
  FrameWriter,
  MAX_FRAME_BYTES,
  MAX_WIRE_BYTES,
  MIN_FRAME_BYTES,
} from "../../core/net/frame.ts";
import { MAX_MESSAGE_BYTES } from "../../core/net/link.ts";
import { seededBytes, seededUnit } from "../fakes/random.ts";

const REKEY = 1000;

function cipher(seed = 1): CipherState {
  return new CipherState(seededBytes(seed)(32));
}

function frame(writer: FrameWriter, type: number, body: Uint8Array): Uint8Array {
  const into = new Uint8Array(body.length + FRAME_OVERHEAD_BYTES);
  assert.equal(writer.write(type, body, into), into.length);
  return into;
}

/** Gives `bytes` to a reader in parts of the size that `split` says. */
function readAll(reader: FrameReader, bytes: Uint8Array, split = () => Infinity): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length;) {
    const space = reader.space;
    assert.ok(space.length > 0);
    const part = bytes.subarray(at, at + Math.min(space.length, split()));
    space.set(part);
    frames.push(...reader.take(part.length));
    at += part.length;
  }
  return frames;
}

Deno.test("FRAME: frames arrive as they were, however the stream splits and joins them", () => {
  for (let seed = 1; seed <= 8; seed++) {
    const unit = seededUnit(seed);
    const bodies = Array.from({ length: 60 }, (_, index) => {
      const length = index === 7 ? MAX_MESSAGE_BYTES : Math.floor(unit() ** 4 * 30_000);
      return seededBytes(seed * 100 + index)(index === 3 ? 0 : length);
    });
    const writer = new FrameWriter(cipher(), 7);
    const bytes = Buffer.concat(bodies.map((body, index) => frame(writer, index % 5, body)));
    const limit = seed === 1 ? () => Infinity : () => 1 + Math.floor(unit() ** 8 * 90_000);
    const frames = readAll(new FrameReader(cipher(), 7), bytes, limit);
    assert.equal(frames.length, bodies.length);
    for (const [index, { type, body }] of frames.entries()) {
      assert.equal(type, index % 5);
      assert.ok(Buffer.from(body).equals(bodies[index] ?? Buffer.from("?")), `seed ${seed}`);
    }
  }
});

Deno.test("FRAME: one read gives all frames that it completes, and keeps the rest", () => {
  const writer = new FrameWriter(cipher());
  const frames = ["one", "two", "three"].map((text) => frame(writer, 0, Buffer.from(text)));
  const reader = new FrameReader(cipher());
  const bytes = Buffer.concat(frames);
  reader.space.set(bytes);
  assert.equal(reader.take(bytes.length - 1).length, 2);
  assert.ok(reader.inFrame);
  reader.space.set(bytes.subarray(-1));
  assert.deepEqual(reader.take(1).map(({ body }) => Buffer.from(body).toString()), ["three"]);
  assert.equal(reader.inFrame, false);
});

Deno.test("FRAME: the longest and the shortest frame have the lengths of the rule", () => {
  const writer = new FrameWriter(cipher());
  assert.equal(frame(writer, 0, new Uint8Array(MAX_MESSAGE_BYTES)).length, MAX_WIRE_BYTES);
  const shortest = frame(writer, FrameType.ping, new Uint8Array(0));
  assert.equal(new DataView(shortest.buffer).getUint32(0), MIN_FRAME_BYTES);
});

Deno.test("FRAME: a length out of bounds is refused at its four bytes, and nothing is allocated", () => {
  for (const length of [0, 1, 16, MAX_FRAME_BYTES + 1, 2 ** 31, 2 ** 32 - 1]) {
    const reader = new FrameReader(cipher());
    const buffer = reader.space.buffer;
    new DataView(buffer).setUint32(0, length);
    assert.deepEqual(reader.take(3), []);
    assert.throws(() => reader.take(1), RangeError, `${length}`);
    assert.equal(reader.space.buffer, buffer);
  }
  for (const length of [MIN_FRAME_BYTES, MAX_FRAME_BYTES]) {
    const reader = new FrameReader(cipher());
    new DataView(reader.space.buffer).setUint32(0, length);
    assert.deepEqual(reader.take(4), []);
    assert.ok(reader.space.length >= length);
  }
});

Deno.test("FRAME: a flipped bit anywhere gives no frame", () => {
  const bytes = frame(new FrameWriter(cipher()), 0, Buffer.from("text"));
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const altered = Uint8Array.from(bytes);
    altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const reader = new FrameReader(cipher());
    let frames: Frame[] = [];
    try {
      frames = readAll(reader, altered);
      // A longer length waits for the rest of a frame that cannot be sealed.
      assert.ok(reader.inFrame, `bit ${bit}`);
    } catch (error) {
      assert.ok(error instanceof Error && /Cannot (read|open)/.test(error.message), `bit ${bit}`);
    }
    assert.deepEqual(frames, [], `bit ${bit}`);
  }
});

Deno.test("FRAME: a frame again, out of order, left out or from the other direction is refused", () => {
  const writer = new FrameWriter(cipher());
  const [one, two] = [frame(writer, 0, Buffer.from("one")), frame(writer, 0, Buffer.from("two"))];
  const refused = (...frames: Uint8Array[]) =>
    assert.throws(() => readAll(new FrameReader(cipher()), Buffer.concat(frames)), /Cannot open/);
  refused(one, one);
  refused(two, one);
  refused(two);
  assert.throws(() => readAll(new FrameReader(cipher(2)), one), /Cannot open/);
});

Deno.test("FRAME: the key changes after so many frames, on both sides at once", () => {
  const bodies = Array.from({ length: 2 * REKEY + 1 }, (_, index) => Buffer.from(`${index}`));
  const [plain, rekeying] = [new FrameWriter(cipher(), Infinity), new FrameWriter(cipher(), REKEY)];
  const [without, bytes] = [plain, rekeying].map((writer) =>
    bodies.map((body) => frame(writer, 0, body))
  );
  assert.deepEqual(without?.slice(0, REKEY), bytes?.slice(0, REKEY));
  assert.notDeepEqual(without?.[REKEY], bytes?.[REKEY]);
  const frames = readAll(new FrameReader(cipher(), REKEY), Buffer.concat(bytes ?? []));
  assert.equal(frames.length, bodies.length);
  const old = new FrameReader(cipher(), Infinity);
  assert.throws(() => readAll(old, Buffer.concat(bytes ?? [])), /Cannot open/);
});

Deno.test("FRAME: what does not fit is refused", () => {
  const into = new Uint8Array(FRAME_OVERHEAD_BYTES + 3);
  assert.throws(() => new FrameWriter(cipher()).write(0, Buffer.from("text"), into), RangeError);
});
