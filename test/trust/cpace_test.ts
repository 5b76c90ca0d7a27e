/** Every vector of draft-irtf-cfrg-cpace for RISTRETTO255-SHA512. */
import assert from "node:assert/strict";
import {
  generator,
  generatorString,
  orderedTranscript,
  readScalar,
  sampleScalar,
  scalarMult,
  scalarMultVerify,
  sessionKey,
  sessionName,
  unorderedTranscript,
} from "../../core/trust/cpace.ts";
import { seededBytes } from "../fakes/random.ts";
import file from "./cpace_vectors.json" with { type: "json" };

const bytes = (hex: string) => Uint8Array.fromHex(hex);
const hex = (value: Uint8Array) => value.toHex().toUpperCase();

const vector = file.vectors.G_Ristretto255;
const [string, points] = file.vectors.points;
const input = { prs: bytes(vector.PRS), ci: bytes(vector.CI), sid: bytes(vector.sid) };
const ya = readScalar(bytes(vector.ya));
const yb = readScalar(bytes(vector.yb));
const initiator = { point: bytes(vector.Ya), data: bytes(vector.ADa) };
const responder = { point: bytes(vector.Yb), data: bytes(vector.ADb) };

Deno.test("PAIR-2: CPace: the generator string and its point (draft vectors)", () => {
  assert.ok(string?.PRS);
  const given = { prs: bytes(string.PRS), ci: bytes(string.CI!), sid: bytes(string.sid!) };
  const expected = string["generator_string(G.DSI,PRS,CI,sid,H.s_in_bytes)"];
  assert.equal(hex(generatorString(given)), expected);
  assert.equal(hex(generator(given).toBytes()), string["encoded generator g"]);
  assert.equal(hex(generator(input).toBytes()), vector.g);
});

Deno.test("PAIR-2: CPace: messages and the shared point (draft vectors)", () => {
  assert.equal(hex(scalarMult(ya, generator(input))), vector.Ya);
  assert.equal(hex(scalarMult(yb, generator(input))), vector.Yb);
  assert.equal(hex(scalarMultVerify(ya, responder.point)), vector.K);
  assert.equal(hex(scalarMultVerify(yb, initiator.point)), vector.K);
});

Deno.test("PAIR-2: CPace: the session's key and name, in order and without (draft vectors)", () => {
  const k = bytes(vector.K);
  const ordered = orderedTranscript(initiator, responder);
  assert.equal(hex(sessionKey(input.sid, k, ordered)), vector.ISK_IR);
  assert.equal(hex(sessionName(ordered)), vector.sid_output_ir);
  for (
    const unordered of [
      unorderedTranscript(initiator, responder),
      unorderedTranscript(responder, initiator),
    ]
  ) {
    assert.equal(hex(sessionKey(input.sid, k, unordered)), vector.ISK_SY);
    assert.equal(hex(sessionName(unordered)), vector.sid_output_oc);
  }
});

Deno.test("PAIR-2: CPace: only canonical points, and never the identity (draft vectors)", () => {
  assert.ok(points?.Valid);
  const s = readScalar(bytes(points.Valid.s));
  const product = hex(scalarMultVerify(s, bytes(points.Valid.X)));
  assert.equal(product, points.Valid["G.scalar_mult_vfy(s,X)"]);
  for (const invalid of [points["Invalid Y1"]!, points["Invalid Y2"]!, "", "00", "ff".repeat(32)]) {
    assert.throws(() => scalarMultVerify(s, bytes(invalid)), RangeError);
  }
});

Deno.test("PAIR-2: CPace: a secret is made of random bytes below the order, never zero", () => {
  const zeros = new Uint8Array(64);
  let asked = 0;
  const scalar = sampleScalar((length) => asked++ === 0 ? zeros : seededBytes(4)(length));
  assert.equal(asked, 2, "a zero is thrown again");
  assert.ok(scalar > 0n && scalar < 2n ** 253n);
  assert.throws(() => readScalar(new Uint8Array(31)), RangeError);
});
