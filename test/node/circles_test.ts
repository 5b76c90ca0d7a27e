/** What the mesh is told of private spaces. */
import assert from "node:assert/strict";
import { steadyClock, systemClock } from "../../core/base/clock.ts";
import { silentLog } from "../../core/base/log.ts";
import { randomBytes } from "../../core/base/random.ts";
import { KeyedNode } from "../../core/node/keyed_node.ts";
import { Store } from "../../core/store/store.ts";
import { LOBBY_DOOR } from "../../core/trust/door.ts";
import { deviceKeys } from "../fakes/device.ts";
import { openUnsealed } from "../store/made.ts";
import { withFolder } from "./test_node.ts";

Deno.test("MESH-14: members are a circle, and so are those who show a door of the space", () =>
  withFolder(async (folder) => {
    using opened = new DisposableStack();
    const store = opened.adopt(Store.open(folder), (store) => store.close());
    const node = await KeyedNode.open({
      version: "0.0.0",
      store,
      vault: await openUnsealed(folder, true),
      suggestedName: "Ana",
      lobby: true,
      network: { port: 0, interfaces: ["127.0.0.1"], peers: [], discovery: false },
      clock: systemClock,
      steady: steadyClock,
      random: randomBytes,
      log: silentLog,
      tell: () => {},
      onLinked: () => {},
      onClone: () => {},
    });
    try {
      const { spaces, peer } = node;
      const { space } = spaces.create("Crew");
      const all = spaces.doors();
      const doors = space.doors();
      assert.equal(all.length, doors.length + 1);
      assert.deepEqual(spaces.circles(undefined, doors), [space.space], "by what it shows");
      assert.deepEqual(spaces.circles(undefined, [LOBBY_DOOR]), [], "the lobby is no circle");
      assert.deepEqual(spaces.circles(peer, []), [space.space], "by who it is");
      assert.deepEqual(spaces.circles(deviceKeys(1).peer, all), [], "once that is known");
    } finally {
      await node.close();
    }
  }));
