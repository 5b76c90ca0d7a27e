import type { PeerId } from "../base/ids.ts";

/** Side of the square that a mark is drawn in. */
export const MARK_SIZE = 40;
/** Rings of a large mark, from the one that the small mark has outwards. */
export const MARK_RINGS = 3;
/** Side of the square that a large mark is drawn in; the small one is in its middle. */
export const LARGE_MARK_SIZE = 64;

const RADIUS = 18.5;
const RING_STEP = 5.5;
const RING_BYTES = 4;
const GAP_DEGREES = 17;
const MAX_INITIAL_UNITS = 8;

/** One or two letters that stand for a name. */
export function initials(name: string): string {
  const segments = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  const words = name.trim().split(/[\s\-_.]+/u).filter((word) => /[\p{L}\p{N}\p{S}]/u.test(word));
  const letters = (words.length > 1 ? [words[0], words.at(-1)] : words).map((word) => {
    const [first] = segments.segment(word ?? "");
    return (first?.segment ?? "").slice(0, MAX_INITIAL_UNITS);
  });
  return letters.join("").toLocaleUpperCase() || "?";
}

/**
 * The ring around a person's initials: three arcs whose turn and lengths come from the peer's key, so that
 * two people of one name look different. A help to the eye, not a proof. An SVG path around the middle of
 * a square of `size`; `ring` counts outwards, each from bytes of its own.
 */
export function ringPath(peer: PeerId, ring = 0, size = MARK_SIZE): string {
  const radius = RADIUS + ring * RING_STEP;
  const point = (degrees: number) => {
    const radians = degrees * Math.PI / 180;
    const x = size / 2 + radius * Math.cos(radians);
    const y = size / 2 + radius * Math.sin(radians);
    return `${x.toFixed(2)} ${y.toFixed(2)}`;
  };
  const byte = (index: number) => {
    const at = 2 * (ring * RING_BYTES + index);
    return parseInt(peer.slice(at, at + 2), 16) || 0;
  };
  const parts = [1, 2, 3].map((index) => 2 + byte(index) % 7);
  const total = parts.reduce((sum, part) => sum + part, 0);
  const free = 360 - parts.length * GAP_DEGREES;
  let from = byte(0) * 360 / 256;
  return parts.map((part) => {
    const to = from + free * part / total;
    const arc = `M${point(from)}A${radius} ${radius} 0 ${to - from > 180 ? 1 : 0} 1 ${point(to)}`;
    from = to + GAP_DEGREES;
    return arc;
  }).join("");
}
