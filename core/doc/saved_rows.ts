import type { ActorId, DocId, PeerId, SpaceId } from "../base/ids.ts";
import type { SavedChanges } from "./documents.ts";
import type { Entry } from "./entry.ts";
import { project, type Row } from "./projection.ts";

/** Gives what a saved document means, in any order, see `project`. `authors` write under its actors. */
export function savedRows(
  space: SpaceId,
  doc: DocId,
  { logs }: Pick<SavedChanges, "logs">,
  authors: Iterable<{ readonly actor: ActorId; readonly author: PeerId }>,
): Row[] {
  const rows: Row[] = [];
  for (const { actor, author } of authors) {
    const { keys = [], values = [], counters = [] } = logs.get(actor)?.entries ?? {};
    const entries = keys.map((key, i): Entry => {
      return { key, value: values[i] ?? "", op: { counter: counters[i] ?? 0, actor } };
    });
    for (const row of project(space, doc, author, entries)) rows.push(row);
  }
  return rows;
}
