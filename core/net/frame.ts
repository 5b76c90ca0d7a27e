import { type CipherState, TAG_BYTES } from "./cipher_state.ts";

/** The types of a frame (PROTOCOL.md, FRAME); a reader skips any other. */
export const FrameType = { message: 0, ping: 1, pong: 2, bye: 3 } as const;

/** What comes before a frame's ciphertext: its length. */
const HEADER_BYTES = 4;
const TYPE_BYTES = 1;
/** The longest ciphertext of a frame. */
export const MAX_FRAME_BYTES = 65_536;
/** The shortest: a type and no body. */
export const MIN_FRAME_BYTES = TYPE_BYTES + TAG_BYTES;
/** What a frame adds to its body on the wire. */
export const FRAME_OVERHEAD_BYTES = HEADER_BYTES + MIN_FRAME_BYTES;
/** The longest frame with its length. */
export const MAX_WIRE_BYTES = HEADER_BYTES + MAX_FRAME_BYTES;
/** After so many frames each direction changes its key. */
export const REKEY_FRAMES = 2 ** 20;

/** Two of the longest frames: while one is worked on, the next may be coming in. */
const BUFFER_BYTES = 2 * MAX_WIRE_BYTES;

/** A frame that was opened. */
export interface Frame {
  readonly type: number;
  readonly body: Uint8Array;
}

/** Seals frames for one direction. */
export class FrameWriter {
  readonly #cipher: CipherState;
  readonly #rekeyFrames: number;
  readonly #type = new Uint8Array(TYPE_BYTES);

  constructor(cipher: CipherState, rekeyFrames: number = REKEY_FRAMES) {
    this.#cipher = cipher;
    this.#rekeyFrames = rekeyFrames;
  }

  /**
   * Puts one frame at the start of `into`.
   * @returns the bytes written: the body's and {@linkcode FRAME_OVERHEAD_BYTES}.
   * @throws {RangeError} if `into` is too short.
   */
  write(type: number, body: Uint8Array, into: Uint8Array): number {
    this.#type[0] = type;
    const length = this.#cipher.seal([this.#type, body], into.subarray(HEADER_BYTES));
    new DataView(into.buffer, into.byteOffset).setUint32(0, length);
    rekeyWhenDue(this.#cipher, this.#rekeyFrames);
    return HEADER_BYTES + length;
  }
}

/**
 * Opens the frames of one direction, however the stream splits and joins them: read into
 * {@linkcode space}, then {@linkcode take} what was read. One buffer of fixed size serves all frames, so
 * no length that a peer sends allocates anything.
 */
export class FrameReader {
  readonly #cipher: CipherState;
  readonly #rekeyFrames: number;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  readonly #view = new DataView(this.#buffer.buffer);
  /** Bytes read and not yet opened, at the start of the buffer. */
  #held = 0;

  constructor(cipher: CipherState, rekeyFrames: number = REKEY_FRAMES) {
    this.#cipher = cipher;
    this.#rekeyFrames = rekeyFrames;
  }

  /** Where the next bytes go; never empty. */
  get space(): Uint8Array {
    return this.#buffer.subarray(this.#held);
  }

  /** Whether a part of a frame is there, so that the stream must not end here. */
  get inFrame(): boolean {
    return this.#held > 0;
  }

  /**
   * Takes the first `count` bytes of {@linkcode space} as read; gives the frames that are whole now.
   * @throws {RangeError} at a length out of bounds, before anything of that frame is awaited.
   * @throws {Error} at a frame that was not sealed by the other side at this point.
   */
  take(count: number): Frame[] {
    const frames: Frame[] = [];
    const end = this.#held + count;
    let at = 0;
    while (end - at >= HEADER_BYTES) {
      const length = this.#view.getUint32(at);
      if (length < MIN_FRAME_BYTES || length > MAX_FRAME_BYTES) {
        throw new RangeError(`Cannot read a frame of ${length} bytes: out of bounds`);
      }
      const start = at + HEADER_BYTES;
      if (end - start < length) break;
      const plain = this.#cipher.open(this.#buffer.subarray(start, start + length));
      rekeyWhenDue(this.#cipher, this.#rekeyFrames);
      frames.push({ type: plain[0] as number, body: plain.subarray(TYPE_BYTES) });
      at = start + length;
    }
    this.#buffer.copyWithin(0, at, end);
    this.#held = end - at;
    return frames;
  }
}

function rekeyWhenDue(cipher: CipherState, rekeyFrames: number): void {
  if (cipher.counter % rekeyFrames === 0) cipher.rekey();
}
