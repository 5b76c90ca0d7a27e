import type { PeerId } from "../base/ids.ts";
import type { SentEnvelope } from "../wire/message.ts";
import type { Arrived } from "./pending.ts";
import type { Relay } from "./relay.ts";

/** Envelopes that go on to the same peers. */
export interface RelayRun {
  readonly to: readonly PeerId[];
  readonly items: SentEnvelope[];
}

/** Cuts what is new here into runs for the same peers, in order: what comes later may rest on it. */
export function relayRuns(relay: Relay, taken: readonly Arrived[]): RelayRun[] {
  const runs: RelayRun[] = [];
  for (const { verified: { envelope }, from } of taken) {
    const to = relay.first(envelope.author, from);
    if (to.length === 0) continue;
    const last = runs.at(-1);
    if (last && last.to.join() === to.join()) last.items.push(envelope);
    else runs.push({ to, items: [envelope] });
  }
  return runs;
}
