import type { PeerId } from "../base/ids.ts";
import type { HeardEpochs } from "../store/heard_epochs.ts";
import type { Membership } from "../trust/membership.ts";

/** The authors of entries that rest on the current epoch, and who joined by one: they have heard of it. */
const heardByLog = new WeakMap<Membership, ReadonlySet<PeerId>>();

/** The other members of whom nothing shows that they heard of the current epoch, after the first one. */
export function unheardOf(
  membership: Membership,
  self: PeerId,
  heardEpochs: HeardEpochs,
): PeerId[] {
  const { space, epochs: [current, ...older], members } = membership;
  if (!current || older.length === 0) return [];
  const heard = heardOf(membership);
  return [...members.keys()].filter((peer) =>
    peer !== self && !heard.has(peer) && heardEpochs.get(space, peer) !== current.id
  );
}

function heardOf(membership: Membership): ReadonlySet<PeerId> {
  const known = heardByLog.get(membership);
  if (known) return known;
  const heard = new Set<PeerId>();
  const after = new Set([membership.epochs[0]?.id]);
  for (const { hash, entry: { author, parents, body } } of membership.entries) {
    if (!after.has(hash) && !parents.some((parent) => after.has(parent))) continue;
    after.add(hash);
    heard.add(author);
    if (body.type === "join") heard.add(body.identity.peer);
  }
  heardByLog.set(membership, heard);
  return heard;
}
