import { Buffer } from "node:buffer";
import type { EntryHash, PeerId, SpaceId } from "../base/ids.ts";
import type { Database, Statement } from "./database.ts";
import type { Names } from "./names.ts";

/** Which epoch of a private space each peer was seen to have heard of last, or of whose leaving. */
export class HeardEpochs {
  readonly #database: Database;
  readonly #names: Names;
  readonly #find: Statement;
  readonly #set: Statement;

  constructor(database: Database, names: Names) {
    this.#database = database;
    this.#names = names;
    this.#find = database.prepare(
      `SELECT lower(hex(epoch)) AS epoch FROM heard_epochs
       JOIN spaces ON spaces.id = heard_epochs.space JOIN peers ON peers.id = heard_epochs.peer
       WHERE spaces.space = ? AND peers.peer = ?`,
    );
    this.#set = database.prepare(
      `INSERT INTO heard_epochs (space, peer, epoch) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET epoch = excluded.epoch`,
    );
  }

  get(space: SpaceId, peer: PeerId): EntryHash | undefined {
    return this.#find.get<{ epoch: EntryHash }>(space, peer)?.epoch;
  }

  set(space: SpaceId, peer: PeerId, epoch: EntryHash): void {
    if (this.get(space, peer) === epoch) return;
    this.#database.writeSoon(() => {
      this.#set.run(this.#names.space(space), this.#names.peer(peer), Buffer.from(epoch, "hex"));
    });
  }
}
