import { createHash } from "node:crypto";
import { wordlist } from "@scure/bip39/wordlists/english";
import type { PeerId } from "../base/ids.ts";

/** Words that two people compare. */
export const SAFETY_WORDS = 5;
/** The list has 2,048 words. */
const BITS_PER_WORD = 11n;

/**
 * The words that two people see, and that differ when someone between them has other keys: the first 55
 * bits of SHA-256("earshot/words/1" || lower PeerId || higher PeerId), as words of the English list of BIP39.
 */
export function safetyWords(a: PeerId, b: PeerId): string[] {
  const [lower, higher] = a < b ? [a, b] : [b, a];
  const hash = createHash("sha256").update("earshot/words/1").update(lower, "hex")
    .update(higher, "hex").digest();
  const bits = hash.readBigUInt64BE();
  return Array.from({ length: SAFETY_WORDS }, (_, i) => {
    const index = (bits >> (64n - BITS_PER_WORD * BigInt(i + 1))) & (1n << BITS_PER_WORD) - 1n;
    return wordlist[Number(index)]!;
  });
}
