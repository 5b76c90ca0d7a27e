import { type RandomBytes, randomUnit } from "../base/random.ts";

/** The pause before the first new dial, and the longest one. */
export const BACKOFF_MS = { min: 100, max: 30_000 } as const;

/**
 * The pause after `failures` dials in a row that failed, in milliseconds: doubled each time up to
 * `max`, and between half of that and all of it by chance, so that nodes do not dial in step.
 */
export function backoffMs(
  failures: number,
  random: RandomBytes,
  max: number = BACKOFF_MS.max,
): number {
  const pause = Math.min(BACKOFF_MS.min * 2 ** Math.max(0, failures - 1), max);
  return pause / 2 + randomUnit(random) * pause / 2;
}
