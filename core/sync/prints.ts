import { createHash } from "node:crypto";
import type { DocId } from "../base/ids.ts";
import { BUCKETS, PRINT_BYTES } from "../wire/message.ts";
import type { SpaceVectors } from "./space_vectors.ts";

/**
 * Short hashes of one link: {@linkcode PRINT_BYTES} bytes stand for a digest or a name. As the link's secret is in
 * them, nobody can prepare two things that look alike. PROTOCOL.md, SYNC-4.
 */
export class Prints {
  readonly #binding: Uint8Array;

  /** @param binding is what both ends of the link know, and nobody else. */
  constructor(binding: Uint8Array) {
    this.#binding = binding;
  }

  /** The first bytes of SHA-256 over "earshot/print/1", the link's binding and what is to be known again. */
  of(what: Uint8Array | string): Uint8Array {
    const hash = createHash("sha256").update("earshot/print/1").update(this.#binding).update(what);
    return new Uint8Array(hash.digest().subarray(0, PRINT_BYTES));
  }

  /** Those of the digests of all buckets. */
  ofBuckets(vectors: SpaceVectors): Uint8Array {
    const all = new Uint8Array(BUCKETS * PRINT_BYTES);
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      all.set(this.of(vectors.bucketDigest(bucket)), bucket * PRINT_BYTES);
    }
    return all;
  }

  /** The name's and the digest's of a document, one after the other. */
  ofDoc(vectors: SpaceVectors, doc: DocId): Uint8Array {
    const both = new Uint8Array(2 * PRINT_BYTES);
    both.set(this.of(doc));
    both.set(this.of(vectors.docDigest(doc)), PRINT_BYTES);
    return both;
  }
}
