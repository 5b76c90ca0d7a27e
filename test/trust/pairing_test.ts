import assert from "node:assert/strict";
import type { PeerId } from "../../core/base/ids.ts";
import { MAX_CODE_TRIES, PairingGuest, PairingHost } from "../../core/trust/pairing.ts";
import { cleanCode, newCode } from "../../core/trust/pairing_code.ts";
import { seededBytes } from "../fakes/random.ts";

const GUEST = "0a".repeat(32) as PeerId;
const HOST = "0b".repeat(32) as PeerId;
const EVE = "0e".repeat(32) as PeerId;
const CODE = "01234567";
const sides = { guest: GUEST, host: HOST, binding: new Uint8Array(32).fill(3) };
const SPACE = new Uint8Array(16).fill(12);
const UNTIL = 1000;

const open = () => new PairingHost(CODE, UNTIL, seededBytes(1));
const type = (code: string, over = sides) => new PairingGuest(code, over, seededBytes(2));

Deno.test("PAIR-3: who types the code that is shown gets the space, each side knowing the other (vector)", () => {
  const host = open();
  const guest = type(CODE);
  const attempt = host.answer(guest.message, sides, 0);
  assert.ok(attempt);
  const guestTag = guest.answer(attempt.message);
  const hostTag = attempt.confirm(guestTag, SPACE);
  assert.ok(hostTag);
  assert.ok(guest.accepts(hostTag, SPACE));
  assert.deepEqual([guest.message, attempt.message, guestTag, hostTag].map((b) => b.toHex()), [
    "0a972c0eb6c9c1b373e4e34ff8aaafdade0d3a0a3fb036e1dfc2df4b70754466",
    "065d52d19234dedc7245db2dcd234c60295f975348842056f6c7648c1c549813",
    "7ec2dda0a4afd6c70abcdc21b4b2bba5ada20a788a861ac3f74595740ce4d0dc",
    "6e3bd4ae20bdf60dbabef3d3f85a4f8b33ccb01c2e6d32395aa9ab7ba7fb6e03",
  ]);
  assert.deepEqual([host.isUsed, host.triesLeft, host.isOpen(0)], [true, 0, false]);
  assert.equal(host.answer(type(CODE).message, sides, 0), null, "once");
  assert.equal(attempt.confirm(guestTag, SPACE), null, "once");
});

Deno.test("PAIR-3: the host's tag holds for its payload alone, and no tag is its own answer", () => {
  const guest = type(CODE);
  const attempt = open().answer(guest.message, sides, 0)!;
  const guestTag = guest.answer(attempt.message);
  assert.equal(guest.accepts(guestTag, new Uint8Array(0)), false, "sent back");
  const hostTag = attempt.confirm(guestTag, SPACE)!;
  assert.equal(guest.accepts(hostTag, SPACE.with(0, 1)), false);
  assert.equal(type(CODE).accepts(hostTag, SPACE), false, "before any answer");
});

Deno.test("PAIR-4: hostile 10: three tries in all kill a code, whoever makes them", () => {
  const host = open();
  for (let i = 0; i < MAX_CODE_TRIES; i++) {
    const over = { ...sides, guest: String(i).repeat(64) as PeerId };
    const guest = type("7654321" + i, over);
    const attempt = host.answer(guest.message, over, 0);
    assert.ok(attempt);
    assert.equal(attempt.confirm(guest.answer(attempt.message), SPACE), null);
    assert.equal(host.triesLeft, MAX_CODE_TRIES - 1 - i);
  }
  assert.equal(host.isOpen(0), false);
  assert.equal(host.answer(type(CODE).message, sides, 0), null);
});

Deno.test("PAIR-4: a try counts when it is answered: silence and junk are tries, and none is taken twice", () => {
  const host = open();
  host.answer(type(CODE).message, sides, 0);
  assert.equal(host.triesLeft, 2);
  assert.equal(host.answer(new Uint8Array(32), sides, 0), null);
  assert.equal(host.triesLeft, 1);
  const guest = type(CODE);
  const attempt = host.answer(guest.message, sides, 0)!;
  const tag = guest.answer(attempt.message);
  assert.equal(attempt.confirm(tag.with(0, tag[0]! ^ 1), SPACE), null);
  assert.equal(attempt.confirm(tag, SPACE), null);
  assert.equal(host.isUsed, false);
});

Deno.test("PAIR-4: a code is over when its time is", () => {
  const host = open();
  assert.deepEqual([host.isOpen(UNTIL - 1), host.isOpen(UNTIL)], [true, false]);
  assert.equal(host.answer(type(CODE).message, sides, UNTIL), null);
  assert.equal(host.triesLeft, MAX_CODE_TRIES);
});

Deno.test("PAIR-3: hostile 9: in the middle, over links of one's own, even the right code fails", () => {
  for (
    const seen of [
      { ...sides, binding: new Uint8Array(32) },
      { ...sides, guest: EVE },
      { ...sides, host: EVE },
      { ...sides, guest: HOST, host: GUEST },
    ]
  ) {
    const guest = type(CODE, seen);
    const attempt = open().answer(guest.message, sides, 0)!;
    assert.equal(attempt.confirm(guest.answer(attempt.message), SPACE), null);
  }
  assert.throws(() => type(CODE).answer(new Uint8Array(32)), RangeError);
});

Deno.test("PAIR-1: codes are eight digits, all alike, and are read as people type them", () => {
  const random = seededBytes(7);
  const counts = Array.from({ length: 10 }, () => 0);
  for (let i = 0; i < 2000; i++) {
    const code = newCode(random);
    assert.match(code, /^\d{8}$/);
    counts[Number(code[0])]!++;
  }
  assert.ok(counts.every((count) => count > 140 && count < 260), String(counts));
  let asked = 0;
  const high = newCode((length) => {
    const bytes = new Uint8Array(length).fill(asked++ === 0 ? 0xff : 0);
    return bytes;
  });
  assert.deepEqual(
    [high, asked],
    ["00000000", 2],
    "what would make low codes likelier is thrown again",
  );
  for (const text of ["01234567", " 0123 4567\n", "0123-4567", "01\u201323\u00a045\u201067"]) {
    assert.equal(cleanCode(text), CODE);
  }
  assert.throws(() => cleanCode("0123456"), /this one has 7/);
  assert.throws(() => cleanCode("012345678"), /this one has 9/);
  for (const text of ["", "0123456x", "٠١٢٣٤٥٦٧"]) {
    assert.throws(() => cleanCode(text), /digits and nothing else/);
  }
});
