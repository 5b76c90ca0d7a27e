import type { ChannelId, NoteId, PeerId } from "../base/ids.ts";
import { noteKey } from "../doc/doc_key.ts";
import type { Place } from "../view/command.ts";
import type { CursorView, Heads } from "../view/view.ts";
import type { SentPlace } from "../wire/message.ts";
import type { Parts } from "./parts.ts";

/** Cursors, and the heads of the text that they are in. */
export interface NoteCursors {
  readonly heads: Heads;
  readonly cursors: readonly CursorView[];
}

/** Where people are in one space: typing in a channel, or with a cursor in a note. Never stored. */
export class Places {
  readonly #parts: Parts;
  readonly #send: (place: SentPlace | null) => void;
  readonly #others = new Map<PeerId, SentPlace>();
  /** Notes whose cursors are being looked up, and whether one has moved since. */
  readonly #telling = new Map<NoteId, { moved: boolean }>();

  /** @param send tells the other nodes where the person at this one is. */
  constructor(parts: Parts, send: (place: SentPlace | null) => void) {
    this.#parts = parts;
    this.#send = send;
  }

  /** The person at this node is there now, as the tab used last says. */
  async set(place: Place): Promise<void> {
    if (place?.type !== "note") return this.#send(place);
    const { note, heads, anchor, head } = place;
    const positions = [anchor, head];
    const [anchorCursor, headCursor] = await this.#parts.documents.anchor(
      this.#key(note),
      heads,
      positions,
    );
    if (anchorCursor === undefined || headCursor === undefined) return;
    this.#send({ type: "note", note, anchor: anchorCursor, head: headCursor });
  }

  /** Another person is there now; `null`: nowhere, or gone. */
  async heard(peer: PeerId, place: SentPlace | null): Promise<void> {
    const before = this.#others.get(peer);
    if (place) this.#others.set(peer, place);
    else this.#others.delete(peer);
    const channels = new Set<ChannelId>();
    const notes = new Set<NoteId>();
    for (const each of [before, place]) {
      if (each?.type === "channel") channels.add(each.channel);
      else if (each) notes.add(each.note);
    }
    for (const channel of channels) this.#tellTyping(channel);
    for (const note of notes) await this.#tellCursors(note);
  }

  /** Whether anyone else has a cursor in a note. */
  isSomeoneIn(note: NoteId): boolean {
    return this.#others.values().some((place) => place.type === "note" && place.note === note);
  }

  /** The cursors of others in a note's common text. */
  async cursors(note: NoteId): Promise<NoteCursors> {
    const there = [...this.#others].flatMap(([peer, place]) =>
      place.type === "note" && place.note === note ? [{ peer, place }] : []
    );
    const { heads, positions } = await this.#parts.documents.resolve(
      this.#key(note),
      there.flatMap(({ place }) => [place.anchor, place.head]),
    );
    const cursors = there.flatMap(({ peer }, index) => {
      const [anchor, head] = positions.slice(2 * index, 2 * index + 2);
      return typeof anchor === "number" && typeof head === "number" ? [{ peer, anchor, head }] : [];
    });
    return { heads, cursors };
  }

  #tellTyping(channel: ChannelId): void {
    const { store } = this.#parts;
    const peers = [...this.#others].flatMap(([peer, place]) =>
      place.type === "channel" && place.channel === channel && place.typing &&
        store.marks.mutedAt(peer) === 0
        ? [peer]
        : []
    );
    this.#parts.tell({ type: "typing", channel, peers });
  }

  /** One look-up at a time for each note, so that peers cannot make them pile up. */
  async #tellCursors(note: NoteId): Promise<void> {
    // A note that is not known here yet has no text to point into.
    if (!this.#parts.store.registers.note(this.#parts.space, note)) return;
    const before = this.#telling.get(note);
    if (before) {
      before.moved = true;
      return;
    }
    const telling = { moved: true };
    this.#telling.set(note, telling);
    try {
      while (telling.moved) {
        telling.moved = false;
        const { heads, cursors } = await this.cursors(note);
        this.#parts.tell({ type: "cursors", note, heads, cursors });
      }
    } finally {
      this.#telling.delete(note);
    }
  }

  #key(note: NoteId) {
    return noteKey(this.#parts.space, note);
  }
}
