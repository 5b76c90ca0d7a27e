import { Buffer } from "node:buffer";
import type { PeerId } from "../base/ids.ts";
import { type RandomBytes, randomBytes } from "../base/random.ts";
import { certificateText } from "./certificate.ts";
import type { Signer } from "./envelope.ts";
import { keyOfPeer } from "./peer_key.ts";
import { signerOf } from "./signing_key.ts";
import { X25519_BYTES, type X25519Pair, x25519Pair } from "./x25519.ts";

/** How device keys rest on disk. Both secrets are 32 bytes in hex: to be kept in a file of mode 0600. */
export interface DeviceKeysRecord {
  /** Derived from `signing`; a record whose parts do not match is damaged. */
  peer: string;
  /** The Ed25519 seed. */
  signing: string;
  /** The X25519 secret. */
  noise: string;
}

/** The keys of this device. They show nothing secret when printed or turned into JSON. */
export class DeviceKeys {
  readonly peer: PeerId;
  /** The Noise static key. */
  readonly noise: X25519Pair;
  /** `noise` certified by the signing key: the 96 bytes that `readCertificate` takes. */
  readonly certificate: Uint8Array;
  readonly #signer: Signer;
  readonly #record: DeviceKeysRecord;

  /** Use {@linkcode createDeviceKeys} or {@linkcode importDeviceKeys}. */
  constructor(signingSeed: Uint8Array, noiseSecret: Uint8Array) {
    this.#signer = signerOf(signingSeed);
    this.peer = this.#signer.peer;
    this.noise = x25519Pair(noiseSecret);
    const signature = this.sign(certificateText(this.noise.publicKey));
    this.certificate = new Uint8Array(Buffer.concat([keyOfPeer(this.peer), signature]));
    this.#record = {
      peer: this.peer,
      signing: Buffer.from(signingSeed).toString("hex"),
      noise: Buffer.from(noiseSecret).toString("hex"),
    };
  }

  /** The Ed25519 signature of `bytes`, 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array {
    return this.#signer.sign(bytes);
  }

  /** The secrets, for the store. */
  export(): DeviceKeysRecord {
    return { ...this.#record };
  }
}

/** Makes the keys of a new device. */
export function createDeviceKeys(random: RandomBytes = randomBytes): DeviceKeys {
  const seed = random(X25519_BYTES);
  const secret = random(X25519_BYTES);
  const keys = new DeviceKeys(seed, secret);
  seed.fill(0);
  secret.fill(0);
  return keys;
}

/**
 * Reads back what {@linkcode DeviceKeys.export} gave.
 * @throws {TypeError} if it is no such record, or was damaged.
 */
export function importDeviceKeys(record: unknown): DeviceKeys {
  const { peer, signing, noise } = (record ?? {}) as Record<string, unknown>;
  const keys = new DeviceKeys(parseSecret(signing, "signing"), parseSecret(noise, "noise"));
  if (keys.peer !== peer) {
    throw new TypeError("Cannot read the device keys: damaged, the peer is not that of the key");
  }
  return keys;
}

function parseSecret(text: unknown, name: string): Uint8Array {
  if (typeof text !== "string" || !/^[0-9a-f]{64}$/.test(text)) {
    throw new TypeError(`Cannot read the device keys: "${name}" is not 64 hex digits`);
  }
  return new Uint8Array(Buffer.from(text, "hex"));
}
