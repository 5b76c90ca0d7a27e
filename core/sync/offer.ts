import type { DocId } from "../base/ids.ts";
import { type BucketPrints, BUCKETS, PRINT_BYTES } from "../wire/message.ts";
import { MAX_SHOWN } from "./inquiry.ts";
import type { OurLogs } from "./our_logs.ts";
import type { Prints } from "./prints.ts";
import { bucketOf } from "./space_vectors.ts";

/** A document as it was when it was shown. */
interface Shown {
  readonly doc: DocId;
  readonly digest: Uint8Array;
}

/**
 * What is shown to a peer that said the digests of its buckets: the documents of those that differ, so that it can
 * say which of them it holds otherwise, or not at all.
 */
export class Offer {
  /** The buckets of which the peer holds the same. */
  readonly even: readonly number[];
  readonly #ours: OurLogs;
  readonly #prints: Prints;
  readonly #uneven: readonly number[];
  /** By the print of its name, in hex. */
  readonly #shown = new Map<string, Shown>();

  /** @param theirs are the prints of the peer's buckets. */
  constructor(ours: OurLogs, prints: Prints, theirs: Uint8Array) {
    this.#ours = ours;
    this.#prints = prints;
    const isEven = (bucket: number): boolean => {
      const own = prints.of(ours.vectors.bucketDigest(bucket));
      return own.every((byte, i) => byte === theirs[PRINT_BYTES * bucket + i]);
    };
    const all = Array.from({ length: BUCKETS }, (_, bucket) => bucket);
    this.even = all.filter(isEven);
    this.#uneven = all.filter((bucket) => !this.even.includes(bucket));
  }

  /** What is to be shown, made as it is asked for. */
  *buckets(): Generator<BucketPrints> {
    const { vectors } = this.#ours;
    // Of what is void the peer may need the evidence, though nothing of it is held.
    const bare = Map.groupBy(
      this.#ours.voidDocs().filter((doc) => vectors.of(doc).size === 0),
      bucketOf,
    );
    for (const bucket of this.#uneven) {
      const docs = [...vectors.docsIn(bucket), ...bare.get(bucket) ?? []]
        .slice(0, MAX_SHOWN - this.#shown.size);
      if (docs.length === 0) continue;
      const prints = new Uint8Array(2 * PRINT_BYTES * docs.length);
      for (const [i, doc] of docs.entries()) {
        const both = this.#prints.ofDoc(vectors, doc);
        prints.set(both, i * both.length);
        const digest = vectors.docDigest(doc);
        this.#shown.set(both.subarray(0, PRINT_BYTES).toHex(), { doc, digest });
      }
      yield [bucket, prints];
    }
  }

  /** The document that was shown by this print of its name. */
  named(print: Uint8Array): DocId | undefined {
    return this.#shown.get(print.toHex())?.doc;
  }

  /** What was shown and is still as it was then. */
  *unchanged(): Generator<DocId> {
    for (const { doc, digest } of this.#shown.values()) {
      if (this.#ours.vectors.docDigest(doc) === digest) yield doc;
    }
  }
}
