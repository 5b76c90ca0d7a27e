import assert from "node:assert/strict";
import { Bits } from "../../core/trust/bits.ts";
import { waitingCircle } from "../../core/trust/waiting_circle.ts";
import { seededUnit } from "../fakes/random.ts";

/** All that can be reached from `from` by way of `open`, itself included. */
function reach(from: number, open: Bits, waitsFor: readonly Bits[]): Set<number> {
  const found = new Set([from]);
  for (const n of found) {
    for (const next of waitsFor[n]!) if (open.has(next)) found.add(next);
  }
  return found;
}

Deno.test("MEMB-8: a circle waits for itself and nothing else, in any graph", () => {
  const unit = seededUnit(1);
  let larger = 0;
  for (let run = 0; run < 400; run++) {
    const size = 1 + Math.floor(unit() * 70);
    const open = new Bits(size).add(Math.floor(unit() * size));
    const waitsFor = Array.from({ length: size }, () => new Bits(size));
    for (let n = 0; n < size; n++) {
      if (unit() < 0.8) open.add(n);
      for (let m = 0; m < size; m++) if (m !== n && unit() < 2.5 / size) waitsFor[n]!.add(m);
    }
    const circle = new Set(waitingCircle(open, waitsFor));
    for (const n of circle) {
      assert.deepEqual([...reach(n, open, waitsFor)].toSorted(), [...circle].toSorted(), `${run}`);
    }
    if (circle.size > 1) larger++;
  }
  assert.ok(larger > 20, `only ${larger} had more than one in it`);
});
