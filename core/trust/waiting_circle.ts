import { Bits } from "./bits.ts";

/**
 * Finds entries that wait for each other and for nothing else: a strongly connected component of the graph
 * `waitsFor` among `open` from which no edge leads out. Tarjan's algorithm, up to the first component that
 * it completes, without recursion: a stranger's log may be 2,048 entries deep.
 */
export function waitingCircle(open: Bits, waitsFor: readonly Bits[]): readonly number[] {
  const order = new Map<number, number>();
  const unseen = new Bits(open);
  /** All that was seen stands on this stack: the first component that is complete ends the search. */
  const seen: number[] = [];
  const path: { readonly n: number; low: number }[] = [];
  const visit = (n: number) => {
    let low = seen.length;
    for (const earlier of new Bits(open).drop(unseen).meet(waitsFor[n]!)) {
      low = Math.min(low, order.get(earlier)!);
    }
    order.set(n, seen.length);
    unseen.delete(n);
    seen.push(n);
    path.push({ n, low });
  };
  visit(open.firstIn(open));
  for (;;) {
    const step = path.at(-1)!;
    const next = unseen.firstIn(waitsFor[step.n]!);
    if (next >= 0) {
      visit(next);
      continue;
    }
    const place = order.get(step.n)!;
    if (step.low === place) return seen.slice(place);
    path.pop();
    const before = path.at(-1)!;
    before.low = Math.min(before.low, step.low);
  }
}
