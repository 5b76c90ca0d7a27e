import type { ChannelId, MessageId, SpaceId } from "../base/ids.ts";
import { MIN_PREFIX_UNITS } from "../view/excerpt.ts";
import type { Database, Statement } from "./database.ts";
import type { Names } from "./names.ts";

/** Messages found at once. */
export const MAX_FOUND = 50;
/** Of more messages than this that fit, only those that came here last are looked at, to stay quick. */
const MAX_LOOKED_AT = 2000;

/** Words that count of what is looked for: more cost SQLite dearly. */
export const MAX_WORDS = 16;

/** Where a message was found. */
export type Found = readonly [ChannelId, MessageId];

/**
 * Finds messages by words (SQLite's FTS5), without regard to case and accents; the index is kept by triggers of the
 * schema.
 */
export class MessageSearch {
  readonly #names: Names;
  readonly #find: Statement;

  constructor(database: Database, names: Names) {
    this.#names = names;
    // A cross join is made in the order in which it stands: what was found comes first.
    this.#find = database.prepare(
      `SELECT channels.channel, lower(hex(message)) AS message FROM (
         SELECT rowid AS id FROM message_words WHERE message_words MATCH ?1
         ORDER BY rowid DESC LIMIT ${MAX_LOOKED_AT}
       ) AS found
       CROSS JOIN messages ON messages.id = found.id
       CROSS JOIN channels ON channels.id = messages.channel
       CROSS JOIN spaces ON spaces.id = channels.space
       WHERE spaces.space = ?2 AND (?3 IS NULL OR channels.id = ?3)
       ORDER BY at DESC, message DESC LIMIT ?4`,
    );
  }

  /**
   * The newest messages of a space, or of one channel, that have all the words of `text`, or of three letters on such as
   * begin with them; newest first, {@linkcode MAX_FOUND} at most. None if `text` has no words.
   */
  find(space: SpaceId, channel: ChannelId | null, text: string): Found[] {
    const words = text.match(/[\p{L}\p{N}\p{M}]+/gu);
    if (!words) return [];
    const number = channel === null ? null : this.#names.findChannel(space, channel);
    if (number === undefined) return [];
    const wanted = words.slice(0, MAX_WORDS)
      .map((word) => `"${word}"${word.length < MIN_PREFIX_UNITS ? "" : "*"}`)
      .join(" ");
    return this.#find.all<{ channel: ChannelId; message: MessageId }>(
      wanted,
      space,
      number,
      MAX_FOUND,
    ).map(({ channel, message }) => [channel, message]);
  }
}
