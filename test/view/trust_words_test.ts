/** What the page says of spaces, invitations and keys. */
import assert from "node:assert/strict";
import { groupedCode, leftClock, leftWords, triesWords } from "../../core/view/code_words.ts";
import { readInvitation } from "../../core/view/invitation_text.ts";
import { keyText } from "../../core/view/key_text.ts";
import { ringPath } from "../../core/view/person_mark.ts";
import { qrPath } from "../../core/view/qr_path.ts";
import {
  cannotWrite,
  mayWrite,
  openWords,
  othersIn,
  unheardWords,
} from "../../core/view/space_words.ts";
import type { NoticeView } from "../../core/view/view.ts";
import { peerId, person, space, spaceId } from "../fakes/tab.ts";

Deno.test("a code is read however it is grouped, a link wherever it stands", () => {
  for (const typed of ["04717230", " 0471 7230 ", "0471-7230", "0471–72.30", "０４７１７２３０"]) {
    assert.deepEqual(readInvitation(typed), { type: "code", code: "04717230" });
  }
  const link = "http://127.0.0.1:4747/join#abc-_9";
  for (const typed of [link, `  ${link}\n`, `Join us: ${link} (once)`]) {
    assert.deepEqual(readInvitation(typed), { type: "link", link });
  }
});

Deno.test("what is neither is refused, and says what is missing", () => {
  assert.throws(() => readInvitation(" "), { message: /Paste a link, or type the eight digits/ });
  assert.throws(() => readInvitation("0471 723"), { message: /8 digits: this one has 7/ });
  for (
    const typed of ["hello", "javascript:alert(1)#x", "http://127.0.0.1:4747/join", "1234567a"]
  ) {
    assert.throws(() => readInvitation(typed), { message: /no invitation/ });
  }
});

Deno.test("a code in groups, and how long it counts: by the second, said by the minute", () => {
  assert.equal(groupedCode("04717230"), "0471 7230");
  assert.equal(leftClock(300_000), "5:00");
  assert.equal(leftClock(61_000), "1:01");
  assert.equal(leftClock(-5), "0:00");
  const said = new Set(
    Array.from({ length: 300 }, (_, second) => leftWords(300_000 - second * 1000)),
  );
  assert.equal(said.size, 5, "five texts in five minutes");
  assert.equal(leftWords(0), "This code has ended");
  assert.deepEqual([2, 1, 0].map(triesWords), [
    "2 tries are left",
    "1 try is left",
    "No try is left",
  ]);
});

Deno.test("who can read a space", () => {
  const people = [person(2, { role: "member" }), person(3, { role: null })];
  assert.equal(openWords(space(0), people), "open to everyone on this network");
  assert.equal(openWords(space(0), people, true), "open to everyone here");
  assert.equal(openWords(space(3), people), "only its 2 members");
  assert.equal(openWords(space(3), []), "only you");
  assert.match(
    openWords(space(3, { kind: "direct", name: "Ana" }), people),
    /^only you and .Ana.$/,
  );
  assert.equal(openWords(space(3, { role: null }), people), "read-only");
  assert.deepEqual(othersIn(space(0), people), people);
  assert.deepEqual(othersIn(space(3), people), people.slice(0, 1));
  assert.deepEqual(othersIn(space(3, { role: null }), people), []);
});

Deno.test("who cannot write is told why, and only who was removed is told so", () => {
  const gone = space(3, { role: null });
  const removed: NoticeView = {
    ...{ id: 1, kind: "removed", at: 0, text: "", space: gone.id },
    ...{ peer: null, detail: null },
  };
  assert.equal(cannotWrite(space(0), []), null);
  assert.equal(cannotWrite(space(3, { role: "member" }), []), null);
  assert.match(cannotWrite(space(3, { role: "reader" }), []) ?? "", /^You are a reader here/);
  assert.equal(
    cannotWrite(gone, [removed]),
    "You were removed from this space. What is here stays on this device.",
  );
  const elsewhere = { ...removed, space: spaceId(9) };
  assert.match(cannotWrite(gone, [elsewhere]) ?? "", /^You are not in this space any more\./);
  assert.equal(mayWrite(space(0, { role: null })), true, "everyone writes in the lobby");
});

Deno.test("devices that have not heard are counted, or nothing is said", () => {
  assert.equal(unheardWords(0), null);
  assert.match(unheardWords(1) ?? "", /^1 device has not heard/);
  assert.match(unheardWords(2) ?? "", /^2 devices have not heard/);
});

Deno.test("the rings of a large mark come from different bytes of the key", () => {
  const one = peerId(1);
  const other = `ff${one.slice(2)}` as typeof one;
  assert.notEqual(ringPath(one, 0), ringPath(other, 0));
  assert.equal(ringPath(one, 1), ringPath(other, 1));
  const later = `${one.slice(0, 8)}ff${one.slice(10)}` as typeof one;
  assert.equal(ringPath(one, 0), ringPath(later, 0));
  assert.notEqual(ringPath(one, 1), ringPath(later, 1));
  assert.equal(keyText(other), "ff00…0001");
});

Deno.test("a QR code is a path of whole modules with white around it", () => {
  const { size, path } = qrPath(`http://127.0.0.1:4747/join#${"A".repeat(200)}`);
  const runs = [...path.matchAll(/M(\d+) (\d+)h(\d+)v1h-(\d+)z/g)];
  assert.equal(runs.map(([run]) => run).join(""), path);
  for (const [, x, y, width, back] of runs) {
    assert.equal(width, back);
    assert.ok(Number(x) >= 4 && Number(y) >= 4 && Number(x) + Number(width) <= size - 4);
  }
  // A finder pattern begins with seven dark modules (ISO/IEC 18004 §6.3.3).
  assert.ok(path.startsWith("M4 4h7v1h-7z"));
});
