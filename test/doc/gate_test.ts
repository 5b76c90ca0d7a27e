import assert from "node:assert/strict";
import * as Automerge from "@automerge/automerge";
import type { ActorId, ChangeHash } from "../../core/base/ids.ts";
import { MAX_OPS_AHEAD } from "../../core/doc/ancestry.ts";
import { startAutomerge } from "../../core/doc/automerge.ts";
import { Gate, readChange } from "../../core/doc/gate.ts";
import { GENESIS, TEXT_OBJECT } from "../../core/doc/genesis.ts";
import { unpack } from "../../core/trust/change_chunk.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import { manyChanges } from "../fakes/changes.ts";
import { seededUnit } from "../fakes/random.ts";
import { chunkOf, readParts, writeParts } from "../fuzz/change_parts.ts";

await startAutomerge();

const [ANN, BEN] = ["aa", "bb"].map((byte) => byte.repeat(16) as ActorId) as [ActorId, ActorId];
const START = readChangeHeader(GENESIS).hash;

interface Given {
  actor?: ActorId;
  seq?: number;
  startOp?: number;
  deps?: readonly string[];
  ops?: readonly object[];
}

const put = (key: string, value: unknown, pred: readonly string[] = [], more = {}) => ({
  action: "set",
  obj: "_root",
  key,
  value,
  pred,
  ...more,
});
const insert = (elemId: string, value: unknown = "x", more = {}) => ({
  action: "set",
  obj: TEXT_OBJECT,
  elemId,
  insert: true,
  value,
  pred: [],
  ...more,
});
const remove = (elemId: string, pred: readonly string[] = [elemId]) => ({
  action: "del",
  obj: TEXT_OBJECT,
  elemId,
  pred,
});

/** A change as Automerge encodes it. */
function change(given: Given): Uint8Array {
  const { actor = ANN, seq = 1, startOp = 1, deps = [], ops = [put("k", "v")] } = given;
  return Automerge.encodeChange(
    {
      actor,
      author: null,
      seq,
      startOp,
      time: 0,
      message: null,
      deps: [...deps].sort(),
      ops,
    } as never,
  );
}

const hashOf = (change: Uint8Array): ChangeHash => readChangeHeader(change).hash;

/** A gate that let changes pass, to try others at. */
function gateWith(isNote: boolean, ...before: readonly Uint8Array[]) {
  const gate = new Gate(isNote);
  for (const one of before) gate.pass(readChange(one, isNote));
  return {
    passes: (given: Given) => {
      const size = gate.size;
      gate.pass(readChange(change(given), isNote));
      gate.back(size);
    },
    refuses: (given: Given, reason: RegExp) => {
      const size = gate.size;
      assert.throws(() => gate.pass(readChange(change(given), isNote)), (error) => {
        assert.ok(error instanceof RangeError, String(error));
        assert.match(error.message, reason);
        return true;
      });
      assert.equal(gate.size, size);
    },
  };
}

Deno.test("ADM-3: in a space or segment document a change writes strings at keys, nothing else", () => {
  const { passes, refuses } = gateWith(false);
  passes({ ops: [put("k", ""), put("é", "😀")] });
  const list = { action: "makeList", obj: "_root", key: "l", pred: [] };
  const wrong: [object[], RegExp][] = [
    [[put("k", 1)], /no text/],
    [[put("k", null)], /no text/],
    [[put("k", true)], /no text/],
    [[put("k", 5, [], { datatype: "counter" })], /no text/],
    [[put("k", new Date(5).getTime(), [], { datatype: "timestamp" })], /no text/],
    [[put("", "v")], /no key/],
    [[list], /other things/],
    [[{ action: "makeText", obj: "_root", key: "t", pred: [] }], /other things/],
    [[{ action: "makeMap", obj: "_root", key: "t", pred: [] }], /other things/],
    [[list, insert("_head", "v", { obj: `1@${ANN}` })], /elsewhere/],
    [[insert("_head")], /elsewhere/],
    [[put("k", "v", [], { obj: `1@${ANN}` })], /elsewhere/],
  ];
  for (const [ops, reason] of wrong) refuses({ ops }, reason);
});

Deno.test("ADM-3: in a note a change inserts and removes characters of its text, nothing else", () => {
  const { passes, refuses } = gateWith(true);
  const base = { startOp: 2, deps: [START] };
  passes({ ...base, ops: [insert("_head"), insert(`2@${ANN}`, "😀"), remove(`2@${ANN}`)] });
  const wrong: [object[], RegExp][] = [
    [[put("k", "v")], /at a key/],
    [[insert("_head", "two")], /not one character/],
    [[insert("_head", "e\u0301")], /not one character/],
    [[insert("_head", "")], /not one character/],
    [[insert("_head", 1)], /no text/],
    [[insert("_head", "x", { action: "makeMap", value: undefined })], /not one character/],
    [[insert("_head", "x", { pred: [`1@${ANN}`] })], /not one character/],
    [[insert("_head", "x", { obj: `1@${ANN}` })], /elsewhere/],
    [
      [insert("_head"), { ...insert(`2@${ANN}`, "y"), insert: false, pred: [`2@${ANN}`] }],
      /remove/,
    ],
    [[insert("_head"), remove(`2@${ANN}`, [])], /remove/],
    [[insert("_head"), insert("_head"), remove(`2@${ANN}`, [`3@${ANN}`])], /remove/],
  ];
  for (const [ops, reason] of wrong) refuses({ ...base, ops }, reason);
  refuses({ ops: [insert("_head")], startOp: 2 }, /note's beginning/);
  refuses({ actor: "00".repeat(16) as ActorId, seq: 2, ...base }, /genesis/);
});

Deno.test("ADM-4: a change rests on the one before it in its log, whatever else is here", () => {
  const [a1, b1] = [change({}), change({ actor: BEN })];
  const a2 = change({
    seq: 2,
    startOp: 2,
    deps: [hashOf(a1), hashOf(b1)],
    ops: [put("k", "w", [`1@${ANN}`, `1@${BEN}`])],
  });
  const b2 = { actor: BEN, seq: 2, startOp: 3, ops: [put("k", "x", [`2@${ANN}`])] };
  const { passes, refuses } = gateWith(false, a1, b1, a2);
  passes({ ...b2, deps: [hashOf(a2)] });
  passes({ ...b2, deps: [hashOf(a2), hashOf(b1)] });
  refuses(
    { ...b2, deps: [hashOf(a1)], ops: [put("k", "x", [`1@${ANN}`])] },
    /before it in its log/,
  );
  refuses({ ...b2, deps: [] }, /before it in its log/);
  refuses({ ...b2, seq: 3, deps: [hashOf(a2)] }, /before it in its log/);
  refuses({ ...b2, deps: [hashOf(a2), hashOf(a1)] }, /in two ways/);
  refuses({ seq: 1, startOp: 5, ops: [put("other", "x")] }, /another change has its place/);
});

Deno.test("ADM-5: operations are numbered above what a change rests on, and not far ahead", () => {
  const [a1, b1] = [change({}), change({ actor: BEN, ops: [put("b", "1"), put("c", "2")] })];
  const { passes, refuses } = gateWith(false, a1, b1);
  const on = (deps: readonly string[], startOp: number): Given => ({
    actor: "cc".repeat(16) as ActorId,
    startOp,
    deps,
    ops: [put("new", "v")],
  });
  refuses(on([hashOf(a1), hashOf(b1)], 2), /not numbered above/);
  passes(on([hashOf(a1), hashOf(b1)], 3));
  passes(on([hashOf(a1)], 2));
  // Three operations are in its past.
  passes(on([hashOf(a1), hashOf(b1)], 4 + MAX_OPS_AHEAD));
  refuses(on([hashOf(a1), hashOf(b1)], 5 + MAX_OPS_AHEAD), /too far ahead/);
  refuses(on([], 2 + MAX_OPS_AHEAD), /too far ahead/);
});

Deno.test("ADM-5: whoever goes as far ahead as one may takes the next one no further", () => {
  const far = change({ startOp: 1 + MAX_OPS_AHEAD });
  const { passes, refuses } = gateWith(false, far);
  const next = { actor: BEN, deps: [hashOf(far)], ops: [put("new", "v")] };
  passes({ ...next, startOp: 2 + MAX_OPS_AHEAD });
  refuses({ ...next, startOp: 3 + MAX_OPS_AHEAD }, /too far ahead/);
});

Deno.test("ADM-6: a write replaces just what its author saw at its key", () => {
  const [a1, b1] = [change({}), change({ actor: BEN })];
  const a2 = change({ seq: 2, startOp: 2, deps: [hashOf(a1)], ops: [put("k", "w", [`1@${ANN}`])] });
  const { passes, refuses } = gateWith(false, a1, b1, a2);
  const on = (deps: readonly Uint8Array[], ops: object[]): Given => ({
    actor: "cc".repeat(16) as ActorId,
    startOp: 5,
    deps: deps.map(hashOf),
    ops,
  });
  passes(on([a2, b1], [put("k", "v", [`1@${BEN}`, `2@${ANN}`])]));
  passes(on([a1, b1], [put("k", "v", [`1@${ANN}`, `1@${BEN}`])]));
  passes(on([b1], [put("k", "v", [`1@${BEN}`])]));
  passes(on([b1], [put("other", "v")]));
  const own = `5@${"cc".repeat(16)}`;
  passes(on([b1], [put("other", "v"), put("other", "w", [own])]));
  const wrong: [Uint8Array[], object][] = [
    [[a2, b1], put("k", "v")],
    [[a2, b1], put("k", "v", [`2@${ANN}`])],
    [[a2, b1], put("k", "v", [`1@${ANN}`, `1@${BEN}`])],
    [[a2, b1], put("k", "v", [`1@${ANN}`, `1@${BEN}`, `2@${ANN}`])],
    [[b1], put("k", "v", [`1@${ANN}`, `1@${BEN}`])],
    [[b1], put("other", "v", [`1@${BEN}`])],
    [[b1], put("k", "v", [`9@${BEN}`])],
    [[b1], put("k", "v", [own])],
    [[], put("k", "v", [`1@${BEN}`])],
  ];
  for (const [deps, op] of wrong) refuses(on(deps, [op]), /just what is there/);
  refuses(on([b1], [put("other", "v"), put("other", "w")]), /just what is there/);
  refuses(on([b1], [put("k", "v", [`1@${BEN}`, `1@${BEN}`])]), /out of order/);
});

Deno.test("ADM-7: a change points only at characters of what it rests on", () => {
  const hello = change({
    startOp: 2,
    deps: [START],
    ops: [insert("_head"), insert(`2@${ANN}`), remove(`2@${ANN}`)],
  });
  const other = change({ actor: BEN, startOp: 2, deps: [START], ops: [insert("_head")] });
  const { passes, refuses } = gateWith(true, hello, other);
  const on = (deps: readonly string[], ...ops: object[]): Given => ({
    actor: "cc".repeat(16) as ActorId,
    startOp: 10,
    deps,
    ops,
  });
  const own = `10@${"cc".repeat(16)}`;
  passes(on([hashOf(hello)], insert(`3@${ANN}`), remove(`3@${ANN}`)));
  passes(on([hashOf(hello)], insert(`2@${ANN}`)));
  passes(on([hashOf(hello)], remove(`2@${ANN}`)));
  passes(on([hashOf(hello), hashOf(other)], insert(`2@${BEN}`), insert(own)));
  const missing = [
    insert(`2@${BEN}`),
    remove(`2@${BEN}`),
    insert(`5@${ANN}`),
    insert(`4@${ANN}`),
    insert(`1@${"00".repeat(16)}`),
    insert(`2@${"dd".repeat(16)}`),
    insert(own),
    insert(`11@${"cc".repeat(16)}`),
  ];
  for (const op of missing) refuses(on([hashOf(hello)], op), /not there/);
  refuses(on([START], insert(`3@${ANN}`)), /not there/);
});

Deno.test("ADM-3: other actors are named only if they are needed", () => {
  const parts = readParts(unpack(change({})).body);
  const needless = writeParts({ ...parts, others: [BEN] });
  assert.throws(() => readChange(chunkOf(1, needless, needless), false), /no use for/);
});

Deno.test("ADM-2: what passes is, to the byte, what Automerge makes of what it read", async () => {
  const actors = [ANN, BEN, "cc".repeat(16) as ActorId];
  for (const one of await manyChanges(actors, 60)) {
    assert.deepEqual(Automerge.encodeChange(Automerge.decodeChange(one)), one);
    readChangeHeader(one);
  }
  let read = 0;
  const unit = seededUnit(5);
  for (const one of await manyChanges(actors, 20)) {
    const body = unpack(one).body;
    for (let i = 0; i < 200; i++) {
      const bytes = body.with(Math.floor(unit() * body.length), Math.floor(unit() * 256));
      const spoiled = chunkOf(1, bytes, bytes);
      try {
        readChange(spoiled, false);
      } catch (error) {
        if (error instanceof SyntaxError || error instanceof RangeError) continue;
        throw error;
      }
      assert.deepEqual(Automerge.encodeChange(Automerge.decodeChange(spoiled)), spoiled);
      read++;
    }
  }
  assert.ok(read > 100, `only ${read} were read`);
});
