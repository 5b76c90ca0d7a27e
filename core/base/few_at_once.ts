/**
 * Does something with each of some things, `count` at once. All are over before the first failure is told.
 *
 * @throws what `act` threw first.
 */
export async function fewAtOnce<T>(
  items: Iterable<T>,
  count: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const left = Iterator.from(items);
  const inTurn = async () => {
    for (const item of left) await act(item).catch((error) => failures.push(error));
  };
  await Promise.all(Array.from({ length: count }, inTurn));
  for (const failure of failures) throw failure;
}
