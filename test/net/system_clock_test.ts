import assert from "node:assert/strict";
import process from "node:process";
import { systemClock } from "../../core/base/clock.ts";

Deno.test("what is due already is done soon, and nothing is written about it", async () => {
  const warnings: Error[] = [];
  const hear = (warning: Error) => void warnings.push(warning);
  process.on("warning", hear);
  try {
    await new Promise<void>((resolve) => systemClock.after(-5, resolve));
    await new Promise<void>((resolve) => systemClock.after(1, resolve));
  } finally {
    process.off("warning", hear);
  }
  assert.deepEqual(warnings, []);
});
