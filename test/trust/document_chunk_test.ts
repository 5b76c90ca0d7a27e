/** Documents as Automerge saves them, of a stranger: what is no such document or a bomb costs next to nothing. */
import assert from "node:assert/strict";
import type { ActorId } from "../../core/base/ids.ts";
import { MAX_SEALED_BYTES } from "../../core/base/limits.ts";
import { newHandle, startAutomerge } from "../../core/doc/automerge.ts";
import {
  checkDocumentChunk,
  MAX_SEALED_INFLATED_BYTES,
  readDocumentChunk,
} from "../../core/trust/document_chunk.ts";
import {
  deflated,
  documentChunk,
  repeated,
  sealedChunk,
  sleb,
  uleb,
} from "../fakes/document_chunk.ts";

await startAutomerge();

/** Columns of changes. */
const [SEQ, DEP_COUNT, EXTRA, EXTRA_VALUE] = [0x03, 0x40, 0x56, 0x57];
/** Columns of operations. */
const [KEY, ACTION, VALUE, SUCC_COUNT, SUCC_ACTOR] = [0x15, 0x42, 0x57, 0x80, 0x81];
const MILLION = 1_000_000;

function refuses(bytes: Uint8Array, why: RegExp, maxChanges = 1000): void {
  assert.throws(() => checkDocumentChunk(bytes, maxChanges), (error) => {
    assert.ok(error instanceof SyntaxError, String(error));
    assert.match(error.message, why);
    return true;
  });
}

/** A document of Automerge's own, with a deflated column. */
function honest(): Uint8Array {
  const handle = newHandle("ab".repeat(16) as ActorId);
  for (let i = 0; i < 50; i++) {
    handle.put("_root", `key ${i}`, "value ".repeat(20), "str");
    handle.commit(null, 1_700_000_000_000 + i);
  }
  const bytes = handle.save();
  handle.free();
  return bytes;
}

Deno.test("SEAL: a document of Automerge's own passes with as many changes as it has", () => {
  checkDocumentChunk(honest(), 50);
  refuses(honest(), /more than 49 changes/, 49);
});

Deno.test("SEAL: a document cut anywhere, or with any byte another, is refused", () => {
  const bytes = honest();
  for (let length = 0; length < bytes.length; length++) {
    refuses(bytes.subarray(0, length), /^Cannot read the document/);
  }
  for (let at = 0; at < bytes.length; at++) {
    refuses(bytes.with(at, bytes[at]! ^ 1), /^Cannot read the document/);
  }
  refuses(Uint8Array.from([...bytes, 0]), /another length/);
});

Deno.test("SEAL: one chunk and of the right type, nothing before or after it", () => {
  const bytes = honest();
  refuses(Uint8Array.from([...bytes, ...bytes]), /another length/);
  for (const type of [1, 2, 3]) refuses(sealedChunk(new Uint8Array(4), type), /no document/);
  refuses(new Uint8Array(100), /no chunk/);
  refuses(new Uint8Array(MAX_SEALED_BYTES + 1), /bytes long/);
});

Deno.test("SEAL: runs of millions of operations in a few bytes are refused", () => {
  const nulls = Uint8Array.from([...sleb(0), ...uleb(5 * MILLION)]);
  for (const spec of [KEY, ACTION]) {
    refuses(documentChunk({ ops: [[spec, nulls]] }), /too many operations/);
  }
  refuses(documentChunk({ ops: [[ACTION, repeated(5 * MILLION, 1)]] }), /too many operations/);
  refuses(documentChunk({ changes: [[SEQ, repeated(5 * MILLION, 1)]] }), /more than 1000 changes/);
  const members = { ops: [[SUCC_COUNT, repeated(2, 5 * MILLION)]] } as const;
  refuses(documentChunk(members), /too many operations/);
  const ids = { ops: [[SUCC_COUNT, repeated(1, 1)], [SUCC_ACTOR, repeated(5 * MILLION, 0)]] };
  refuses(documentChunk(ids as never), /too many operations/);
  const deps = { changes: [[DEP_COUNT, repeated(1000, 5 * MILLION)]] } as const;
  refuses(documentChunk(deps), /too many operations/);
  // A run so long that its end cannot be counted.
  const endless = Uint8Array.from([...sleb(0), ...uleb(2 ** 53 - 1)]);
  refuses(documentChunk({ ops: [[ACTION, endless]] }), /too many operations/);
});

Deno.test("SEAL: columns inflate to so much and no more, together", () => {
  const zeros = new Uint8Array(100 * MILLION);
  refuses(documentChunk({ ops: [deflated(VALUE, zeros)] }), /deflated/);
  const third = zeros.subarray(0, Math.ceil(MAX_SEALED_INFLATED_BYTES / 3) + 1);
  const ops = [deflated(KEY, third), deflated(ACTION, third), deflated(VALUE, third)];
  refuses(documentChunk({ ops }), /deflated|too many bytes/);
  // What is deflated twice stays deflated.
  const [, once] = deflated(VALUE, zeros);
  assert.ok(once.length < MILLION);
  refuses(documentChunk({ ops: [[VALUE | 8, Uint8Array.of(1, 2, 3)]] }), /deflated/);
});

Deno.test("SEAL: counts without end, columns without number and numbers without end are refused", () => {
  refuses(sealedChunk(Uint8Array.from(uleb(2 ** 52))), /cut short/);
  refuses(sealedChunk(Uint8Array.from([0, ...uleb(2 ** 52)])), /cut short/);
  refuses(sealedChunk(Uint8Array.from([0, 0, ...uleb(2 ** 40)])), /columns/);
  refuses(sealedChunk(new Uint8Array(12).fill(0xff)), /53 bits/);
  refuses(sealedChunk(new Uint8Array()), /cut short/);
});

Deno.test("SEAL: a document has none but the columns that Automerge writes, and nothing behind them", () => {
  const junk = new Uint8Array(1000).fill(7);
  refuses(documentChunk({ ops: [[0x97, junk]] }), /column 151/);
  refuses(documentChunk({ changes: [[0x67, junk]] }), /column 103/);
  refuses(documentChunk({ ops: [[ACTION, repeated(2, 1)], [ACTION, repeated(2, 1)]] }), /order/);
  refuses(documentChunk({ rest: junk }), /behind/);
  const [spec, bytes] = deflated(VALUE, junk);
  const padded = Uint8Array.from([...bytes, ...junk]);
  refuses(documentChunk({ ops: [[spec, padded]] }), /deflated/);
});

Deno.test("SEAL: an empty document is one, and what is taken apart is what was put in", () => {
  checkDocumentChunk(documentChunk({}), 0);
  const extra = [[EXTRA, repeated(3, 0x17)], [EXTRA_VALUE, Uint8Array.of(1, 2, 3)]] as const;
  const ops = [deflated(VALUE, Uint8Array.of(9, 9))];
  const actors = [Uint8Array.of(1), Uint8Array.of(2, 3)];
  const chunk = readDocumentChunk(documentChunk({ actors, changes: extra, ops }));
  assert.deepEqual(chunk.actors, ["01", "0203"]);
  const columns = [...chunk.changes, ...chunk.ops].map(({ spec, bytes }) => [spec, bytes.toHex()]);
  assert.deepEqual(columns, [[EXTRA, "0317"], [EXTRA_VALUE, "010203"], [VALUE, "0909"]]);
});
