import type { ActorId, DocId } from "../base/ids.ts";
import { type DocVector, PRINT_BYTES } from "../wire/message.ts";
import type { Offer } from "./offer.ts";
import type { OurLogs } from "./our_logs.ts";
import type { Vector } from "./space_vectors.ts";

/** What a peer lacks of one document: of each actor here, all above the seq. */
export interface Gap {
  readonly doc: DocId;
  readonly above: Vector;
}

/** A log of which the evidence for what is void may be news to a peer. */
export type VoidLog = readonly [doc: DocId, actor: ActorId];

interface TheirTop {
  readonly seq: number;
  readonly head: string;
}

/**
 * Gathers the vectors that a peer lists: all that it holds, or what of an offer it holds otherwise or not at all.
 * It keeps no more than this node has itself, however long the list is.
 */
export class TheirVectors {
  readonly #ours: OurLogs;
  /** What the list is about, if not everything. */
  readonly #offer: Offer | null;
  /** With an offer: the documents that are not the same there. */
  readonly #named = new Set<DocId>();
  readonly #theirs = new Map<DocId, Map<ActorId, number>>();
  /** What the peer holds of logs of which something is void here. */
  readonly #ofVoid = new Map<DocId, Map<ActorId, TheirTop>>();
  #last: DocId | undefined;

  constructor(ours: OurLogs, offer: Offer | null = null) {
    this.#ours = ours;
    this.#offer = offer;
  }

  /**
   * Takes the next part of the list; `lacked` are prints of names of documents in the offer.
   * @throws {SyntaxError} if it is out of order.
   */
  add(part: readonly DocVector[], lacked: Uint8Array | null = null): void {
    if ((lacked === null) !== (this.#offer === null)) {
      throw new SyntaxError("Cannot read vectors: of everything in one part, and not in another");
    }
    for (let at = 0; at < (lacked?.length ?? 0); at += PRINT_BYTES) {
      const doc = this.#offer?.named(lacked!.subarray(at, at + PRINT_BYTES));
      if (doc !== undefined) this.#named.add(doc);
    }
    const first = part[0]?.[0];
    if (first !== undefined && this.#last !== undefined && first < this.#last) {
      throw new SyntaxError(`Cannot read vectors: "${first}" is out of order`);
    }
    for (const [doc, actors] of part) {
      const ours = this.#ours.vectors.of(doc);
      const places = this.#ours.voidPlaces(doc);
      if (this.#offer && ours.size + places.size > 0) this.#named.add(doc);
      for (const [actor, seq, head] of actors) {
        const own = ours.get(actor)?.seq ?? 0;
        // A log that is another one from some place on counts as not held at all: so both come to hold
        // the two changes that prove it.
        const isOther = seq <= own && this.#ours.headAt(doc, actor, seq) !== head;
        if (own > 0) keep(this.#theirs, doc, actor, isOther ? 0 : Math.min(seq, own));
        if (places.has(actor)) keep(this.#ofVoid, doc, actor, { seq, head });
      }
      this.#last = doc;
    }
  }

  /** What is held here and not there, after the whole list was added. */
  gaps(): Gap[] {
    const gaps: Gap[] = [];
    for (const doc of this.#offer ? this.#named : this.#ours.vectors.docs()) {
      const theirs = this.#theirs.get(doc);
      const above = new Map<ActorId, number>();
      for (const [actor, { seq }] of this.#ours.vectors.of(doc)) {
        const held = theirs?.get(actor) ?? 0;
        if (held < seq) above.set(actor, held);
      }
      if (above.size > 0) gaps.push({ doc, above });
    }
    return gaps;
  }

  /** The logs of which something is void here, and which the peer holds otherwise than this node. */
  voidLogs(): VoidLog[] {
    const logs: VoidLog[] = [];
    for (const doc of this.#ours.voidDocs()) {
      if (this.#offer && !this.#named.has(doc)) continue;
      for (const [actor, place] of this.#ours.voidPlaces(doc)) {
        const ours = this.#ours.vectors.of(doc).get(actor);
        const theirs = this.#ofVoid.get(doc)?.get(actor);
        const isSame = (theirs?.seq ?? 0) === (ours?.seq ?? 0) && theirs?.head === ours?.head;
        // One change alone proves nothing: it is news only to who holds another one in its place.
        const isProof = place.hashes.length > 1;
        if (!isSame && (isProof || (theirs?.seq ?? 0) >= place.seq)) logs.push([doc, actor]);
      }
    }
    return logs;
  }

  /** What was offered and is the same there. */
  *same(): Generator<DocId> {
    for (const doc of this.#offer?.unchanged() ?? []) if (!this.#named.has(doc)) yield doc;
  }

  /** What is held both here and there of what the peer listed. */
  *common(): Generator<readonly [DocId, readonly (readonly [ActorId, number])[]]> {
    for (const [doc, vector] of this.#theirs) {
      yield [doc, [...vector].filter(([, seq]) => seq > 0)];
    }
  }
}

function keep<T>(
  docs: Map<DocId, Map<ActorId, T>>,
  doc: DocId,
  actor: ActorId,
  value: T,
): void {
  const actors = docs.get(doc);
  if (actors) actors.set(actor, value);
  else docs.set(doc, new Map([[actor, value]]));
}
