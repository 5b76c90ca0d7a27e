import type { ActorId, ChangeHash, DocId, SpaceId } from "../base/ids.ts";
import { docKind } from "../doc/doc_id.ts";
import { GENESIS } from "../doc/genesis.ts";
import type { Envelopes } from "../store/envelopes.ts";
import { type ChangeHeader, readChangeHeader } from "../trust/change_header.ts";
import type { Arrived, Pending } from "./pending.ts";

const GENESIS_HASH: ChangeHash = readChangeHeader(GENESIS).hash;

/** Verified envelopes of one document, sorted out. */
export interface Sorted {
  /** In an order in which each comes after those it rests on, those that waited for them included. */
  readonly ready: readonly Arrived[];
  /** Those that wait now. */
  readonly waiting: readonly Arrived[];
  /** Those that would wait, but found no room. */
  readonly dropped: readonly Arrived[];
  /** Those whose place in their actor's log another change has. */
  readonly forked: readonly Arrived[];
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
export function sortReady(
  space: SpaceId,
  doc: DocId,
  arrived: readonly Arrived[],
  envelopes: Envelopes,
  pending: Pending,
  now: number,
): Sorted {
  const sorted = {
    ready: [] as Arrived[],
    waiting: [] as Arrived[],
    dropped: [] as Arrived[],
    forked: [] as Arrived[],
  };
  const vector = envelopes.vector(space, doc);
  const hashes = new Set<ChangeHash>();
  const tops = new Map<ActorId, number>();
  const top = (actor: ActorId) => tops.get(actor) ?? vector.get(actor) ?? 0;
  const isHere = (hash: ChangeHash) => hashes.has(hash) || hasChange(envelopes, space, doc, hash);
  /** The key of what an envelope waits for: the change before it in its log, or one it rests on. */
  const want = ({ actor, seq, deps }: ChangeHeader): string | undefined => {
    if (seq > top(actor) + 1) return logKey(doc, actor, seq - 1);
    const dep = deps.find((dep) => !isHere(dep));
    return dep && changeKey(doc, dep);
  };
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
    const wanted = want(header);
    if (wanted !== undefined) {
      (pending.add(next, wanted, now) ? sorted.waiting : sorted.dropped).push(next);
      continue;
    }
    sorted.ready.push(next);
    hashes.add(hash);
    tops.set(actor, seq);
    queue.push(...pending.take(changeKey(doc, hash)), ...pending.take(logKey(doc, actor, seq)));
  }
  return sorted;
}

/**
 * What waits for a change of its document waits under this key. The document is a part of it, as anyone can
 * make a change that names one of another document.
 */
export const changeKey = (doc: DocId, hash: ChangeHash): string => `${doc} ${hash}`;

const logKey = (doc: DocId, actor: ActorId, seq: number): string => `${doc} ${actor} ${seq}`;
