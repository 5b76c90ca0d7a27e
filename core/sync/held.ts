import type { ActorId, DocId, PeerId, SpaceId } from "../base/ids.ts";
import { MAX_PAGE_MESSAGES } from "../base/limits.ts";
import type { Store } from "../store/store.ts";
import type { Mark } from "../wire/message.ts";
import type { TheirVectors } from "./their_vectors.ts";

/** Changes of this device, `from` to `to` of one log, that one more peer is known to hold. */
export interface HeldRange {
  readonly doc: DocId;
  readonly actor: ActorId;
  readonly from: number;
  readonly to: number;
}

/** Hears of changes of this device that a peer holds now. */
export type HeldListener = (peer: PeerId, ranges: readonly HeldRange[]) => void;

/** What {@linkcode Held} needs. */
export interface HeldParts {
  readonly space: SpaceId;
  readonly self: PeerId;
  readonly store: Store;
  readonly tell: HeldListener;
}

/** Keeps what peers say that they hold, and tells what that means for changes made here. */
export class Held {
  readonly #parts: HeldParts;
  /** Of each linked peer and log of this device: up to where it was told. */
  readonly #told = new Map<PeerId, Map<string, number>>();

  constructor(parts: HeldParts) {
    this.#parts = parts;
  }

  /** A peer holds these logs up to these seqs. */
  marks(peer: PeerId, marks: Iterable<Mark>): void {
    const { store, space } = this.#parts;
    const ranges = store.together(() =>
      [...marks].flatMap(([doc, actor, seq]) => {
        const held = Math.min(seq, store.envelopes.tops(space).get(doc)?.get(actor)?.seq ?? 0);
        return store.holdings.advance(peer, space, doc, actor, held)
          ? this.#range(peer, doc, actor, held)
          : [];
      })
    );
    if (ranges.length > 0) this.#parts.tell(peer, ranges);
  }

  /** A peer holds the same of these documents: of others' changes that is known by the next equal digest. */
  same(peer: PeerId, docs: Iterable<DocId>): void {
    const { store, space, self } = this.#parts;
    const own: Mark[] = [];
    for (const doc of docs) {
      for (const [actor, { seq }] of store.envelopes.tops(space).get(doc) ?? []) {
        if (store.envelopes.authorOf(space, doc, actor) !== self) continue;
        if ((this.#told.get(peer)?.get(`${doc} ${actor}`) ?? 0) < seq) own.push([doc, actor, seq]);
      }
    }
    this.marks(peer, own);
  }

  /** A peer lacks what its list shows, and holds the rest of what it is about. */
  list(peer: PeerId, list: TheirVectors): void {
    const { store, space, self } = this.#parts;
    const isNew = !store.holdings.knows(peer, space);
    store.together(() => {
      for (const { doc, above } of list.gaps()) {
        const vector = store.envelopes.vector(space, doc);
        for (const [actor, seq] of above) vector.set(actor, seq);
        // Nothing is known of it, and it holds nothing of this: there is nothing to write.
        if (isNew && vector.values().every((seq) => seq === 0)) continue;
        store.holdings.setVector(peer, space, doc, vector);
      }
    });
    // What it holds of others' is known by the next equal digest at the latest; of one's own at once.
    const own: Mark[] = [];
    for (const [doc, actors] of list.common()) {
      for (const [actor, seq] of actors) {
        if (store.envelopes.authorOf(space, doc, actor) === self) own.push([doc, actor, seq]);
      }
    }
    this.marks(peer, own);
    this.same(peer, list.same());
  }

  /** A peer holds all that is held here. */
  all(peer: PeerId): void {
    const { store, space, self } = this.#parts;
    if (!store.holdings.holdsAll(peer, space)) return;
    const ranges: HeldRange[] = [];
    for (const [doc, tops] of store.envelopes.tops(space)) {
      for (const [actor, { seq }] of tops) {
        if (store.envelopes.authorOf(space, doc, actor) !== self) continue;
        ranges.push(...this.#range(peer, doc, actor, seq));
      }
    }
    if (ranges.length > 0) this.#parts.tell(peer, ranges);
  }

  /** Forgets what was told of a peer whose link is closed. */
  gone(peer: PeerId): void {
    this.#told.delete(peer);
  }

  /** What is new up to `to`; of a long log that was not spoken of yet, one page. */
  #range(peer: PeerId, doc: DocId, actor: ActorId, to: number): HeldRange[] {
    const { store, space, self } = this.#parts;
    if (store.envelopes.authorOf(space, doc, actor) !== self) return [];
    let told = this.#told.get(peer);
    if (!told) this.#told.set(peer, told = new Map());
    const log = `${doc} ${actor}`;
    const before = told.get(log) ?? Math.max(0, to - MAX_PAGE_MESSAGES);
    if (to <= before) return [];
    told.set(log, to);
    return [{ doc, actor, from: before + 1, to }];
  }
}
