import { join } from "@std/path";
import { isThere } from "../store/atomic_file.ts";
import { dataDirectory, openDataDirectory } from "../store/data_directory.ts";
import { DirectoryLock } from "../store/directory_lock.ts";
import { DEVICE_FILE } from "../store/file_names.ts";
import { cleanPassphrase } from "../store/passphrase_key.ts";
import { StoreError, withFiles } from "../store/store_error.ts";
import { type AskPassphrase, openVault, type Vault } from "../store/vault.ts";
import { askHidden, Cancelled } from "./hidden_line.ts";
import { lineOutput } from "./output.ts";
import type { PassphraseOptions } from "./passphrase_options.ts";
import {
  askInTerminal,
  giveOnce,
  isTerminal,
  MAX_TRIES,
  readLines,
  readLinesOf,
} from "./passphrase_source.ts";
import { stopSignals } from "./stop_signals.ts";
import { complain, print } from "./terminal.ts";

const DONE = 0;
const FAILED = 1;
const INTERRUPTED = 130;

/** Where the passphrases come from: a person, or lines. */
interface Source {
  readonly old: AskPassphrase;
  /** Gives the new one. @throws {StoreError} or {@linkcode Cancelled} if none comes. */
  next(): Promise<string>;
  /** @throws {StoreError} if more was given than is wanted. */
  end(): void;
}

/** Sets or removes the passphrase of a data directory. @returns the exit code. */
export async function changePassphrase(options: PassphraseOptions): Promise<number> {
  try {
    await change(options);
    return DONE;
  } catch (error) {
    if (error instanceof Cancelled) return INTERRUPTED;
    if (!(error instanceof StoreError || error instanceof RangeError)) throw error;
    complain(error.message);
    return FAILED;
  }
}

async function change(options: PassphraseOptions): Promise<void> {
  const directory = options.data ?? dataDirectory(Deno.build.os, (name) => Deno.env.get(name));
  const path = join(directory, DEVICE_FILE);
  if (!withFiles(`look at "${path}"`, () => isThere(path))) {
    throw new StoreError("place", `No keys are in "${directory}" yet: start Earshot there first`);
  }
  openDataDirectory(directory);
  using lock = await DirectoryLock.take(directory);
  if (!lock) throw new StoreError("place", `Stop Earshot first: it runs on "${directory}"`);
  const source = options.passphraseFile === null && isTerminal()
    ? terminalSource()
    : lineSource(options);
  const vault = await openVault(directory, false, source.old);
  const output = lineOutput(options.json, print);
  if (options.type === "passphrase.set") {
    await setNew(vault, source);
    output.result("Passphrase set: Earshot asks for it at each start", { passphrase: true });
  } else {
    if (!vault.isSealed) throw new StoreError("passphrase", "No passphrase is set");
    source.end();
    vault.removePassphrase();
    output.result("Passphrase removed: the keys lie open on this disk", { passphrase: false });
  }
}

async function setNew(vault: Vault, source: Source): Promise<void> {
  const passphrase = await source.next();
  source.end();
  await vault.setPassphrase(passphrase);
}

function terminalSource(): Source {
  const stopping = new AbortController();
  const { signal } = stopping;
  // It would leave the terminal as it is while a passphrase is typed.
  void stopSignals().then(() => stopping.abort());
  return {
    old: askInTerminal("Passphrase: ", signal),
    async next() {
      for (let tries = 1;; tries++) {
        try {
          const passphrase = cleanPassphrase(await askHidden("New passphrase: ", signal));
          if (cleanPassphrase(await askHidden("The same again: ", signal)) === passphrase) {
            return passphrase;
          }
          throw new RangeError("The two differ");
        } catch (error) {
          if (!(error instanceof RangeError) || tries === MAX_TRIES) throw error;
          complain(`${error.message}. Try again.`);
        }
      }
    },
    end() {},
  };
}

function lineSource({ type, passphraseFile }: PassphraseOptions): Source {
  const lines = passphraseFile === null
    ? readLines(Deno.stdin, "stdin")
    : readLinesOf(passphraseFile);
  const wanted = type === "passphrase.set"
    ? "the old passphrase, if one is set, and the new one, each on a line"
    : "the passphrase on one line";
  const bad = (state: string) => new StoreError("passphrase", `${state}: give ${wanted}`);
  const take = () => {
    const line = lines.shift();
    if (line === undefined) throw bad("A line is missing");
    return line;
  };
  return {
    old: async (wrong) =>
      await giveOnce(wrong === 0 ? take() : "", "the passphrase on the first line")(wrong),
    next: async () => await Promise.resolve(take()),
    end() {
      if (lines.length > 0) throw bad("There is a line too many");
    },
  };
}
