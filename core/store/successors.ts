import type { PeerId } from "../base/ids.ts";
import type { Database, Statement } from "./database.ts";
import type { Names } from "./names.ts";

/** That a device went on under a new key, and the signature of the old key that says so. */
export interface Successor {
  readonly old: PeerId;
  readonly new: PeerId;
  readonly signature: Uint8Array;
}

/** Devices that went on under a new key. Signatures are verified before they come here. */
export class Successors {
  readonly #database: Database;
  readonly #names: Names;
  readonly #add: Statement;
  readonly #of: Statement;
  readonly #from: Statement;
  readonly #all: Statement;

  constructor(database: Database, names: Names) {
    this.#database = database;
    this.#names = names;
    this.#add = database.prepare(
      "INSERT INTO successors (old, new, signature) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    );
    const select = `SELECT before.peer AS old, after.peer AS new, signature FROM successors
       JOIN peers AS before ON before.id = successors.old
       JOIN peers AS after ON after.id = successors.new`;
    this.#of = database.prepare(`${select} WHERE before.peer = ?`);
    this.#from = database.prepare(`${select} WHERE after.peer = ? ORDER BY before.peer`);
    this.#all = database.prepare(`${select} ORDER BY before.peer`);
  }

  /** Keeps a statement; the first one of a key stays. Gives whether it is new. */
  add({ old, new: next, signature }: Successor): boolean {
    return this.#database.write(() =>
      this.#add.run(this.#names.peer(old), this.#names.peer(next), signature) > 0
    );
  }

  /** What came after a key. */
  of(old: PeerId): Successor | undefined {
    return this.#of.get(old);
  }

  /** What came before a key. */
  from(next: PeerId): Successor[] {
    return this.#from.all(next);
  }

  all(): Successor[] {
    return this.#all.all();
  }
}
