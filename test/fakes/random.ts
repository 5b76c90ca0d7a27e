import type { RandomBytes } from "../../core/base/random.ts";

/** A seeded source of numbers in [0, 1) (mulberry32). Never for secrets. */
export function seededUnit(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Seeded bytes. Never for secrets. */
export function seededBytes(seed: number): RandomBytes {
  const unit = seededUnit(seed);
  return (length) => Uint8Array.from({ length }, () => Math.floor(unit() * 256));
}
