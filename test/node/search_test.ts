import assert from "node:assert/strict";
import type { PeerId } from "../../core/base/ids.ts";
import { Search, SEARCH_MS } from "../../core/node/search.ts";
import { FakeClock } from "../fakes/clock.ts";
import { deviceKeys } from "../fakes/device.ts";

Deno.test("search: ends when who is looked for is near, or after its time, and tells that it began", async () => {
  const clock = new FakeClock();
  const near = new Set<PeerId>();
  let changes = 0;
  const search = new Search({
    clock,
    isNear: (peer) => near.has(peer),
    onChange: () => changes++,
  });
  const [ana, ben] = [deviceKeys(1).peer, deviceKeys(2).peer];
  assert.ok(!search.seeks(undefined));
  const found = search.find(ana);
  assert.equal(search.find(ana), found, "once");
  const missed = search.find(ben);
  assert.equal(changes, 2);
  assert.ok(search.seeks(undefined) && search.seeks(ana) && search.seeks(ben));
  near.add(ana);
  clock.advance(SEARCH_MS / 2);
  await found;
  assert.ok(search.seeks(ben) && !search.seeks(ana));
  clock.advance(SEARCH_MS);
  await missed;
  assert.equal(clock.waiting, 0);
  const ended = search.find(ben);
  search.close();
  await ended;
  assert.ok(!search.seeks(undefined));
});
