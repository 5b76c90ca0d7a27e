import assert from "node:assert/strict";
import { Faults, TRY_MS } from "../../core/node/faults.ts";
import { StoreError } from "../../core/store/store_error.ts";
import type { Event } from "../../core/view/event.ts";
import { FakeClock } from "../fakes/clock.ts";

const FULL = new StoreError("full", "Cannot write: the disk is full");

function scene() {
  const clock = new FakeClock();
  const told: Event[] = [];
  const disk = { full: true, tries: 0, over: 0 };
  const faults = new Faults({
    tell: (event) => told.push(event),
    clock,
    tryWriting: () => {
      disk.tries++;
      if (disk.full) throw FULL;
    },
    onOver: () => disk.over++,
  });
  const texts = () => told.map((event) => event.type === "fault" ? event.text : event.type);
  return { clock, disk, faults, texts };
}

Deno.test("faults: that the disk can be written again is found out though nobody writes", () => {
  const { clock, disk, faults, texts } = scene();
  clock.advance(10 * TRY_MS);
  assert.equal(disk.tries, 0, "nothing is tried while nothing hinders");
  faults.meaning(FULL);
  faults.meaning(FULL);
  clock.advance(3 * TRY_MS);
  assert.deepEqual([disk.tries, disk.over, texts().length], [3, 0, 1]);
  assert.match(faults.current ?? "", /full/);
  disk.full = false;
  clock.advance(TRY_MS);
  assert.deepEqual([disk.tries, disk.over, faults.current], [4, 1, null]);
  assert.equal(texts()[1], null);
  assert.equal(clock.waiting, 0);
});

Deno.test("faults: whatever is written ends it, and it may begin anew", () => {
  const { clock, disk, faults, texts } = scene();
  faults.clear();
  assert.deepEqual([texts(), disk.over], [[], 0]);
  faults.meaning(FULL);
  faults.clear();
  assert.deepEqual([disk.over, clock.waiting], [1, 0]);
  faults.meaning(FULL);
  assert.equal(clock.waiting, 1);
  faults.close();
  assert.equal(clock.waiting, 0);
});
