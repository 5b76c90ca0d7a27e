/**
 * Looks for changes that harm Automerge itself, with no gate before it, and writes some of each kind
 * into `poison/`: `deno run -A test/fuzz/find_poison.ts [--count N] [--seed S]`.
 *
 * @module
 */
import minimist from "minimist";
import { startAutomerge } from "../../core/doc/automerge.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import { seededUnit } from "../fakes/random.ts";
import { HostileMembers } from "./hostile.ts";
import { harmOf, openRaw, type Poison, refusalOf } from "./poison.ts";
import { DOCS, honestStory } from "./story.ts";

const KEPT_OF_EACH = 4;

const { count = 5000, seed = 1 } = minimist(Deno.args);
await startAutomerge();
const unit = seededUnit(Number(seed));
/** By what they do, then by why the gate refuses them. */
const found = new Map<string, Map<string, Poison>>();
let harmful = 0;
for (let tried = 0; tried < Number(count);) {
  const story = honestStory(unit, 20);
  const members = new HostileMembers(unit);
  const documents = new Map(DOCS.map((doc) => [doc, openRaw(doc)]));
  for (const { doc, change } of story) {
    members.learn(doc, change);
    documents.get(doc)?.applyChanges([change]);
  }
  for (const end = tried + 1000; tried < end && tried < Number(count); tried++) {
    const hostile = members.next();
    if (!hostile || isBomb(hostile.envelope.change)) continue;
    const { doc, change, author } = hostile.envelope;
    const document = documents.get(doc);
    const harm = document && harmOf(document, doc, change);
    if (!harm) continue;
    harmful++;
    const base = story.filter((one) => one.doc === doc).map(({ change }) => change.toHex());
    const poison = { harm, doc, author, base, change: change.toHex() };
    const refusal = refusalOf(poison);
    const kinds = found.get(harm) ?? new Map<string, Poison>();
    found.set(harm, kinds);
    const kind = refusal.replace(/\d+/g, "N");
    const kept = kinds.get(kind);
    if (!kept && kinds.size === KEPT_OF_EACH) continue;
    if (kept && kept.change.length <= poison.change.length) continue;
    kinds.set(kind, { ...poison, refusal });
  }
}
const folder = new URL("poison/", import.meta.url);
Deno.mkdirSync(folder, { recursive: true });
for (const [i, poison] of [...found.values()].flatMap((kinds) => [...kinds.values()]).entries()) {
  const file = new URL(`${String(i + 1).padStart(2, "0")}.json`, folder);
  Deno.writeTextFileSync(file, JSON.stringify(poison, null, 1) + "\n");
}
const line = { tried: Number(count), harmful, kinds: [...found.keys()] };
Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(line, null, 1)}\n`));

function isBomb(change: Uint8Array): boolean {
  try {
    readChangeHeader(change);
    return false;
  } catch (error) {
    return /more than/.test(String(error));
  }
}
