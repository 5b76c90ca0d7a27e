import { countFirst } from "../base/count_first.ts";
import type { Ancestry } from "./ancestry.ts";
import { wrong } from "./change_ops.ts";
import type { Past, Place } from "./place.ts";
import type { SavedHistory } from "./saved_history.ts";
import { expand, type TextOps } from "./text_ops.ts";

/** Which operations on the text of one note inserted a character. */
export class Characters {
  readonly #saved: SavedHistory | undefined;
  /** For each change the rows at which inserting begins, ends, begins … */
  readonly #inserts = new WeakMap<Place, readonly number[]>();

  /** @param saved Those that were there before all others. */
  constructor(saved?: SavedHistory) {
    this.#saved = saved;
  }

  /**
   * Makes sure that all characters that a change points at are there: inserted in its past, or before in it.
   *
   * @throws {RangeError} if one is not.
   */
  check(ops: TextOps, { header: { startOp } }: Place, ancestry: Ancestry, past: Past): void {
    const bounds = boundsOf(ops.insertRuns);
    const { counters, actors } = ops;
    for (const [row] of expand(ops.insertRuns)) {
      const [counter = 0, number = -1] = [counters[row], actors[row]];
      if (number < 0) continue;
      const own = number === 0 ? counter - startOp : -1;
      if (own >= 0 && own < row && isInsert(bounds, own)) continue;
      const found = ancestry.find({ counter, actor: ops.actor(number) }, past);
      if (!found || !this.#isCharacter(found)) {
        throw wrong("it points at a character that is not there");
      }
    }
  }

  #isCharacter({ place, row }: { place: Place; row: number }): boolean {
    const inserts = this.#inserts.get(place);
    return inserts ? isInsert(inserts, row) : this.#saved?.isInsert(place, row) ?? false;
  }

  /** Adds a change that was checked. */
  add(place: Place, { insertRuns }: TextOps): void {
    this.#inserts.set(place, boundsOf(insertRuns));
  }
}

function boundsOf(insertRuns: readonly number[]): number[] {
  let row = 0;
  return insertRuns.map((times) => row += times);
}

/** Whether a row lies in a run of insertions: after an odd number of bounds. */
function isInsert(bounds: readonly number[], row: number): boolean {
  return countFirst(bounds, (bound) => bound <= row) % 2 === 1;
}
