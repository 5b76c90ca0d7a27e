import type { DocId, NoteId, SpaceId } from "../../core/base/ids.ts";
import { noteDoc } from "../../core/doc/doc_id.ts";
import { type DocKey, docKey } from "../../core/doc/doc_key.ts";
import { readDocKey } from "../../core/doc/doc_key.ts";
import type { Documents, NewEntry } from "../../core/doc/documents.ts";
import { MessageClock } from "../../core/doc/message_id.ts";
import { messageEntry } from "../../core/doc/projection.ts";
import { actorOf } from "../../core/trust/actor.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import type { DeviceKeys } from "../../core/trust/device_keys.ts";
import { type Envelope, signEnvelope } from "../../core/trust/envelope.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { FakeClock } from "../fakes/clock.ts";
import { deviceKeys } from "../fakes/device.ts";
import { directDocuments } from "../fakes/documents.ts";

/** A device without a store that makes sound envelopes, for tests to send, hold back or spoil. */
export class Author {
  readonly keys: DeviceKeys;
  readonly #changes: Map<DocKey, Uint8Array[]>;
  readonly #documents: Documents;
  readonly #ids: MessageClock;
  readonly #clock: FakeClock;

  private constructor(
    keys: DeviceKeys,
    changes: Map<DocKey, Uint8Array[]>,
    documents: Documents,
    clock: FakeClock,
    readonly space: SpaceId,
  ) {
    this.keys = keys;
    this.#changes = changes;
    this.#documents = documents;
    this.#clock = clock;
    this.#ids = new MessageClock(keys.peer, clock);
  }

  /** Device number `seed`; two of one number are one device cloned. */
  static async open(seed: number, space = LOBBY, clock = new FakeClock()): Promise<Author> {
    const keys = deviceKeys(seed);
    const changes = new Map<DocKey, Uint8Array[]>();
    const documents = await directDocuments((key) => ({
      actor: actorOf(keys.peer, space, readDocKey(key).doc),
      base: null,
      changes: changes.get(key) ?? [],
    }));
    return new Author(keys, changes, documents, clock, space);
  }

  /** Writes a message into a segment. */
  async post(doc: DocId, text: string): Promise<Envelope> {
    this.#clock.advance(1);
    return await this.write(doc, [messageEntry(this.#ids.next(), text)]);
  }

  /** Writes any entries into any document. */
  async write(doc: DocId, entries: readonly NewEntry[]): Promise<Envelope> {
    const key = docKey(this.space, doc);
    const { change } = await this.#documents.put(key, entries, this.#clock.now());
    this.#keep(key, change);
    return signEnvelope(this.keys, this.space, doc, change).envelope;
  }

  /** Types at the beginning of a note. */
  async type(note: NoteId, text: string): Promise<Envelope> {
    const doc = noteDoc(note);
    const key = docKey(this.space, doc);
    const { heads } = await this.#documents.noteText(key);
    const splices = [{ at: 0, remove: 0, insert: text }];
    const { made } = await this.#documents.noteEdit(key, heads, splices, this.#clock.now(), "r");
    const [change] = made;
    if (!change) throw new RangeError("Cannot type nothing");
    this.#keep(key, change);
    return signEnvelope(this.keys, this.space, doc, change).envelope;
  }

  /** Takes up what others wrote, so that what it writes next rests on that. */
  async read(...envelopes: readonly Envelope[]): Promise<void> {
    for (const { doc, change } of envelopes) {
      const key = docKey(this.space, doc);
      await this.#documents.apply(key, [change]);
      this.#keep(key, change);
    }
  }

  /** Takes up what it can of what others wrote: not what rests on another change in a place that it has. */
  async hear(envelopes: readonly Envelope[]): Promise<void> {
    for (const { doc, change } of envelopes) {
      const key = docKey(this.space, doc);
      if (this.#changes.get(key)?.includes(change)) continue;
      const { actor, seq } = readChangeHeader(change);
      const isTaken = this.#changes.get(key)?.some((other) => {
        const header = readChangeHeader(other);
        return header.actor === actor && header.seq === seq;
      });
      if (isTaken) continue;
      const { results: [result] } = await this.#documents.apply(key, [change]);
      if (result?.type === "applied") this.#keep(key, change);
    }
  }

  #keep(key: DocKey, change: Uint8Array): void {
    const kept = this.#changes.get(key);
    if (kept) kept.push(change);
    else this.#changes.set(key, [change]);
  }
}
