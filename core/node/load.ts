import type { PeerId } from "../base/ids.ts";
import { LONG_NOTE_EDITS } from "../base/limits.ts";
import { docKind } from "../doc/doc_id.ts";
import { type DocKey, readDocKey } from "../doc/doc_key.ts";
import type { Load } from "../doc/documents.ts";
import { ownActor } from "../store/own_actor.ts";
import type { Store } from "../store/store.ts";
import { actorOf } from "../trust/actor.ts";

/** Opens documents from the store, to be written into under this device's actor. */
export function loadFrom({ envelopes, bases }: Store, self: PeerId): Load {
  return (key) => {
    const { space, doc } = readDocKey(key);
    // A document without an actor left is only read: its replica writes nothing.
    const actor = ownActor(envelopes, self, space, doc) ?? actorOf(self, space, doc);
    return {
      actor,
      base: bases.bytes(space, doc),
      changes: envelopes.changes(space, doc),
    };
  };
}

/** With fewer documents a node may have a history to get. */
const FEW_DOCUMENTS = 32;

/** Whether a node has little, so that another's history may come. */
export function hasLittle({ documents }: Store): boolean {
  return documents < FEW_DOCUMENTS;
}

/** Tells notes with a long history. */
export function isLongIn({ envelopes }: Store): (key: DocKey) => boolean {
  return (key) => {
    const { space, doc } = readDocKey(key);
    return docKind(doc).type === "note" && envelopes.count(space, doc) >= LONG_NOTE_EDITS;
  };
}
