import assert from "node:assert/strict";
import { CERTIFICATE_BYTES, readCertificate } from "../../core/trust/certificate.ts";
import { createDeviceKeys, importDeviceKeys } from "../../core/trust/device_keys.ts";
import { verify } from "../../core/trust/peer_key.ts";
import { seededBytes } from "../fakes/random.ts";

Deno.test("device keys: two devices differ, and each certifies its own Noise key", () => {
  const [one, two] = [createDeviceKeys(), createDeviceKeys()];
  assert.notEqual(one.peer, two.peer);
  assert.equal(one.certificate.length, CERTIFICATE_BYTES);
  assert.equal(readCertificate(one.certificate, one.noise.publicKey), one.peer);
  assert.throws(() => readCertificate(one.certificate, two.noise.publicKey), TypeError);
  for (let at = 0; at < CERTIFICATE_BYTES; at++) {
    const altered = Uint8Array.from(one.certificate);
    altered[at] = (altered[at] ?? 0) ^ 1;
    assert.throws(() => readCertificate(altered, one.noise.publicKey), TypeError);
  }
  assert.throws(() => readCertificate(one.certificate.subarray(1), one.noise.publicKey), TypeError);
});

Deno.test("device keys: a certificate is no signature of anything else", () => {
  const keys = createDeviceKeys(seededBytes(1));
  assert.equal(verify(keys.peer, keys.noise.publicKey, keys.certificate.subarray(32)), false);
});

Deno.test("device keys: the record survives JSON and shows only on export", () => {
  const keys = createDeviceKeys();
  const record = keys.export();
  const again = importDeviceKeys(JSON.parse(JSON.stringify(record)));
  assert.equal(again.peer, keys.peer);
  assert.deepEqual(again.noise.publicKey, keys.noise.publicKey);
  assert.deepEqual(again.certificate, keys.certificate);
  const text = new TextEncoder().encode("text");
  assert.ok(verify(keys.peer, text, again.sign(text)));
  const shown = JSON.stringify(keys) + Deno.inspect(keys, { depth: 9, showHidden: true });
  for (const secret of [record.signing, record.noise]) assert.ok(!shown.includes(secret));
});

Deno.test("device keys: a damaged record is refused with a reason", () => {
  const record = createDeviceKeys(seededBytes(1)).export();
  const other = createDeviceKeys(seededBytes(2)).export();
  for (
    const [damaged, reason] of [
      [null, /"signing"/],
      ["text", /"signing"/],
      [{ ...record, signing: record.signing.slice(1) }, /"signing"/],
      [{ ...record, noise: undefined }, /"noise"/],
      [{ ...record, noise: record.noise.toUpperCase() + "x" }, /"noise"/],
      [{ ...record, signing: other.signing }, /damaged/],
      [{ ...record, peer: other.peer }, /damaged/],
    ] as const
  ) {
    assert.throws(() => importDeviceKeys(damaged), { name: "TypeError", message: reason });
  }
});
