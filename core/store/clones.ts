import type { PeerId } from "../base/ids.ts";
import type { Database, Statement } from "./database.ts";
import type { Names } from "./names.ts";

/** Devices under whose key something was written that did not come from here: it is not to be used any more. */
export class Clones {
  readonly #database: Database;
  readonly #names: Names;
  readonly #add: Statement;
  readonly #peers: Set<PeerId>;

  constructor(database: Database, names: Names) {
    this.#database = database;
    this.#names = names;
    this.#add = database.prepare("INSERT OR IGNORE INTO clones (peer) VALUES (?)");
    const all = database.prepare(
      "SELECT peers.peer FROM clones JOIN peers ON peers.id = clones.peer",
    );
    this.#peers = new Set(all.all<{ peer: PeerId }>().map(({ peer }) => peer));
  }

  has(peer: PeerId): boolean {
    return this.#peers.has(peer);
  }

  /** Takes note that the key of a device is used elsewhere. It counts even if the disk does not take it. */
  add(peer: PeerId): void {
    this.#peers.add(peer);
    this.#database.write(() => this.#add.run(this.#names.peer(peer)));
  }
}
