import assert from "node:assert/strict";
import type { ChangeHash } from "../../core/base/ids.ts";
import { orderChanges } from "../../core/doc/change_order.ts";
import { seededUnit } from "../fakes/random.ts";

interface Change {
  readonly hash: ChangeHash;
  readonly deps: readonly ChangeHash[];
}

function change(hash: string, ...deps: string[]): Change {
  return { hash: hash as ChangeHash, deps: deps as ChangeHash[] };
}

function names(changes: readonly Change[]): string {
  return changes.map(({ hash }) => hash).join("");
}

Deno.test("change order: what is in order stays as it is", () => {
  const { ready, missing } = orderChanges(
    [change("a"), change("b", "a"), change("x"), change("c", "b", "x")],
    () => false,
  );
  assert.equal(names(ready), "abxc");
  assert.equal(names(missing), "");
});

Deno.test("change order: a gap holds back only what rests on it", () => {
  const batch = [change("d", "c"), change("b", "a"), change("c", "b", "gap"), change("a", "known")];
  const { ready, missing } = orderChanges(batch, (hash) => hash === "known");
  assert.equal(names(ready), "ab");
  assert.equal([...names(missing)].sort().join(""), "cd");
});

Deno.test("change order: shuffled histories come out so that each follows what it rests on", () => {
  for (let seed = 0; seed < 200; seed++) {
    const unit = seededUnit(seed);
    const history = Array.from({ length: 60 }, (_, i) => {
      const deps = [1, 2, 3].map(() => Math.floor(unit() * (i + 1)) - 1).filter((dep) => dep >= 0);
      return change(`${i}.`, ...deps.map((dep) => `${dep}.`));
    });
    const lost = seed % 3 === 0 ? `${Math.floor(unit() * 60)}.` : undefined;
    const batch = history.filter(({ hash }) => hash !== lost)
      .map((one) => ({ one, at: unit() })).sort((a, b) => a.at - b.at).map(({ one }) => one);
    const { ready, missing } = orderChanges(batch, () => false);
    const seen = new Set<string>();
    for (const { hash, deps } of ready) {
      assert.ok(deps.every((dep) => seen.has(dep)), `seed ${seed}`);
      seen.add(hash);
    }
    assert.equal(ready.length + missing.length, batch.length, `seed ${seed}`);
    for (const { deps } of missing) assert.ok(deps.some((dep) => !seen.has(dep)), `seed ${seed}`);
    if (lost === undefined) assert.equal(missing.length, 0, `seed ${seed}`);
  }
});

Deno.test("change order: changes that rest on each other wait for ever, and it ends", () => {
  const { ready, missing } = orderChanges([change("a", "b"), change("b", "a")], () => false);
  assert.equal(ready.length, 0);
  assert.equal(missing.length, 2);
});
