import type { PeerId } from "../base/ids.ts";
import { skeleton } from "../view/confusable.ts";
import type { Database, Statement } from "./database.ts";
import type { Names } from "./names.ts";

/** Peers whose name is remembered. Whoever comes when there are as many is not: the first count. */
export const MAX_KNOWN_NAMES = 4096;

/**
 * Since when each peer has borne its name, to tell who came later under a name that somebody had. A peer
 * that takes a name which looks different begins anew, or it could wait under another one.
 */
export class KnownNames {
  readonly #database: Database;
  readonly #names: Names;
  readonly #find: Statement;
  readonly #set: Statement;
  readonly #count: Statement;

  constructor(database: Database, names: Names) {
    this.#database = database;
    this.#names = names;
    this.#find = database.prepare(
      `SELECT name, first_at AS firstAt FROM known_names
       JOIN peers ON peers.id = known_names.peer WHERE peers.peer = ?`,
    );
    this.#set = database.prepare(
      `INSERT INTO known_names (peer, name, first_at) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET name = excluded.name, first_at = excluded.first_at`,
    );
    this.#count = database.prepare("SELECT count(*) AS count FROM known_names");
  }

  /** A peer has this name at `at`, in milliseconds since 1970. */
  meet(peer: PeerId, name: string, at: number): void {
    const known = this.#find.get<{ name: string; firstAt: number }>(peer);
    if (known?.name === name) return;
    this.#database.writeSoon(() => {
      if (!known && (this.#count.get<{ count: number }>()?.count ?? 0) >= MAX_KNOWN_NAMES) return;
      const same = known && skeleton(known.name) === skeleton(name);
      this.#set.run(this.#names.peer(peer), name, same ? known.firstAt : at);
    });
  }

  /** Since when a peer has borne its name, in milliseconds since 1970; `undefined` if it was not met. */
  firstAt(peer: PeerId): number | undefined {
    return this.#find.get<{ firstAt: number }>(peer)?.firstAt;
  }
}
