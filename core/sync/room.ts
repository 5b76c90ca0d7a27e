import type { PeerId } from "../base/ids.ts";

/** A number of things and how many bytes they have. */
export interface Load {
  readonly count: number;
  readonly bytes: number;
}

/** How much may be kept. */
export interface RoomLimits {
  readonly perAuthor: Load;
  /** Over all authors: a stranger can make as many authors as it likes. */
  readonly total: Load;
}

/** Counts what is kept of each author, and in all. */
export class Room {
  readonly #limits: RoomLimits;
  readonly #loads = new Map<PeerId, Load>();
  #total: Load = { count: 0, bytes: 0 };

  constructor(limits: RoomLimits) {
    this.#limits = limits;
  }

  /** Takes room for something of an author's; gives whether there was any. */
  take(author: PeerId, bytes: number): boolean {
    const load = this.#loads.get(author) ?? { count: 0, bytes: 0 };
    const { perAuthor, total } = this.#limits;
    if (!fits(load, bytes, perAuthor) || !fits(this.#total, bytes, total)) return false;
    this.#loads.set(author, add(load, 1, bytes));
    this.#total = add(this.#total, 1, bytes);
    return true;
  }

  /** Gives room back. */
  free(author: PeerId, bytes: number): void {
    const load = this.#loads.get(author);
    if (!load) return;
    const left = add(load, -1, -bytes);
    if (left.count > 0) this.#loads.set(author, left);
    else this.#loads.delete(author);
    this.#total = add(this.#total, -1, -bytes);
  }
}

function add({ count, bytes }: Load, more: number, moreBytes: number): Load {
  return { count: count + more, bytes: bytes + moreBytes };
}

function fits(load: Load, bytes: number, limit: Load): boolean {
  return load.count < limit.count && load.bytes + bytes <= limit.bytes;
}
