import type { ChannelId, DocId } from "../base/ids.ts";
import { docKind } from "../doc/doc_id.ts";

/**
 * Orders documents for sending: the space document, the newest segment of each channel, the notes, then
 * the older segments, the newest of all channels first.
 */
export function newestFirst<T extends { readonly doc: DocId }>(items: readonly T[]): T[] {
  const segments = new Map<ChannelId, number[]>();
  for (const { doc } of items) {
    const kind = docKind(doc);
    if (kind.type !== "segment") continue;
    const numbers = segments.get(kind.channel);
    if (numbers) numbers.push(kind.segment);
    else segments.set(kind.channel, [kind.segment]);
  }
  const ages = new Map<string, number>();
  for (const [channel, numbers] of segments) {
    numbers.sort((a, b) => b - a);
    numbers.forEach((segment, age) => ages.set(`${channel}/${segment}`, age));
  }
  const rank = ({ doc }: T): number => {
    const kind = docKind(doc);
    switch (kind.type) {
      case "space":
        return -1;
      case "segment":
        return 2 * (ages.get(`${kind.channel}/${kind.segment}`) ?? 0);
      case "note":
        return 1;
    }
  };
  return items.map((item) => ({ item, rank: rank(item) })).sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
