import type { DocId, PeerId, SpaceId } from "../base/ids.ts";
import { docKind } from "../doc/doc_id.ts";
import { readDocKey } from "../doc/doc_key.ts";
import type { OnSetAside } from "../doc/documents.ts";
import type { Store } from "../store/store.ts";
import type { Notices } from "./notices.ts";

/** Tells the person whose stored changes a document is opened without, as they would spoil it. */
export function tellSetAside(store: Store, notices: Notices): OnSetAside {
  return (key, changes) => {
    const { space, doc } = readDocKey(key);
    // What only rests on those at fault is no fault of its author's.
    const atFault = changes.filter(({ reason }) => reason !== "missing");
    const authors = new Set(
      atFault.map(({ hash }) => hash && store.envelopes.authorOfChange(space, doc, hash)),
    );
    for (const author of authors) {
      notices.add({
        kind: "refused",
        space,
        peer: author ?? null,
        text:
          `A change by ${nameOf(store, space, author)} in ${
            placeOf(store, space, doc)
          } would spoil it ` +
          "and is left out, with what rests on it. All the rest is there",
      });
    }
  };
}

function nameOf(store: Store, space: SpaceId, author: PeerId | null | undefined): string {
  return author ? store.registers.person(space, author)?.name ?? author.slice(0, 8) : "somebody";
}

function placeOf(store: Store, space: SpaceId, doc: DocId): string {
  const kind = docKind(doc);
  switch (kind.type) {
    case "space":
      return "the list of channels and notes";
    case "segment":
      return `#${store.registers.channel(space, kind.channel)?.name ?? "general"}`;
    case "note":
      return `“${store.registers.note(space, kind.note)?.title ?? "a note"}”`;
  }
}
