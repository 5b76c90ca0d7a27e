/** Long histories out of a seed: the same shape gives the same changes, byte for byte, on every machine. */
import { decodeChange, encodeChange } from "@automerge/automerge";
import { wordlist } from "@scure/bip39/wordlists/english";
import type {
  ActorId,
  ChangeHash,
  ChannelId,
  DocId,
  MessageId,
  SpaceId,
} from "../../core/base/ids.ts";
import { SEGMENT_MESSAGES } from "../../core/base/limits.ts";
import { startAutomerge } from "../../core/doc/automerge.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { segmentDoc, SPACE_DOC } from "../../core/doc/doc_id.ts";
import type { NewEntry } from "../../core/doc/documents.ts";
import { channelEntry, messageEntry, personEntry } from "../../core/doc/projection.ts";
import { actorOf } from "../../core/trust/actor.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import type { DeviceKeys } from "../../core/trust/device_keys.ts";
import { COLOURS } from "../../core/view/view.ts";
import { deviceKeys } from "../fakes/device.ts";
import { seededUnit } from "../fakes/random.ts";

/** What a history is to be. */
export interface HistoryShape {
  readonly seed: number;
  readonly space: SpaceId;
  /** The first is the one that is always there, the others have names of their own. */
  readonly channels: number;
  /** Of all channels, shared out evenly: a multiple of `channels`. */
  readonly messages: number;
  readonly authors: number;
  /** When the first and the last message are written, in milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
}

/** A change of a history. */
export interface MadeChange {
  readonly author: DeviceKeys;
  readonly change: Uint8Array;
}

/** A document of a history, with all its changes, each after those it rests on. */
export interface MadeDocument {
  readonly doc: DocId;
  readonly changes: readonly MadeChange[];
  /** Of a segment: its messages from the oldest to the newest. */
  readonly messages: readonly MessageId[];
  /** Whether it is the space document or a segment with room, in which people write on. */
  readonly isOpen: boolean;
  /** When its last change was made, in milliseconds since 1970. */
  readonly until: number;
}

const NAMES = ["Ana", "Ben", "Cleo", "Dai", "Eva", "Finn", "Gita", "Hugo", "Ines", "Jon"] as const;
const GENERAL = "general";
/** How often who wrote last writes on. */
const GOES_ON = 0.4;
const MIN_WORDS = 2;
const MORE_WORDS = 18;

/** The channels of a history. */
export function historyChannels(
  { space, channels }: Pick<HistoryShape, "space" | "channels">,
): { readonly id: ChannelId; readonly name: string }[] {
  const names = [GENERAL, ...wordlist.filter((word) => word.length === 7)].slice(0, channels);
  return names.map((name) => ({ id: channelIdOf(space, name), name }));
}

/**
 * Makes the documents of a history one after another: the space document, which names the people and channels,
 * then the segments of one channel after another. Messages have 2 to 19 words by Zipf's law.
 *
 * @throws {RangeError} if the messages cannot be shared out.
 */
export async function* makeHistory(shape: HistoryShape): AsyncGenerator<MadeDocument> {
  const { seed, space, channels, messages, authors, from, until } = shape;
  const each = messages / channels;
  if (!Number.isInteger(each)) throw new RangeError("Cannot make a history: uneven channels");
  await startAutomerge();
  const unit = seededUnit(seed);
  const people = Array.from({ length: authors }, (_, i) => deviceKeys((seed << 10) + i));
  const named = historyChannels(shape);
  const pickAuthor = zipf(authors, unit);
  const pickWord = zipf(wordlist.length, unit);
  const first = new Writer(space, SPACE_DOC);
  people.forEach((author, i) => {
    const name = `${NAMES[i % NAMES.length]}${
      i < NAMES.length ? "" : ` ${1 + i / NAMES.length | 0}`
    }`;
    first.write(author, personEntry(author.peer, name, i % COLOURS), from);
  });
  for (const { name } of named.slice(1)) first.write(people[0]!, channelEntry(space, name), from);
  yield { doc: SPACE_DOC, changes: first.changes, messages: [], isOpen: true, until: from };

  const segments = Math.ceil(each / SEGMENT_MESSAGES);
  for (const [number, { id: channel }] of named.entries()) {
    let author = 0;
    let at = from;
    for (let segment = 0; segment < segments; segment++) {
      const doc = segmentDoc(channel, segment);
      const writer = new Writer(space, doc);
      const ids: MessageId[] = [];
      const end = Math.min(each, (segment + 1) * SEGMENT_MESSAGES);
      for (let n = segment * SEGMENT_MESSAGES; n < end; n++) {
        at = Math.max(at + 1, Math.floor(from + (until - from) * (n + unit()) / each));
        if (unit() >= GOES_ON) author = pickAuthor();
        const words = MIN_WORDS + Math.floor(unit() * MORE_WORDS);
        const text = Array.from({ length: words }, () => wordlist[pickWord()]).join(" ");
        const keys = people[author]!;
        // Two channels may have a message of one author in one millisecond: the counter tells them apart.
        const id = messageId(at, number, keys);
        ids.push(id);
        writer.write(keys, messageEntry(id, text), at);
      }
      const isOpen = ids.length < SEGMENT_MESSAGES;
      yield { doc, changes: writer.changes, messages: ids, isOpen, until: at };
    }
  }
}

function messageId(at: number, counter: number, { peer }: DeviceKeys): MessageId {
  const count = counter.toString(16).padStart(4, "0");
  return `${at.toString(16).padStart(12, "0")}${count}${peer.slice(0, 16)}` as MessageId;
}

/** Writes one document, each change on the one before; as Automerge would, without a document that grows. */
class Writer {
  readonly changes: MadeChange[] = [];
  readonly #space: SpaceId;
  readonly #doc: DocId;
  readonly #logs = new Map<DeviceKeys, { readonly actor: ActorId; seq: number }>();
  #head: ChangeHash | undefined;

  constructor(space: SpaceId, doc: DocId) {
    this.#space = space;
    this.#doc = doc;
  }

  write(author: DeviceKeys, { key, value }: NewEntry, time: number): void {
    const log = this.#logs.get(author) ??
      { actor: actorOf(author.peer, this.#space, this.#doc), seq: 0 };
    this.#logs.set(author, log);
    log.seq++;
    const change = encodeChange({
      actor: log.actor,
      seq: log.seq,
      startOp: this.changes.length + 1,
      time,
      message: null,
      deps: this.#head === undefined ? [] : [this.#head],
      ops: [{ action: "set", obj: "_root", key, value, pred: [] }],
    } as unknown as ReturnType<typeof decodeChange>);
    this.#head = readChangeHeader(change).hash;
    this.changes.push({ author, change });
  }
}

/** Picks one of `count` numbers from 0, the `n`-th with a chance of 1 to `n` + 1. */
function zipf(count: number, unit: () => number): () => number {
  let sum = 0;
  const sums = Array.from({ length: count }, (_, n) => sum += 1 / (n + 1));
  return () => {
    const wanted = unit() * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
