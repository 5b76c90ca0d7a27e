import assert from "node:assert/strict";
import * as Automerge from "@automerge/automerge";
import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import type { ActorId } from "../../core/base/ids.ts";
import {
  MAX_CHANGE_BYTES,
  MAX_CHANGE_ROWS,
  MAX_DEPS,
  MAX_INFLATED_BYTES,
} from "../../core/base/limits.ts";
import { GENESIS, GENESIS_ACTOR } from "../../core/doc/genesis.ts";
import { COLUMN, MAX_OTHER_ACTORS } from "../../core/trust/change_columns.ts";
import {
  MAX_CHANGE_MESSAGE_BYTES,
  MAX_OP_COUNTER,
  readChangeHeader,
  rowsOf,
} from "../../core/trust/change_header.ts";
import { bombChange } from "../fakes/bomb.ts";
import { manyChanges, mendChecksum } from "../fakes/changes.ts";

const ACTORS = ["aa", "bb", "0c"].map((byte) => byte.repeat(16) as ActorId);
const DEP = "11".repeat(32);

function hex(text: string): Uint8Array {
  return Uint8Array.fromHex(text.replaceAll(" ", ""));
}

function uleb(value: number): string {
  let text = "";
  for (; value >= 0x80; value = Math.floor(value / 0x80)) {
    text += (value % 0x80 + 0x80).toString(16).padStart(2, "0");
  }
  return text + value.toString(16).padStart(2, "0");
}

/** A plain chunk of type 1 around a body, with the right checksum. */
function chunk(body: Uint8Array, type = 1): Uint8Array {
  const hashed = new Uint8Array([type, ...hex(uleb(body.length)), ...body]);
  const digest = createHash("sha256").update(hashed).digest();
  return new Uint8Array([...hex("856f4a83"), ...digest.subarray(0, 4), ...hashed]);
}

/** A chunk of type 2 around a body. */
function deflated(body: Uint8Array, packed: Uint8Array = deflateRawSync(body)): Uint8Array {
  const checksum = chunk(body).subarray(4, 8);
  return new Uint8Array([
    ...hex("856f4a83"),
    ...checksum,
    2,
    ...hex(uleb(packed.length)),
    ...packed,
  ]);
}

type Columns = readonly (readonly [spec: number, data: string])[];

interface Parts {
  deps?: string;
  actor?: string;
  seq?: string;
  startOp?: string;
  time?: string;
  message?: string;
  actors?: string;
  columns?: Columns;
}

/** The columns of one operation: the string "v" under the key "k". */
const ONE_PUT: Columns = [
  [COLUMN.keyText, "7f016b"],
  [COLUMN.insert, "01"],
  [COLUMN.action, "7f01"],
  [COLUMN.valueMeta, "7f16"],
  [COLUMN.value, "76"],
  [COLUMN.predCount, "7f00"],
];

function body(parts: Parts = {}): Uint8Array {
  const { deps = "00", actor = `10${ACTORS[0]}`, seq = "01", startOp = "01" } = parts;
  const { time = "00", message = "00", actors = "00", columns = ONE_PUT } = parts;
  const heads = columns.map(([spec, data]) => uleb(spec) + uleb(hex(data).length)).join("");
  const data = columns.map(([, data]) => data).join("");
  const ops = actors + uleb(columns.length) + heads + data;
  return hex(deps + actor + seq + startOp + time + message + ops);
}

/** The same change deflated, a form that Automerge reads and writes too. */
function deflatedForm(change: Uint8Array): Uint8Array {
  const lengthBytes = change.slice(9).findIndex((byte) => byte < 0x80) + 1;
  return deflated(change.subarray(9 + lengthBytes));
}

Deno.test("change header: it agrees with Automerge on every change, plain and deflated", async () => {
  const branches = new Set<number>();
  for (const plain of await manyChanges(ACTORS, 150)) {
    for (const change of [plain, deflatedForm(plain)]) {
      const header = readChangeHeader(change);
      const decoded = Automerge.decodeChange(change);
      assert.equal(rowsOf(change), header.rows);
      branches.add(header.actor.length);
      assert.deepEqual({ ...header }, {
        hash: decoded.hash,
        deps: decoded.deps,
        actor: decoded.actor,
        seq: decoded.seq,
        startOp: decoded.startOp,
        time: decoded.time,
        messageText: decoded.message,
        rows: decoded.ops.length,
      });
    }
  }
  assert.deepEqual([...branches].sort(), [32, 42]);
  assert.equal(readChangeHeader(GENESIS).actor, GENESIS_ACTOR);
});

Deno.test("change header: every flipped bit of plain changes is refused", async () => {
  for (const change of (await manyChanges(ACTORS, 10)).slice(0, 3)) {
    for (let bit = 0; bit < change.length * 8; bit++) {
      const flipped = change.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      assert.throws(() => readChangeHeader(flipped), SyntaxError, `bit ${bit}`);
    }
  }
});

Deno.test("change header: a flipped bit of a deflated change is refused or makes no difference", async () => {
  const [plain] = await manyChanges(ACTORS, 1);
  assert.ok(plain);
  const change = deflatedForm(plain);
  const header = readChangeHeader(change);
  for (let bit = 0; bit < change.length * 8; bit++) {
    const flipped = change.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    try {
      // Bits that pad a deflated block may be anything; what it holds is the same then.
      assert.deepEqual(readChangeHeader(flipped), header);
    } catch (error) {
      assert.ok(error instanceof SyntaxError, `bit ${bit}: ${error}`);
    }
  }
});

Deno.test("change header: every cut and every added byte is refused", async () => {
  const [change] = await manyChanges(ACTORS, 1);
  assert.ok(change);
  for (let length = 0; length < change.length; length++) {
    assert.throws(() => readChangeHeader(change.subarray(0, length)), SyntaxError);
  }
  assert.throws(() => readChangeHeader(new Uint8Array([...change, 0])), /another length/);
});

Deno.test("change header: a body within the limits passes, each bound crossed is refused", () => {
  const dep = (i: number) => i.toString(16).padStart(64, "0");
  const deps = (count: number) =>
    uleb(count) + Array.from({ length: count }, (_, i) => dep(i)).join("");
  const others = (count: number) =>
    Array.from({ length: count }, (_, i) => `10${dep(i + 1).slice(32)}`).join("");
  const text = (length: number) => uleb(length) + "41".repeat(length);
  const good: Parts[] = [
    {},
    { deps: deps(MAX_DEPS) },
    { actor: `15${"13b2230901"}${ACTORS[0]}` },
    { seq: "ffffffffffffff0f", startOp: uleb(MAX_OP_COUNTER) },
    { actors: uleb(MAX_OTHER_ACTORS) + others(MAX_OTHER_ACTORS) },
    { time: "ffffffffffffff0f" },
    { time: "818080808080807 0" },
    { time: "7f" },
    { time: "c000" },
    { message: text(MAX_CHANGE_MESSAGE_BYTES) },
  ];
  for (const parts of good) readChangeHeader(chunk(body(parts)));
  assert.equal(readChangeHeader(chunk(body({ time: "7f" }))).time, -1);
  assert.equal(readChangeHeader(chunk(body({ time: "c000" }))).time, 64);
  const wrong: [Parts, RegExp][] = [
    [{ deps: deps(MAX_DEPS + 1) }, /dependencies/],
    [{ deps: "ffffffffffffff0f" }, /dependencies/],
    [{ deps: `02${dep(2)}${dep(1)}` }, /out of order/],
    [{ deps: `02${DEP}${DEP}` }, /out of order/],
    [{ actor: "00" }, /actor of 0/],
    [{ actor: `0f${"aa".repeat(15)}` }, /actor of 15/],
    [{ actor: `16${"aa".repeat(22)}` }, /actor of 22/],
    [{ seq: "00" }, /from 0/],
    [{ startOp: "00" }, /from 0/],
    [{ startOp: uleb(MAX_OP_COUNTER + 1) }, /operations from/],
    [{ startOp: "ffffffffffffff0f" }, /operations from/],
    [{ actors: uleb(MAX_OTHER_ACTORS + 1) + others(MAX_OTHER_ACTORS + 1) }, /257 other actors/],
    [{ actors: `02${others(1)}${others(1)}` }, /actors out of order/],
    [{ actors: `01 10${ACTORS[0]}` }, /author is among/],
    [{ actors: "0100" }, /actor of no bytes/],
    [{ actors: "ffffffffffffff0f" }, /other actors/],
    [{ columns: [] }, /no operations/],
    [{ seq: "8100" }, /shortest/],
    [{ seq: "8080808080808010" }, /53 bits/],
    [{ seq: "ffffffffffffffffff01" }, /53 bits/],
    [{ time: "ff7f" }, /shortest/],
    [{ time: "8100" }, /shortest/],
    [{ time: "8080808080808010" }, /53 bits/],
    [{ message: text(MAX_CHANGE_MESSAGE_BYTES + 1) }, /message/],
    [{ message: "01ff" }, /UTF-8/],
  ];
  for (const [parts, reason] of wrong) {
    assert.throws(() => readChangeHeader(chunk(body(parts))), reason, JSON.stringify(parts));
  }
});

Deno.test("CHG-3: a bomb of few bytes and many operations is refused at once", () => {
  const [actor] = ACTORS;
  assert.ok(actor);
  assert.equal(readChangeHeader(bombChange(actor, MAX_CHANGE_ROWS - 1)).rows, MAX_CHANGE_ROWS);
  for (const count of [MAX_CHANGE_ROWS + 1, 5_000_000, 2 ** 31, 2 ** 40]) {
    const bomb = bombChange(actor, count);
    assert.ok(bomb.length < 180, `${bomb.length} bytes`);
    assert.throws(() => readChangeHeader(bomb), /more than 20000 operations/);
  }
});

/** Columns of one put, some of them others. */
function columns(...others: readonly (readonly [spec: number, data: string])[]) {
  const all = new Map([...ONE_PUT, ...others]);
  return [...all].filter(([, data]) => data !== "").sort(([a], [b]) => a - b);
}

Deno.test("CHG-3: columns that fit one another are counted, all others refused", () => {
  const rows = (...others: [number, string][]) =>
    readChangeHeader(chunk(body({ columns: columns(...others) }))).rows;
  const { keyText, insert, action, valueMeta, value, predCount, predActor, predCounter } = COLUMN;
  // MAX_CHANGE_ROWS is a09c01 as unsigned and as signed LEB128, one more a19c01.
  const many = (count: string): [number, string][] => [
    [keyText, `${count}016b`],
    [insert, count],
    [action, `${count}01`],
    [valueMeta, `${count}06`],
    [value, ""],
    [predCount, `${count}00`],
  ];
  assert.equal(rows(), 1);
  assert.equal(rows(...many("a09c01")), MAX_CHANGE_ROWS);
  assert.equal(rows([predCount, "7f02"], [predActor, "0200"], [predCounter, "0201"]), 1);
  const wrong: [[number, string][], RegExp][] = [
    [many("a19c01"), /more than 20000 operations/],
    [[[action, "01ffffffffffffff0f"]], /form|53 bits/],
    [[[action, "ffffffffffffff0701"]], /more than 20000/],
    [[[action, "8080808080808078"]], /more than 20000|cut short/],
    [[[action, "7b01"]], /cut short/],
    [[[action, "03"]], /cut short/],
    [[[insert, "00a19c01"]], /more than 20000 operations/],
    [[[predCount, "7fa19c01"]], /more than 20000 predecessors/],
    [[[predCount, "7f8080808080808001"]], /more than 20000 predecessors/],
    [[[keyText, "7f0541"]], /cut short/],
    [[[keyText, "7f01ff"]], /not UTF-8/],
    [[[action, ""]], /no operations/],
    [[[action, "0201"]], /unequal length/],
    [[[keyText, "02016b"]], /unequal length/],
    [[[insert, "02"]], /unequal length/],
    [[[predCount, "7f01"]], /not there/],
    [[[predCount, "7f02"], [predActor, "7f00"], [predCounter, "7f01"]], /unequal length/],
    [[[predActor, "7f00"], [predCounter, "7f01"]], /unequal length/],
    [[[valueMeta, "7f26"]], /another length/],
    [[[valueMeta, "7f808080808080808001"]], /53 bits|another length/],
    [[[value, ""]], /another length/],
  ];
  for (const [others, reason] of wrong) {
    assert.throws(() => rows(...others), reason, JSON.stringify(others));
  }
});

Deno.test("CHG-3: a column has one form, that which Automerge writes", () => {
  const { keyText, insert, action, valueMeta, predCount, value } = COLUMN;
  const three: [number, string][] = [
    [keyText, "03016b"],
    [insert, "03"],
    [valueMeta, "0306"],
    [value, ""],
    [predCount, "0300"],
  ];
  const read = (form: string) =>
    readChangeHeader(chunk(body({ columns: columns(...three, [action, form]) })));
  for (const form of ["0301", "7d010203", "0201 7f02", "7f02 0201", "0001 0201", "7f01 0002"]) {
    assert.equal(read(form).rows, 3, form);
  }
  const odd = [
    ["a run of one", "0101 0202"],
    ["a list that repeats", "7d010102"],
    ["two lists in a row", "7f01 7e0203"],
    ["a run after an equal one", "0201 0201"],
    ["a list that begins as the run before ends", "0201 7f01"],
    ["a run that begins as the list before ends", "7f01 0201"],
    ["a run of no nothings", "0000 0301"],
    ["nothings after nothings", "0001 0002"],
    ["nothing at all", "0003"],
  ];
  for (const [what = "", form = ""] of odd) assert.throws(() => read(form), /form/, what);
  for (const form of ["0103 00", "01 00 02", "0003 00"]) {
    const all = columns(...three, [action, "0301"], [insert, form]);
    assert.throws(() => readChangeHeader(chunk(body({ columns: all }))), /form/, form);
  }
});

Deno.test("CHG-3: only columns that this program writes are read, in order and none empty", () => {
  const wrong: [Columns, RegExp][] = [
    [columns([0x03, "7f01"]), /column 3/],
    [columns([COLUMN.value | 8, "7f01"]), /column 95/],
    [columns([0x94, "01"]), /column 148/],
    [ONE_PUT.toReversed(), /out of order/],
    [[...ONE_PUT, [COLUMN.predCount, "7f00"]], /out of order/],
    [[...ONE_PUT, [COLUMN.predActor, ""]], /empty/],
    [Array.from({ length: 13 }, (_, i) => [i + 1, "0101"] as const), /13 columns/],
  ];
  for (const [columns, reason] of wrong) {
    assert.throws(() => readChangeHeader(chunk(body({ columns }))), reason, String(reason));
  }
  const longer = new Uint8Array([...body(), 0]);
  assert.throws(() => readChangeHeader(chunk(longer)), /bytes after its columns/);
});

Deno.test("change header: only changes are read, and nothing else of Automerge's", () => {
  for (const type of [0, 3, 4, 255]) {
    assert.throws(() => readChangeHeader(chunk(body(), type)), /of type/);
  }
  assert.throws(() => readChangeHeader(new Uint8Array(100)), /no chunk/);
  assert.throws(() => readChangeHeader(new Uint8Array(MAX_CHANGE_BYTES + 1)), /bytes long/);
});

Deno.test("change header: a deflated change is bounded, and hashed as what it holds", () => {
  const plain = body({ message: "0141" });
  assert.deepEqual(readChangeHeader(deflated(plain)), readChangeHeader(chunk(plain)));
  const bomb = new Uint8Array(MAX_INFLATED_BYTES + 1);
  bomb.set(body());
  assert.ok(deflateRawSync(bomb).length < MAX_CHANGE_BYTES);
  assert.throws(() => readChangeHeader(deflated(bomb)), /deflated/);
  const trailing = new Uint8Array([...deflateRawSync(plain), 0]);
  assert.throws(() => readChangeHeader(deflated(plain, trailing)), /deflated/);
  const cut = deflateRawSync(plain).subarray(0, -2);
  assert.throws(() => readChangeHeader(deflated(plain, cut)), SyntaxError);
});

Deno.test("change header: seeded garbage with a right checksum is read or refused, never more", async () => {
  const changes = await manyChanges(ACTORS, 60);
  let refused = 0;
  for (let seed = 0; seed < 5000; seed++) {
    const change = changes[seed % changes.length]!.slice();
    // The two length bytes stay as they are.
    change[11 + (seed * 7919) % (change.length - 11)]! ^= 1 << (seed % 8);
    try {
      readChangeHeader(mendChecksum(change));
    } catch (error) {
      assert.ok(error instanceof SyntaxError, `seed ${seed}: ${error}`);
      refused++;
    }
  }
  assert.ok(refused > 0);
});
