import assert from "node:assert/strict";
import { parseSpaceId } from "../../core/base/ids.ts";
import { doorOf } from "../../core/trust/door.ts";
import { epochKeys, sealToAll } from "../../core/trust/epoch_keys.ts";
import { epochDoor, openSeal, sealTo } from "../../core/trust/seal_box.ts";
import { deviceKeys } from "../fakes/device.ts";
import { seededBytes } from "../fakes/random.ts";
import { identityOf, SpaceLog } from "../fakes/space_log.ts";

const [ANN, BEN, CAT] = [deviceKeys(1), deviceKeys(2), deviceKeys(3)];
const SPACE = parseSpaceId("0c".repeat(16));
const KEY = new Uint8Array(32).fill(5);

Deno.test("MEMB-13: a sealed key opens for its member in its space alone (vector)", () => {
  const box = sealTo(ANN.noise.publicKey, KEY, seededBytes(9), SPACE);
  assert.equal(
    box.toHex(),
    "701bab941f05adfac627743dba5aadfaf8b635f19d7d81a9f7e5ab7b9c548a024446bd91e6231f34ebd9496a0ea02377fa01519814439fdede867f12392def46a2b9a86e40b1f39492a2a2ff42aa09de",
  );
  assert.deepEqual(openSeal(ANN.noise, box, SPACE), KEY);
  assert.throws(() => openSeal(BEN.noise, box, SPACE), /not for this key/);
  assert.throws(() => openSeal(ANN.noise, box, null), TypeError);
  assert.throws(() => openSeal(ANN.noise, box, parseSpaceId("0d".repeat(16))), TypeError);
});

Deno.test("MEMB-13: a box that was altered, cut or made with a small-order key does not open", () => {
  const box = sealTo(ANN.noise.publicKey, KEY, seededBytes(9), null);
  assert.deepEqual(openSeal(ANN.noise, box, null), KEY);
  for (let bit = 0; bit < box.length * 8; bit += 5) {
    const altered = box.slice();
    altered[bit >> 3]! ^= 1 << (bit & 7);
    // RFC 7748 ignores the highest bit of the key, but the box key is made of the bytes themselves.
    assert.throws(() => openSeal(ANN.noise, altered, null), TypeError, `bit ${bit}`);
  }
  for (const length of [0, 79, 81]) {
    assert.throws(() => openSeal(ANN.noise, new Uint8Array(length), null), TypeError);
  }
  assert.throws(() => openSeal(ANN.noise, new Uint8Array(80), null), TypeError);
  assert.throws(() => sealTo(new Uint8Array(32), KEY, seededBytes(9), null));
  assert.throws(() => sealTo(ANN.noise.publicKey, KEY.subarray(1), seededBytes(9), null));
});

Deno.test("MEMB-12: hostile 23: each member opens the epochs it was given, the removed not the next", () => {
  const random = seededBytes(3);
  const log = new SpaceLog(ANN);
  const seals = (people: readonly typeof ANN[], fill: number) =>
    sealToAll(people.map(identityOf), new Uint8Array(32).fill(fill), random, log.space);
  for (const joiner of [BEN, CAT]) {
    log.add(ANN, {
      type: "join",
      identity: identityOf(joiner),
      role: "member",
      invite: null,
      replaces: null,
      seals: seals([joiner], 1),
    });
  }
  const body = { type: "remove", peer: BEN.peer, cut: { docs: [], rest: true } } as const;
  const removal = log.add(ANN, { ...body, seals: seals([ANN, CAT], 2) });
  const fills = (keys: typeof ANN) =>
    [...epochKeys(log.membership, keys.peer, keys.noise)].map(([id, key]) => [id, key[0]]);
  assert.deepEqual(fills(CAT), [[removal.hash, 2], [log.created.hash, 1]]);
  assert.deepEqual(fills(BEN), [[log.created.hash, 1]]);
  // The founder's seal of this log is one that nobody opens: it is passed over.
  assert.deepEqual(fills(ANN), [[removal.hash, 2]]);
});

Deno.test("DOOR-5: an epoch's door is that of its key", () => {
  assert.deepEqual(epochDoor(KEY, "crew"), doorOf(KEY, "crew"));
});
