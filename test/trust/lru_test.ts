import assert from "node:assert/strict";
import { Lru } from "../../core/trust/lru.ts";

Deno.test("lru: holds what was used last, values that are undefined too", () => {
  const lru = new Lru<string, number | undefined>(2);
  const made: string[] = [];
  const get = (key: string) =>
    lru.get(key, () => {
      made.push(key);
      return key === "a" ? undefined : key.length;
    });
  for (const key of ["a", "b", "a", "c", "a", "b"]) get(key);
  assert.deepEqual(made, ["a", "b", "c", "b"]);
  assert.equal(lru.size, 2);
});

Deno.test("lru: what could not be made is not remembered", () => {
  const lru = new Lru<string, number>(2);
  assert.throws(() =>
    lru.get("a", () => {
      throw new TypeError("no");
    }), TypeError);
  assert.equal(lru.get("a", () => 7), 7);
});

Deno.test("lru: what is put in is used, what is only looked at is not", () => {
  const lru = new Lru<string, number>(2);
  lru.set("a", 1);
  lru.set("b", 2);
  assert.equal(lru.peek("a"), 1);
  lru.set("b", 3);
  lru.set("c", 4);
  assert.deepEqual(["a", "b", "c"].map((key) => lru.peek(key)), [undefined, 3, 4]);
  assert.equal(lru.size, 2);
});
