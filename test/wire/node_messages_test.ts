import assert from "node:assert/strict";
import { parseEntryHash, parseSpaceId } from "../../core/base/ids.ts";
import { encodeCbor } from "../../core/base/cbor.ts";
import { decodeMessage } from "../../core/wire/decode.ts";
import { encodeMessage } from "../../core/wire/encode.ts";
import {
  ASK_STEPS,
  MAX_MEET_TAGS,
  MAX_PAIR_BYTES,
  MAX_SENT_ENTRY_BYTES,
  type Message,
  MESSAGE_TYPES,
  PAIR_STEPS,
  REFUSAL_REASONS,
} from "../../core/wire/message.ts";
import { packEntries, packLog } from "../../core/wire/pack.ts";
import { seededBytes } from "../fakes/random.ts";
import { altered, put } from "./altered.ts";

const space = parseSpaceId("0a".repeat(16));
const signature = seededBytes(1)(64);
const hash = (n: number) => parseEntryHash(n.toString(16).padStart(64, "0"));
const bytes = (length: number) => new Uint8Array(length);

/** One of each kind, and each word of its fields. */
const MESSAGES: readonly Message[] = [
  { type: "log", space, hashes: [hash(1), hash(2)], last: true },
  { type: "log", space, hashes: [], last: false },
  { type: "entries", space, items: [{ bytes: seededBytes(2)(300), signature }] },
  { type: "meet", tags: [seededBytes(3)(16), seededBytes(4)(16)] },
  { type: "meet", tags: [] },
  { type: "join", space, invite: seededBytes(5)(32), proof: signature },
  ...PAIR_STEPS.map((step): Message => ({ type: "pair", step, bytes: seededBytes(6)(48) })),
  ...ASK_STEPS.map((step): Message => ({
    type: "ask",
    step,
    space: step === "made" ? space : null,
  })),
  ...REFUSAL_REASONS.flatMap((reason): Message[] => [
    { type: "refused", what: "join", reason },
    { type: "refused", what: "pair", reason },
  ]),
];

for (const [i, message] of MESSAGES.entries()) {
  Deno.test(`message ${i} ${message.type}: comes back as it went, and cut anywhere is refused`, () => {
    const bytes = encodeMessage(message);
    assert.deepEqual(decodeMessage(bytes), message);
    for (let end = 0; end < bytes.length; end++) {
      assert.throws(() => decodeMessage(bytes.subarray(0, end)), SyntaxError, `cut at ${end}`);
    }
  });
}

const [log, , entries, meet, , join, pair] = MESSAGES;

const BOUNDS: Record<string, Uint8Array> = {
  "a hash of 31 bytes": altered(log, put([1, 0], bytes(31))),
  "`last` as a text": altered(log, put([2], "yes")),
  "no entries": altered(entries, put([1], [])),
  "an empty entry": altered(entries, put([1, 0, 0], bytes(0))),
  "an entry too long": altered(entries, put([1, 0, 0], bytes(MAX_SENT_ENTRY_BYTES + 1))),
  "an entry with 63 bytes of signature": altered(entries, put([1, 0, 1], bytes(63))),
  "a tag of 15 bytes": altered(meet, put([0, 0], bytes(15))),
  "too many tags": altered(meet, put([0], Array(MAX_MEET_TAGS + 1).fill(bytes(16)))),
  "an invitation of 31 bytes": altered(join, put([1], bytes(31))),
  "a proof that is a text": altered(join, put([2], "proof")),
  "a step as a text": altered(pair, put([0], "start")),
  "a step that carries too much": altered(pair, put([1], bytes(MAX_PAIR_BYTES + 1))),
};

for (const [what, hostile] of Object.entries(BOUNDS)) {
  Deno.test(`message: refuses ${what}`, () => {
    assert.throws(() => decodeMessage(hostile), SyntaxError);
  });
}

Deno.test("message: words that only a later version knows are skipped", () => {
  assert.equal(decodeMessage(altered(pair, put([0], 99))), null);
  const ask = Uint8Array.of(MESSAGE_TYPES.ask, ...encodeCbor([99]));
  assert.equal(decodeMessage(ask), null);
  const refused = Uint8Array.of(MESSAGE_TYPES.refused, ...encodeCbor([0, 99]));
  assert.equal(decodeMessage(refused), null);
});

Deno.test("pack: a log of any length is cut into messages that fit, the last marked", () => {
  for (const count of [0, 1, 5000]) {
    const hashes = Array.from({ length: count }, (_, n) => hash(n));
    const messages = packLog(space, hashes, 10_000);
    const read = messages.map((each) => {
      assert(each.length <= 10_000);
      const message = decodeMessage(each);
      assert(message?.type === "log");
      return message;
    });
    assert.deepEqual(read.flatMap(({ hashes }) => hashes), hashes);
    assert.deepEqual(read.map(({ last }) => last), read.map((_, i) => i === read.length - 1));
  }
});

Deno.test("pack: entries fill messages, and the longest fits into one", () => {
  const items = [10, MAX_SENT_ENTRY_BYTES, 20, 30].map((length) => ({
    bytes: bytes(length),
    signature,
  }));
  const messages = [...packEntries(space, items, 65_519)];
  const read = messages.flatMap((each) => {
    assert(each.length <= 65_519);
    const message = decodeMessage(each);
    return message?.type === "entries" ? message.items : [];
  });
  assert.deepEqual(read, items);
  assert.equal(messages.length, 1);
});
