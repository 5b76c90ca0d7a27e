import { countFirst } from "../base/count_first.ts";
import type { PeerId, SpaceId } from "../base/ids.ts";
import type { Database, Statement } from "./database.ts";
import type { Names } from "./names.ts";

/** Messages counted of those that wait for a peer. */
export const MAX_WAITING = 1000;
/** Only so many changes that came here last are looked at for them, to stay quick. */
const MAX_LOOKED_AT = 20_000;

/** Messages that a peer is not known to hold, and who keeps them besides this store. */
export interface WaitingMessages {
  readonly messages: number;
  /** Whether there may be more than were counted. */
  readonly more: boolean;
  /** How many of them others are known to hold, those with most first. */
  readonly keepers: readonly { readonly peer: PeerId; readonly messages: number }[];
}

interface Row {
  /** The number of its envelope; of what a base covers, that of its seal, which is above it. */
  readonly id: number;
  readonly log: number;
  readonly seq: number;
}

/** What others keep for a peer: read off the holdings. */
export class Waiting {
  readonly #names: Names;
  readonly #upTo: Statement;
  readonly #oldest: Statement;
  readonly #rows: Statement;
  readonly #holders: Statement;
  readonly #holdings: Statement;

  constructor(database: Database, names: Names) {
    this.#names = names;
    this.#upTo = database.prepare("SELECT up_to AS upTo FROM holders WHERE space = ? AND peer = ?");
    this.#oldest = database.prepare(
      `SELECT coalesce(max(id), 0) - ${MAX_LOOKED_AT} AS id FROM envelopes`,
    );
    this.#rows = database.prepare(
      `SELECT envelopes.id, messages.log, messages.seq FROM envelopes
       JOIN docs ON docs.id = envelopes.doc
       LEFT JOIN based_logs AS based ON based.log = envelopes.log
       JOIN messages ON messages.log = envelopes.log AND messages.seq <= envelopes.seq
         AND messages.seq >= CASE WHEN based.seq = envelopes.seq THEN 1 ELSE envelopes.seq END
       WHERE envelopes.id > ?3 AND docs.space = ?1 AND messages.author IS NOT ?2
       AND envelopes.seq >= coalesce(based.seq, 0)
       AND NOT EXISTS (SELECT 1 FROM holdings WHERE holdings.log = messages.log
         AND holdings.peer = ?2 AND holdings.seq >= messages.seq)
       ORDER BY envelopes.id DESC LIMIT ${MAX_WAITING + 1}`,
    );
    this.#holders = database.prepare(
      `SELECT holders.peer AS number, peers.peer, up_to AS upTo FROM holders
       JOIN peers ON peers.id = holders.peer WHERE space = ? AND holders.peer IS NOT ?`,
    );
    this.#holdings = database.prepare("SELECT peer AS number, seq FROM holdings WHERE log = ?");
  }

  /** What waits for a peer. One of whom nothing was heard lacks all of it. */
  of(space: SpaceId, peer: PeerId): WaitingMessages {
    const spaceId = this.#names.findSpace(space);
    if (spaceId === undefined) return { messages: 0, more: false, keepers: [] };
    const peerId = this.#names.findPeer(peer) ?? null;
    const upTo = this.#upTo.get<{ upTo: number }>(spaceId, peerId)?.upTo ?? 0;
    const oldest = this.#oldest.get<{ id: number }>()?.id ?? 0;
    const all = this.#rows.all<Row>(spaceId, peerId, Math.max(upTo, oldest));
    const rows = all.slice(0, MAX_WAITING);
    return {
      messages: rows.length,
      more: all.length > rows.length || upTo < oldest,
      keepers: this.#keepers(spaceId, peerId, rows),
    };
  }

  #keepers(space: number, peer: number | null, rows: readonly Row[]): WaitingMessages["keepers"] {
    const oldestFirst = rows.toReversed();
    /** What each peer holds of the logs of these messages, besides "all up to here". */
    const besides = new Map<number, HeldOfLog[]>();
    const bySeq = rows.toSorted((a, b) => a.seq - b.seq);
    for (const [log, waiting] of Map.groupBy(bySeq, ({ log }) => log)) {
      for (const { number, seq } of this.#holdings.all<{ number: number; seq: number }>(log)) {
        const count = countFirst(waiting, (row) => row.seq <= seq);
        const logs = besides.get(number);
        if (logs) logs.push({ waiting, count });
        else besides.set(number, [{ waiting, count }]);
      }
    }
    return this.#holders.all<{ number: number; peer: PeerId; upTo: number }>(space, peer)
      .map(({ number, peer, upTo }) => {
        const isUpTo = ({ id }: Row) => id <= upTo;
        const more = (besides.get(number) ?? []).map(({ waiting, count }) =>
          Math.max(0, count - countFirst(waiting, isUpTo))
        );
        return {
          peer,
          messages: more.reduce((sum, count) => sum + count, countFirst(oldestFirst, isUpTo)),
        };
      })
      .filter(({ messages }) => messages > 0)
      .sort((a, b) => b.messages - a.messages || (a.peer < b.peer ? -1 : 1));
  }
}

/** The first `count` of the messages of a log that wait, whose numbers grow with their seq. */
interface HeldOfLog {
  readonly waiting: readonly Row[];
  readonly count: number;
}
