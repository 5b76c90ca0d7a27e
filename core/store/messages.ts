import { Buffer } from "node:buffer";
import type { ActorId, ChannelId, DocId, MessageId, PeerId, SpaceId } from "../base/ids.ts";
import { MAX_PAGE_MESSAGES } from "../base/limits.ts";
import { segmentDoc } from "../doc/doc_id.ts";
import { messageTime } from "../doc/message_id.ts";
import type { Database, Statement, Value } from "./database.ts";
import type { Logs } from "./logs.ts";
import type { Names } from "./names.ts";

/** Unread messages are counted up to this: it is done for each message that comes, 0.1 ms at most. */
export const MAX_UNREAD = 1000;

/** A message as people see it, and the envelope that brought it. */
export interface StoredMessage {
  readonly id: MessageId;
  readonly channel: ChannelId;
  readonly author: PeerId;
  readonly text: string;
  /** Milliseconds since 1970, a clock far ahead being clamped. Messages are in the order of `at`, then `id`. */
  readonly at: number;
  readonly doc: DocId;
  readonly actor: ActorId;
  readonly seq: number;
}

/** Which page of a channel: the newest, or the one right before or after a message. */
export interface PageAsk {
  readonly before?: MessageId;
  readonly after?: MessageId;
  /** From 1 to {@linkcode MAX_PAGE_MESSAGES}, which it is when left out. */
  readonly limit?: number;
}

/** Messages in their order, and whether there are more in the direction asked for. */
export interface Page {
  readonly messages: readonly StoredMessage[];
  readonly more: boolean;
}

interface Row {
  readonly id: MessageId;
  readonly author: PeerId;
  readonly text: string;
  readonly at: number;
  readonly segment: number;
  readonly actor: ActorId;
  readonly seq: number;
}

const SELECT =
  `SELECT lower(hex(message)) AS id, peer AS author, text, at, segment, actor, messages.seq
   FROM messages JOIN peers ON peers.id = messages.author JOIN logs ON logs.id = messages.log
   WHERE channel = ?`;

/** The messages of channels. A projection: what it has can be had again from the envelopes. */
export class Messages {
  readonly #names: Names;
  readonly #logs: Logs;
  readonly #one: Statement;
  readonly #newest: Statement;
  readonly #before: Statement;
  readonly #after: Statement;
  readonly #at: Statement;
  readonly #unread: Statement;
  readonly #inLog: Statement;
  readonly #segments: Statement;

  constructor(database: Database, names: Names, logs: Logs) {
    this.#names = names;
    this.#logs = logs;
    this.#one = database.prepare(`${SELECT} AND message = ?`);
    this.#newest = database.prepare(`${SELECT} ORDER BY at DESC, message DESC LIMIT ?`);
    this.#before = database.prepare(
      `${SELECT} AND (at, message) < (?, ?) ORDER BY at DESC, message DESC LIMIT ?`,
    );
    this.#after = database.prepare(
      `${SELECT} AND (at, message) > (?, ?) ORDER BY at, message LIMIT ?`,
    );
    this.#at = database.prepare("SELECT at FROM messages WHERE channel = ? AND message = ?");
    this.#unread = database.prepare(
      `SELECT count(*) AS count FROM (SELECT 1 FROM messages
       WHERE channel = ?1 AND (at, message) > (?2, ?3) AND author <> ?4
       AND author NOT IN (SELECT peer FROM person_marks WHERE muted_at > 0)
       AND author NOT IN (SELECT old FROM successors WHERE new = ?4) LIMIT ${MAX_UNREAD})`,
    );
    this.#inLog = database.prepare(
      `SELECT lower(hex(message)) AS id FROM messages
       WHERE log = ? AND seq BETWEEN ? AND ? ORDER BY seq, at, message`,
    );
    this.#segments = database.prepare(
      "SELECT segment, messages FROM segments WHERE channel = ? ORDER BY segment",
    );
  }

  get(space: SpaceId, channel: ChannelId, message: MessageId): StoredMessage | undefined {
    const number = this.#names.findChannel(space, channel);
    const row = number && this.#one.get<Row>(number, bytes(message));
    return row ? stored(channel, row) : undefined;
  }

  /** The newest message of a channel. */
  newest(space: SpaceId, channel: ChannelId): StoredMessage | undefined {
    const number = this.#names.findChannel(space, channel);
    const row = number && this.#newest.get<Row>(number, 1);
    return row ? stored(channel, row) : undefined;
  }

  /**
   * One page of a channel. The message it lies before or after need not be there: then its place is
   * where its id says.
   *
   * @throws {RangeError} if the limit is not one, or both `before` and `after` are given.
   */
  page(space: SpaceId, channel: ChannelId, ask: PageAsk = {}): Page {
    const { before, after, limit = MAX_PAGE_MESSAGES } = ask;
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_MESSAGES) {
      throw new RangeError(
        `Cannot read "${limit}" messages: not in 1 to ${MAX_PAGE_MESSAGES}`,
      );
    }
    if (before !== undefined && after !== undefined) {
      throw new RangeError("Cannot read messages both before and after one: ask for one side");
    }
    const number = this.#names.findChannel(space, channel);
    if (number === undefined) return { messages: [], more: false };
    const rows = after !== undefined
      ? this.#after.all<Row>(number, ...this.#position(number, after), limit + 1)
      : before !== undefined
      ? this.#before.all<Row>(number, ...this.#position(number, before), limit + 1)
      : this.#newest.all<Row>(number, limit + 1);
    const messages = rows.slice(0, limit).map((row) => stored(channel, row));
    return {
      messages: after !== undefined ? messages : messages.reverse(),
      more: rows.length > limit,
    };
  }

  /**
   * How many messages there are after one (`null`: all) that are not by this peer, be it under an earlier
   * key, or by who is muted; counting ends at {@linkcode MAX_UNREAD}.
   */
  unread(space: SpaceId, channel: ChannelId, after: MessageId | null, notBy: PeerId): number {
    const number = this.#names.findChannel(space, channel);
    if (number === undefined) return 0;
    const position = after === null ? [-1, new Uint8Array()] : this.#position(number, after);
    const peer = this.#names.findPeer(notBy) ?? 0;
    return this.#unread.get<{ count: number }>(number, ...position, peer)?.count ?? 0;
  }

  /** Compares the places of two messages in a channel; gives a number below, equal to or above 0. */
  compare(space: SpaceId, channel: ChannelId, a: MessageId, b: MessageId): number {
    const number = this.#names.findChannel(space, channel);
    const at = (id: MessageId) => this.#timeOf(number, id);
    return at(a) - at(b) || (a < b ? -1 : a > b ? 1 : 0);
  }

  /** The messages that the changes `from` to `to` of a log brought: their count of holders may be new. */
  inLog(space: SpaceId, doc: DocId, actor: ActorId, from: number, to: number): MessageId[] {
    const log = this.#logs.find(space, doc, actor);
    if (!log) return [];
    return this.#inLog.all<{ id: MessageId }>(log.id, from, to).map(({ id }) => id);
  }

  /** The segments that are known of a channel, in order, each with how many messages it has. */
  segments(space: SpaceId, channel: ChannelId): Map<number, number> {
    const number = this.#names.findChannel(space, channel);
    if (number === undefined) return new Map();
    const rows = this.#segments.all<{ segment: number; messages: number }>(number);
    return new Map(rows.map(({ segment, messages }) => [segment, messages]));
  }

  #position(channel: number, message: MessageId): Value[] {
    return [this.#timeOf(channel, message), bytes(message)];
  }

  #timeOf(channel: number | undefined, message: MessageId): number {
    const row = channel === undefined
      ? undefined
      : this.#at.get<{ at: number }>(channel, bytes(message));
    return row?.at ?? messageTime(message);
  }
}

function stored(channel: ChannelId, { segment, ...row }: Row): StoredMessage {
  return { ...row, channel, doc: segmentDoc(channel, segment) };
}

function bytes(message: MessageId): Uint8Array {
  return Buffer.from(message, "hex");
}
