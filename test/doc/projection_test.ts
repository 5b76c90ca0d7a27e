import assert from "node:assert/strict";
import {
  type ActorId,
  type DocId,
  type MessageId,
  parseNoteId,
  parsePeerId,
  parseSpaceId,
  type PeerId,
} from "../../core/base/ids.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { noteDoc, segmentDoc, SPACE_DOC } from "../../core/doc/doc_id.ts";
import type { NewEntry } from "../../core/doc/documents.ts";
import { compareOps, type Entry } from "../../core/doc/entry.ts";
import { MessageClock } from "../../core/doc/message_id.ts";
import {
  channelEntry,
  messageEntry,
  noteEntry,
  personEntry,
  project,
  type Row,
} from "../../core/doc/projection.ts";
import { signSuccessor } from "../../core/trust/successor.ts";
import { COLOURS } from "../../core/view/view.ts";
import { deviceKeys } from "../fakes/device.ts";
import { seededUnit } from "../fakes/random.ts";

const SPACE = parseSpaceId("0c".repeat(16));
const ANN = parsePeerId("0a".repeat(32));
const BEN = parsePeerId("0b".repeat(32));
const CHANNEL = channelIdOf(SPACE, "general");
const SEGMENT = segmentDoc(CHANNEL, 0);
const NOTE = parseNoteId("0e".repeat(16));
const OP = { counter: 1, actor: "aa".repeat(16) as ActorId };
const ANNS = new MessageClock(ANN, { now: () => 1_700_000_000_000 }).next();

function rows(doc: DocId, author: PeerId, ...entries: NewEntry[]): Row[] {
  return project(SPACE, doc, author, entries.map((entry) => ({ ...entry, op: OP })));
}

Deno.test("MSG-4: a message is its author's text under its id", () => {
  assert.deepEqual(messageEntry(ANNS, "hi\n😀"), { key: ANNS, value: '{"text":"hi\\n😀"}' });
  assert.deepEqual(rows(SEGMENT, ANN, messageEntry(ANNS, "hi\n😀")), [
    { type: "message", channel: CHANNEL, id: ANNS, text: "hi\n😀", op: OP },
  ]);
});

Deno.test("MSG-4: what is not a message of its author's means nothing", () => {
  assert.deepEqual(rows(SEGMENT, BEN, messageEntry(ANNS, "hi")), [], "another's prefix");
  assert.deepEqual(rows(SPACE_DOC, ANN, messageEntry(ANNS, "hi")), [], "in the space document");
  assert.deepEqual(rows(noteDoc(NOTE), ANN, messageEntry(ANNS, "hi")), [], "in a note");
  const id = ANNS.toUpperCase() as MessageId;
  assert.deepEqual(rows(SEGMENT, ANN, messageEntry(id, "hi")), [], "no message id");
  const values = [
    "",
    "hi",
    '"hi"',
    "null",
    "[]",
    '["hi"]',
    "{}",
    '{"text":1}',
    '{"text":null}',
    '{"text":""}',
    '{"text":"  "}',
    '{"text":"a\\u0000b"}',
    '{"text":"a\\r\\nb"}',
    '{"text":"trailing \\n"}',
    '{"text":"hi"',
    '{"text":"hi"}x',
    JSON.stringify({ text: "x".repeat(16 * 1024 + 1) }),
    " ".repeat(200 * 1024) + '{"text":"hi"}',
    "[".repeat(100_000),
  ];
  for (const value of values) {
    assert.deepEqual(rows(SEGMENT, ANN, { key: ANNS, value }), [], value.slice(0, 40));
  }
  assert.equal(rows(SEGMENT, ANN, messageEntry(ANNS, "x".repeat(16 * 1024))).length, 1);
  assert.equal(rows(SEGMENT, ANN, messageEntry(ANNS, '"'.repeat(16 * 1024))).length, 1);
  assert.equal(rows(SEGMENT, ANN, { key: ANNS, value: '{"text":"hi","more":[1]}' }).length, 1);
});

Deno.test("DOC-5: a channel is its name under the id derived from it", () => {
  assert.deepEqual(rows(SPACE_DOC, ANN, channelEntry(SPACE, "general")), [
    { type: "channel", id: CHANNEL, name: "general", by: ANN, op: OP },
  ]);
  for (const name of ["General", "#general", "a b", "", "x".repeat(65), "a\u202eb"]) {
    assert.deepEqual(rows(SPACE_DOC, ANN, channelEntry(SPACE, name)), [], name);
  }
  const moved = { ...channelEntry(SPACE, "general"), key: "channel/0123456789abcdef" };
  assert.deepEqual(rows(SPACE_DOC, ANN, moved), []);
  assert.deepEqual(rows(SEGMENT, ANN, channelEntry(SPACE, "general")), []);
});

Deno.test("DOC-5: a note is a title, a person names only themselves", () => {
  assert.deepEqual(rows(SPACE_DOC, BEN, noteEntry(NOTE, "Shopping list")), [
    { type: "note", id: NOTE, title: "Shopping list", by: BEN, op: OP },
  ]);
  assert.deepEqual(rows(SPACE_DOC, ANN, personEntry(ANN, "Ann", COLOURS - 1)), [
    { type: "person", peer: ANN, name: "Ann", colour: COLOURS - 1, op: OP },
  ]);
  assert.deepEqual(rows(SPACE_DOC, BEN, personEntry(ANN, "Ann", 1)), [], "another's name");
  for (const colour of [-1, COLOURS, 0.5, NaN]) {
    assert.deepEqual(rows(SPACE_DOC, ANN, personEntry(ANN, "Ann", colour)), [], `${colour}`);
  }
  for (const name of ["", " Ann", "A\nnn", "<b>\u0007"]) {
    assert.deepEqual(rows(SPACE_DOC, ANN, personEntry(ANN, name, 1)), [], name);
    assert.deepEqual(rows(SPACE_DOC, ANN, noteEntry(NOTE, name)), [], name);
  }
  for (const key of ["note", "note/", "note/x", `note/${NOTE}/`, "person/", "other/x", "", "/"]) {
    assert.deepEqual(rows(SPACE_DOC, ANN, { key, value: '{"title":"t","name":"n"}' }), [], key);
  }
});

Deno.test("DOC-11: a person's earlier key counts if that key says so itself", () => {
  const [old, next] = [deviceKeys(1), deviceKeys(2)];
  const before = { old: old.peer, signature: signSuccessor(old, next.peer) };
  const entry = personEntry(next.peer, "Ann", 1, before);
  const plain = { type: "person", peer: next.peer, name: "Ann", colour: 1, op: OP };
  assert.deepEqual(rows(SPACE_DOC, next.peer, entry), [{ ...plain, before }]);
  const forged = { old: old.peer, signature: signSuccessor(next, old.peer) };
  const told = { ...before, signature: before.signature.slice(1) };
  for (const wrong of [forged, told, { ...before, old: next.peer }]) {
    assert.deepEqual(rows(SPACE_DOC, next.peer, personEntry(next.peer, "Ann", 1, wrong)), [plain]);
  }
});

/** Registers as a store keeps them: of one type and id, the highest operation. */
function fold(all: readonly Row[]): string {
  const best = new Map<string, Row>();
  for (const row of all) {
    const key = `${row.type} ${row.type === "person" ? row.peer : row.id}`;
    const other = best.get(key);
    if (!other || compareOps(row.op, other.op) > 0) best.set(key, row);
  }
  return JSON.stringify([...best].sort(([a], [b]) => a < b ? -1 : 1));
}

Deno.test("DOC-6: rows are the same in whatever order changes come", () => {
  const op = (counter: number, actor: string) => ({ counter, actor: actor.repeat(16) as ActorId });
  const written: [PeerId, Entry][] = [
    [ANN, { ...noteEntry(NOTE, "One"), op: op(1, "aa") }],
    [BEN, { ...noteEntry(NOTE, "Two"), op: op(2, "0b") }],
    [ANN, { ...noteEntry(NOTE, "Three"), op: op(2, "aa") }],
    [BEN, { ...personEntry(BEN, "Ben", 1), op: op(7, "0b") }],
    [BEN, { ...personEntry(BEN, "Benny", 2), op: op(10, "0b") }],
    [ANN, { ...personEntry(BEN, "Not Ben", 2), op: op(99, "aa") }],
    [ANN, { ...channelEntry(SPACE, "general"), op: op(5, "aa") }],
    [BEN, { ...channelEntry(SPACE, "general"), op: op(5, "0b") }],
  ];
  const projected = (order: readonly number[]) =>
    fold(order.flatMap((i) => {
      const [author, entry] = written[i]!;
      return project(SPACE, SPACE_DOC, author, [entry]);
    }));
  const expected = projected(written.keys().toArray());
  assert.match(expected, /Three.*Benny/s);
  for (const order of permutations(written.keys().toArray().slice(0, 6))) {
    assert.equal(projected([...order, 6, 7]), expected);
  }
  for (let seed = 0; seed < 300; seed++) {
    const unit = seededUnit(seed);
    const order = written.keys().toArray().map((i) => ({ i, at: unit() }))
      .sort((a, b) => a.at - b.at).map(({ i }) => i);
    assert.equal(projected(order), expected, `seed ${seed}`);
  }
});

function* permutations(items: readonly number[]): Generator<number[]> {
  if (items.length === 0) yield [];
  for (const item of items) {
    for (const rest of permutations(items.filter((other) => other !== item))) yield [item, ...rest];
  }
}
