/** Thousands of nodes that pass a message on. */
import assert from "node:assert/strict";
import { BEAT_MS, REPAIR_BEATS } from "../../core/sync/timing.ts";
import { Crowd } from "./crowd.ts";
import { seeds } from "./seeds.ts";

const POSTS = 12;

Deno.test("RELAY: in a full mesh a post costs N-1 messages after the first, in a random one N-1 too", () => {
  const nodes = 40;
  for (let seed = 0; seed < 20; seed++) {
    for (const degree of [nodes - 1, 4]) {
      const crowd = new Crowd({ nodes, degree }, seed);
      const author = crowd.someone;
      let last = crowd.post(author);
      assert.equal(last.pushed, nodes, `seed ${seed}`);
      for (let n = 0; n < 4; n++) last = crowd.post(author);
      assert.deepEqual([last.pushed, last.messages], [nodes, nodes - 1], `seed ${seed}`);
    }
  }
});

Deno.test("simulation: in a crowd a post costs a message a node, and what breaks is repaired", () => {
  for (const seed of seeds(10)) {
    for (const { nodes, degree } of [{ nodes: 20, degree: 31 }, { nodes: 400, degree: 12 }]) {
      const crowd = new Crowd({ nodes, degree }, seed);
      const author = crowd.someone;
      let last = crowd.post(author);
      assert.equal(last.pushed, nodes, `seed ${seed}: the first reaches all`);
      for (let n = 0; n < POSTS; n++) last = crowd.post(author);
      assert.deepEqual([last.pushed, last.messages], [nodes, nodes - 1], `seed ${seed}`);

      const broken = crowd.post(author, 0.3);
      assert.ok(broken.pushed < nodes, `seed ${seed}: something was lost`);
      assert.ok(broken.allMs < 4 * REPAIR_BEATS * BEAT_MS, `seed ${seed}: and repaired`);
      for (let n = 0; n < POSTS; n++) last = crowd.post(author);
      assert.deepEqual([last.pushed, last.messages], [nodes, nodes - 1], `seed ${seed}: as before`);
    }
  }
});
