import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { RandomBytes } from "../base/random.ts";
import type { Store } from "../store/store.ts";
import type { Vault } from "../store/vault.ts";
import { MembershipLog } from "../sync/membership_log.ts";
import { createDeviceKeys, type DeviceKeys, importDeviceKeys } from "../trust/device_keys.ts";
import { sealTo } from "../trust/seal_box.ts";
import { signSuccessor } from "../trust/successor.ts";
import { EpochKeys } from "./epoch_keys.ts";
import { ownIdentity } from "./identity.ts";

/** The name under which keys that are to be given up wait until all was signed with them. */
const SECRET = "renewal";

/** What {@linkcode Renewal} needs. */
export interface RenewalParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
}

/**
 * Gives this device other keys when those it has are in use elsewhere: its data was copied, or restored from
 * a backup. The old key says in the open who follows it. A crash on the way is made good at the next start.
 */
export class Renewal {
  readonly #parts: RenewalParts;

  constructor(parts: RenewalParts) {
    this.#parts = parts;
  }

  /** To be called before spaces are opened. Gives whether this device has other keys than before. */
  settle(): boolean {
    const { store, vault } = this.#parts;
    const isCloned = store.clones.has(vault.keys.peer);
    if (isCloned) this.#begin();
    this.#finish();
    return isCloned;
  }

  #begin(): void {
    const { store, vault, random, log } = this.#parts;
    const old = vault.keys;
    const record = new TextEncoder().encode(JSON.stringify(old.export()));
    store.secrets.put(SECRET, vault.seal(SECRET, record));
    const keys = createDeviceKeys(random);
    vault.replaceKeys(keys);
    log("warn", "The key of this device is in use elsewhere: it has another one now", {
      old: old.peer,
      new: keys.peer,
    });
  }

  #finish(): void {
    const { store, vault } = this.#parts;
    const box = store.secrets.get(SECRET);
    if (!box) return;
    const record = new TextDecoder().decode(vault.open(SECRET, box));
    const old = importDeviceKeys(JSON.parse(record));
    const { peer } = vault.keys;
    // Otherwise the keys could not be replaced: they were given up by nothing yet.
    if (old.peer !== peer) {
      store.successors.add({ old: old.peer, new: peer, signature: signSuccessor(old, peer) });
      for (const space of store.entries.spaces()) {
        this.#succeed(MembershipLog.open(space, { ...this.#parts, entries: store.entries }), old);
      }
    }
    store.secrets.drop(SECRET);
  }

  /** Puts the new key in the old one's place in a private space. */
  #succeed(membershipLog: MembershipLog, old: DeviceKeys): void {
    const { store, vault, random, log } = this.#parts;
    const { membership, space } = membershipLog;
    const member = membership.members.get(old.peer);
    const [current] = membership.epochs;
    if (!member || !current) return;
    const identity = ownIdentity(vault.keys);
    const key = new EpochKeys({ keys: old, store, vault, log }).key(membership, current);
    const seals = key
      ? [{ peer: identity.peer, box: sealTo(identity.noiseKey, key, random, space) }]
      : [];
    const { role } = member;
    try {
      membershipLog.write(old, {
        ...{ type: "join", identity, role, invite: null, replaces: old.peer, seals },
      });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      log("error", "Cannot go on in a space under another key", { space, error: error.message });
    }
  }
}
