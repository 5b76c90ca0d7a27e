import type { ActorId } from "../base/ids.ts";
import { COLUMN } from "../trust/change_columns.ts";
import type { Numbers } from "../trust/column.ts";
import { ACTION, type ChangeOps, readText, wrong } from "./change_ops.ts";
import { GENESIS_ACTOR } from "./genesis.ts";

/** Operations on the text of a note, row by row. */
export interface TextOps {
  readonly rows: number;
  /** How many do not insert, how many after them do, how many then do not … */
  readonly insertRuns: readonly number[];
  /** The character after which each inserts, or which it removes; counter 0 stands for the start. */
  readonly counters: Numbers;
  /** By the numbers of {@linkcode TextOps.counters}' actors; -1 at the start. */
  readonly actors: Numbers;
  /** What is inserted, one character for each row that inserts. */
  readonly text: string;
  /** The actor of a number; 0 is the author. */
  actor(number: number): ActorId;
}

/**
 * Reads a change of a note, in which this program does nothing but insert and remove characters of the text
 * that the genesis makes. Whether these exist is another question.
 *
 * @throws {RangeError} if it does anything else.
 */
export function readTextOps(ops: ChangeOps): TextOps {
  if (ops.has(COLUMN.keyText)) throw wrong("it writes at a key, in a note");
  const objects = ops.numbers(COLUMN.objectActor);
  const isText = objects.every((number) => number >= 0 && ops.actor(number) === GENESIS_ACTOR) &&
    ops.numbers(COLUMN.objectCounter).every((counter) => counter === 1);
  if (!isText) throw wrong("it writes elsewhere than in the text");
  const counters = ops.numbers(COLUMN.keyCounter);
  const actors = ops.numbers(COLUMN.keyActor);
  const insertRuns = ops.insertRuns();
  const actions = ops.numbers(COLUMN.action);
  const { lengths, bytes } = ops.values();
  const text = readText(bytes);
  const preds = ops.preds();
  let atByte = 0;
  let atPred = 0;
  for (const [row, isInsert] of expand(insertRuns)) {
    const [counter, actor, length] = [counters[row] ?? -1, actors[row] ?? -1, lengths[row] ?? -1];
    if (counter < 0 || (counter > 0) !== (actor >= 0)) throw wrong("it points at no character");
    if (actor >= 0) ops.actor(actor);
    if (isInsert) {
      const isSound = actions[row] === ACTION.set && preds.counts[row] === 0 &&
        length > 0 && length === bytesOfCharacter(bytes[atByte] ?? 0);
      if (!isSound) throw wrong("it inserts something that is not one character");
      atByte += length;
      continue;
    }
    const isSound = actions[row] === ACTION.delete && length < 0 && counter > 0 &&
      preds.counts[row] === 1 && preds.actors[atPred] === actor &&
      preds.counters[atPred] === counter;
    if (!isSound) throw wrong("it does other things to a character than remove it");
    atPred++;
  }
  ops.requireAllUsed();
  const actor = (number: number) => ops.actor(number);
  return { rows: ops.rows, insertRuns, counters, actors, text, actor };
}

/** Gives each row of runs, and whether it inserts. */
export function* expand(insertRuns: readonly number[]): Generator<readonly [number, boolean]> {
  let row = 0;
  for (const [i, times] of insertRuns.entries()) {
    for (const end = row + times; row < end; row++) yield [row, i % 2 === 1];
  }
}

/** By the first byte of a character in UTF-8, which is sound as a whole. */
function bytesOfCharacter(first: number): number {
  return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}
