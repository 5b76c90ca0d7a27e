import type { EntryHash } from "../base/ids.ts";
import type { VerifiedEntry } from "../trust/entry.ts";

/** Entries of one space that wait for others, in number; the one that came first makes room. */
export const MAX_WAITING_ENTRIES = 256;

/** Entries that cannot be admitted yet, for want of what they rest on or of room for their author. */
export class WaitingEntries {
  /** In the order in which they came. */
  readonly #entries = new Map<EntryHash, VerifiedEntry>();

  has(hash: EntryHash): boolean {
    return this.#entries.has(hash);
  }

  add(entry: VerifiedEntry): void {
    this.#entries.set(entry.hash, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MAX_WAITING_ENTRIES && oldest) this.#entries.delete(oldest);
  }

  /** Takes out what is admitted. */
  drop(hash: EntryHash): void {
    this.#entries.delete(hash);
  }

  /** All that wait, as they came. */
  all(): VerifiedEntry[] {
    return [...this.#entries.values()];
  }

  /**
   * An entry and all that waits and that it rests on, each after its own parents; `undefined` if anything of
   * that is neither held nor here.
   */
  whole(entry: VerifiedEntry, isHeld: (hash: EntryHash) => boolean): VerifiedEntry[] | undefined {
    const whole = new Map<EntryHash, VerifiedEntry>();
    const open = [entry];
    for (let next = open.at(-1); next; next = open.at(-1)) {
      const lacking = next.entry.parents.filter((hash) => !isHeld(hash) && !whole.has(hash));
      if (lacking.length === 0) {
        open.pop();
        whole.set(next.hash, next);
      }
      for (const hash of lacking) {
        const parent = this.#entries.get(hash);
        if (!parent) return undefined;
        open.push(parent);
      }
    }
    return [...whole.values()];
  }
}
