import assert from "node:assert/strict";
import { Bits } from "../../core/trust/bits.ts";
import { seededUnit } from "../fakes/random.ts";

Deno.test("bits: they do what sets of numbers do", () => {
  const unit = seededUnit(3);
  for (let run = 0; run < 200; run++) {
    const size = 1 + Math.floor(unit() * 100);
    const some = () =>
      new Set(Array.from({ length: size }, (_, n) => n).filter(() => unit() < 0.2));
    const [a, b] = [some(), some()];
    const bits = (set: ReadonlySet<number>) => {
      const made = new Bits(size);
      for (const n of set) made.add(n);
      return made;
    };
    const same = (made: Bits, set: ReadonlySet<number>) =>
      assert.deepEqual([...made], [...set].toSorted((x, y) => x - y));
    same(new Bits(bits(a)).join(bits(b)), a.union(b));
    same(new Bits(bits(a)).meet(bits(b)), a.intersection(b));
    same(new Bits(bits(a)).drop(bits(b)), a.difference(b));
    assert.equal(bits(a).isEmpty, a.size === 0);
    assert.equal(bits(a).touches(bits(b)), !a.isDisjointFrom(b));
    assert.equal(bits(a).isWithin(bits(b)), a.isSubsetOf(b));
    const both = a.intersection(b);
    assert.equal(bits(a).firstIn(bits(b)), both.size > 0 ? Math.min(...both) : -1);
    for (const n of b) {
      assert.equal(bits(a).has(n), a.has(n));
      const less = bits(b);
      less.delete(n);
      assert.equal(less.has(n), false);
    }
  }
});
