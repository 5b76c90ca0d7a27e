/** Documents in which each key was written once: what is read of them as a whole is what their changes tell. */
import { NO_CHANGES } from "../../core/doc/documents.ts";
import assert from "node:assert/strict";
import * as Automerge from "@automerge/automerge";
import type { ActorId } from "../../core/base/ids.ts";
import { MAX_OPS_AHEAD } from "../../core/doc/ancestry.ts";
import { newHandle, startAutomerge } from "../../core/doc/automerge.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { entriesOf, Gate, type ReadChange, readChange } from "../../core/doc/gate.ts";
import { maxEntries } from "../../core/doc/row_limit.ts";
import { changesOf, loadSaved, readSaved } from "../../core/doc/saved_document.ts";
import { readWrittenOnce } from "../../core/doc/written_once.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import { readDocumentChunk } from "../../core/trust/document_chunk.ts";
import { seededUnit } from "../fakes/random.ts";

await startAutomerge();

const SEGMENT = segmentDoc("0123456789abcdef" as never, 3);
const ACTORS = [
  ...["a1", "b2", "c3"].map((byte) => byte.repeat(16)),
  "13b2230901" + "a1".repeat(16),
];

interface MadeChange {
  readonly hash: string;
  readonly actor: string;
  readonly seq: number;
  readonly maxOp: number;
}

/** A document as Automerge saves it, and the changes that it then gives. */
interface Saved {
  readonly bytes: Uint8Array;
  readonly changes: readonly Uint8Array[];
}

/**
 * Makes a saved document of random changes, most of them as this program makes them; how odd the others are, `odd`
 * says, from 0 to 1. `undefined` if Automerge does not take or save one of them.
 */
function saved(unit: () => number, odd: number): Saved | undefined {
  const handle = newHandle(ACTORS[0] as ActorId);
  const made: MadeChange[] = [];
  const strange = () => unit() < odd;
  const pick = <T>(items: readonly T[]): T => items[Math.floor(unit() * items.length)] as T;
  try {
    for (let left = 1 + Math.floor(unit() * 12); left > 0; left--) {
      const actor = pick(ACTORS);
      const own = made.filter((change) => change.actor === actor);
      const others = made.filter(() => unit() < 0.3);
      const before = own.at(-1);
      const restsOn = new Set([...before && !strange() ? [before] : [], ...others.slice(-2)]);
      if (!strange()) {
        for (const change of restsOn) if (change !== before) restsOn.delete(change);
      }
      if (made.length > 0 && restsOn.size === 0) restsOn.add(made.at(-1) as MadeChange);
      const highest = Math.max(0, ...[...restsOn].map(({ maxOp }) => maxOp));
      const startOp = highest + 1 +
        (strange() ? pick([-1, 1, MAX_OPS_AHEAD, MAX_OPS_AHEAD + 9]) : 0);
      const ops = Array.from(
        { length: strange() ? pick([0, 30]) : 1 + Math.floor(unit() * 3) },
        () => {
          const key = strange() ? pick(["", "twice", "zwölf"]) : `key ${unit()}`;
          const value = strange()
            ? pick([7, null, "", "😀".repeat(9)])
            : "été 😀 ".repeat(unit() * 60);
          return {
            action: strange() ? "del" : "set",
            obj: "_root",
            key,
            value,
            pred: [] as string[],
          };
        },
      );
      const message = strange() ? "m".repeat(pick([1, 85, 86, 256, 257])) : pick([null, "id"]);
      const time = strange() ? pick([-5, 0, Number.MAX_SAFE_INTEGER]) : 1_700_000_000_000 + left;
      const deps = [...restsOn].map(({ hash }) => hash).sort();
      const seq = own.length + 1;
      const change = Automerge.encodeChange(
        { actor, author: null, seq, startOp, time, message, deps, ops } as never,
      );
      handle.applyChanges([change]);
      const { hash } = Automerge.decodeChange(change);
      made.push({ hash: hash as string, actor, seq, maxOp: startOp + ops.length - 1 });
    }
    const bytes = handle.save();
    const again = loadSaved(bytes, ACTORS[0] as ActorId);
    const changes = changesOf(again);
    again.free();
    return { bytes, changes };
  } catch {
    return undefined;
  } finally {
    handle.free();
  }
}

/** What the changes tell one by one. @throws {Error} if the gate does not let one pass. */
function oneByOne(made: readonly Uint8Array[]): ReturnType<typeof readWrittenOnce> {
  const gate = new Gate(false);
  const reads = made.map((change) => readChange(change, false));
  for (const read of reads) {
    if (read.header.rows > maxEntries(read.change.length)) {
      throw new RangeError("too many operations");
    }
    gate.pass(read);
  }
  const logs = Map.groupBy(reads, ({ header }) => header.actor);
  const sum = (reads: readonly ReadChange[]) =>
    reads.reduce((sum, { change }) => sum + change.length, 0);
  return {
    bytes: sum(reads),
    logs: new Map([...logs].map(([actor, own]) => {
      const { header: { hash, seq }, change } = own.at(-1) ?? assert.fail();
      const written = own.flatMap((read) =>
        entriesOf(read).map(({ key, value, op }) => ({ key, value, op, seq: read.header.seq }))
      );
      return [actor, {
        heads: Uint8Array.fromHex(own.map(({ header }) => header.hash.slice(0, 32)).join("")),
        bytes: sum(own.slice(0, -1)),
        newestAt: Math.max(...own.map(({ header }) => header.time)),
        top: { hash, actor, seq, change },
        entries: {
          keys: written.map(({ key }) => key),
          values: written.map(({ value }) => value),
          counters: Int32Array.from(written, ({ op }) => op.counter),
          seqs: Int32Array.from(written, ({ seq }) => seq),
        },
      }];
    })),
  };
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    assert.ok(error instanceof RangeError || error instanceof SyntaxError, String(error));
    return undefined;
  }
}

for (const [odd, least] of [[0, { read: 150, not: 0 }], [0.1, { read: 30, not: 60 }]] as const) {
  Deno.test(`SEAL: what is read as a whole is what the changes tell one by one (odd ${odd})`, () => {
    const seen = { read: 0, not: 0 };
    for (let seed = 1; seed <= 400; seed++) {
      const made = saved(seededUnit(seed), odd);
      if (!made) continue;
      const whole = attempt(() => readWrittenOnce(readDocumentChunk(made.bytes), made.changes));
      if (!whole) {
        seen.not++;
        continue;
      }
      seen.read++;
      assert.deepEqual(whole, oneByOne(made.changes), `seed ${seed}`);
    }
    assert.ok(seen.read >= least.read && seen.not >= least.not, JSON.stringify(seen));
  });
}

Deno.test("SEAL: a segment of messages is read as a whole, one with a rewritten message change by change", () => {
  for (const keys of [["a", "b", "c"], ["a", "b", "a"]]) {
    const handle = newHandle(ACTORS[0] as ActorId);
    for (const [i, key] of keys.entries()) {
      handle.put("_root", key, `text ${i}`, "str");
      handle.commit("t", i);
    }
    const [bytes, made] = [handle.save(), changesOf(handle)];
    handle.free();
    const isOnce = attempt(() => readWrittenOnce(readDocumentChunk(bytes), made)) !== undefined;
    assert.equal(isOnce, new Set(keys).size === keys.length);
    const { logs } = readSaved(SEGMENT, { bytes, maxChanges: 3, wanted: NO_CHANGES });
    const [log] = logs.values();
    assert.deepEqual(log?.entries.keys, keys);
    assert.deepEqual(log?.entries.values, keys.map((_, i) => `text ${i}`));
    assert.equal(log?.top.hash, readChangeHeader(made[2] as Uint8Array).hash);
  }
});
