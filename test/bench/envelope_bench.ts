import { channelIdOf } from "../../core/doc/channel_id.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { type Envelope, verifyEnvelope } from "../../core/trust/envelope.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { Author } from "../sync/author.ts";
import { report } from "./stats.ts";

const ENVELOPES = 2_000;

/** Messages of one author, each verified as if it had come from a stranger. */
export async function benchEnvelopes(): Promise<void> {
  const author = await Author.open(1);
  const doc = segmentDoc(channelIdOf(LOBBY, "general"), 0);
  const envelopes: Envelope[] = [];
  for (let n = 0; n < ENVELOPES; n++) envelopes.push(await author.post(doc, `message ${n}`));
  const start = performance.now();
  for (const envelope of envelopes) verifyEnvelope(envelope);
  const seconds = (performance.now() - start) / 1000;
  report("envelopes verified", { unit: "1/s", value: Math.round(ENVELOPES / seconds) });
}
