import type { ChangeHash } from "../base/ids.ts";

/** What the order looks at. */
interface Linked {
  readonly hash: ChangeHash;
  readonly deps: readonly ChangeHash[];
}

/**
 * Puts changes into an order in which each comes after those it rests on, as close to the given one as that
 * allows. `ready` are in it; `missing` rest on something that is neither known nor among the ready.
 */
export function orderChanges<T extends Linked>(
  changes: readonly T[],
  isKnown: (hash: ChangeHash) => boolean,
): { ready: T[]; missing: T[] } {
  const ready: T[] = [];
  const done = new Set<ChangeHash>();
  const waiting = new Map<ChangeHash, T[]>();
  const blocker = (change: T) => change.deps.find((dep) => !done.has(dep) && !isKnown(dep));
  for (const change of changes) {
    // Each change waits for one other at a time, so each is looked at once per dependency at most.
    const looking = [change];
    for (let next = looking.pop(); next; next = looking.pop()) {
      const blocked = blocker(next);
      if (blocked !== undefined) {
        const others = waiting.get(blocked);
        if (others) others.push(next);
        else waiting.set(blocked, [next]);
        continue;
      }
      ready.push(next);
      done.add(next.hash);
      looking.push(...(waiting.get(next.hash) ?? []).reverse());
      waiting.delete(next.hash);
    }
  }
  return { ready, missing: [...waiting.values()].flat() };
}
