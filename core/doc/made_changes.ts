import { Buffer } from "node:buffer";
import { hashOf, openBody, plainOf } from "../trust/change_chunk.ts";
import { odd } from "./document_columns.ts";
import type { SavedGraph } from "./saved_graph.ts";

const HASH_BYTES = 32;

/**
 * The changes that Automerge made of a saved document, by their places in it. Each names what it rests on by hash,
 * so nearly none need be hashed here.
 */
export class MadeChanges {
  readonly #plains: readonly Uint8Array[];
  /** Of each change, a change that rests on it alone, or -1. */
  readonly #namedBy: Int32Array;
  /** Of each change, where its first dependency is in its bytes. */
  readonly #depsAt: Int32Array;

  /** @throws {SyntaxError} if they are not the changes of the graph, in the same order. */
  constructor(graph: SavedGraph, made: readonly Uint8Array[]) {
    const { logs, logOf, seqs, depsFrom, deps } = graph;
    if (made.length !== logOf.length) throw odd("not as many changes as it says");
    this.#namedBy = new Int32Array(made.length).fill(-1);
    this.#depsAt = new Int32Array(made.length);
    const actors = logs.map(({ actor }) => Buffer.from(actor, "hex"));
    this.#plains = made.map((change, i) => {
      const plain = plainOf(change);
      const body = openBody(plain);
      const from = depsFrom[i] ?? 0;
      const count = (depsFrom[i + 1] ?? 0) - from;
      if (body.uleb() !== count) throw odd("a change that rests on others than it says");
      this.#depsAt[i] = body.at;
      body.skip(HASH_BYTES * count);
      const isSame = actors[logOf[i] ?? 0]?.equals(body.take(body.uleb())) === true &&
        body.uleb() === seqs[i];
      if (!isSame) throw odd("changes in another order");
      if (count === 1) this.#namedBy[deps[from] ?? 0] = i;
      return plain;
    });
  }

  /** A change, plain. */
  plain(place: number): Uint8Array {
    return this.#plains[place] ?? new Uint8Array();
  }

  /** The 32 bytes of its hash. */
  hash(place: number): Uint8Array {
    const by = this.#namedBy[place] ?? -1;
    if (by < 0) return Uint8Array.fromHex(hashOf(this.plain(place)));
    const at = this.#depsAt[by] ?? 0;
    return this.plain(by).subarray(at, at + HASH_BYTES);
  }
}
