import { type Handle, newHandle } from "./automerge.ts";
import { GENESIS_ACTOR, TEXT_OBJECT } from "./genesis.ts";

/** A document as small as this is loaded again after every change. */
const SMALL_ROWS = 64;
/** One of more operations than this is not: it would hold up everything else for half a second and more. */
export const MAX_RELOAD_ROWS = 200_000;

/**
 * Makes sure that what a document saves loads again as the same document. It takes as long as opening it.
 *
 * @throws {RangeError} if it does not; Automerge may fail in other ways, too.
 */
export type Reload = (handle: Handle, isNote: boolean) => void;

/** See {@linkcode Reload}. */
export function reload(handle: Handle, isNote: boolean): void {
  const again = newHandle(GENESIS_ACTOR);
  // It hashes each change anew, and takes up nothing of what it cannot load: the heads are others then.
  again.loadIncremental(handle.save());
  const isSame = again.getHeads().sort().join() === handle.getHeads().sort().join() &&
    (isNote ? again.text(TEXT_OBJECT) === handle.text(TEXT_OBJECT) : isSameMap(again, handle));
  again.free();
  if (!isSame) throw new RangeError("The document saves as another");
}

function isSameMap(a: Handle, b: Handle): boolean {
  const [one, other] = [a, b].map((handle) =>
    new Map(Object.entries(handle.materialize("/") as Record<string, unknown>))
  );
  return one?.size === other?.size &&
    [...one ?? []].every(([key, value]) => textOf(other?.get(key)) === textOf(value));
}

/** A value as a text; texts may be objects that stand for them. */
function textOf(value: unknown): string | undefined {
  return typeof value === "object" ? JSON.stringify(value) : `${typeof value} ${value}`;
}

/**
 * When to load a document again: always while it is small, then whenever it has grown by half. So the cost
 * of it all stays in proportion to that of the changes themselves.
 */
export class ReloadSchedule {
  #proved: number;
  #rows: number;

  /** @param rows Operations it begins with, which were looked at when they came. */
  constructor(rows: number) {
    this.#proved = this.#rows = rows;
  }

  /** Whether the document with so many more operations is to be loaded again. */
  isDue(rows: number): boolean {
    const all = this.#rows + rows;
    return all <= SMALL_ROWS || (all <= MAX_RELOAD_ROWS && all >= this.#proved * 1.5);
  }

  /** Takes note of operations, and whether the document was loaded again with them. */
  added(rows: number, isProved: boolean): void {
    this.#rows += rows;
    if (isProved) this.#proved = this.#rows;
  }
}
