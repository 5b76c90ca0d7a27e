/** How many items fit, of such as come before all that do not; by halves. */
export function countFirst<T>(items: ArrayLike<T>, fits: (item: T) => boolean): number {
  let [from, to] = [0, items.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    // It is below the length.
    if (fits(items[middle] as T)) from = middle + 1;
    else to = middle;
  }
  return from;
}
