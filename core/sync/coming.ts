import type { SpaceId } from "../base/ids.ts";
import { encodeMessage } from "../wire/encode.ts";
import { MAX_COMING } from "../wire/message.ts";
import type { SpaceVectors } from "./space_vectors.ts";
import type { Gap } from "./their_vectors.ts";

/** A stream of fewer changes than this is over before anybody could read how far it is. */
export const FEW_CHANGES = 500;

/** How many changes gaps ask for. */
export function changesIn(gaps: readonly Gap[], vectors: SpaceVectors): number {
  let count = 0;
  for (const { doc, above } of gaps) {
    const tops = vectors.of(doc);
    for (const [actor, seq] of above) count += Math.max(0, (tops.get(actor)?.seq ?? 0) - seq);
  }
  return count;
}

/** A stream's messages; of a long one with how many changes come before them, and that it was all after them. */
export function* announced(
  space: SpaceId,
  count: number,
  messages: Iterable<Uint8Array>,
): Generator<Uint8Array> {
  if (count < FEW_CHANGES) return yield* messages;
  yield encodeMessage({ type: "coming", space, count: Math.min(count, MAX_COMING) });
  yield* messages;
  yield encodeMessage({ type: "coming", space, count: 0 });
}
