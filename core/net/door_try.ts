import { Buffer } from "node:buffer";
import type { Door } from "../trust/door.ts";
import { PSK_BYTES } from "../trust/lobby.ts";
import { X25519_BYTES } from "../trust/x25519.ts";
import { beginNoise, XXPSK0 } from "./noise.ts";
import type { SymmetricState } from "./symmetric_state.ts";

/** Doors that a first message is tried at; those of a longer list that come later do not open. */
export const MAX_DOORS = 128;

const PROLOGUE = Buffer.from("earshot/1");

const begun = new WeakMap<Door, SymmetricState>();

/** @throws {RangeError} if the pre-shared key of a door is not 32 bytes. */
export function checkDoor({ psk: { length } }: Door): void {
  if (length !== PSK_BYTES) {
    throw new RangeError(`Cannot use a pre-shared key of ${length} bytes: not ${PSK_BYTES}`);
  }
}

/** The state with which every handshake through `door` begins; it is worked out once for each door object. */
export function beginAt(door: Door): SymmetricState {
  return stateOf(door).clone();
}

/** The first of `doors` that this first message of a handshake opens: an ephemeral key and the tag of nothing. */
export function doorOpenedBy(first: Uint8Array, doors: readonly Door[]): Door | undefined {
  const ephemeral = first.subarray(0, X25519_BYTES);
  const tag = first.subarray(X25519_BYTES);
  return doors.slice(0, MAX_DOORS).find((door) => stateOf(door).wouldSeal(ephemeral, tag));
}

function stateOf(door: Door): SymmetricState {
  let state = begun.get(door);
  if (!state) {
    checkDoor(door);
    state = beginNoise(XXPSK0, PROLOGUE, door.psk);
    begun.set(door, state);
  }
  return state;
}
