import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import type { Door } from "../trust/door.ts";
import { PSK_BYTES } from "../trust/lobby.ts";
import { X25519_BYTES } from "../trust/x25519.ts";
import { beginNoise, XXPSK0 } from "./noise.ts";
import type { SymmetricState } from "./symmetric_state.ts";

/** Doors that a first message is tried at; those of a longer list that come later do not open. */
export const MAX_DOORS = 128;

const PROLOGUE = Buffer.from("earshot/1");
const NOTHING = new Uint8Array(0);

const begun = new WeakMap<Door, SymmetricState>();

/** @throws {RangeError} if the pre-shared key of a door is not 32 bytes. */
export function checkDoor({ psk: { length } }: Door): void {
  if (length !== PSK_BYTES) {
    throw new RangeError(`Cannot use a pre-shared key of ${length} bytes: not ${PSK_BYTES}`);
  }
}

/** The state with which every handshake through `door` begins; it is worked out once for each door object. */
export function beginAt(door: Door): SymmetricState {
  let state = begun.get(door);
  if (!state) {
    checkDoor(door);
    state = beginNoise(XXPSK0, PROLOGUE, door.psk);
    begun.set(door, state);
  }
  return state.clone();
}

/** The first of `doors` that this first message of a handshake opens. */
export function doorOpenedBy(first: Uint8Array, doors: readonly Door[]): Door | undefined {
  return doors.slice(0, MAX_DOORS).find((door) => opens(first, door));
}

/**
 * The message is an ephemeral key and the tag of nothing. That tag is made anew and compared: the system's
 * cipher takes three times as long to say that one does not fit.
 */
function opens(first: Uint8Array, door: Door): boolean {
  const state = beginAt(door);
  const ephemeral = first.subarray(0, X25519_BYTES);
  state.mixHash(ephemeral);
  state.mixKey(ephemeral);
  const tag = state.seal(NOTHING);
  state.wipe();
  const theirs = first.subarray(X25519_BYTES);
  return theirs.length === tag.length && timingSafeEqual(theirs, tag);
}
