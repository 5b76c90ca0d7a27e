import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  HINT_STEP,
  hintedDoors,
  Hints,
  MAX_HINTS,
  readHints,
  writeHints,
} from "../../core/net/hints.ts";
import {
  type Door,
  doorOf,
  HINT_TAG_BYTES,
  hintTag,
  LOBBY_DOOR,
  PAIRING_DOOR,
} from "../../core/trust/door.ts";
import { seededBytes, seededUnit } from "../fakes/random.ts";

const ONE = "0011223344556677";
const TWO = "8899aabbccddeeff";
const doors = (count: number) =>
  Array.from({ length: count }, (_, index) => doorOf(seededBytes(index)(32), `door ${index}`));
const texts = (hints: readonly Uint8Array[]) => hints.map((hint) => hint.toHex());
const shown = (hints: readonly Uint8Array[], own: readonly Door[], instance = ONE) =>
  hintedDoors(own, instance, hints);

Deno.test("MDNS-13: those who share a door see its tag, for others all tags look alike", () => {
  const [mine, ours, other] = doors(3) as [Door, Door, Door];
  const hints = new Hints(seededBytes(1)).of(ONE, [mine, ours]);
  assert.equal(hints.length, HINT_STEP);
  assert.ok(hints.every(({ length }) => length === HINT_TAG_BYTES));
  assert.deepEqual(shown(hints, [other, ours, LOBBY_DOOR]), [ours]);
  assert.deepEqual(shown(hints, [ours], TWO), [], "a tag is for one name");
});

Deno.test("MDNS-13: eight tags or sixteen, whatever the number of doors; none for published ones", () => {
  for (const [count, length] of [[0, 8], [1, 8], [8, 8], [9, 16], [16, 16], [40, 16]] as const) {
    const own = [LOBBY_DOOR, ...doors(count), PAIRING_DOOR];
    const hints = new Hints(seededBytes(count)).of(ONE, own);
    assert.equal(hints.length, length);
    assert.equal(shown(hints, own).length, Math.min(count, MAX_HINTS));
    assert.equal(new Set(texts(hints)).size, length);
    for (const door of [LOBBY_DOOR, PAIRING_DOOR]) {
      assert.ok(!texts(hints).includes(hintTag(door, ONE).toHex()));
    }
  }
});

Deno.test("MDNS-13: the place of a tag tells nothing", () => {
  const places = new Set<number>();
  const [door] = doors(1) as [Door];
  for (let seed = 0; seed < 200; seed++) {
    const hints = new Hints(seededBytes(seed)).of(ONE, [door]);
    places.add(texts(hints).indexOf(hintTag(door, ONE).toHex()));
  }
  assert.deepEqual([...places].sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
});

Deno.test("MDNS-13: made up tags stay as long as the name; with another one nothing is the same", () => {
  const hints = new Hints(seededBytes(1));
  const own = doors(3);
  const before = hints.of(ONE, own);
  assert.equal(hints.of(ONE, own), before);
  const added = hints.of(ONE, [...own, ...doors(4).slice(3)]);
  assert.equal(texts(added).filter((tag) => !texts(before).includes(tag)).length, 1);
  assert.equal(hints.of(ONE, own.slice(1)), added, "a door that is gone leaves its tag behind");
  const renewed = hints.of(TWO, own);
  assert.ok(!texts(renewed).some((tag) => texts(added).includes(tag)));
});

Deno.test("MDNS-13: where there is no room for all doors each one has its turn", () => {
  for (const count of [17, 32, 50, 128]) {
    const hints = new Hints(seededBytes(1));
    const own = doors(count);
    const seen = new Set<Door>();
    for (let turn = 0; turn < Math.ceil(count / MAX_HINTS); turn++) {
      for (const door of shown(hints.of(ONE, own), own)) seen.add(door);
      assert.ok(hints.turn(own));
    }
    assert.equal(seen.size, count);
  }
  assert.ok(!new Hints(seededBytes(1)).turn(doors(16)), "then nobody has to wait");
});

Deno.test("MDNS-13: tags are read as they were written; what is not as it must be are none", () => {
  for (const count of [1, 8, 16]) {
    const hints = Array.from({ length: count }, (_, index) => seededBytes(index)(6));
    assert.deepEqual(texts(readHints(writeHints(hints))), texts(hints));
  }
  const good = writeHints([seededBytes(1)(6)]);
  const bad = [
    "",
    "t",
    "t=",
    "v=1",
    `T${good.slice(1)}`,
    `${good}A`,
    `${good}=`,
    `${good.slice(0, -1)}+`,
    `${good} `,
    writeHints([seededBytes(1)(7)]),
    writeHints(Array.from({ length: 17 }, () => seededBytes(1)(6))),
    `t=${"A".repeat(250)}`,
  ];
  for (const text of bad) assert.deepEqual(readHints(text), [], text);
  const unit = seededUnit(1);
  for (let round = 0; round < 2_000; round++) {
    const text = Buffer.from(seededBytes(round)(Math.floor(unit() * 255))).toString("latin1");
    assert.ok(readHints(`t=${text}`).length <= MAX_HINTS);
  }
});
