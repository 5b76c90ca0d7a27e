import assert from "node:assert/strict";
import { excerpt } from "../../core/view/excerpt.ts";

/** The pieces as one text, what was found in brackets. */
const shown = (text: string, query: string) =>
  excerpt(text, query).map(({ text, found }) => found ? `[${text}]` : text).join("");

Deno.test("an excerpt marks the words that begin with those looked for", () => {
  assert.equal(
    shown("Dinner at seven, dinners on Friday", "dinn SEV"),
    "[Dinner] at [seven], [dinners] on Friday",
  );
  assert.equal(shown("redinner", "dinner"), "redinner", "only where a word begins, as the search");
  assert.equal(
    shown("go home, gopher", "go ho"),
    "[go] home, gopher",
    "short ones as whole words only",
  );
  assert.equal(shown("no such thing", "dinner"), "no such thing");
  assert.equal(shown("", "dinner"), "");
});

Deno.test("an excerpt minds neither case nor accents", () => {
  assert.equal(shown("Das Café Über-Eck", "cafe uber"), "Das [Café] [Über]-Eck");
  assert.equal(shown("Cafe\u0301 noir", "café"), "[Cafe\u0301] noir", "composed or not");
});

Deno.test("an excerpt of a long text is around the first word found, and cuts none in front", () => {
  const long = `${"lorem ".repeat(100)}dinner at seven ${"ipsum ".repeat(100)}`;
  const found = shown(long, "dinner");
  assert.match(found, /^…(lorem ){5,6}\[dinner\] at seven (ipsum )+/);
  assert.ok(found.endsWith("…") && found.length < 230, found);
  assert.ok(shown("x".repeat(100_000), "dinner").length < 230);
});
