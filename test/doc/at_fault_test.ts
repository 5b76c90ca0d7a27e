import assert from "node:assert/strict";
import { type ActorId, parseSpaceId } from "../../core/base/ids.ts";
import { findAtFault } from "../../core/doc/at_fault.ts";
import { startAutomerge } from "../../core/doc/automerge.ts";
import { SPACE_DOC } from "../../core/doc/doc_id.ts";
import { docKey } from "../../core/doc/doc_key.ts";
import { DocumentEngine } from "../../core/doc/engine.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";

await startAutomerge();

const KEY = docKey(parseSpaceId("0c".repeat(16)), SPACE_DOC);
const hash = (change: Uint8Array | undefined) => change && readChangeHeader(change).hash;

/** Changes one on top of the other. */
function chain(count: number, byte = "aa"): Uint8Array[] {
  const engine = new DocumentEngine();
  engine.open(KEY, byte.repeat(16) as ActorId, []);
  return Array.from(
    { length: count },
    (_, i) => engine.put(KEY, [{ key: `${byte}${i}`, value: "v" }], 0).change,
  );
}

/** An engine that dies of some changes. */
function mortal(deadly: readonly (Uint8Array | undefined)[]) {
  const state = { deaths: 0, trials: 0 };
  const trial = (changes: readonly Uint8Array[]) => {
    state.trials++;
    if (changes.some((change) => deadly.includes(change))) {
      state.deaths++;
      return Promise.resolve(null);
    }
    return Promise.resolve(new DocumentEngine().entries(KEY, changes));
  };
  return { state, trial };
}

Deno.test("at fault: a deadly change is found by halves, and goes with what rests on it", async () => {
  const [a, b] = [chain(40), chain(40, "bb")];
  const { state, trial } = mortal([a[25]]);
  const mixed = [...a, ...b].reverse();
  const found = await findAtFault(mixed, () => false, trial);
  assert.deepEqual(found[0], {
    hash: hash(a[25]),
    reason: "deadly",
    text: "the engine dies of it",
  });
  assert.deepEqual(
    new Set(found.slice(1).map(({ hash, reason }) => `${hash} ${reason}`)),
    new Set(a.slice(26).map((change) => `${hash(change)} missing`)),
  );
  assert.ok(state.deaths <= 8 && state.trials <= 9, JSON.stringify(state));
});

Deno.test("at fault: several deadly ones are found, also when there is nothing else", async () => {
  const [a, b, c] = [chain(9), chain(9, "bb"), chain(9, "cc")];
  const { trial } = mortal([a[3], b[0], c[8]]);
  const found = await findAtFault([...a, ...b, ...c], () => false, trial);
  const deadly = found.filter(({ reason }) => reason === "deadly").map(({ hash }) => hash);
  assert.deepEqual(new Set(deadly), new Set([hash(a[3]), hash(b[0]), hash(c[8])]));
  assert.equal(found.length, 3 + 5 + 8);
  const [only] = chain(1);
  assert.deepEqual((await findAtFault([only!], () => false, mortal([only]).trial)).length, 1);
});

Deno.test("at fault: what the gate refuses is found without a death, and what is no change too", async () => {
  const good = chain(5);
  const twin = chain(1, "bb");
  const again = new DocumentEngine();
  again.open(KEY, "bb".repeat(16) as ActorId, []);
  const fork = again.put(KEY, [{ key: "fork", value: "v" }], 0).change;
  const { state, trial } = mortal([]);
  const all = [...good, ...twin, fork, new Uint8Array(9)];
  const found = await findAtFault(all, () => false, trial);
  assert.deepEqual(found.map(({ hash, reason }) => [hash, reason]), [
    [null, "malformed"],
    [hash(fork), "rejected"],
  ]);
  assert.deepEqual(state, { deaths: 0, trials: 1 });
  assert.deepEqual(await findAtFault(good, () => false, trial), []);
});
