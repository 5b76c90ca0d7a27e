import type { SpaceId } from "../base/ids.ts";
import type { Store } from "../store/store.ts";
import { readChangeHeader } from "../trust/change_header.ts";
import type { Envelope } from "../trust/envelope.ts";
import type { SealedDocument } from "../trust/sealed_document.ts";
import type { Gap } from "./their_vectors.ts";

/** How much is read from the store at a time, in bytes. */
const PAGE_BYTES = 256 * 1024;

/**
 * What gaps ask for, gap after gap: in each the sealed documents, then the envelopes, every change after those it
 * rests on. It reads one page ahead and no more.
 */
export function* history(
  { envelopes, bases }: Pick<Store, "envelopes" | "bases">,
  space: SpaceId,
  gaps: readonly Gap[],
): Generator<Envelope | SealedDocument> {
  for (const { doc, above } of gaps) {
    // What is not asked for counts as held.
    const held = envelopes.vector(space, doc);
    for (const [actor, seq] of above) held.set(actor, seq);
    yield* bases.lacking(space, doc, held);
    for (;;) {
      const page = envelopes.after(space, doc, held, PAGE_BYTES);
      if (page.length === 0) break;
      yield* page;
      for (const { change } of page) {
        const { actor, seq } = readChangeHeader(change);
        held.set(actor, seq);
      }
    }
  }
}
