import type { AskPassphrase } from "../store/vault.ts";
import { StoreError } from "../store/store_error.ts";
import { askHidden } from "./hidden_line.ts";
import { complain } from "./terminal.ts";

/** Tells the passphrase where nobody is there to type it. */
export const PASSPHRASE_VARIABLE = "EARSHOT_PASSPHRASE";

/** Times that a person may try. */
export const MAX_TRIES = 3;
/** Two passphrases of any length that counts. */
const MAX_BYTES = 4096;

/** Takes the passphrase out of the environment, so that no program started later inherits it. */
export function takePassphraseVariable(): string | null {
  const value = Deno.env.get(PASSPHRASE_VARIABLE);
  Deno.env.delete(PASSPHRASE_VARIABLE);
  return value || null;
}

/** Whether a person is there to be asked. */
export function isTerminal(): boolean {
  return Deno.stdin.isTerminal() && Deno.stderr.isTerminal();
}

/** Asks for the passphrase in the terminal, again after a wrong one, {@linkcode MAX_TRIES} times. */
export function askInTerminal(prompt: string, signal: AbortSignal): AskPassphrase {
  return async (wrong) => {
    if (wrong >= MAX_TRIES) {
      throw new StoreError(
        "passphrase",
        `Cannot open the keys of this device: ${MAX_TRIES} wrong passphrases`,
      );
    }
    if (wrong > 0) complain("Wrong passphrase. Try again.");
    return await askHidden(prompt, signal);
  };
}

/** Gives one passphrase, once: there is no other to try. `source` says where it is from. */
export function giveOnce(passphrase: string, source: string): AskPassphrase {
  return (wrong) =>
    wrong === 0 ? Promise.resolve(passphrase) : Promise.reject(
      new StoreError("passphrase", `Cannot open the keys of this device: ${source} is wrong`),
    );
}

/** Where a node that starts has its passphrase from, in this order: the file, `variable`, a person. */
export function startPassphrase(
  { file, variable, signal }: {
    readonly file: string | null;
    readonly variable: string | null;
    readonly signal: AbortSignal;
  },
): AskPassphrase {
  if (file !== null) {
    // Only if it is needed: it may be a pipe.
    return async (wrong) =>
      await giveOnce(wrong ? "" : readLinesOf(file)[0] ?? "", `the passphrase in "${file}"`)(wrong);
  }
  if (variable !== null) return giveOnce(variable, `the passphrase in ${PASSPHRASE_VARIABLE}`);
  if (isTerminal()) return askInTerminal("Passphrase: ", signal);
  return () =>
    Promise.reject(
      new StoreError(
        "passphrase",
        "Cannot open the keys of this device: they are sealed with a passphrase; start Earshot in a " +
          `terminal, or give --passphrase-file FILE or ${PASSPHRASE_VARIABLE}`,
      ),
    );
}

/**
 * Reads the lines of a passphrase file.
 *
 * @throws {StoreError} if it cannot be read or is too long to be one.
 */
export function readLinesOf(path: string): string[] {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (cause) {
    throw unreadable(`the file "${path}" (${codeOf(cause)})`, cause);
  }
  try {
    return readLines(file, `the file "${path}"`);
  } finally {
    file.close();
  }
}

/** Reads the lines of an input to its end, `source` being its name. @throws {StoreError} as above. */
export function readLines(
  input: { readSync(bytes: Uint8Array): number | null },
  source: string,
): string[] {
  const bytes = new Uint8Array(MAX_BYTES + 1);
  let length = 0;
  try {
    for (let read: number | null; (read = input.readSync(bytes.subarray(length)));) length += read;
  } catch (cause) {
    throw unreadable(`${source} (${codeOf(cause)})`, cause);
  }
  if (length > MAX_BYTES) throw unreadable(`${source}: it is too long`);
  const text = new TextDecoder().decode(bytes.subarray(0, length));
  const lines = text.split(/\r?\n/);
  // The end of the last line begins no other.
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

function unreadable(what: string, cause?: unknown): StoreError {
  return new StoreError("passphrase", `Cannot read the passphrase from ${what}`, { cause });
}
