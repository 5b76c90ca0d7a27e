import { createHash, type Hash } from "node:crypto";
import type { ActorId, DocId } from "../base/ids.ts";
import type { DocVector } from "../wire/message.ts";

/** The highest seq held of each actor of a document. Logs have no gaps. */
export type Vector = ReadonlyMap<ActorId, number>;

const NO_VECTOR: Vector = new Map();

/**
 * What is held of one space: a view of the store's vectors, and the digest of them. Two spaces with the
 * same vectors have the same digest. PROTOCOL.md, SYNC.
 */
export class SpaceVectors {
  readonly #vectors: () => ReadonlyMap<DocId, Vector>;
  /** Digests of documents that did not change since; what is not here is hashed when it is needed. */
  readonly #digests = new Map<DocId, Uint8Array>();
  #docs: readonly DocId[] | undefined;
  #digest: Uint8Array | undefined;

  /** @param vectors gives the vectors as they are now. */
  constructor(vectors: () => ReadonlyMap<DocId, Vector>) {
    this.#vectors = vectors;
  }

  /** Is told of every document whose vector changed. */
  changed(doc: DocId): void {
    if (!this.#digests.delete(doc)) this.#docs = undefined;
    this.#digest = undefined;
  }

  /** The documents in ascending order. */
  docs(): readonly DocId[] {
    return this.#docs ??= [...this.#vectors().keys()].sort();
  }

  of(doc: DocId): Vector {
    return this.#vectors().get(doc) ?? NO_VECTOR;
  }

  /** All vectors in ascending order of documents, each as it is when its turn comes. */
  *entries(): Generator<DocVector> {
    for (const doc of this.docs()) yield [doc, [...this.of(doc)]];
  }

  /** SHA-256 over "earshot/digest/1" and the digests of all documents in ascending order; 32 bytes. */
  digest(): Uint8Array {
    if (this.#digest) return this.#digest;
    const all = sha256("earshot/digest/1");
    for (const doc of this.docs()) all.update(this.#docDigest(doc));
    return this.#digest = new Uint8Array(all.digest());
  }

  /**
   * SHA-256 over "earshot/digest/doc/1", the document's id, a zero byte and, for each actor in ascending
   * order, its id, a space, its seq and a line feed.
   */
  #docDigest(doc: DocId): Uint8Array {
    let digest = this.#digests.get(doc);
    if (!digest) {
      const hash = sha256("earshot/digest/doc/1").update(`${doc}\0`);
      for (const [actor, seq] of [...this.of(doc)].sort(byActor)) hash.update(`${actor} ${seq}\n`);
      this.#digests.set(doc, digest = new Uint8Array(hash.digest()));
    }
    return digest;
  }
}

const sha256 = (context: string): Hash => createHash("sha256").update(context);

const byActor = ([a]: [ActorId, number], [b]: [ActorId, number]): number => a < b ? -1 : 1;
