import type { PeerId } from "../base/ids.ts";
import type { Database, Statement } from "./database.ts";
import type { Names } from "./names.ts";

/** What this person says of others: whom they verified, whom they do not want to hear. */
export class PersonMarks {
  readonly #database: Database;
  readonly #names: Names;
  readonly #verify: Statement;
  readonly #mute: Statement;
  readonly #find: Statement;
  readonly #muted: Statement;

  constructor(database: Database, names: Names) {
    this.#database = database;
    this.#names = names;
    this.#verify = database.prepare(
      `INSERT INTO person_marks (peer, verified_at) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET verified_at = excluded.verified_at`,
    );
    this.#mute = database.prepare(
      `INSERT INTO person_marks (peer, muted_at) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET muted_at = excluded.muted_at`,
    );
    this.#find = database.prepare(
      `SELECT verified_at AS verifiedAt, muted_at AS mutedAt FROM person_marks
       JOIN peers ON peers.id = person_marks.peer WHERE peers.peer = ?`,
    );
    this.#muted = database.prepare(
      `SELECT peers.peer FROM person_marks JOIN peers ON peers.id = person_marks.peer
       WHERE muted_at > 0 ORDER BY peers.peer`,
    );
  }

  /** Both compared words at `at`, in milliseconds since 1970; 0 takes it back. */
  verify(peer: PeerId, at: number): void {
    this.#database.write(() => this.#verify.run(this.#names.peer(peer), at));
  }

  /** Does not want to hear a peer from `at` on, in milliseconds since 1970; 0 takes it back. */
  mute(peer: PeerId, at: number): void {
    this.#database.write(() => this.#mute.run(this.#names.peer(peer), at));
  }

  /** When a peer was verified, or 0. */
  verifiedAt(peer: PeerId): number {
    return this.#find.get<{ verifiedAt: number }>(peer)?.verifiedAt ?? 0;
  }

  /** When a peer was muted, or 0. */
  mutedAt(peer: PeerId): number {
    return this.#find.get<{ mutedAt: number }>(peer)?.mutedAt ?? 0;
  }

  /** Everyone who is muted, sorted. */
  muted(): PeerId[] {
    return this.#muted.all<{ peer: PeerId }>().map(({ peer }) => peer);
  }
}
