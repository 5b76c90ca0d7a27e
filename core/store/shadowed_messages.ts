import type { Database, Statement } from "./database.ts";

/** What a message is in one segment, besides its channel and id. */
export type MessagePlace = readonly [
  at: number,
  author: number,
  segment: number,
  log: number,
  seq: number,
  op: number,
  text: string,
];

interface Shadow {
  readonly at: number;
  readonly author: number;
  readonly segment: number;
  readonly log: number;
  readonly seq: number;
  readonly op: number;
  readonly text: string;
}

const ACTOR_OF = "SELECT actor FROM logs WHERE logs.id =";

/**
 * Messages under an id that their author used in another segment of the channel too, where it counts. No honest
 * node does that; when what counts is taken out, these are looked at again.
 */
export class ShadowedMessages {
  readonly #add: Statement;
  readonly #copy: Statement;
  readonly #drop: Statement;
  readonly #dropSegment: Statement;
  readonly #inSegment: Statement;
  readonly #best: Statement;

  constructor(database: Database) {
    const columns = "channel, message, at, author, segment, log, seq, op, text";
    const higher = `excluded.op > op OR (excluded.op = op AND
      (${ACTOR_OF} excluded.log) > (${ACTOR_OF} shadowed_messages.log))`;
    this.#add = database.prepare(
      `INSERT INTO shadowed_messages (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET at = excluded.at, author = excluded.author, log = excluded.log,
         seq = excluded.seq, op = excluded.op, text = excluded.text WHERE ${higher}`,
    );
    this.#copy = database.prepare(
      `INSERT OR REPLACE INTO shadowed_messages (${columns})
       SELECT ${columns} FROM messages WHERE channel = ? AND message = ?`,
    );
    this.#drop = database.prepare(
      "DELETE FROM shadowed_messages WHERE channel = ? AND message = ? AND segment = ?",
    );
    this.#dropSegment = database.prepare(
      "DELETE FROM shadowed_messages WHERE channel = ? AND segment = ?",
    );
    this.#inSegment = database.prepare(
      `SELECT DISTINCT message FROM messages CROSS JOIN shadowed_messages USING (channel, message)
       WHERE messages.log IN (SELECT id FROM logs WHERE doc = ?)`,
    );
    this.#best = database.prepare(
      `SELECT at, shadowed_messages.author, segment, log, shadowed_messages.seq, op, text
       FROM shadowed_messages JOIN logs ON logs.id = log WHERE channel = ? AND message = ?
       ORDER BY op DESC, actor DESC LIMIT 1`,
    );
  }

  /** Keeps what a message would be in a segment where it does not count. */
  add(channel: number, message: Uint8Array, place: MessagePlace): void {
    this.#add.run(channel, message, ...place);
  }

  /** Keeps what counts now and is to be replaced by what is in `segment`. */
  replace(channel: number, message: Uint8Array, segment: number): void {
    this.#copy.run(channel, message);
    this.#drop.run(channel, message, segment);
  }

  /** Forgets those of a segment, which is document `doc`. Gives the messages that count there and have others besides. */
  clear(doc: number, channel: number, segment: number): Uint8Array[] {
    const others = this.#inSegment.all<{ message: Uint8Array }>(doc);
    this.#dropSegment.run(channel, segment);
    return others.map(({ message }) => message);
  }

  /** Takes out what counts of these. */
  take(channel: number, message: Uint8Array): MessagePlace | undefined {
    const best = this.#best.get<Shadow>(channel, message);
    if (!best) return undefined;
    const { at, author, segment, log, seq, op, text } = best;
    this.#drop.run(channel, message, segment);
    return [at, author, segment, log, seq, op, text];
  }
}
