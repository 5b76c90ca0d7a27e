import type { EntryHash, PeerId } from "../base/ids.ts";
import type { RandomBytes } from "../base/random.ts";
import type { Identity, Seal } from "./entry_body.ts";
import type { Epoch } from "./member_views.ts";
import type { Membership } from "./membership.ts";
import { openSeal, sealTo } from "./seal_box.ts";
import type { X25519Pair } from "./x25519.ts";

/** The keys of those epochs, the current one first, of which the log has a seal that this peer can open. */
export function epochKeys(
  membership: Membership,
  peer: PeerId,
  noiseKey: X25519Pair,
): ReadonlyMap<EntryHash, Uint8Array> {
  const keys = new Map<EntryHash, Uint8Array>();
  for (const epoch of membership.epochs) {
    const key = keyOf(membership, epoch, peer, noiseKey);
    if (key) keys.set(epoch.id, key);
  }
  return keys;
}

function keyOf(
  membership: Membership,
  { seals }: Epoch,
  peer: PeerId,
  noiseKey: X25519Pair,
): Uint8Array | undefined {
  const created = membership.entries[0]?.hash;
  for (const seal of seals) {
    if (seal.peer !== peer) continue;
    try {
      return openSeal(noiseKey, seal.box, seal.entry === created ? null : membership.space);
    } catch (error) {
      // Whoever wrote this seal may have put anything into it: another may hold.
      if (!(error instanceof TypeError)) throw error;
    }
  }
  return undefined;
}

/** Seals an epoch's key to each of these. `space` is as for `sealTo`. */
export function sealToAll(
  identities: Iterable<Identity>,
  key: Uint8Array,
  random: RandomBytes,
  space: Membership["space"] | null,
): readonly Seal[] {
  return [...identities].map(({ peer, noiseKey }) => ({
    peer,
    box: sealTo(noiseKey, key, random, space),
  }));
}
