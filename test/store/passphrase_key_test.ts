import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { KDF_COST, type KdfCost, newKdf, passphraseKey } from "../../core/store/passphrase_key.ts";
import { seededBytes } from "../fakes/random.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** "password" with the salt "somesaltsomesalt", by OpenSSL's Argon2id. */
const VECTORS: readonly (readonly [cost: KdfCost, key: string])[] = [
  [
    { memory: 65536, passes: 3, lanes: 1 },
    "7664ad4ba1a3c999fcdd0991ffc2270f78302d2383233db5e7befc85d1bb1819",
  ],
  [
    { memory: 256, passes: 2, lanes: 1 },
    "cab746b4621993fdc91ec50787980b414a90a692f0bc68dfe19f9c25b3cba9ec",
  ],
  [
    { memory: 64, passes: 1, lanes: 4 },
    "9eb6d5bde0b23891ac2cf1667be5474dcab7b72afb111f7f909a09b152bab14a",
  ],
];

for (const [cost, key] of VECTORS) {
  const { memory, passes, lanes } = cost;
  Deno.test(`Argon2id with ${memory} KiB, ${passes} passes, ${lanes} lanes is the known one`, async () => {
    const salt = Buffer.from("somesaltsomesalt").toString("hex");
    assert.equal(hex(await passphraseKey("password", { name: "argon2id", ...cost, salt })), key);
  });
}

Deno.test("REST-3: the key is of the UTF-8 of the passphrase in NFC", async () => {
  const salt = Buffer.from("somesaltsomesalt").toString("hex");
  const kdf = { name: "argon2id", memory: 64, passes: 1, lanes: 1, salt } as const;
  const key = "35bee980e0f98a90637ddb3b950c0b8612512597a81f2636054dfb34453ef6b0";
  for (const text of ["caf\u00e9 creme", "cafe\u0301 creme"]) {
    assert.equal(hex(await passphraseKey(text, kdf)), key);
  }
});

Deno.test("REST-3: a new passphrase costs what PROTOCOL.md says, and has a salt of its own", () => {
  const random = seededBytes(1);
  const [one, two] = [newKdf(random), newKdf(random)];
  assert.deepEqual({ ...one, salt: "" }, {
    name: "argon2id",
    memory: 65536,
    passes: 3,
    lanes: 1,
    salt: "",
  });
  assert.deepEqual(KDF_COST, { memory: 65536, passes: 3, lanes: 1 });
  assert.notEqual(one.salt, two.salt);
});
