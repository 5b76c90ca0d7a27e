import type { DocId } from "../base/ids.ts";
import { docKind } from "../doc/doc_id.ts";
import type { Store } from "../store/store.ts";
import type { Reset } from "../sync/commits.ts";
import type { Dispute } from "../sync/settlement.ts";
import type { Notices } from "./notices.ts";
import type { Space } from "./space.ts";

/** What {@linkcode Disputes} needs. */
export interface DisputesParts {
  readonly store: Store;
  readonly notices: Notices;
}

/** Tells the person who signed two different changes for one place, and what became of notes by it. */
export class Disputes {
  readonly #parts: DisputesParts;

  constructor(parts: DisputesParts) {
    this.#parts = parts;
  }

  /** An author was shown to be of two minds. */
  found(space: Space, { author }: Dispute): void {
    const { name } = space.view();
    const isSelf = author === space.replica.self;
    const who = isSelf ? "This device" : space.people.view(author).name;
    this.#parts.notices.add({
      kind: "equivocation",
      space: space.space,
      peer: author,
      text:
        `${who} signed two different changes for one place in “${name}”, which no honest device ` +
        "does. Everyone who sees both keeps the same one of them, and nothing that came after",
    });
    space.people.tell(author);
  }

  /** A document was made anew without some of its changes. */
  reset(space: Space, doc: DocId, { why, noteCopy }: Reset): void {
    const kind = docKind(doc);
    if (noteCopy === null || kind.type !== "note") return;
    const { store, notices } = this.#parts;
    const copy = store.noteCopies.of(space.space, kind.note).find(({ id }) => id === noteCopy);
    const title = store.registers.note(space.space, kind.note)?.title ?? "a note";
    if (!copy) return;
    const because = why === "cut"
      ? "somebody who may not write here any more changed it"
      : "two different changes were signed for one place in it";
    notices.add({
      kind: "note-copy",
      space: space.space,
      text: `“${title}” lost a part of its text: ${because}. Here is how it was before`,
      detail: copy.text,
    });
  }
}
