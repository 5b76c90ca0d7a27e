import type { EntryHash, SpaceId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { Store } from "../store/store.ts";
import type { Vault } from "../store/vault.ts";
import type { DeviceKeys } from "../trust/device_keys.ts";
import type { Door } from "../trust/door.ts";
import type { Epoch } from "../trust/member_views.ts";
import type { Membership } from "../trust/membership.ts";
import { epochDoor, openSeal } from "../trust/seal_box.ts";

/** What {@linkcode EpochKeys} needs. */
export interface EpochKeysParts {
  readonly keys: DeviceKeys;
  readonly store: Store;
  readonly vault: Vault;
  readonly log: Log;
}

/** The keys of the epochs of private spaces, kept sealed under the vault. */
export class EpochKeys {
  readonly #parts: EpochKeysParts;
  readonly #known = new Map<string, { readonly key: Uint8Array; readonly door: Door }>();

  constructor(parts: EpochKeysParts) {
    this.#parts = parts;
  }

  /** The key of an epoch; `undefined` if none was sealed to this device. */
  key(membership: Membership, epoch: Epoch): Uint8Array | undefined {
    return this.#find(membership, epoch)?.key;
  }

  /** The door of an epoch, the same object each time. */
  door(membership: Membership, epoch: Epoch): Door | undefined {
    return this.#find(membership, epoch)?.door;
  }

  /** Forgets the keys of a space. */
  forget(space: SpaceId): void {
    const { secrets } = this.#parts.store;
    for (const name of secrets.names(nameOf(space, ""))) {
      this.#known.delete(name);
      secrets.drop(name);
    }
  }

  #find(membership: Membership, epoch: Epoch) {
    const { space } = membership;
    const name = nameOf(space, epoch.id);
    const known = this.#known.get(name);
    if (known) return known;
    const key = this.#kept(name) ?? this.#opened(name, membership, epoch);
    if (!key) return undefined;
    const found = { key, door: epochDoor(key, `space ${space.slice(0, 8)}`) };
    this.#known.set(name, found);
    return found;
  }

  #kept(name: string): Uint8Array | undefined {
    const { store, vault } = this.#parts;
    const box = store.secrets.get(name);
    return box && vault.open(name, box);
  }

  #opened(name: string, membership: Membership, { seals }: Epoch): Uint8Array | undefined {
    const { keys, store, vault, log } = this.#parts;
    const created = membership.entries[0]?.hash;
    for (const { peer, box, entry } of seals) {
      if (peer !== keys.peer) continue;
      try {
        // When its first entry was sealed the space had no id yet.
        const key = openSeal(keys.noise, box, entry === created ? null : membership.space);
        // It can be opened again, but not by a key that this device may have later.
        store.secrets.put(name, vault.seal(name, key));
        return key;
      } catch (error) {
        // Whoever sealed it gave another key: others may have sealed it right.
        if (!(error instanceof TypeError)) throw error;
        log("warn", "Cannot open the key of an epoch", { epoch: name });
      }
    }
    return undefined;
  }
}

function nameOf(space: SpaceId, epoch: EntryHash | ""): string {
  return `epoch/${space}/${epoch}`;
}
