import type { ActorId, ChangeHash } from "../base/ids.ts";
import { readDocumentChunk } from "../trust/document_chunk.ts";
import type { OpId } from "./entry.ts";
import type { Past, Place } from "./place.ts";
import { type NoteLog, readSavedNote, type SavedColumns } from "./saved_note.ts";
import { changeWith } from "./saved_graph.ts";

/** Tells the log of a change and its place there, from 1 on, by its hash; `null` if it does not know it. */
export type WhereIs = (hash: ChangeHash) => { readonly actor: string; readonly seq: number } | null;

/**
 * How the changes of a note rest on one another, and where they insert, read off the note as it was saved. All of
 * it lies in flat arrays: 260,000 changes take 10 MB and a tenth of the time in which Automerge loads them. What
 * was saved was judged before, so nothing is judged here.
 */
export class SavedHistory {
  readonly #whereIs: WhereIs;
  readonly #columns: SavedColumns;
  readonly #byActor: ReadonlyMap<ActorId, NoteLog>;
  readonly #places = new Map<number, SavedPlace>();
  /** How many operations there are. */
  readonly rows: number;

  /**
   * @param whereIs Knows all changes of the note, and maybe more.
   * @throws {SyntaxError} if the bytes are no saved note of this program's.
   */
  constructor(bytes: Uint8Array, whereIs: WhereIs) {
    this.#whereIs = whereIs;
    this.#columns = readSavedNote(readDocumentChunk(bytes));
    const { logs } = this.#columns;
    this.#byActor = new Map(logs.map((log) => [log.actor, log]));
    this.rows = logs.reduce((sum, { inserts }) => sum + inserts.length, 0);
  }

  /** How many changes there are. */
  get size(): number {
    return this.#columns.logOf.length;
  }

  /** How many changes of an actor there are. */
  countOf(actor: ActorId): number {
    return this.#byActor.get(actor)?.changes.length ?? 0;
  }

  find(hash: ChangeHash): Place | undefined {
    const found = this.#whereIs(hash);
    return found ? this.at(found.actor as ActorId, found.seq) : undefined;
  }

  /** The change in a place of a log. */
  at(actor: ActorId, seq: number): Place | undefined {
    const index = this.#byActor.get(actor)?.changes[seq - 1];
    return index === undefined ? undefined : this.#placeOf(index);
  }

  /** The change that an operation is in, and its row there. */
  findOp({ actor, counter }: OpId): { place: Place; row: number } | undefined {
    const log = this.#byActor.get(actor);
    const at = log ? changeWith(log, counter) : 0;
    const place = this.at(actor, at + 1);
    const row = counter - (place?.header.startOp ?? 0);
    return place && row >= 0 ? { place, row } : undefined;
  }

  /** What is in the past of a change, itself included; `undefined` if it is not one of these. */
  pastOf(place: Place): Past | undefined {
    if (!(place instanceof SavedPlace)) return undefined;
    const { logs, logOf, seqs, deps, depsFrom } = this.#columns;
    const most = new Int32Array(logs.length);
    const isIn = new Uint8Array(place.index + 1);
    isIn[place.index] = 1;
    // Each comes after those it rests on, so one way back meets all.
    for (let i = place.index; i >= 0; i--) {
      if (isIn[i] === 0) continue;
      const log = logOf[i] ?? 0;
      most[log] = Math.max(most[log] ?? 0, seqs[i] ?? 0);
      const end = depsFrom[i + 1] ?? 0;
      for (let at = depsFrom[i] ?? 0; at < end; at++) isIn[deps[at] ?? 0] = 1;
    }
    return new Map(
      logs.flatMap(({ actor }, i) => most[i] ? [[actor, most[i]]] : []) as [ActorId, number][],
    );
  }

  /** Whether a row of a change inserts a character; `undefined` if the change is not one of these. */
  isInsert(place: Place, row: number): boolean | undefined {
    if (!(place instanceof SavedPlace)) return undefined;
    const [log, seq] = this.#whereabouts(place.index);
    return log.inserts[(log.rowsBefore[seq - 1] ?? 0) + row] === 1;
  }

  #placeOf(index: number): SavedPlace {
    const known = this.#places.get(index);
    if (known) return known;
    const [{ actor, maxOps, rowsBefore }, seq] = this.#whereabouts(index);
    const opsOfActor = rowsBefore[seq] ?? 0;
    const rows = opsOfActor - (rowsBefore[seq - 1] ?? 0);
    const startOp = (maxOps[seq - 1] ?? 0) - rows + 1;
    const deps = () => Array.from(this.#depsOf(index), (dep) => this.#placeOf(dep));
    const place = new SavedPlace(index, { actor, seq, startOp, rows }, opsOfActor, deps);
    this.#places.set(index, place);
    return place;
  }

  #whereabouts(index: number): [log: NoteLog, seq: number] {
    const { logs, logOf, seqs } = this.#columns;
    return [logs[logOf[index] ?? 0] as NoteLog, seqs[index] ?? 0];
  }

  #depsOf(index: number): Int32Array {
    const { deps, depsFrom } = this.#columns;
    return deps.subarray(depsFrom[index], depsFrom[index + 1]);
  }
}

/** A change that was saved. */
class SavedPlace implements Place {
  readonly #deps: () => Place[];

  constructor(
    readonly index: number,
    readonly header: Place["header"],
    readonly opsOfActor: number,
    deps: () => Place[],
  ) {
    this.#deps = deps;
  }

  get deps(): Place[] {
    return this.#deps();
  }
}
