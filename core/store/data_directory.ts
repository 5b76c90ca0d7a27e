import { join } from "@std/path";
import { FILE_MODE } from "./atomic_file.ts";
import { DATABASE_FILE, DEVICE_FILE, LOCK_FILE, RUNNING_FILE } from "./file_names.ts";
import { StoreError, withFiles } from "./store_error.ts";

const DIRECTORY_MODE = 0o700;
const OTHERS = 0o077;

/**
 * Gives the place for Earshot's data on a system: `$XDG_DATA_HOME/earshot` or `~/.local/share/earshot`,
 * on macOS `~/Library/Application Support/earshot`, on Windows `%LOCALAPPDATA%\earshot`.
 *
 * @param env gives a variable of the environment.
 * @throws {StoreError} `place` if the environment does not tell.
 */
export function dataDirectory(
  os: typeof Deno.build.os,
  env: (name: string) => string | undefined,
): string {
  if (os === "windows") return `${required(env, "LOCALAPPDATA")}\\earshot`;
  if (os === "darwin") return `${required(env, "HOME")}/Library/Application Support/earshot`;
  const chosen = env("XDG_DATA_HOME");
  // The XDG Base Directory Specification: a relative path there is invalid and to be ignored.
  if (chosen?.startsWith("/")) return `${chosen}/earshot`;
  return `${required(env, "HOME")}/.local/share/earshot`;
}

function required(env: (name: string) => string | undefined, name: string): string {
  const value = env(name);
  if (value) return value;
  throw new StoreError(
    "place",
    `Cannot find the place for Earshot's data: $${name} is not set; choose a directory with --data`,
  );
}

/** What systems put into directories by themselves. */
const SYSTEM_NAMES = new Set(["lost+found", ".DS_Store", "desktop.ini"]);
const OUR_NAMES = new Set([
  DATABASE_FILE,
  `${DATABASE_FILE}-wal`,
  DEVICE_FILE,
  LOCK_FILE,
  RUNNING_FILE,
]);

/**
 * Makes a data directory, or makes an existing one and Earshot's files in it private (0700 and 0600). A
 * directory that has files but none of Earshot's is somebody else's and not touched.
 *
 * @throws {StoreError} when it cannot be used.
 */
export function openDataDirectory(path: string): void {
  withFiles(`use the data directory "${path}"`, () => {
    Deno.mkdirSync(path, { recursive: true, mode: DIRECTORY_MODE });
    const names = [...Deno.readDirSync(path)].map(({ name }) => name);
    const ours = names.filter((name) => OUR_NAMES.has(name));
    if (ours.length === 0 && names.some((name) => !SYSTEM_NAMES.has(name))) {
      throw new StoreError(
        "place",
        `Cannot use the data directory "${path}": it has other files; choose an empty one with --data`,
      );
    }
    if (Deno.build.os === "windows") return;
    makePrivate(path, DIRECTORY_MODE);
    for (const name of ours) makePrivate(join(path, name), FILE_MODE);
  });
}

function makePrivate(path: string, mode: number): void {
  const { mode: now } = Deno.statSync(path);
  if (now !== null && (now & OTHERS) !== 0) Deno.chmodSync(path, mode);
}
