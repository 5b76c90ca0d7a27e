/**
 * Commits messages of its own log one after another until it is killed, and writes the seq of each after
 * its commit. Between them come small writes that may be lost in a power cut, but not in a kill.
 */
import { segmentDoc } from "../../../core/doc/doc_id.ts";
import { Store } from "../../../core/store/store.ts";
import { GENERAL, NOW, peer, post, SPACE } from "../made.ts";

const store = Store.open(Deno.args[0] ?? "");
const author = peer(1);
const encoder = new TextEncoder();
const [held = 0] = store.envelopes.vector(SPACE, segmentDoc(GENERAL, 0)).values();
for (let seq = held + 1;; seq++) {
  const { verified, row } = post(author, seq, NOW + seq, { text: `${seq}`.repeat(seq % 300) });
  store.commit({
    space: SPACE,
    envelopes: [verified],
    rows: [{ ...row, text: `text ${seq}` }],
    receivedAt: NOW,
    receipt: { id: `request-${seq}`, answer: seq },
  });
  store.seen.set(peer(2), NOW + seq);
  Deno.stdout.writeSync(encoder.encode(`${seq}\n`));
}
