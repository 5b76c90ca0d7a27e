import { dirname } from "@std/path";
import { withFiles } from "./store_error.ts";

/** Files are their owner's only. */
export const FILE_MODE = 0o600;

/**
 * Writes a file of mode 0600 so that after a crash or a power cut it is either the old one or the new one,
 * whole: a new file beside it, synced, renamed over it, and the directory synced. One writer at a time.
 *
 * @throws {StoreError} when the disk is full or cannot be written; the old file is unchanged then.
 */
export function writeFileAtomic(path: string, content: string | Uint8Array): void {
  const fresh = freshOf(path);
  withFiles(`write "${path}"`, () => {
    // A crash may have left one, with whatever mode.
    removeFile(fresh);
    try {
      const file = Deno.openSync(fresh, { write: true, createNew: true, mode: FILE_MODE });
      try {
        const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
        for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
        file.syncSync();
      } finally {
        file.close();
      }
      Deno.renameSync(fresh, path);
    } catch (error) {
      removeFile(fresh);
      throw error;
    }
    syncDirectory(dirname(path));
  });
}

/**
 * Takes away what a crash left of a write with {@linkcode writeFileAtomic}.
 *
 * @throws {StoreError} when the disk cannot be written.
 */
export function removeHalfWritten(path: string): void {
  const fresh = freshOf(path);
  withFiles(`remove "${fresh}"`, () => removeFile(fresh));
}

function freshOf(path: string): string {
  return `${path}.new`;
}

/** Whether there is something at a path. */
export function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Removes a file if it is there. */
export function removeFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Makes a rename last through a power cut. Windows has no such call and needs none. */
export function syncDirectory(path: string): void {
  if (Deno.build.os === "windows") return;
  const directory = Deno.openSync(path);
  try {
    directory.syncSync();
  } finally {
    directory.close();
  }
}
