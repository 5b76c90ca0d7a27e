import assert from "node:assert/strict";
import { startAutomerge } from "../../core/doc/automerge.ts";
import { harmOf, openRaw, type Poison, refusalOf } from "./poison.ts";

await startAutomerge();

const FOLDER = new URL("poison/", import.meta.url);
const poisons: Poison[] = [...Deno.readDirSync(FOLDER)].map(({ name }) => name).sort()
  .map((name) => JSON.parse(Deno.readTextFileSync(new URL(name, FOLDER))));

Deno.test("hostile 15: each kept poison is refused, for the reason that is kept with it", () => {
  assert.ok(poisons.length > 6, `only ${poisons.length} kept`);
  for (const poison of poisons) assert.equal(refusalOf(poison), poison.refusal, poison.harm);
});

Deno.test("hostile 15, 17: without the gate each does the harm it is kept for", () => {
  for (const { harm, doc, base, change } of poisons) {
    // It takes more than a gigabyte.
    if (/out of memory/.test(harm)) continue;
    const document = openRaw(doc);
    for (const one of base) document.applyChanges([Uint8Array.fromHex(one)]);
    assert.equal(harmOf(document, doc, Uint8Array.fromHex(change)), harm);
  }
});
