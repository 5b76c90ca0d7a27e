import type { PeerId } from "../base/ids.ts";
import type { RandomBytes } from "../base/random.ts";
import { BACKOFF_MS, backoffMs } from "./backoff.ts";
import type { Candidate } from "./candidates.ts";
import type { OwnInstance } from "./own_instance.ts";

/** Of two nodes that find each other, the one with the higher nonce leaves the other one this long. */
export const YIELD_MS = 50;
/** A machine that was met once may be far away for months: it is not dialled twice a minute for that. */
const MEMORY_BACKOFF_MS = 300_000;

/**
 * How long to leave the first dial to the other one, in milliseconds. Both find each other at about the same
 * time; when one of them yields, they rarely dial both.
 */
export function yieldMs(
  own: { readonly self: PeerId; readonly instance: OwnInstance },
  { instance, peer }: Pick<Candidate, "instance" | "peer">,
): number {
  const first = instance !== ""
    ? own.instance.current < instance
    : peer === undefined || own.self < peer;
  return first ? 0 : YIELD_MS;
}

/** The pause before the next dial after those that failed, in milliseconds. */
export function pauseMs({ failures, source }: Candidate, random: RandomBytes): number {
  const max = source === "memory" ? MEMORY_BACKOFF_MS : BACKOFF_MS.max;
  return backoffMs(failures, random, max);
}
