import { join } from "@std/path";
import { parsePeerId, type PeerId } from "../base/ids.ts";
import { removeFile, writeFileAtomic } from "./atomic_file.ts";
import { DirectoryLock } from "./directory_lock.ts";
import { RUNNING_FILE } from "./file_names.ts";
import { withFiles } from "./store_error.ts";

/** How the command line and a second start speak to the node that runs. */
export interface Running {
  /** The address to open in a browser, with the token in its fragment. */
  readonly url: string;
  /** Lets its bearer use the local API. */
  readonly token: string;
  /** The port of the local API on 127.0.0.1. */
  readonly port: number;
  readonly pid: number;
  readonly peer: PeerId;
}

/** Tells, in a file of mode 0600, how to speak to this node. Only the holder of the lock may. */
export function writeRunning(directory: string, running: Running): void {
  writeFileAtomic(join(directory, RUNNING_FILE), `${JSON.stringify(running, null, 2)}\n`);
}

/** Takes the file away again; not there is fine. */
export function removeRunning(directory: string): void {
  const path = join(directory, RUNNING_FILE);
  withFiles(`remove "${path}"`, () => removeFile(path));
}

/**
 * Gives the node that runs on a directory, or `null` when none does: a file that a killed node left behind
 * does not count, and neither does one that is just being written by a node that starts.
 *
 * @throws {StoreError} when the file may not be read.
 */
export function readRunning(directory: string): Running | null {
  if (!DirectoryLock.isTaken(directory)) return null;
  const path = join(directory, RUNNING_FILE);
  try {
    return parseRunning(withFiles(`read "${path}"`, () => Deno.readTextFileSync(path)));
  } catch (error) {
    if (error instanceof Error && error.cause instanceof Deno.errors.NotFound) return null;
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** @throws {SyntaxError} if it is no such file. */
function parseRunning(text: string): Running {
  const { url, token, port, pid, peer } = Object(JSON.parse(text));
  if (
    typeof url !== "string" || typeof token !== "string" || typeof peer !== "string" ||
    !Number.isInteger(port) || !Number.isInteger(pid) || !/^[0-9a-f]{64}$/.test(peer)
  ) {
    throw new SyntaxError(`Cannot read "${RUNNING_FILE}": not what a running node writes`);
  }
  return { url, token, port, pid, peer: parsePeerId(peer) };
}
