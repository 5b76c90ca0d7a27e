import { join } from "@std/path";
import { createDeviceKeys, type DeviceKeys, importDeviceKeys } from "../trust/device_keys.ts";
import { isThere, writeFileAtomic } from "./atomic_file.ts";
import { DEVICE_FILE } from "./file_names.ts";
import { StoreError, withFiles } from "./store_error.ts";

/** The file is 0.3 KB; what is longer is not read. */
const MAX_FILE_BYTES = 64 * 1024;

/**
 * Reads this device's keys, or makes them at the first start. A damaged file is never replaced: its keys
 * may still be saved by hand.
 *
 * @param isFirstStart whether the store is empty: keys that are missing beside envelopes are lost.
 * @throws {StoreError} when the file is damaged or lost, or cannot be read or written.
 */
export function openDeviceKeys(directory: string, isFirstStart: boolean): DeviceKeys {
  const path = join(directory, DEVICE_FILE);
  const text = readText(path);
  if (text === null) return makeKeys(path, isFirstStart);
  try {
    return importDeviceKeys(JSON.parse(text));
  } catch (cause) {
    throw damaged(path, cause);
  }
}

function makeKeys(path: string, isFirstStart: boolean): DeviceKeys {
  if (!isFirstStart) {
    throw new StoreError(
      "damaged",
      `Cannot find the keys of this device "${path}", though its messages are there: put the file back ` +
        `from a backup, or move the directory away to start as a new device`,
    );
  }
  const keys = createDeviceKeys();
  writeFileAtomic(path, `${JSON.stringify(keys.export(), null, 2)}\n`);
  return keys;
}

function readText(path: string): string | null {
  return withFiles(`read the keys of this device "${path}"`, () => {
    if (!isThere(path)) return null;
    if (Deno.statSync(path).size > MAX_FILE_BYTES) throw damaged(path);
    return Deno.readTextFileSync(path);
  });
}

function damaged(path: string, cause?: unknown): StoreError {
  return new StoreError(
    "damaged",
    `Cannot read the keys of this device "${path}": the file is damaged; put it back from a backup, or ` +
      `move the directory away to start as a new device`,
    { cause },
  );
}
