import { Buffer } from "node:buffer";
import type { ChannelId, MessageId, SpaceId } from "../base/ids.ts";
import type { Database, Statement } from "./database.ts";
import type { Messages } from "./messages.ts";
import type { Names } from "./names.ts";

/** The newest message that the person at this node has seen, per channel. */
export class ReadMarks {
  readonly #database: Database;
  readonly #names: Names;
  readonly #messages: Messages;
  readonly #find: Statement;
  readonly #set: Statement;

  constructor(database: Database, names: Names, messages: Messages) {
    this.#database = database;
    this.#names = names;
    this.#messages = messages;
    this.#find = database.prepare(
      "SELECT lower(hex(message)) AS id FROM read_marks WHERE channel = ?",
    );
    this.#set = database.prepare(
      `INSERT INTO read_marks (channel, message) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET message = excluded.message`,
    );
  }

  get(space: SpaceId, channel: ChannelId): MessageId | null {
    const number = this.#names.findChannel(space, channel);
    const row = number === undefined ? undefined : this.#find.get<{ id: MessageId }>(number);
    return row?.id ?? null;
  }

  /**
   * Moves the mark on to a message; it never goes back. Gives whether it moved.
   *
   * @throws {RangeError} if there is no such message.
   */
  mark(space: SpaceId, channel: ChannelId, message: MessageId): boolean {
    if (!this.#messages.get(space, channel, message)) {
      throw new RangeError(`Cannot mark "${message}" as read: there is no such message`);
    }
    const now = this.get(space, channel);
    if (now && this.#messages.compare(space, channel, message, now) <= 0) return false;
    this.#database.writeSoon(() => {
      this.#set.run(this.#names.channel(space, channel), Buffer.from(message, "hex"));
    });
    return true;
  }
}
