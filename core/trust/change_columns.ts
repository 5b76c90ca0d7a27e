import type { ByteReader } from "./byte_reader.ts";
import { Column } from "./column.ts";

/** Columns of a change, by the numbers that Automerge's binary format gives them. */
export const COLUMN = {
  objectActor: 0x01,
  objectCounter: 0x02,
  keyActor: 0x11,
  keyCounter: 0x13,
  keyText: 0x15,
  insert: 0x34,
  action: 0x42,
  valueMeta: 0x56,
  value: 0x57,
  predCount: 0x70,
  predActor: 0x71,
  predCounter: 0x73,
} as const;

/** Other actors that a change may name. */
export const MAX_OTHER_ACTORS = 256;

/** What comes after the message of a change: other actors, and the columns its operations lie in. */
export interface ChangeColumns {
  /** The other actors it names, in ascending order, in hex. */
  readonly others: readonly string[];
  /** The bytes of each column that is there. */
  readonly columns: ReadonlyMap<number, Uint8Array>;
  /** How many operations there are: one at least. */
  readonly rows: number;
}

type Bad = (state: string) => Error;

const KNOWN: ReadonlySet<number> = new Set(Object.values(COLUMN));
/** A row of each stands for a predecessor, not for an operation. */
const OF_PREDS: ReadonlySet<number> = new Set([COLUMN.predActor, COLUMN.predCounter]);

/**
 * Reads all that comes after the message of a plain change. The runs of its columns are added up without
 * being expanded: 127 bytes can say that they are five million operations, which takes Automerge 22 seconds
 * and gigabytes. Each column is in the one form that Automerge writes, so that one change has one encoding.
 *
 * @throws what `bad` makes, when there are more rows than `maxRows`, the columns do not fit one another, or
 * this program makes none like them.
 */
export function readColumns(body: ByteReader, maxRows: number, bad: Bad): ChangeColumns {
  const others = readOthers(body, bad);
  const columns = takeColumns(body, bad);
  if (body.left > 0) throw bad("with bytes after its columns");
  let preds = 0;
  let valueBytes = 0;
  const sizes = new Map<number, number>();
  for (const [spec, bytes] of columns) {
    if (spec === COLUMN.value) continue;
    const column = new Column(spec, bytes, maxRows, bad);
    if (spec === COLUMN.predCount || spec === COLUMN.valueMeta) {
      while (column.next()) {
        const { number, times } = column;
        if (spec === COLUMN.predCount) preds += (number ?? 0) * times;
        else valueBytes += Math.floor((number ?? 0) / 16) * times;
      }
    }
    if (preds > maxRows) throw bad(`of more than ${maxRows} predecessors`);
    sizes.set(spec, column.end());
  }
  const rows = sizes.get(COLUMN.action) ?? 0;
  if (rows === 0) throw bad("of no operations");
  for (const [spec, size] of sizes) {
    if (size !== (OF_PREDS.has(spec) ? preds : rows)) throw bad("of columns of unequal length");
  }
  if (preds > 0 && !(sizes.has(COLUMN.predActor) && sizes.has(COLUMN.predCounter))) {
    throw bad("with predecessors that are not there");
  }
  if (valueBytes !== (columns.get(COLUMN.value)?.length ?? 0)) {
    throw bad("of values of another length than it says");
  }
  return { others, columns, rows };
}

function readOthers(body: ByteReader, bad: Bad): string[] {
  const count = body.uleb();
  if (count > MAX_OTHER_ACTORS) throw bad(`with ${count} other actors`);
  const others: string[] = [];
  for (let i = 0; i < count; i++) {
    const bytes = body.take(body.uleb());
    if (bytes.length === 0) throw bad("with an actor of no bytes");
    const actor = bytes.toHex();
    const before = others[i - 1];
    if (before !== undefined && before >= actor) throw bad("with actors out of order");
    others.push(actor);
  }
  return others;
}

function takeColumns(body: ByteReader, bad: Bad): Map<number, Uint8Array> {
  const count = body.uleb();
  if (count > KNOWN.size) throw bad(`of ${count} columns`);
  const heads: { readonly spec: number; readonly length: number }[] = [];
  for (let i = 0; i < count; i++) {
    const spec = body.uleb();
    if (!KNOWN.has(spec)) throw bad(`with a column ${spec}`);
    if (spec <= (heads[i - 1]?.spec ?? 0)) throw bad("with columns out of order");
    const length = body.uleb();
    if (length === 0) throw bad("with an empty column");
    heads.push({ spec, length });
  }
  return new Map(heads.map(({ spec, length }) => [spec, body.take(length)]));
}
