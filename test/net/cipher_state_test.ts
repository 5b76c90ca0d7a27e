import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createCipheriv } from "node:crypto";
import { CipherState, TAG_BYTES } from "../../core/net/cipher_state.ts";
import { seededBytes } from "../fakes/random.ts";

const text = (plain: Uint8Array) => new TextDecoder().decode(plain);

function states(): [CipherState, CipherState] {
  return [new CipherState(seededBytes(1)(32)), new CipherState(seededBytes(1)(32))];
}

function seal(state: CipherState, plain: string, associated?: Uint8Array): Uint8Array {
  const into = new Uint8Array(plain.length + TAG_BYTES);
  state.seal([Buffer.from(plain.slice(0, 1)), Buffer.from(plain.slice(1))], into, associated);
  return into;
}

Deno.test("cipher state: what was sealed opens once, in order, and not elsewhere", () => {
  const [ours, theirs] = states();
  const [one, two] = [seal(ours, "one"), seal(ours, "two")];
  assert.equal(text(theirs.open(one)), "one");
  assert.throws(() => theirs.open(one), "a replay");
  const [, late] = states();
  assert.throws(() => late.open(two), "a gap");
  const [, other] = states();
  assert.throws(() => other.open(one, Buffer.from("context")));
  const [sender, receiver] = states();
  const bound = seal(sender, "bound", Buffer.from("context"));
  assert.equal(text(receiver.open(bound, Buffer.from("context"))), "bound");
});

Deno.test("cipher state: every flipped bit and every cut is refused", () => {
  const [ours] = states();
  const sealed = seal(ours, "text");
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const altered = Uint8Array.from(sealed);
    altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const [, theirs] = states();
    assert.throws(() => theirs.open(altered));
  }
  for (let length = 0; length < sealed.length; length++) {
    const [, theirs] = states();
    assert.throws(() => theirs.open(sealed.subarray(0, length)));
  }
});

Deno.test("cipher state: rekeying is Noise's REKEY, and the counter goes on", () => {
  const key = seededBytes(1)(32);
  const nonce = Buffer.from("00000000ffffffffffffffff", "hex");
  const next = createCipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 })
    .update(new Uint8Array(32));
  const [ours, theirs] = states();
  theirs.open(seal(ours, "before"));
  ours.rekey();
  const sealed = seal(ours, "after");
  const expected = createCipheriv(
    "chacha20-poly1305",
    next,
    Buffer.from("000000000100000000000000", "hex"),
    { authTagLength: 16 },
  ).update("after");
  assert.deepEqual(Buffer.from(sealed).subarray(0, 5), expected);
  const [, old] = states();
  old.open(seal(states()[0], "before"));
  assert.throws(() => old.open(sealed), "the old key");
  theirs.rekey();
  assert.equal(text(theirs.open(sealed)), "after");
  assert.equal(theirs.counter, 2);
});

Deno.test("cipher state: a wiped key seals nothing, and a key has 32 bytes", () => {
  const key = seededBytes(1)(32);
  const state = new CipherState(key);
  state.wipe();
  assert.deepEqual(key, new Uint8Array(32));
  assert.throws(() => seal(state, "text"), /used up/);
  assert.throws(() => new CipherState(new Uint8Array(31)), RangeError);
});
