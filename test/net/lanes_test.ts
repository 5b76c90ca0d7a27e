import assert from "node:assert/strict";
import { Lanes } from "../../core/net/lanes.ts";

function texts(lanes: Lanes, room = Infinity): string[] {
  const taken: string[] = [];
  for (let next = lanes.take(room); next; next = lanes.take(room)) {
    taken.push(new TextDecoder().decode(next));
  }
  return taken;
}

function push(lanes: Lanes, text: string): void {
  lanes.push(new TextEncoder().encode(text), text.startsWith("live") ? "live" : "bulk");
}

Deno.test("lanes: live goes ahead of bulk, each in order", () => {
  const lanes = new Lanes(0);
  for (const text of ["bulk 1", "live 1", "bulk 2", "live 2"]) push(lanes, text);
  assert.equal(new TextDecoder().decode(lanes.take(Infinity)), "live 1");
  push(lanes, "live 3");
  assert.deepEqual(texts(lanes), ["live 2", "live 3", "bulk 1", "bulk 2"]);
  assert.ok(lanes.empty);
});

Deno.test("lanes: a live message that does not fit is not overtaken", () => {
  const lanes = new Lanes(2);
  for (const text of ["bulk", "live and long"]) push(lanes, text);
  assert.equal(lanes.take(14), undefined);
  assert.deepEqual(texts(lanes, 15), ["live and long", "bulk"]);
});

Deno.test("lanes: messages count with their overhead until they are written", () => {
  const lanes = new Lanes(10);
  for (const text of ["live", "bulk", "bulk"]) push(lanes, text);
  assert.deepEqual([lanes.bytes("live"), lanes.bytes("bulk")], [14, 28]);
  lanes.take(Infinity);
  lanes.take(Infinity);
  assert.deepEqual([lanes.bytes("live"), lanes.bytes("bulk")], [14, 28]);
  lanes.written();
  assert.deepEqual([lanes.bytes("live"), lanes.bytes("bulk")], [0, 14]);
  lanes.clear("bulk");
  assert.deepEqual([lanes.bytes("bulk"), lanes.empty], [0, true]);
});

Deno.test("lanes: a hundred thousand messages keep their order", () => {
  const lanes = new Lanes(1);
  for (let index = 0; index < 100_000; index++) push(lanes, `${index}`);
  for (let index = 0; index < 50_000; index++) {
    assert.equal(new TextDecoder().decode(lanes.take(Infinity)), `${index}`);
    if (index % 2 === 0) push(lanes, `${100_000 + index / 2}`);
  }
  assert.deepEqual(texts(lanes), Array.from({ length: 75_000 }, (_, at) => `${at + 50_000}`));
});
