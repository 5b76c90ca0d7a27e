import type { PeerId } from "../base/ids.ts";
import type { Database, Statement } from "./database.ts";
import type { Names } from "./names.ts";

/** Addresses that are kept of one peer; the oldest goes. */
export const MAX_ADDRESSES_PER_PEER = 8;
/** Addresses that are kept in all; the oldest goes. */
export const MAX_ADDRESSES = 4096;

/** Where a peer was reached. */
export interface StoredAddress {
  readonly peer: PeerId;
  readonly host: string;
  readonly port: number;
  /** The last time, in milliseconds since 1970. */
  readonly at: number;
}

/** Where peers were reached last. */
export class Addresses {
  readonly #database: Database;
  readonly #names: Names;
  readonly #newest: Statement;
  readonly #add: Statement;
  readonly #dropOfPeer: Statement;
  readonly #drop: Statement;

  constructor(database: Database, names: Names) {
    this.#database = database;
    this.#names = names;
    this.#newest = database.prepare(
      `SELECT peers.peer, host, port, at FROM addresses JOIN peers ON id = addresses.peer
       ORDER BY at DESC, host, port LIMIT ?`,
    );
    this.#add = database.prepare(
      `INSERT INTO addresses (peer, host, port, at) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET at = excluded.at`,
    );
    this.#dropOfPeer = database.prepare(
      `DELETE FROM addresses WHERE peer = ?1 AND (host, port) NOT IN
       (SELECT host, port FROM addresses WHERE peer = ?1 ORDER BY at DESC
        LIMIT ${MAX_ADDRESSES_PER_PEER})`,
    );
    this.#drop = database.prepare(
      `DELETE FROM addresses WHERE (peer, host, port) IN
       (SELECT peer, host, port FROM addresses ORDER BY at DESC LIMIT -1 OFFSET ${MAX_ADDRESSES})`,
    );
  }

  /** A peer was reached there at `at`, in milliseconds since 1970. */
  add(peer: PeerId, { host, port }: { host: string; port: number }, at: number): void {
    this.#database.writeSoon(() => {
      const number = this.#names.peer(peer);
      this.#add.run(number, host, port, at);
      this.#dropOfPeer.run(number);
      this.#drop.run();
    });
  }

  /** The addresses of all peers, the newest first, at most `limit`. */
  newest(limit: number): StoredAddress[] {
    return this.#newest.all(limit);
  }
}
