import type { DocId, PeerId } from "../base/ids.ts";
import { MAX_AUTHOR_BYTES, MAX_DOCUMENTS } from "../base/limits.ts";
import type { CommitParts, Commits } from "./commits.ts";

/** How much a space may hold. */
export interface QuotaLimits {
  readonly documents: number;
  /** Of one author. */
  readonly bytes: number;
}

/** PROTOCOL.md, limits. */
export const QUOTA_LIMITS: QuotaLimits = { documents: MAX_DOCUMENTS, bytes: MAX_AUTHOR_BYTES };

/** What a space holds, and whether more fits in. What does not may come another time. */
export class Quotas {
  readonly #parts: CommitParts;
  readonly #limits: QuotaLimits;
  /** Of authors that were asked about. */
  readonly #bytes = new Map<PeerId, number>();

  constructor(parts: CommitParts, commits: Commits, limits: QuotaLimits = QUOTA_LIMITS) {
    this.#parts = parts;
    this.#limits = limits;
    commits.listen(({ envelopes, reset }) => {
      for (const { envelope: { author, change } } of envelopes) this.took(author, change.length);
      for (const { author } of reset?.gone ?? []) this.#bytes.delete(author);
    });
  }

  /** Why so many bytes of an author do not fit into a document, or `undefined`. */
  refusal(doc: DocId, author: PeerId, bytes: number): string | undefined {
    const { space, store } = this.#parts;
    // Those of which nothing is held (any more) are known for what is void in them, and take room too.
    const known = store.envelopes.tops(space);
    if (!known.has(doc) && known.size >= this.#limits.documents) {
      return `the space has ${this.#limits.documents} documents already`;
    }
    if (this.#bytesOf(author) + bytes > this.#limits.bytes) {
      return `its author has written ${this.#limits.bytes} bytes here already`;
    }
    return undefined;
  }

  /** So many more bytes of an author are held. */
  took(author: PeerId, bytes: number): void {
    const before = this.#bytes.get(author);
    if (before !== undefined) this.#bytes.set(author, before + bytes);
  }

  #bytesOf(author: PeerId): number {
    const { space, store } = this.#parts;
    let bytes = this.#bytes.get(author);
    if (bytes === undefined) {
      bytes = store.envelopes.bytesOf(space, author) + store.disputes.bytesOf(space, author);
      this.#bytes.set(author, bytes);
    }
    return bytes;
  }
}
