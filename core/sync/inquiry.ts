import type { DocId } from "../base/ids.ts";
import { MAX_DOCUMENTS } from "../base/limits.ts";
import { type BucketPrints, PRINT_BYTES } from "../wire/message.ts";
import type { Prints } from "./prints.ts";
import type { SpaceVectors } from "./space_vectors.ts";

/** Documents that a peer may show: all it can hold, and as many of which it only knows that something is void. */
export const MAX_SHOWN = 2 * MAX_DOCUMENTS;

/**
 * Compares what a peer shows of buckets that differ with what is held here. It keeps the documents that differ, and
 * the prints of those of which nothing is held, {@linkcode MAX_SHOWN} at most.
 */
export class Inquiry {
  readonly #vectors: SpaceVectors;
  readonly #prints: Prints;
  readonly #differing = new Set<DocId>();
  readonly #lacked: Uint8Array[] = [];
  /** The bucket that was shown last, and its documents here by the prints of their names, in hex. */
  #bucket = -1;
  #here: ReadonlyMap<string, DocId> = new Map();
  #count = 0;

  constructor(vectors: SpaceVectors, prints: Prints) {
    this.#vectors = vectors;
    this.#prints = prints;
  }

  /** Takes the next part. @throws {SyntaxError} if it is out of order or too much. */
  add(part: readonly BucketPrints[]): void {
    for (const [bucket, prints] of part) {
      if (bucket < this.#bucket) throw new SyntaxError("Cannot read documents: out of order");
      this.#count += prints.length / (2 * PRINT_BYTES);
      if (this.#count > MAX_SHOWN) {
        throw new SyntaxError(`Cannot read documents: more than ${MAX_SHOWN}`);
      }
      if (bucket > this.#bucket) this.#begin(bucket);
      for (let at = 0; at < prints.length; at += 2 * PRINT_BYTES) {
        this.#compare(
          prints.subarray(at, at + PRINT_BYTES),
          prints.subarray(at + PRINT_BYTES, at + 2 * PRINT_BYTES),
        );
      }
    }
  }

  /** What both hold, each otherwise, in ascending order. */
  get differing(): DocId[] {
    return [...this.#differing].sort();
  }

  /** The prints of the names of what the peer holds and of which nothing is held here. */
  get lacked(): Uint8Array {
    const all = new Uint8Array(PRINT_BYTES * this.#lacked.length);
    for (const [i, print] of this.#lacked.entries()) all.set(print, PRINT_BYTES * i);
    return all;
  }

  #begin(bucket: number): void {
    const docs = this.#vectors.docsIn(bucket);
    this.#bucket = bucket;
    this.#here = new Map(docs.map((doc) => [this.#prints.of(doc).toHex(), doc]));
  }

  #compare(name: Uint8Array, digest: Uint8Array): void {
    const doc = this.#here.get(name.toHex());
    if (doc === undefined) {
      this.#lacked.push(name.slice());
    } else {
      const own = this.#prints.of(this.#vectors.docDigest(doc));
      if (own.toHex() !== digest.toHex()) this.#differing.add(doc);
    }
  }
}
