import { countFirst } from "../base/count_first.ts";
import type { ActorId, DocId, PeerId, SpaceId } from "../base/ids.ts";
import type { SavedChanges } from "./documents.ts";
import type { Entry } from "./entry.ts";
import { project, type Row } from "./projection.ts";

/**
 * Gives what a saved document means, in any order, see `project`. `authors` write under its actors.
 *
 * @param held Of each actor the place in its log up to which it is not wanted.
 */
export function savedRows(
  space: SpaceId,
  doc: DocId,
  { logs }: Pick<SavedChanges, "logs">,
  authors: Iterable<{ readonly actor: ActorId; readonly author: PeerId }>,
  held: ReadonlyMap<ActorId, number> = new Map(),
): Row[] {
  const rows: Row[] = [];
  for (const { actor, author } of authors) {
    const { keys = [], values = [], counters = [], seqs = [] } = logs.get(actor)?.entries ?? {};
    const from = countFirst(seqs, (seq) => seq <= (held.get(actor) ?? 0));
    const entries: Entry[] = [];
    for (let i = from; i < keys.length; i++) {
      const op = { counter: counters[i] ?? 0, actor };
      entries.push({ key: keys[i] ?? "", value: values[i] ?? "", op });
    }
    for (const row of project(space, doc, author, entries)) rows.push(row);
  }
  return rows;
}
