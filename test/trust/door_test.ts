import assert from "node:assert/strict";
import { parsePeerId } from "../../core/base/ids.ts";
import {
  type Door,
  doorOf,
  hintTag,
  LOBBY_DOOR,
  meetTag,
  PAIRING_DOOR,
} from "../../core/trust/door.ts";
import { LOBBY_PSK } from "../../core/trust/lobby.ts";

const SECRET = new Uint8Array(32).fill(7);
const BINDING = new Uint8Array(32).fill(9);
const ANN = parsePeerId("0a".repeat(32));
const BEN = parsePeerId("0b".repeat(32));

const parts = ({ psk, hint, meet }: Door) => [psk.toHex(), hint.toHex(), meet.toHex()];

Deno.test("DOOR-1: a door's keys are derived, each for itself (vector)", () => {
  assert.deepEqual(parts(doorOf(SECRET, "test")), [
    "a3930941b0f355caa7a1b25e146b7e427de28abc61e52b8d95abadbe5a6f535e",
    "9a249039ff52a7a470fa6ef6ddc1c8bea46345b5785d3e77ab3ab079f748a02f",
    "f84dd01adffaad935e79f967b80917f3445b9188ae2c58d9c2b31394d59a870c",
  ]);
});

Deno.test("DOOR-2: the published doors differ, and the lobby keeps its pre-shared key", () => {
  assert.equal(LOBBY_DOOR.psk, LOBBY_PSK);
  assert.equal(new Set([...parts(LOBBY_DOOR), ...parts(PAIRING_DOOR)]).size, 6);
});

Deno.test("DOOR-3: a hint tag is of door and instance (vector)", () => {
  const door = doorOf(SECRET, "test");
  assert.equal(hintTag(door, "00000000000000aa").toHex(), "7bf5860c0056");
  assert.notDeepEqual(hintTag(door, "00000000000000aa"), hintTag(door, "00000000000000ab"));
  assert.notDeepEqual(hintTag(door, "00000000000000aa"), hintTag(LOBBY_DOOR, "00000000000000aa"));
});

Deno.test("DOOR-4: a meet tag is of door, link and sender, so none can be sent back (vector)", () => {
  const door = doorOf(SECRET, "test");
  const tag = meetTag(door, BINDING, ANN).toHex();
  assert.equal(tag, "d790d172eaae50867d34a8dc70507149");
  const others = [
    meetTag(door, BINDING, BEN),
    meetTag(door, new Uint8Array(32), ANN),
    meetTag(LOBBY_DOOR, BINDING, ANN),
  ];
  for (const other of others) assert.notEqual(other.toHex(), tag);
});
