import type { PeerId } from "../base/ids.ts";
import type { Database, Statement } from "./database.ts";
import type { Names } from "./names.ts";

/** Peers of whom it is kept when they were linked; the one longest ago goes. */
export const MAX_SEEN = 4096;

/** When peers were linked last. */
export class Seen {
  readonly #database: Database;
  readonly #names: Names;
  readonly #find: Statement;
  readonly #set: Statement;
  readonly #drop: Statement;

  constructor(database: Database, names: Names) {
    this.#database = database;
    this.#names = names;
    this.#find = database.prepare(
      "SELECT at FROM seen JOIN peers ON id = seen.peer WHERE peers.peer = ?",
    );
    this.#set = database.prepare(
      `INSERT INTO seen (peer, at) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET at = excluded.at WHERE excluded.at > at`,
    );
    this.#drop = database.prepare(
      `DELETE FROM seen WHERE peer IN
       (SELECT peer FROM seen ORDER BY at DESC LIMIT -1 OFFSET ${MAX_SEEN})`,
    );
  }

  /** A peer was linked at `at`, in milliseconds since 1970. Never goes back. */
  set(peer: PeerId, at: number): void {
    this.#database.writeSoon(() => {
      this.#set.run(this.#names.peer(peer), at);
      this.#drop.run();
    });
  }

  /** When a peer was linked last, or 0 when it never was. */
  get(peer: PeerId): number {
    return this.#find.get<{ at: number }>(peer)?.at ?? 0;
  }
}
