import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import type { SpaceId } from "../base/ids.ts";
import type { RandomBytes } from "../base/random.ts";
import { KEY_BYTES } from "./derive.ts";
import { type Door, doorOf } from "./door.ts";
import { SEAL_BYTES } from "./entry_body.ts";
import { agree, X25519_BYTES, type X25519Pair, x25519Pair } from "./x25519.ts";

const CONTEXT = Buffer.from("earshot/seal/1");
const CIPHER = "chacha20-poly1305";
const TAG_BYTES = 16;
const TAG = { authTagLength: TAG_BYTES } as const;
// Each key seals once: it comes of an ephemeral key of its own.
const NONCE = Buffer.alloc(12);
const SPACE_BYTES = 16;

/**
 * Seals a key of 32 bytes so that only the owner of `noiseKey` opens it, and only as a key of this space
 * (`null`: in a create entry, which the space's id is made of). PROTOCOL.md, MEMB-13.
 *
 * @returns 80 bytes: an ephemeral X25519 key, then the sealed key.
 */
export function sealTo(
  noiseKey: Uint8Array,
  key: Uint8Array,
  random: RandomBytes,
  space: SpaceId | null,
): Uint8Array {
  if (key.length !== KEY_BYTES) {
    throw new RangeError(`Cannot seal a key of ${key.length} bytes: not ${KEY_BYTES}`);
  }
  const secret = random(X25519_BYTES);
  const ephemeral = x25519Pair(secret);
  secret.fill(0);
  const boxKey = boxKeyOf(agree(ephemeral, noiseKey), ephemeral.publicKey, noiseKey);
  const cipher = createCipheriv(CIPHER, boxKey, NONCE, TAG).setAAD(contextOf(space), {
    plaintextLength: key.length,
  });
  const sealed = Buffer.concat([cipher.update(key), cipher.final(), cipher.getAuthTag()]);
  boxKey.fill(0);
  return new Uint8Array(Buffer.concat([ephemeral.publicKey, sealed]));
}

/**
 * Opens what {@linkcode sealTo} made.
 * @throws {TypeError} if it is not for this key and space, or was altered.
 */
export function openSeal(
  noiseKey: X25519Pair,
  box: Uint8Array,
  space: SpaceId | null,
): Uint8Array {
  if (box.length !== SEAL_BYTES) throw new TypeError(`Cannot open a seal: ${box.length} bytes`);
  const ephemeral = box.subarray(0, X25519_BYTES);
  try {
    const boxKey = boxKeyOf(agree(noiseKey, ephemeral), ephemeral, noiseKey.publicKey);
    const decipher = createDecipheriv(CIPHER, boxKey, NONCE, TAG)
      .setAAD(contextOf(space), { plaintextLength: KEY_BYTES })
      .setAuthTag(box.subarray(-TAG_BYTES));
    const key = decipher.update(box.subarray(X25519_BYTES, -TAG_BYTES));
    decipher.final();
    boxKey.fill(0);
    return new Uint8Array(key);
  } catch (cause) {
    throw new TypeError("Cannot open a seal: not for this key and space", { cause });
  }
}

/** The door that an epoch's key opens. */
export function epochDoor(epochKey: Uint8Array, name: string): Door {
  return doorOf(epochKey, name);
}

function boxKeyOf(shared: Uint8Array, ephemeral: Uint8Array, noiseKey: Uint8Array): Uint8Array {
  const info = Buffer.concat([CONTEXT, ephemeral, noiseKey]);
  const key = new Uint8Array(hkdfSync("sha256", shared, new Uint8Array(0), info, KEY_BYTES));
  shared.fill(0);
  return key;
}

function contextOf(space: SpaceId | null): Buffer {
  return Buffer.concat([CONTEXT, space ? Buffer.from(space, "hex") : Buffer.alloc(SPACE_BYTES)]);
}
