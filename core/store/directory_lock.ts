import { join } from "@std/path";
import { FILE_MODE } from "./atomic_file.ts";
import { LOCK_FILE } from "./file_names.ts";
import { withFiles } from "./store_error.ts";

/** Attempts to take a lock that somebody only looks at; looking takes microseconds. */
const ATTEMPTS = 100;
const PAUSE_MS = 5;

/**
 * A data directory held by one running node. The system lets go of it when the process ends, however that
 * comes about.
 */
export class DirectoryLock implements Disposable {
  readonly #file: Deno.FsFile;
  #closed = false;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /**
   * Takes a directory, or gives `null` when another node has it.
   *
   * @throws {StoreError} when the lock file cannot be made.
   */
  static async take(directory: string): Promise<DirectoryLock | null> {
    const path = join(directory, LOCK_FILE);
    const file = withFiles(
      `lock "${path}"`,
      () => Deno.openSync(path, { read: true, write: true, create: true, mode: FILE_MODE }),
    );
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (file.tryLockSync(true)) return new DirectoryLock(file);
        // A node excludes everyone, a command that looks for one shares: so only a node stops this.
        if (!file.tryLockSync(false)) break;
        file.unlockSync();
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
    return null;
  }

  /** Whether a node has this directory now. Needs no permission but to read. */
  static isTaken(directory: string): boolean {
    const path = join(directory, LOCK_FILE);
    let file: Deno.FsFile;
    try {
      file = Deno.openSync(path, { read: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      return withFiles(`look at "${path}"`, () => {
        throw error;
      });
    }
    try {
      return !file.tryLockSync(false);
    } finally {
      file.close();
    }
  }

  /** Lets go of the directory. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#file.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
