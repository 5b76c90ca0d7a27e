/** Hundreds of nodes that choose whom to link with. */
import assert from "node:assert/strict";
import { FULL_MESH, MAX_LINKS } from "../../core/net/choice.ts";
import { seeds } from "./seeds.ts";
import { Web, type WebShape } from "./web.ts";

/** Rounds until nobody chooses any more; far fewer are needed. */
const MAX_ROUNDS = 40;

function settle(web: Web, name: string): void {
  for (let round = 0; web.round() > 0; round++) assert.ok(round < MAX_ROUNDS, `${name} settles`);
}

function judge(web: Web, name: string, maxHops: number): void {
  const { whole, hops } = web.hangsTogether();
  assert.ok(whole, `${name}: all hang together`);
  assert.ok(hops <= maxHops, `${name}: ${hops} hops`);
  for (const circle of web.circles) {
    assert.ok(web.hangsTogether(circle).whole, `${name}: ${circle} hangs together`);
  }
  assert.ok(Math.max(...web.degrees) <= MAX_LINKS, `${name}: ${Math.max(...web.degrees)} links`);
}

const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

Deno.test("MESH-13: up to some tens of nodes, all are linked with all", () => {
  for (const nodes of [2, 10, FULL_MESH]) {
    const web = new Web({ nodes, finds: nodes, circles: [] }, nodes);
    settle(web, `${nodes} nodes`);
    assert.deepEqual(new Set(web.degrees), new Set([nodes - 1]));
  }
});

Deno.test("MESH-13, MESH-14: a crowd and each circle in it hang together, by few links, and heal", () => {
  const shapes: readonly WebShape[] = [
    { nodes: 40, finds: 40, circles: [2, 2, 3, 5, 20] },
    { nodes: 200, finds: 200, circles: [2, 2, 6, 12, 25, 100] },
    { nodes: 1_000, finds: 120, circles: [2, 3, 8, 30, 100, 300] },
  ];
  for (const shape of shapes) {
    for (const seed of seeds(5)) {
      const name = `${shape.nodes} nodes, seed ${seed}`;
      const web = new Web(shape, seed);
      settle(web, name);
      judge(web, name, 4);
      assert.ok(mean(web.degrees) < 24, `${name}: ${mean(web.degrees)} links on average`);
      web.leave(0.3);
      settle(web, name);
      judge(web, `${name}, after some left`, 4);
    }
  }
});

Deno.test("MESH-14: those who share many circles are not each other's only links", () => {
  for (const seed of seeds(5)) {
    // Ten teams, each of one circle and apart from the others; and one circle for all of them.
    const web = new Web({ nodes: 300, finds: 120, circles: [...Array(10).fill(30), 300] }, seed);
    settle(web, `seed ${seed}`);
    judge(web, `seed ${seed}`, 4);
  }
});

Deno.test("MESH-15: who is in more circles than it may have links is in as many as it can", () => {
  const web = new Web({ nodes: 80, finds: 80, circles: Array(400).fill(2) }, 1);
  settle(web, "pairs");
  const { length } = web.circles.filter((circle) => web.hangsTogether(circle).whole);
  assert.equal(length, web.circles.length, "ten each, and room for all");
  assert.ok(Math.max(...web.degrees) <= MAX_LINKS);
});
