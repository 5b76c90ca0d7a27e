import assert from "node:assert/strict";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { Replica } from "../../core/sync/replica.ts";
import type { Envelope } from "../../core/trust/envelope.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { deviceKeys } from "../fakes/device.ts";
import { SimWorld } from "../sim/sim_world.ts";
import { Author } from "./author.ts";

const doc = segmentDoc(channelIdOf(LOBBY, "general"), 0);

/** How often others got their turn while a node admitted these in one read. */
async function turnsBetween(envelopes: readonly Envelope[]): Promise<number> {
  let turns = 0;
  await SimWorld.run(1, async (world) => {
    const { store, documents, keys } = await world.add();
    const replica = new Replica({
      ...{ space: LOBBY, signer: keys, store, documents, clock: world.clock, log: () => {} },
      flush: () => Promise.resolve(),
      pause: () => {
        turns++;
        return Promise.resolve();
      },
    });
    const { fresh } = await replica.admit(envelopes, deviceKeys(90).peer);
    assert.equal(fresh, envelopes.length);
    await replica.close();
  });
  return turns;
}

Deno.test("judge: others get their turn after two envelopes of new authors, and sixteen of known ones", async () => {
  const ofMany: Envelope[] = [];
  for (let seed = 20; seed < 40; seed++) {
    ofMany.push(await (await Author.open(seed)).post(doc, `of ${seed}`));
  }
  assert.equal(await turnsBetween(ofMany), 9);
  const one = await Author.open(20);
  const ofOne: Envelope[] = [];
  for (let i = 0; i < 32; i++) ofOne.push(await one.post(doc, `post ${i}`));
  assert.equal(await turnsBetween(ofOne), 2);
});
