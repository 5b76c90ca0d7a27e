/** The table of the hostile tests says what is there, and all that is there. */
import assert from "node:assert/strict";
import { readJunit } from "./hostile/junit.ts";
import { ATTACKS, numbersByFile, numbersOf, readTable } from "./hostile/table.ts";

const table = readTable();
const byFile = numbersByFile();

Deno.test("hostile.md: every attack is there once, with a test or the reason why there is none", () => {
  const numbers = table.flatMap(({ numbers }) => numbers);
  assert.deepEqual(numbers, Array.from({ length: ATTACKS }, (_, index) => index + 1));
  const without = table.filter(({ files, isApplicable }) => isApplicable === (files.length === 0));
  assert.deepEqual(without, []);
});

Deno.test("hostile.md: each file that it names has a test of that number, and no other has one", () => {
  const told = table.flatMap(({ numbers, files }) =>
    numbers.flatMap((number) => files.map((file) => `${number} ${file}`))
  );
  const there = [...byFile].flatMap(([file, numbers]) =>
    [...numbers].map((number) => `${number} ${file}`)
  );
  assert.deepEqual(told.filter((one) => !there.includes(one)), [], "tests that are not there");
  assert.deepEqual(there.filter((one) => !told.includes(one)), [], "tests that it does not name");
});

Deno.test("hostile tests: their numbers are read off their names", () => {
  assert.deepEqual(numbersOf("hostile 31, 32: a guard"), [31, 32]);
  assert.deepEqual(numbersOf("MEMB-2: hostile 12: altered"), [12]);
  assert.deepEqual(numbersOf("hostile 22, MSG-3: a clock"), [22]);
  assert.deepEqual(numbersOf("a test"), []);
});

Deno.test("hostile tests: how they ended is read off the report", () => {
  const report = `<testsuite name="./a_test.ts" tests="4">
    <testcase name="hostile 1: &lt;a&gt; &amp; &quot;b&quot;" classname="./a_test.ts" time="1.500" line="1">
    </testcase>
    <testcase name="hostile 2: two" classname="./a_test.ts" time="0.000" line="2" col="6">
        <failure message="x">Error: &lt;skipped/&gt;</failure>
    </testcase>
    <testcase name="hostile 3: three" classname="./a_test.ts" time="0.000" line="3" col="6">
        <skipped/>
    </testcase>
    <testcase name="another" classname="./a_test.ts" line="5" col="6">
        <skipped/>
    </testcase>
    <testcase name="hostile 2: two &gt; a step" classname="./a_test.ts" time="0.100" line="2">
    </testcase>
  </testsuite>`;
  assert.deepEqual(readJunit(report), [
    { name: 'hostile 1: <a> & "b"', state: "ok", seconds: 1.5 },
    { name: "hostile 2: two", state: "failed", seconds: 0 },
    { name: "hostile 3: three", state: "skipped", seconds: 0 },
  ]);
});
