import { createHash, type Hash } from "node:crypto";
import type { ActorId, DocId } from "../base/ids.ts";
import type { Top, Tops } from "../store/logs.ts";
import type { DocVector } from "../wire/message.ts";

/** Of each actor of a document, a seq. */
export type Vector = ReadonlyMap<ActorId, number>;

const NO_TOPS: Tops = new Map();

/**
 * What is held of one space: a view of the store's logs, and the digest of them. Two spaces that hold the same
 * have the same digest. PROTOCOL.md, SYNC.
 */
export class SpaceVectors {
  readonly #tops: () => ReadonlyMap<DocId, Tops>;
  /** Digests of documents that did not change since; what is not here is hashed when it is needed. */
  readonly #digests = new Map<DocId, Uint8Array>();
  #docs: readonly DocId[] | undefined;
  #digest: Uint8Array | undefined;

  /** @param tops gives the logs as they are now; a document may have none any more. */
  constructor(tops: () => ReadonlyMap<DocId, Tops>) {
    this.#tops = tops;
  }

  /** Is told of every document whose logs changed. */
  changed(doc: DocId): void {
    const isKnown = this.#digests.delete(doc);
    if (!isKnown || this.of(doc).size === 0) this.#docs = undefined;
    this.#digest = undefined;
  }

  /** The documents of which something is held, in ascending order. */
  docs(): readonly DocId[] {
    return this.#docs ??= [...this.#tops()].flatMap(([doc, { size }]) => size > 0 ? [doc] : [])
      .sort();
  }

  of(doc: DocId): Tops {
    return this.#tops().get(doc) ?? NO_TOPS;
  }

  /** All vectors in ascending order of documents, each as it is when its turn comes. */
  *entries(): Generator<DocVector> {
    for (const doc of this.docs()) {
      yield [doc, [...this.of(doc)].map(([actor, { seq, head }]) => [actor, seq, head])];
    }
  }

  /** SHA-256 over "earshot/digest/1" and the digests of all documents in ascending order; 32 bytes. */
  digest(): Uint8Array {
    if (this.#digest) return this.#digest;
    const all = sha256("earshot/digest/1");
    for (const doc of this.docs()) all.update(this.#docDigest(doc));
    return this.#digest = new Uint8Array(all.digest());
  }

  /**
   * SHA-256 over "earshot/digest/doc/2", the document's id, a zero byte and, for each actor in ascending
   * order, its id, a space, its seq, a space, the head of its log and a line feed.
   */
  #docDigest(doc: DocId): Uint8Array {
    let digest = this.#digests.get(doc);
    if (!digest) {
      const hash = sha256("earshot/digest/doc/2").update(`${doc}\0`);
      for (const [actor, { seq, head }] of [...this.of(doc)].sort(byActor)) {
        hash.update(`${actor} ${seq} ${head}\n`);
      }
      this.#digests.set(doc, digest = new Uint8Array(hash.digest()));
    }
    return digest;
  }
}

const sha256 = (context: string): Hash => createHash("sha256").update(context);

const byActor = ([a]: [ActorId, Top], [b]: [ActorId, Top]): number => a < b ? -1 : 1;
