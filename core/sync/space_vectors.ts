import { createHash, type Hash } from "node:crypto";
import { countFirst } from "../base/count_first.ts";
import type { ActorId, DocId } from "../base/ids.ts";
import type { Top, Tops } from "../store/logs.ts";
import { BUCKETS, type DocVector } from "../wire/message.ts";

/** Of each actor of a document, a seq. */
export type Vector = ReadonlyMap<ActorId, number>;

/** Documents whose names have one hash byte in common. */
interface Bucket {
  /** Those of which something is held, in ascending order. */
  readonly docs: DocId[];
  /** `undefined` when one of them changed since. */
  digest: Uint8Array | undefined;
}

const NO_TOPS: Tops = new Map();
/** Buckets whose digests are made at once, before there is need of them. */
const BUCKETS_AT_ONCE = 16;

/**
 * What is held of one space: a view of the store's logs, and a tree of digests over them: of documents, of
 * buckets, of the space. Two spaces that hold the same have the same digest; a change costs its bucket alone.
 * PROTOCOL.md, SYNC-2.
 */
export class SpaceVectors {
  readonly #tops: () => ReadonlyMap<DocId, Tops>;
  /** Digests of documents that did not change since; what is not here is hashed when it is needed. */
  readonly #digests = new Map<DocId, Uint8Array>();
  /** Made when it is needed first. */
  #buckets: readonly Bucket[] | undefined;
  #docs: readonly DocId[] | undefined;
  #digest: Uint8Array | undefined;

  /** @param tops gives the logs as they are now; a document may have none any more. */
  constructor(tops: () => ReadonlyMap<DocId, Tops>) {
    this.#tops = tops;
  }

  /** Is told of every document whose logs changed. */
  changed(doc: DocId): void {
    this.#digests.delete(doc);
    this.#digest = undefined;
    if (!this.#buckets) return;
    const bucket = this.#buckets[bucketOf(doc)]!;
    bucket.digest = undefined;
    const at = placeIn(bucket.docs, doc);
    const isThere = bucket.docs[at] === doc;
    const isHeld = this.of(doc).size > 0;
    if (isThere === isHeld) return;
    if (isHeld) bucket.docs.splice(at, 0, doc);
    else bucket.docs.splice(at, 1);
    this.#docs = undefined;
  }

  /** The documents of which something is held, in ascending order. */
  docs(): readonly DocId[] {
    return this.#docs ??= this.#tree().flatMap(({ docs }) => docs).sort();
  }

  of(doc: DocId): Tops {
    return this.#tops().get(doc) ?? NO_TOPS;
  }

  /** The vectors of documents in ascending order, of all if none are named; each as it is when its turn comes. */
  *entries(docs = this.docs()): Generator<DocVector> {
    for (const doc of docs) {
      yield [doc, [...this.of(doc)].map(([actor, { seq, head }]) => [actor, seq, head])];
    }
  }

  /** Whether no more than `count` logs are held; costs no more than to count so many. */
  hasAtMost(count: number): boolean {
    let logs = 0;
    for (const { size } of this.#tops().values()) {
      logs += size;
      if (logs > count) return false;
    }
    return true;
  }

  /** How many changes are held. */
  changes(): number {
    let count = 0;
    for (const tops of this.#tops().values()) for (const { seq } of tops.values()) count += seq;
    return count;
  }

  /** SHA-256 over "earshot/digest/2" and the digests of all buckets in order; 32 bytes. */
  digest(): Uint8Array {
    if (this.#digest) return this.#digest;
    const all = sha256("earshot/digest/2");
    for (let bucket = 0; bucket < BUCKETS; bucket++) all.update(this.bucketDigest(bucket));
    return this.#digest = new Uint8Array(all.digest());
  }

  /**
   * Makes the digests of all that is held, some at a time: those of 10,000 documents of 20 actors take 0.2 s, and the
   * first link would wait for all of them.
   *
   * @param pause Awaited between.
   */
  async prepare(pause: () => Promise<void>): Promise<void> {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      if (bucket % BUCKETS_AT_ONCE === 0) await pause();
      this.bucketDigest(bucket);
    }
  }

  /** The documents of a bucket of which something is held, in ascending order. */
  docsIn(bucket: number): readonly DocId[] {
    return this.#tree()[bucket]?.docs ?? [];
  }

  /**
   * SHA-256 over "earshot/digest/bucket/1" and the digests of the bucket's documents in ascending order. The very
   * object stays the same as long as what it stands for does.
   */
  bucketDigest(number: number): Uint8Array {
    const bucket = this.#tree()[number];
    if (!bucket || bucket.docs.length === 0) return EMPTY_BUCKET;
    if (!bucket.digest) {
      const all = sha256("earshot/digest/bucket/1");
      for (const doc of bucket.docs) all.update(this.docDigest(doc));
      bucket.digest = new Uint8Array(all.digest());
    }
    return bucket.digest;
  }

  /**
   * SHA-256 over "earshot/digest/doc/2", the document's id, a zero byte and, for each actor in ascending
   * order, its id, a space, its seq, a space, the head of its log and a line feed. The very object stays the same
   * as long as the logs do.
   */
  docDigest(doc: DocId): Uint8Array {
    let digest = this.#digests.get(doc);
    if (!digest) {
      let text = `${doc}\0`;
      for (const [actor, { seq, head }] of [...this.of(doc)].sort(byActor)) {
        text += `${actor} ${seq} ${head}\n`;
      }
      digest = new Uint8Array(sha256("earshot/digest/doc/2").update(text).digest());
      this.#digests.set(doc, digest);
    }
    return digest;
  }

  #tree(): readonly Bucket[] {
    if (this.#buckets) return this.#buckets;
    const buckets = Array.from(
      { length: BUCKETS },
      (): Bucket => ({ docs: [], digest: undefined }),
    );
    for (const [doc, { size }] of this.#tops()) {
      if (size > 0) buckets[bucketOf(doc)]!.docs.push(doc);
    }
    for (const { docs } of buckets) docs.sort();
    return this.#buckets = buckets;
  }
}

const sha256 = (context: string): Hash => createHash("sha256").update(context);

const EMPTY_BUCKET = new Uint8Array(sha256("earshot/digest/bucket/1").digest());

/** The digest of a space of which nothing is held. */
export const EMPTY_DIGEST: Uint8Array = new SpaceVectors(() => new Map()).digest();

/** The first byte of SHA-256 over "earshot/bucket/1" and the document's name. */
export const bucketOf = (doc: DocId): number => sha256("earshot/bucket/1").update(doc).digest()[0]!;

/** Where a document stands, or would stand, among others in ascending order. */
function placeIn(docs: readonly DocId[], doc: DocId): number {
  return countFirst(docs, (other) => other < doc);
}

const byActor = ([a]: [ActorId, Top], [b]: [ActorId, Top]): number => a < b ? -1 : 1;
