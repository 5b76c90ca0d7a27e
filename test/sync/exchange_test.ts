import assert from "node:assert/strict";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import type { Link } from "../../core/net/link.ts";
import { Exchange } from "../../core/sync/exchange.ts";
import { LOBBY_DOOR } from "../../core/trust/door.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { deviceKeys } from "../fakes/device.ts";
import { SimWorld } from "../sim/sim_world.ts";

/** A link that has ended, though those who wait for its `closed` do not know it yet. */
class EndedLink implements Link {
  readonly peer = deviceKeys(50).peer;
  readonly remote = { host: "test", port: 1 };
  readonly initiator = true;
  readonly binding = new Uint8Array(32);
  readonly noiseKey = new Uint8Array(32);
  readonly certificate = new Uint8Array(96);
  readonly door = LOBBY_DOOR;
  readonly closed = new Promise<string>(() => {});
  readonly queuedBytes = 0;
  sent = 0;

  start(): void {}
  ping(): void {}
  close(): void {}

  send(): void {
    this.sent++;
  }

  drained(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

Deno.test("exchange: nothing more is read for a link that has ended", async () => {
  await SimWorld.run(1, async (world) => {
    const node = await world.add();
    const general = channelIdOf(LOBBY, "general");
    for (let i = 0; i < 20; i++) await node.post(general, "x".repeat(15_000));
    const link = new EndedLink();
    const exchange = new Exchange(link, node.replica, world.clock, () => {});
    exchange.serving.vectors({ type: "vectors", space: LOBBY, docs: [], lacked: null, last: true });
    for (let i = 0; i < 100; i++) await Promise.resolve();
    assert.equal(link.sent, 1);
    await exchange.close();
  });
});
