import type { PeerId } from "../base/ids.ts";
import { readDocKey } from "../doc/doc_key.ts";
import type { Load } from "../doc/documents.ts";
import type { Store } from "../store/store.ts";
import { actorOf } from "../trust/actor.ts";

/** Opens documents from the store, to be written into under this device's actor. */
export function loadFrom(store: Store, self: PeerId): Load {
  return (key) => {
    const { space, doc } = readDocKey(key);
    return { actor: actorOf(self, space, doc), changes: store.envelopes.changes(space, doc) };
  };
}
