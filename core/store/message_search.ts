import type { ChannelId, MessageId, SpaceId } from "../base/ids.ts";
import { MIN_PREFIX_UNITS, WORDS } from "../view/excerpt.ts";
import type { Database, Statement } from "./database.ts";
import type { Names } from "./names.ts";
import { StoreError } from "./store_error.ts";
import type { WordIndex } from "./word_index.ts";

/** Messages found at once. */
export const MAX_FOUND = 50;
/** Of more messages than this that fit, only those that came here last are looked at, to stay quick. */
const MAX_LOOKED_AT = 2000;

/** Words that count of what is looked for: more cost SQLite dearly. */
export const MAX_WORDS = 16;

/** Where a message was found. */
export type Found = readonly [ChannelId, MessageId];

/** Finds messages by words (SQLite's FTS5), without regard to case and accents. */
export class MessageSearch {
  readonly #names: Names;
  readonly #words: WordIndex;
  readonly #find: Statement;

  constructor(database: Database, names: Names, words: WordIndex) {
    this.#names = names;
    this.#words = words;
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
   * begin with them; newest first, {@linkcode MAX_FOUND} at most. None if `text` has no words. What came just now is
   * found; of much that came, only what the index has by then, see {@linkcode WordIndex.isBehind}.
   */
  find(space: SpaceId, channel: ChannelId | null, text: string): Found[] {
    const words = text.match(WORDS);
    if (!words) return [];
    const number = channel === null ? null : this.#names.findChannel(space, channel);
    if (number === undefined) return [];
    this.#catchUp();
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

  #catchUp(): void {
    try {
      this.#words.advance();
    } catch (error) {
      // What is there can be read, whatever the disk takes.
      if (!(error instanceof StoreError)) throw error;
    }
  }
}
