import { Buffer } from "node:buffer";
import { parsePeerId, type PeerId } from "../base/ids.ts";
import type { RandomBytes } from "../base/random.ts";
import { type DeviceKeys, importDeviceKeys } from "../trust/device_keys.ts";
import { isThere, writeFileAtomic } from "./atomic_file.ts";
import { KEY_BYTES, openBox, sealBox } from "./box.ts";
import { type Kdf, parseKdf } from "./passphrase_key.ts";
import { StoreError, withFiles } from "./store_error.ts";

/** The file is 1 KB; what is longer is not read. */
const MAX_FILE_BYTES = 64 * 1024;
const VERSION = 2;

/** What the file keeps. */
export interface DeviceSecrets {
  readonly keys: DeviceKeys;
  /** 32 bytes, under which this node seals what else it must not show. */
  readonly master: Uint8Array;
}

/** What seals the file: a key made of a passphrase, and how it was made. */
export interface FileSeal {
  readonly kdf: Kdf;
  readonly key: Uint8Array;
}

/** A device file as it is read: open, of version 1, which had no master key, or sealed. */
export type DeviceFile =
  | ({ readonly type: "open" } & DeviceSecrets)
  | { readonly type: "first version"; readonly keys: DeviceKeys }
  | {
    readonly type: "sealed";
    readonly kdf: Kdf;
    /** The secrets, or `null` if the key is not that of the passphrase. @throws {StoreError} */
    open(key: Uint8Array): DeviceSecrets | null;
  };

/**
 * Reads a device file; `null` when there is none.
 *
 * @throws {StoreError} when it is damaged, of a newer version, or cannot be read.
 */
export function readDeviceFile(path: string): DeviceFile | null {
  const text = withFiles(`read the keys of this device "${path}"`, () => {
    if (!isThere(path)) return null;
    if (Deno.statSync(path).size > MAX_FILE_BYTES) throw damaged(path);
    return Deno.readTextFileSync(path);
  });
  if (text === null) return null;
  try {
    return parse(path, JSON.parse(text));
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw damaged(path, cause);
  }
}

/** Writes the file, sealed if there is a seal: after a crash it is the old or the new one, whole. */
export function writeDeviceFile(
  path: string,
  { keys, master }: DeviceSecrets,
  seal: FileSeal | null,
  random: RandomBytes,
): void {
  const { peer, ...record } = keys.export();
  const secrets = { ...record, master: Buffer.from(master).toString("hex") };
  const content = seal
    ? sealed(peer, secrets, seal, random)
    : { version: VERSION, peer, ...secrets };
  writeFileAtomic(path, `${JSON.stringify(content, null, 2)}\n`);
}

function sealed(peer: string, secrets: object, { kdf, key }: FileSeal, random: RandomBytes) {
  const head = { version: VERSION, peer, kdf };
  const box = sealBox(key, about(head), Buffer.from(JSON.stringify(secrets)), random);
  return { ...head, sealed: Buffer.from(box).toString("hex") };
}

/** What stands beside the box, always in this order. */
function about({ version, peer, kdf }: { version: number; peer: string; kdf: Kdf }): string {
  const { name, memory, passes, lanes, salt } = kdf;
  return JSON.stringify({ version, peer, kdf: { name, memory, passes, lanes, salt } });
}

function parse(path: string, content: unknown): DeviceFile {
  const record = Object(content);
  const { version, peer } = record;
  if (version === 1) return { type: "first version", keys: importDeviceKeys(record) };
  if (typeof version === "number" && version > VERSION) throw newer(path);
  if (version !== VERSION) throw new TypeError(`Cannot read a device file of version ${version}`);
  if (record.sealed === undefined) return { type: "open", ...secretsOf(peer, record) };
  const box = bytesOf(record.sealed, "sealed");
  const kdf = parseKdf(record.kdf);
  const id = parsePeerId(String(peer));
  return {
    type: "sealed",
    kdf,
    open: (key) => {
      const bytes = openBox(key, about({ version: VERSION, peer: id, kdf }), box);
      return bytes && openedSecrets(path, id, bytes);
    },
  };
}

function openedSecrets(path: string, peer: PeerId, bytes: Uint8Array): DeviceSecrets {
  try {
    return secretsOf(peer, JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw damaged(path, cause);
  }
}

function secretsOf(
  peer: unknown,
  { signing, noise, master }: Record<string, unknown>,
): DeviceSecrets {
  const key = bytesOf(master, "master");
  if (key.length !== KEY_BYTES) throw new TypeError(`"master" has ${key.length} bytes`);
  return { keys: importDeviceKeys({ peer, signing, noise }), master: key };
}

function bytesOf(text: unknown, name: string): Uint8Array {
  if (typeof text !== "string" || !/^([0-9a-f]{2})+$/.test(text)) {
    throw new TypeError(`"${name}" is not hex`);
  }
  return new Uint8Array(Buffer.from(text, "hex"));
}

function damaged(path: string, cause?: unknown): StoreError {
  return new StoreError(
    "damaged",
    `Cannot read the keys of this device "${path}": the file is damaged; put it back from a backup, or ` +
      `move the directory away to start as a new device`,
    { cause },
  );
}

function newer(path: string): StoreError {
  return new StoreError(
    "newer",
    `Cannot read the keys of this device "${path}": a newer version of Earshot wrote it; start that ` +
      "version",
  );
}
