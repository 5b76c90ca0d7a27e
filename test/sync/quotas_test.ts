import assert from "node:assert/strict";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { NotNowError } from "../../core/sync/own_writes.ts";
import type { QuotaLimits } from "../../core/sync/quotas.ts";
import { Replica } from "../../core/sync/replica.ts";
import type { Envelope } from "../../core/trust/envelope.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { deviceKeys } from "../fakes/device.ts";
import type { SimNode } from "../sim/sim_node.ts";
import { SimWorld } from "../sim/sim_world.ts";
import { Author } from "./author.ts";

const general = channelIdOf(LOBBY, "general");
const relay = deviceKeys(90).peer;

function within(
  quotaLimits: QuotaLimits,
  act: (replica: () => Replica, node: SimNode) => Promise<void>,
): Promise<void> {
  return SimWorld.run(1, async (world) => {
    const node = await world.add();
    const { store, documents, keys: signer } = node;
    const parts = { space: LOBBY, signer, store, documents, clock: world.clock, log: () => {} };
    await act(() => new Replica({ ...parts, quotaLimits }), node);
  });
}

const entry = (n: number) => ({ key: `key ${n}`, value: "value" });

Deno.test("QUOTA-1: a space has so many documents, and those it has go on", async () => {
  await within({ documents: 2, bytes: 1e6 }, async (open, node) => {
    const replica = open();
    const author = await Author.open(80);
    const sent: Envelope[] = [];
    for (let i = 0; i < 3; i++) sent.push(await author.post(segmentDoc(general, i), `post ${i}`));
    const { fresh, refused } = await replica.admit(sent, relay);
    assert.deepEqual([fresh, refused], [2, { full: 1 }]);
    await assert.rejects(replica.put(segmentDoc(general, 7), [entry(1)], { at: 1 }), NotNowError);
    await replica.put(segmentDoc(general, 0), [entry(1)], { at: 1 });
    const more = await author.post(segmentDoc(general, 1), "more");
    assert.equal((await replica.admit([more], relay)).fresh, 1);
    assert.equal(node.store.envelopes.vectors(LOBBY).size, 2);
  });
});

Deno.test("QUOTA-2: an author has so much room, counted anew after a restart; others have theirs", async () => {
  const doc = segmentDoc(general, 0);
  const [author, other] = [await Author.open(80), await Author.open(81)];
  const sent: Envelope[] = [];
  for (let i = 0; i < 8; i++) sent.push(await author.post(doc, `post ${i}`));
  const sizes = sent.map(({ change }) => change.length);
  const bytes = sizes.slice(0, 4).reduce((sum, size) => sum + size, 0);
  await within({ documents: 10, bytes }, async (open) => {
    const first = open();
    for (const envelope of sent.slice(0, 6)) await first.admit([envelope], relay);
    assert.equal(first.vectors.of(doc).values().next().value?.seq, 4);
    const later = open();
    const { refused } = await later.admit(sent.slice(4), relay);
    assert.deepEqual(refused, { full: 4 });
    assert.equal((await later.admit([await other.post(doc, "other")], relay)).fresh, 1);
  });
});
