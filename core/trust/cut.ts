import type { Cbor } from "../base/cbor.ts";
import { readActor, readBoolean, readList, readSeq, readText } from "../base/fields.ts";
import type { ActorId, DocId } from "../base/ids.ts";
import type { Cut, DocCut } from "./entry_body.ts";

/** Everything counts: for who leaves in peace. */
export const WHOLE_CUT: Cut = { docs: [], rest: true };

/** Of a document that a cut names: longer than any that there is. */
const MAX_DOC_UNITS = 64;

const byFirst = (a: readonly [string, unknown], b: readonly [string, unknown]) =>
  a[0] < b[0] ? -1 : 1;

/** A cut as CBOR, in order. */
export function cutToCbor({ docs, rest }: Cut): Cbor {
  return [
    rest,
    docs.toSorted(byFirst).map(([doc, actors]) => [
      doc,
      actors.toSorted(byFirst).map(([actor, seq]) => [Uint8Array.fromHex(actor), seq]),
    ]),
  ];
}

/** Reads a cut. @throws {SyntaxError} if it is none, or not in order. */
export function readCut(field: Cbor | undefined): Cut {
  const [rest, docs] = readList(field, "cut", 2, 2);
  const cut = {
    rest: readBoolean(rest, "rest"),
    docs: readList(docs, "documents", 0).map(readDocCut),
  };
  checkOrder(cut.docs);
  return cut;
}

function readDocCut(field: Cbor): DocCut {
  const [doc, actors] = readList(field, "document's cut", 2, 2);
  const text = readText(doc, "document", MAX_DOC_UNITS);
  // A document that there cannot be cuts nothing: only what names one is no name is refused.
  if (!/^[a-z0-9/]+$/.test(text)) throw new SyntaxError(`Cannot read document: "${text}"`);
  const read = readList(actors, "actors", 0).map((item) => {
    const [actor, seq] = readList(item, "actor and seq", 2, 2);
    return [readActor(actor), readSeq(seq)] as const;
  });
  checkOrder(read);
  return [text as DocId, read];
}

function checkOrder(items: readonly (readonly [string, unknown])[]): void {
  for (let i = 1; i < items.length; i++) {
    if (items[i - 1]![0] >= items[i]![0]) {
      throw new SyntaxError(`Cannot read the cut: "${items[i]![0]}" is out of order`);
    }
  }
}

/** How far a peer's logs in `doc` count: actor to seq, or `null` if all of it does. */
export function cutOf(cut: Cut, doc: DocId): ReadonlyMap<ActorId, number> | null {
  const named = cut.docs.find(([id]) => id === doc);
  if (named) return new Map(named[1]);
  return cut.rest ? null : new Map();
}

/** The last place of a log that counts under a cut: `Infinity` where all of it does, 0 where nothing does. */
export function lastWithin(cut: Cut, doc: DocId, actor: ActorId): number {
  const logs = cutOf(cut, doc);
  return logs === null ? Infinity : logs.get(actor) ?? 0;
}

/** The cut under which counts whatever counts under one of these. */
export function uniteCuts(cuts: readonly Cut[]): Cut {
  const rest = cuts.some((cut) => cut.rest);
  const docs = [...new Set(cuts.flatMap((cut) => cut.docs.map(([doc]) => doc)))].toSorted();
  const limits = docs.flatMap((doc): DocCut[] => {
    const logs = cuts.map((cut) => cutOf(cut, doc));
    if (logs.includes(null)) return [];
    const united = new Map<ActorId, number>();
    for (const [actor, seq] of logs.flatMap((log) => [...log ?? []])) {
      united.set(actor, Math.max(seq, united.get(actor) ?? 0));
    }
    return [[doc, [...united].toSorted(byFirst)]];
  });
  return { docs: limits, rest };
}
