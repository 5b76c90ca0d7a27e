import { MAX_NAME_POINTS } from "../base/limits.ts";
import { cleanName } from "../view/words.ts";

/** Names of accounts that say nothing of a person. */
const NOBODY = /^(root|admin|administrator|user|guest|pi|ubuntu|debian|nobody)?$/i;

/** Makes a person's name out of those of the account and the machine; `""` when neither is one. */
export function suggestedName(account: string, machine: string): string {
  const source = NOBODY.test(account) ? machine.split(".")[0] ?? "" : account;
  const words = source.replace(/[._-]+/g, " ").replace(
    /(^| )(\p{Ll})/gu,
    (_, gap: string, letter: string) => gap + letter.toUpperCase(),
  );
  try {
    return cleanName([...words].slice(0, MAX_NAME_POINTS).join(""));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return "";
  }
}
