import type { ActorId, ChangeHash, DocId, SpaceId } from "../base/ids.ts";
import { docKind } from "../doc/doc_id.ts";
import { GENESIS } from "../doc/genesis.ts";
import type { Envelopes } from "../store/envelopes.ts";
import { type ChangeHeader, readChangeHeader } from "../trust/change_header.ts";
import type { IfNeeded } from "./if_needed.ts";
import type { Arrived, Pending } from "./pending.ts";
import { changeKey, logKey } from "./wait_keys.ts";

const GENESIS_HASH: ChangeHash = readChangeHeader(GENESIS).hash;

/** What verified envelopes of one document are sorted by. */
export interface SortParts {
  readonly space: SpaceId;
  readonly doc: DocId;
  readonly envelopes: Envelopes;
  readonly pending: Pending;
  readonly ifNeeded: IfNeeded;
  readonly now: number;
  /** Whether one counts by itself, as its author may write it. */
  readonly countsAlone: (item: Arrived) => boolean;
  /** Whether one is void; what rests on it is from then on. */
  readonly isVoid: (item: Arrived) => boolean;
}

/** Verified envelopes of one document, sorted out. */
export interface Sorted {
  /** In an order in which each comes after those it rests on, those that waited for them included. */
  readonly ready: readonly Arrived[];
  /** Those that wait now. */
  readonly waiting: readonly Arrived[];
  /** Those that would wait, but found no room. */
  readonly dropped: readonly Arrived[];
  /** Those whose authors may not write them, and on which nothing rests that counts. */
  readonly unneeded: readonly Arrived[];
  /** Those whose place in their actor's log another change has. */
  readonly forked: readonly Arrived[];
  /** Those that are void, those that waited for them included. */
  readonly voids: readonly Arrived[];
}

/** Whether a document has a change: in the store, or as the note's genesis. */
export function hasChange(
  envelopes: Envelopes,
  space: SpaceId,
  doc: DocId,
  hash: ChangeHash,
): boolean {
  return envelopes.has(space, doc, hash) ||
    (hash === GENESIS_HASH && docKind(doc).type === "note");
}

/** Sorts out what can be applied now and what must wait, and lets those that waited for it follow. */
export function sortReady(parts: SortParts, arrived: readonly Arrived[]): Sorted {
  const { space, doc, envelopes, pending, ifNeeded, now, countsAlone, isVoid } = parts;
  const sorted = {
    ready: [] as Arrived[],
    waiting: [] as Arrived[],
    dropped: [] as Arrived[],
    unneeded: [] as Arrived[],
    forked: [] as Arrived[],
    voids: [] as Arrived[],
  };
  const held = envelopes.tops(space).get(doc);
  const hashes = new Set<ChangeHash>();
  const tops = new Map<ActorId, number>();
  const top = (actor: ActorId) => tops.get(actor) ?? held?.get(actor)?.seq ?? 0;
  const isHere = (hash: ChangeHash) => hashes.has(hash) || hasChange(envelopes, space, doc, hash);
  /** The key of what an envelope waits for: the change before it in its log, or one it rests on. */
  const want = ({ actor, seq, deps }: ChangeHeader): string | undefined => {
    if (seq > top(actor) + 1) return logKey(doc, actor, seq - 1);
    const missing = deps.filter((dep) => !isHere(dep));
    // What is only needed counts when nothing else is missing.
    const dep = missing.find((dep) => !ifNeeded.has(dep)) ?? missing[0];
    return dep && changeKey(doc, dep);
  };
  /** Whether one that counts, or is needed itself, waits for it. */
  const isNeeded = ({ hash, actor, seq }: ChangeHeader) =>
    pending.wants(changeKey(doc, hash)) || pending.wants(logKey(doc, actor, seq));
  const queue = [...arrived];
  // The queue grows while it is gone through.
  for (const next of queue) {
    const { header } = next.verified;
    const { hash, actor, seq } = header;
    if (seq <= top(actor)) {
      // One that came twice is passed over.
      if (!isHere(hash)) sorted.forked.push(next);
      continue;
    }
    if (isVoid(next)) {
      sorted.voids.push(next);
      queue.push(...pending.take(changeKey(doc, hash)));
      continue;
    }
    if (!countsAlone(next) && !isNeeded(header)) {
      (ifNeeded.add(next, now) ? sorted.unneeded : sorted.dropped).push(next);
      continue;
    }
    const wanted = want(header);
    if (wanted !== undefined) {
      const waits = pending.add(next, wanted, now);
      (waits ? sorted.waiting : sorted.dropped).push(next);
      if (waits) queue.push(...ifNeeded.take(wanted));
      continue;
    }
    sorted.ready.push(next);
    hashes.add(hash);
    tops.set(actor, seq);
    queue.push(...pending.take(changeKey(doc, hash)), ...pending.take(logKey(doc, actor, seq)));
  }
  return sorted;
}
