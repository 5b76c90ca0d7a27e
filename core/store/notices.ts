import type { PeerId, SpaceId } from "../base/ids.ts";
import type { Database, Statement } from "./database.ts";
import type { Names } from "./names.ts";

/** Notices that are kept; the oldest goes. */
export const MAX_NOTICES = 100;

/** What this person must be told and may dismiss: that a device was cloned, say. */
export interface NewNotice {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What it is about, for the program. */
  readonly kind: string;
  readonly space: SpaceId | null;
  readonly peer: PeerId | null;
  /** A sentence for the person. */
  readonly text: string;
  /** What else the program needs to show it. */
  readonly detail: string | null;
}

/** A notice that was kept, under its number. */
export interface Notice extends NewNotice {
  readonly id: number;
}

/** What this person was not told yet, or has not dismissed. */
export class Notices {
  readonly #database: Database;
  readonly #names: Names;
  readonly #same: Statement;
  readonly #add: Statement;
  readonly #trim: Statement;
  readonly #all: Statement;
  readonly #drop: Statement;

  constructor(database: Database, names: Names) {
    this.#database = database;
    this.#names = names;
    this.#same = database.prepare(
      "SELECT id FROM notices WHERE kind = ? AND space IS ? AND peer IS ? AND text = ?",
    );
    this.#add = database.prepare(
      "INSERT INTO notices (at, kind, space, peer, text, detail) VALUES (?, ?, ?, ?, ?, ?)",
    );
    this.#trim = database.prepare(
      `DELETE FROM notices WHERE id NOT IN
       (SELECT id FROM notices ORDER BY id DESC LIMIT ${MAX_NOTICES})`,
    );
    this.#all = database.prepare(
      `SELECT notices.id, at, kind, spaces.space, peers.peer, text, detail FROM notices
       LEFT JOIN spaces ON spaces.id = notices.space LEFT JOIN peers ON peers.id = notices.peer
       ORDER BY notices.id`,
    );
    this.#drop = database.prepare("DELETE FROM notices WHERE id = ?");
  }

  /** Keeps a notice and gives its number: that of an older one that says the same, if there is one. */
  add({ at, kind, space, peer, text, detail }: NewNotice): number {
    return this.#database.write(() => {
      const spaceId = space && this.#names.space(space);
      const peerId = peer && this.#names.peer(peer);
      const same = this.#same.get<{ id: number }>(kind, spaceId, peerId, text);
      if (same) return same.id;
      const id = this.#add.insert(at, kind, spaceId, peerId, text, detail);
      this.#trim.run();
      return id;
    });
  }

  /** All of them, the oldest first. */
  all(): Notice[] {
    return this.#all.all();
  }

  /** Forgets a notice; not there is fine. */
  drop(id: number): void {
    this.#database.write(() => this.#drop.run(id));
  }
}
