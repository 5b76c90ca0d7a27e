import assert from "node:assert/strict";
import { cutText, MAX_SHOWN_LINES } from "../../core/view/long_text.ts";
import {
  GROUP_MS,
  messageRows,
  nextNewFrom,
  type Reading,
  type Row,
} from "../../core/view/message_rows.ts";
import { initials, ringPath } from "../../core/view/person_mark.ts";
import { agoWords, dayOf, dayWords, fullWords, timeWords } from "../../core/view/when.ts";
import { message, messageId, peerId, SELF } from "../fakes/tab.ts";

const UTC = { locale: "en-GB", timeZone: "UTC" };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOON = Date.UTC(2026, 10, 23, 12);
const day = (at: number) => dayOf(at, UTC);

function brief(rows: readonly Row[]): string {
  return rows.map((row) =>
    row.type === "message" ? `${row.head ? "+" : ""}${parseInt(row.message.id, 16)}` : row.type
  ).join(" ");
}

Deno.test("messages of one author within the time stand together", () => {
  const messages = [
    message(1, { at: NOON }),
    message(2, { at: NOON + GROUP_MS }),
    message(3, { at: NOON + 2 * GROUP_MS + 1 }),
    message(4, { at: NOON + 2 * GROUP_MS + 2, author: SELF }),
    message(5, { at: NOON + 2 * GROUP_MS + 3 }),
  ];
  assert.equal(brief(messageRows(messages, null, day)), "day +1 2 +3 +4 +5");
});

Deno.test("what muted people say is folded to one line, day and new lines stay", () => {
  const messages = [
    message(1, { at: NOON }),
    message(2, { at: NOON, author: peerId(3) }),
    message(3, { at: NOON, author: peerId(4) }),
    message(4, { at: NOON }),
    message(5, { at: NOON + 12 * HOUR, author: peerId(3) }),
    message(6, { at: NOON + 12 * HOUR, author: peerId(3) }),
  ];
  const rows = messageRows(messages, messageId(6), day, new Set([peerId(3), peerId(4)]));
  assert.equal(brief(rows), "day +1 muted +4 day muted new muted");
  const folded = rows.flatMap((row) => row.type === "muted" ? [row.messages.length] : []);
  assert.deepEqual(folded, [2, 1, 1]);
});

Deno.test("a day line stands before the first message of each day, in the person's zone", () => {
  const messages = [
    message(1, { at: NOON + 11 * HOUR + 59 * MINUTE }),
    message(2, { at: NOON + 12 * HOUR }),
  ];
  assert.equal(brief(messageRows(messages, null, day)), "day +1 day +2");
  const west = (at: number) => dayOf(at, { timeZone: "America/Los_Angeles" });
  assert.equal(brief(messageRows(messages, null, west)), "day +1 2");
});

Deno.test("the line New stands before the first unread message of another", () => {
  const messages = [
    message(1, { at: NOON }),
    message(2, { at: NOON, author: SELF }),
    message(3, { at: NOON }),
    message(4, { at: NOON }),
  ];
  const reading: Reading = {
    messages,
    more: false,
    self: SELF,
    readTo: messageId(2),
    unread: 2,
    following: false,
  };
  assert.equal(nextNewFrom(null, reading), messageId(3));
  assert.equal(nextNewFrom(null, { ...reading, following: true }), null);
  assert.equal(nextNewFrom(messageId(3), { ...reading, unread: 0, following: true }), messageId(3));
  assert.equal(nextNewFrom(null, { ...reading, readTo: messageId(4), unread: 0 }), null);
  assert.equal(nextNewFrom(null, { ...reading, readTo: null }), null);
  assert.equal(brief(messageRows(messages, messageId(3), day)), "day +1 +2 new +3 4");
});

Deno.test("the line New goes when the person writes, and waits for what is not loaded", () => {
  const reading: Reading = {
    messages: [message(5), message(6, { author: SELF })],
    more: true,
    self: SELF,
    readTo: messageId(2),
    unread: 3,
    following: false,
  };
  assert.equal(nextNewFrom(messageId(5), reading), null);
  const before = { ...reading, messages: [message(5), message(6)] };
  assert.equal(nextNewFrom(null, before), null);
  const loaded = { ...before, messages: [message(2), message(4), message(5)] };
  assert.equal(nextNewFrom(null, loaded), messageId(4));
});

Deno.test("nothing gives no rows", () => assert.deepEqual(messageRows([], null, day), []));

Deno.test("days and times in words", () => {
  assert.equal(dayWords(NOON - HOUR, NOON, UTC), "Today");
  assert.equal(dayWords(NOON - 13 * HOUR, NOON, UTC), "Yesterday");
  assert.equal(dayWords(NOON - 72 * HOUR, NOON, UTC), "Friday 20 November");
  assert.match(dayWords(NOON - 400 * 24 * HOUR, NOON, UTC), /2025/);
  assert.equal(timeWords(NOON, UTC), "12:00");
  assert.match(fullWords(NOON, UTC), /Monday.*12:00:00/);
  assert.deepEqual(
    [0, 5 * MINUTE, 3 * HOUR, 30 * HOUR, 80 * HOUR].map((ago) => agoWords(NOON - ago, NOON)),
    ["just now", "5 min ago", "3 h ago", "yesterday", "3 days ago"],
  );
  assert.match(agoWords(NOON - 30 * 24 * HOUR, NOON, UTC), /Oct/);
});

Deno.test("an impossible time is still written", () => {
  for (const at of [NaN, Infinity, -Infinity, 1e300, -1e300]) {
    assert.equal(typeof dayWords(at, NOON, UTC), "string");
    assert.equal(typeof timeWords(at, UTC), "string");
  }
});

Deno.test("a long text is cut at a line and at whole characters", () => {
  assert.equal(cutText("a\n".repeat(MAX_SHOWN_LINES - 1) + "a"), null);
  const lines = cutText("ab\n".repeat(9_999) + "ab");
  assert.equal(lines?.lines, 10_000);
  assert.equal(lines?.text.split("\n").length, 12);
  const wide = cutText("😀".repeat(8_000));
  assert.equal(wide?.lines, 1);
  assert.ok(wide && wide.text.isWellFormed() && wide.text.length <= 1_200);
  assert.ok(cutText("a" + "😀".repeat(8_000))?.text.isWellFormed());
});

Deno.test("initials of any name", () => {
  assert.equal(initials("Ana Belén"), "AB");
  assert.equal(initials("ana maria de souza"), "AS");
  assert.equal(initials("ben"), "B");
  assert.equal(initials("日本"), "日");
  assert.equal(initials("👩‍👧 family"), "👩‍👧F");
  assert.equal(initials(" - "), "?");
  assert.ok(initials("a" + "\u0301".repeat(500)).length <= 8);
});

Deno.test("a ring is the same for one key and differs between keys", () => {
  assert.equal(ringPath(peerId(7)), ringPath(peerId(7)));
  const rings = new Set(
    ["00", "40", "80", "c0"].flatMap((first) =>
      ["000000", "010203", "060001"].map((rest) => ringPath((first + rest) as never))
    ),
  );
  assert.equal(rings.size, 12);
  for (const ring of rings) assert.match(ring, /^(M[\d. ]+A18.5 18.5 0 [01] 1 [\d. ]+){3}$/);
});
