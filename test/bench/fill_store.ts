import { NO_CHANGES } from "../../core/doc/documents.ts";
import type { ActorId } from "../../core/base/ids.ts";
import { newHandle } from "../../core/doc/automerge.ts";
import { entriesOf, readChange } from "../../core/doc/gate.ts";
import { GENESIS_ACTOR } from "../../core/doc/genesis.ts";
import { project } from "../../core/doc/projection.ts";
import { readSaved } from "../../core/doc/saved_document.ts";
import { savedRows } from "../../core/doc/saved_rows.ts";
import type { Store } from "../../core/store/store.ts";
import { envelopeText, signEnvelope } from "../../core/trust/envelope.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import type { Seal } from "../../core/trust/sealed_document.ts";
import { type HistoryShape, type MadeDocument, makeHistory } from "./history.ts";

/** The document as Automerge saves it. */
export function savedBytes({ changes }: Pick<MadeDocument, "changes">): Uint8Array {
  const handle = newHandle(GENESIS_ACTOR);
  handle.applyChanges(changes.map(({ change }) => change));
  const bytes = handle.save();
  handle.free();
  return bytes;
}

/**
 * Writes a history into a store in which there is nothing of its documents, as a node would have it that was there
 * all the time: closed segments at rest on a base, each log sealed, the others as single signed changes. What is
 * at rest went through the gate and the check of a peer's documents. `onDocument` hears of each.
 */
export async function fillStore(
  store: Store,
  shape: HistoryShape,
  onDocument: (made: MadeDocument) => void = () => {},
): Promise<void> {
  for await (const made of makeHistory(shape)) {
    if (made.isOpen) writeSingly(store, shape, made);
    else writeResting(store, shape, made);
    onDocument(made);
  }
  store.projections.setCurrent(shape.space);
  while (store.words.isBehind) store.words.advance();
}

function writeSingly(store: Store, { space }: HistoryShape, made: MadeDocument): void {
  const { doc, changes, until } = made;
  const envelopes = changes.map(({ author, change }) => signEnvelope(author, space, doc, change));
  const rows = changes.flatMap(({ author, change }) =>
    project(space, doc, author.peer, entriesOf(readChange(change, false)))
  );
  store.commit({ space, envelopes, rows, receivedAt: until });
}

function writeResting(store: Store, { space }: HistoryShape, made: MadeDocument): void {
  const { doc, changes, until } = made;
  const bytes = savedBytes(made);
  const saved = readSaved(doc, {
    bytes,
    maxChanges: changes.length,
    wanted: NO_CHANGES,
  });
  const tops = new Map<ActorId, Seal>();
  const newestFirst = changes.toReversed();
  for (const { author, change } of newestFirst) {
    const { actor, seq, hash } = readChangeHeader(change);
    if (tops.has(actor)) continue;
    const signature = author.sign(envelopeText(space, doc, hash));
    tops.set(actor, { actor, author: author.peer, seq, signature });
  }
  const seals = [...tops.values()];
  const rows = savedRows(space, doc, saved, seals);
  store.sealed.add({ space, doc, bytes, seals }, saved, rows, until);
}
