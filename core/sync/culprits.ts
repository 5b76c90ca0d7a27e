import type { ChangeHash, PeerId } from "../base/ids.ts";

/** Rejected changes, and authors at fault, that are remembered; the oldest is forgotten first. */
export const MAX_REMEMBERED = 1024;
/** So many times an author's changes may cost the document worker its life. */
export const MAX_FAULTS = 3;
/** How long an author is not listened to after that. */
export const MUTE_MS = 10 * 60 * 1000;

/**
 * Remembers which changes were rejected for ever, so that they are not tried when they come again, and
 * whose changes killed the document worker, which costs seconds each time.
 */
export class Culprits {
  readonly #rejected = new Map<ChangeHash, string>();
  readonly #faults = new Map<PeerId, { count: number; at: number }>();

  /** Remembers that a change can never be applied, and why. */
  reject(hash: ChangeHash, reason: string): void {
    keep(this.#rejected, hash, reason);
  }

  /** Takes note that a change of this author's made the document worker fail. */
  blame(author: PeerId, now: number): void {
    const before = this.#faults.get(author);
    const count = before && now - before.at < MUTE_MS ? before.count : 0;
    keep(this.#faults, author, { count: count + 1, at: now });
  }

  /** Why a change is not even tried, or `undefined`. */
  refusal(hash: ChangeHash, author: PeerId, now: number): string | undefined {
    const faults = this.#faults.get(author);
    if (faults && faults.count >= MAX_FAULTS && now - faults.at < MUTE_MS) {
      return "its author is not listened to for a while";
    }
    return this.#rejected.get(hash);
  }
}

function keep<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MAX_REMEMBERED) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
