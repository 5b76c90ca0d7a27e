import assert from "node:assert/strict";
import { Answers } from "../../core/sync/answers.ts";

const part = (answers: Answers, last = true) => answers.part(last, "nobody asked");

Deno.test("answers: one for each question is taken, one more is let go, another is refused", () => {
  assert.throws(() => part(new Answers()), /nobody asked/);
  const answers = new Answers();
  answers.ask();
  assert.deepEqual([part(answers, false), part(answers)], [true, true], "all parts of it");
  assert.deepEqual([part(answers, false), part(answers)], [false, false]);
  assert.throws(() => part(answers), /nobody asked/);
});

Deno.test("answers: of questions that were never answered only the last counts", () => {
  const answers = new Answers();
  answers.ask();
  answers.ask();
  assert.deepEqual([part(answers), part(answers), part(answers)], [true, false, false]);
  assert.throws(() => part(answers), /nobody asked/);
});
