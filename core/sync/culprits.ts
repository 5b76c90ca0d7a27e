import type { ChangeHash, DocId, PeerId } from "../base/ids.ts";
import { docKind } from "../doc/doc_id.ts";

/** Rejected changes, and authors and notes at fault, that are remembered; the oldest is forgotten first. */
export const MAX_REMEMBERED = 1024;
/** So many times an author's changes, or those to a note, may cost the document worker its life. */
export const MAX_FAULTS = 3;
/** How long an author is not listened to after that, and nobody about the note. */
export const MUTE_MS = 10 * 60 * 1000;

/**
 * Remembers which changes were rejected for ever, so that they are not tried when they come again, and
 * whose changes, in which notes, killed the document worker, which costs seconds each time. A stranger
 * makes as many authors as it likes, so a note that can bear no more is let be whoever writes.
 */
export class Culprits {
  readonly #rejected = new Map<ChangeHash, string>();
  readonly #faults = new Map<PeerId | DocId, { count: number; at: number }>();

  /** Remembers that a change can never be applied, and why. */
  reject(hash: ChangeHash, reason: string): void {
    keep(this.#rejected, hash, reason);
  }

  /** Takes note that a change of this author's to this document made the document worker fail. */
  blame(author: PeerId, doc: DocId, now: number): void {
    // Never a channel: a stranger could silence it.
    const culprits = docKind(doc).type === "note" ? [author, doc] : [author];
    for (const culprit of culprits) {
      const before = this.#faults.get(culprit);
      const count = before && now - before.at < MUTE_MS ? before.count : 0;
      keep(this.#faults, culprit, { count: count + 1, at: now });
    }
  }

  /** Why a change to a document is not even tried, or `undefined`. */
  refusal(hash: ChangeHash, author: PeerId, doc: DocId, now: number): string | undefined {
    if (this.#isMuted(author, now)) return "its author is not listened to for a while";
    if (this.#isMuted(doc, now)) return "the note bears no more for a while";
    return this.#rejected.get(hash);
  }

  #isMuted(culprit: PeerId | DocId, now: number): boolean {
    const faults = this.#faults.get(culprit);
    return faults !== undefined && faults.count >= MAX_FAULTS && now - faults.at < MUTE_MS;
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
