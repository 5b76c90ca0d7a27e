import assert from "node:assert/strict";
import { FIRST_RESET_MS, LONGEST_RESET_MS, ResetPace } from "../../core/node/reset_pace.ts";
import { FakeClock } from "../fakes/clock.ts";

Deno.test("resets: soon after a quiet moment, ever less often while more comes, then soon again", () => {
  const clock = new FakeClock();
  const said: number[] = [];
  const start = clock.now();
  const pace = new ResetPace(clock, () => said.push(clock.now() - start));
  for (let ms = 0; ms < 10_000; ms += 10) {
    pace.take();
    clock.advance(10);
  }
  assert.equal(said[0], FIRST_RESET_MS);
  const pauses = said.slice(1).map((at, i) => at - said[i]!);
  // What comes is seen every ten milliseconds here.
  assert.ok(pauses.every((ms, i) => i === 0 || ms >= pauses[i - 1]! - 10), pauses.join());
  assert.ok(pauses[0]! < 2 * FIRST_RESET_MS && pauses.at(-1)! >= LONGEST_RESET_MS);
  assert.ok(said.length < 20, `${said.length} in ten seconds`);
  clock.advance(2 * LONGEST_RESET_MS);
  const before = said.length;
  pace.take();
  clock.advance(FIRST_RESET_MS);
  assert.equal(said.length, before + 1);
  pace.take();
  pace.close();
  clock.advance(LONGEST_RESET_MS);
  assert.deepEqual([said.length, clock.waiting], [before + 1, 0]);
});
