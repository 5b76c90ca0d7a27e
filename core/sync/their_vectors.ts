import type { ActorId, DocId } from "../base/ids.ts";
import type { DocVector } from "../wire/message.ts";
import type { SpaceVectors, Vector } from "./space_vectors.ts";

/** What a peer lacks of one document: of each actor here, all above the seq. */
export interface Gap {
  readonly doc: DocId;
  readonly above: Vector;
}

/**
 * Gathers the vectors that a peer lists. It keeps no more than this node has itself, however long the
 * list is.
 */
export class TheirVectors {
  readonly #ours: SpaceVectors;
  readonly #theirs = new Map<DocId, Map<ActorId, number>>();
  #last: DocId | undefined;

  constructor(ours: SpaceVectors) {
    this.#ours = ours;
  }

  /** Takes the next part of the list. @throws {SyntaxError} if it is out of order. */
  add(part: readonly DocVector[]): void {
    const first = part[0]?.[0];
    if (first !== undefined && this.#last !== undefined && first < this.#last) {
      throw new SyntaxError(`Cannot read vectors: "${first}" is out of order`);
    }
    for (const [doc, actors] of part) {
      const ours = this.#ours.of(doc);
      for (const [actor, seq] of actors) {
        const own = ours.get(actor) ?? 0;
        if (own > 0) this.#keep(doc, actor, Math.min(seq, own));
      }
      this.#last = doc;
    }
  }

  #keep(doc: DocId, actor: ActorId, seq: number): void {
    const vector = this.#theirs.get(doc);
    if (vector) vector.set(actor, seq);
    else this.#theirs.set(doc, new Map([[actor, seq]]));
  }

  /** What is held here and not there, after the whole list was added. */
  gaps(): Gap[] {
    const gaps: Gap[] = [];
    for (const doc of this.#ours.docs()) {
      const theirs = this.#theirs.get(doc);
      const above = new Map<ActorId, number>();
      for (const [actor, seq] of this.#ours.of(doc)) {
        const held = theirs?.get(actor) ?? 0;
        if (held < seq) above.set(actor, held);
      }
      if (above.size > 0) gaps.push({ doc, above });
    }
    return gaps;
  }

  /** What is held both here and there. */
  *common(): Generator<DocVector> {
    for (const [doc, vector] of this.#theirs) yield [doc, [...vector]];
  }
}
