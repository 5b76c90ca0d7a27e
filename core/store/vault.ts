import { hkdfSync } from "node:crypto";
import { join } from "@std/path";
import { type RandomBytes, randomBytes } from "../base/random.ts";
import { createDeviceKeys, type DeviceKeys } from "../trust/device_keys.ts";
import { removeHalfWritten } from "./atomic_file.ts";
import { KEY_BYTES, openBox, sealBox } from "./box.ts";
import {
  type DeviceSecrets,
  type FileSeal,
  readDeviceFile,
  writeDeviceFile,
} from "./device_file.ts";
import { DEVICE_FILE } from "./file_names.ts";
import { cleanPassphrase, type KdfCost, newKdf, passphraseKey } from "./passphrase_key.ts";
import { StoreError } from "./store_error.ts";

const INFO = "earshot/vault/1";

/**
 * Asks for the passphrase; `wrong` counts the wrong ones before. It throws a {@linkcode StoreError} of kind
 * `passphrase` to give up.
 */
export type AskPassphrase = (wrong: number) => Promise<string>;

/**
 * The secrets of this node: the keys of the device, and what is sealed under them. On disk they are one
 * file, sealed if a passphrase is set. It shows nothing secret when printed or turned into JSON.
 */
export class Vault {
  readonly #path: string;
  readonly #random: RandomBytes;
  readonly #key: Uint8Array;
  #secrets: DeviceSecrets;
  #seal: FileSeal | null;

  /** Use {@linkcode openVault}. */
  constructor(path: string, secrets: DeviceSecrets, seal: FileSeal | null, random: RandomBytes) {
    this.#path = path;
    this.#random = random;
    this.#key = new Uint8Array(hkdfSync("sha256", secrets.master, "", INFO, KEY_BYTES));
    this.#secrets = secrets;
    this.#seal = seal;
  }

  /** The keys of this device. */
  get keys(): DeviceKeys {
    return this.#secrets.keys;
  }

  /** Whether a passphrase is set. */
  get isSealed(): boolean {
    return this.#seal !== null;
  }

  /** Seals a small secret, to be kept anywhere: 28 bytes more. Under another name it does not open. */
  seal(name: string, bytes: Uint8Array): Uint8Array {
    return sealBox(this.#key, name, bytes, this.#random);
  }

  /**
   * Opens what was sealed under a name.
   *
   * @throws {TypeError} if it was sealed by another device or under another name, or was changed.
   */
  open(name: string, box: Uint8Array): Uint8Array {
    const bytes = openBox(this.#key, name, box);
    if (bytes) return bytes;
    throw new TypeError(
      `Cannot open the secret "${name}": it was sealed elsewhere, or was changed`,
    );
  }

  /**
   * Goes on under other keys; what was sealed stays readable. The old keys are on disk no more when this
   * returns, and come back for whoever still has to sign something with them.
   *
   * @throws {StoreError} when the disk is at fault: the old keys stay then.
   */
  replaceKeys(keys: DeviceKeys): DeviceKeys {
    const old = this.#secrets.keys;
    this.#write({ ...this.#secrets, keys }, this.#seal);
    return old;
  }

  /**
   * Seals the file with a passphrase, over an older one.
   *
   * @throws {RangeError} if it is too short or too long.
   * @throws {StoreError} when the disk is at fault: the file stays as it was then.
   */
  async setPassphrase(passphrase: string, cost?: KdfCost): Promise<void> {
    const clean = cleanPassphrase(passphrase);
    const kdf = newKdf(this.#random, cost);
    this.#write(this.#secrets, { kdf, key: await passphraseKey(clean, kdf) });
  }

  /** Lets the keys lie open. @throws {StoreError} when the disk is at fault: they stay sealed then. */
  removePassphrase(): void {
    this.#write(this.#secrets, null);
  }

  #write(secrets: DeviceSecrets, seal: FileSeal | null): void {
    writeDeviceFile(this.#path, secrets, seal, this.#random);
    this.#secrets = secrets;
    this.#seal = seal;
  }
}

/**
 * Opens the vault of a data directory, whose lock the caller has, or makes it at the first start. A file of
 * version 1 gets a master key. A damaged file is never replaced: its keys may still be saved by hand.
 *
 * @param isFirstStart whether the store is empty: keys that are missing beside envelopes are lost.
 * @param ask is called when a passphrase is set, until it is the right one.
 * @throws {StoreError} when the file is damaged or lost, cannot be read or written, or by `ask`.
 */
export async function openVault(
  directory: string,
  isFirstStart: boolean,
  ask: AskPassphrase,
  random: RandomBytes = randomBytes,
): Promise<Vault> {
  const path = join(directory, DEVICE_FILE);
  const file = readDeviceFile(path);
  // It may have the keys in the clear: of a passphrase that was being removed when the power went.
  removeHalfWritten(path);
  if (file?.type === "open") return new Vault(path, file, null, random);
  if (file?.type === "sealed") {
    for (let wrong = 0;; wrong++) {
      const key = await passphraseKey(await ask(wrong), file.kdf);
      const secrets = file.open(key);
      if (secrets) return new Vault(path, secrets, { kdf: file.kdf, key }, random);
    }
  }
  if (!file && !isFirstStart) throw lost(path);
  const secrets = { keys: file?.keys ?? createDeviceKeys(random), master: random(KEY_BYTES) };
  writeDeviceFile(path, secrets, null, random);
  return new Vault(path, secrets, null, random);
}

function lost(path: string): StoreError {
  return new StoreError(
    "damaged",
    `Cannot find the keys of this device "${path}", though its messages are there: put the file back ` +
      `from a backup, or move the directory away to start as a new device`,
  );
}
