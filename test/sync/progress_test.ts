/** How far it is with what a peer gives, and that a cut costs nothing that came. */
import assert from "node:assert/strict";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { FEW_CHANGES } from "../../core/sync/coming.ts";
import { type PeerProgress, Progress, STALLED_BEATS } from "../../core/sync/progress.ts";
import { SpaceSync } from "../../core/sync/space_sync.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import type { SpaceMessage } from "../../core/wire/message.ts";
import { decodeMessage } from "../../core/wire/decode.ts";
import { deviceKeys } from "../fakes/device.ts";
import { SimLink } from "../sim/sim_link.ts";
import { allMessages } from "../sim/sim_node.ts";
import { SimWorld } from "../sim/sim_world.ts";

const general = channelIdOf(LOBBY, "general");

Deno.test("progress: counts down what was announced, and ends", () => {
  const told: (PeerProgress | null)[] = [];
  const progress = new Progress((one) => told.push(one));
  progress.came(5);
  progress.beat();
  assert.deepEqual(told, [], "nothing was announced");
  progress.coming(10);
  progress.came(4);
  progress.coming(0);
  assert.deepEqual(told, [{ missing: 10, total: 10 }, { missing: 6, total: 10 }, null]);
  progress.coming(3);
  progress.came(7);
  assert.equal(told.at(-1), null, "more than was announced");
  progress.coming(1e9);
  for (let beat = 1; beat < STALLED_BEATS; beat++) progress.beat();
  assert.notEqual(told.at(-1), null);
  progress.came(1);
  for (let beat = 1; beat < STALLED_BEATS; beat++) progress.beat();
  assert.notEqual(told.at(-1), null, "something came");
  progress.beat();
  assert.equal(told.at(-1), null, "who announced and sends nothing is not waited for");
  const count = told.length;
  progress.end();
  assert.equal(told.length, count, "told once");
});

Deno.test("SYNC-8: a long stream is announced, and after a cut goes on where it stopped", async () => {
  await SimWorld.run(1, async (world) => {
    const [full, fresh] = await world.addMany(2);
    const posts = 2 * FEW_CHANGES;
    for (let i = 0; i < posts; i++) await full!.post(general, `message ${i}`.padEnd(400, "."));
    const told: (PeerProgress | null)[] = [];
    const sync = new SpaceSync({
      replica: fresh!.replica,
      store: fresh!.store,
      signer: fresh!.keys,
      clock: world.clock,
      wall: world.clock,
      log: () => {},
      onProgress: (peer, progress) => {
        assert.equal(peer, full!.peer);
        told.push(progress);
      },
    });
    let streamed = 0;
    const link = (): SimLink => {
      const [there, here] = SimLink.pair(world.clock, full!.keys, deviceKeys(2), () => 5);
      assert.equal(deviceKeys(2).peer, fresh!.peer);
      full!.sync.addPeer(there);
      there.start(async (messages) => {
        await full!.sync.take(there.peer, messages.map(decodeMessage) as SpaceMessage[]);
      });
      sync.addPeer(here);
      here.start(async (messages) => {
        const read = messages.map(decodeMessage) as SpaceMessage[];
        for (const message of read) {
          if (message.type === "envelopes" && !message.live) streamed += message.items.length;
        }
        await sync.take(here.peer, read);
      });
      return here;
    };
    const count = () => allMessages(fresh!.store, general).length;
    const first = link();
    await world.until(() => count() > FEW_CHANGES, 10_000);
    first.cut();
    full!.sync.removePeer(fresh!.peer);
    sync.removePeer(full!.peer);
    await world.pass(10);
    assert.equal(told.at(-1), null, "the link ended");
    const [before, came] = [count(), streamed];
    assert.ok(before > FEW_CHANGES && before < posts, `${before} before the cut`);
    assert.deepEqual(told[0], { missing: posts, total: posts });
    const second = link();
    await world.until(() => count() === posts, 10_000);
    await world.pass(100);
    assert.equal(streamed - came, posts - before, "what came is not sent again");
    assert.equal(told.at(-1), null);
    second.cut();
    full!.sync.removePeer(fresh!.peer);
    await sync.close();
  });
});
