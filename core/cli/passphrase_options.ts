import { parseArgs } from "@std/cli";
import { refuseUnknown, single } from "./option_values.ts";
import { UsageError } from "./usage.ts";

/** What changes the passphrase, while no node runs. */
export interface PassphraseOptions {
  readonly type: "passphrase.set" | "passphrase.remove";
  readonly data: string | null;
  readonly json: boolean;
  readonly passphraseFile: string | null;
}

/** Reads what comes after `passphrase`. @throws {UsageError} naming what is wrong with it. */
export function passphraseOptions(args: readonly string[]): PassphraseOptions {
  const parsed = parseArgs(args, {
    string: ["data", "passphrase-file"],
    boolean: ["json"],
    unknown: refuseUnknown,
  });
  const [verb, extra] = parsed._.map(String);
  if (verb !== "set" && verb !== "remove") {
    throw new UsageError(`"passphrase" takes set or remove${verb ? `, not "${verb}"` : ""}`);
  }
  // It may be a passphrase, which is not to be shown.
  if (extra !== undefined) {
    throw new UsageError(`"passphrase ${verb}" takes no more words: it asks for the passphrase`);
  }
  return {
    type: `passphrase.${verb}`,
    data: single(parsed.data, "data"),
    json: parsed.json,
    passphraseFile: single(parsed["passphrase-file"], "passphrase-file"),
  };
}
