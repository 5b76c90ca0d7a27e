import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type Cbor, encodeCbor } from "../../core/base/cbor.ts";
import { parsePeerId, parseSpaceId } from "../../core/base/ids.ts";
import { readInviteLink, writeInviteLink } from "../../core/trust/invite_link.ts";
import { toBase64Url } from "../../core/view/base64url.ts";

const INVITE = {
  space: parseSpaceId("0c".repeat(16)),
  secret: new Uint8Array(16).fill(7),
  expiresAt: 1_700_000_000_000,
  host: parsePeerId("0a".repeat(32)),
  addresses: [{ host: "10.77.0.3", port: 4711 }, { host: "fe80::3", port: 4711 }],
};
const LINK =
  "http://127.0.0.1:4747/join#hgFQDAwMDAwMDAwMDAwMDAwMDFAHBwcHBwcHBwcHBwcHBwcHGwAAAYvP5WgAWCAKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCoKCaTEwLjc3LjAuMxkSZ4JnZmU4MDo6MxkSZ-JoLMw";
const FRAGMENT = LINK.slice(LINK.indexOf("#") + 1);

/** A link with any body and right check bytes. */
function forged(...fields: Cbor[]): string {
  const body = encodeCbor(fields);
  const check = createHash("sha256").update("earshot/invite/link/1").update(body).digest();
  return `x/join#${toBase64Url(Uint8Array.from([...body, ...check.subarray(0, 4)]))}`;
}

Deno.test("INV-4: an invitation travels as a link (vector)", () => {
  assert.equal(writeInviteLink(INVITE), LINK);
  assert.deepEqual(readInviteLink(LINK), INVITE);
});

Deno.test("INV-4: the whole link or its fragment is read, white space around it or not", () => {
  const texts = [
    `  ${LINK}\n`,
    FRAGMENT,
    `#${FRAGMENT}`,
    `\t${FRAGMENT} `,
    writeInviteLink(INVITE, "http://127.0.0.1:5000"),
  ];
  for (const text of texts) assert.deepEqual(readInviteLink(text), INVITE, text);
  const none = { ...INVITE, addresses: [] };
  assert.deepEqual(readInviteLink(writeInviteLink(none)), none);
  const many = Array.from({ length: 9 }, (_, i) => ({ host: "10.0.0.1", port: i + 1 }));
  const written = readInviteLink(writeInviteLink({ ...INVITE, addresses: many }));
  assert.deepEqual(written.addresses, many.slice(0, 8));
});

Deno.test("INV-5: hostile 11: a link that was cut or mistyped says so, at every place", () => {
  for (let length = LINK.indexOf("#") + 1; length < LINK.length; length++) {
    assert.throws(() => readInviteLink(LINK.slice(0, length)), /cut short or mistyped/);
  }
  for (let i = 0; i < FRAGMENT.length; i++) {
    for (const char of FRAGMENT[i] === "A" ? ["B", "!"] : ["A", " "]) {
      const text = FRAGMENT.slice(0, i) + char + FRAGMENT.slice(i + 1);
      assert.throws(() => readInviteLink(`x/join#${text}x`), /cut short or mistyped/);
    }
  }
  assert.throws(() => readInviteLink(FRAGMENT.slice(0, -1)), /cut short or mistyped/);
});

Deno.test("INV-5: what is no invitation says so, and what a later version made", () => {
  const other = [
    "",
    "hello",
    "12345678",
    "https://example.org/",
    "https://example.org/#t=abcdefghijklmnopqrstuvwxyzabcdefghijklmnop",
    `${FRAGMENT} ${FRAGMENT}`,
    "x".repeat(100_000) + " ",
    forged("text"),
    forged(0),
    forged(1, new Uint8Array(16)),
    forged(1, new Uint8Array(15), new Uint8Array(16), 5, new Uint8Array(32), []),
    forged(1, new Uint8Array(16), new Uint8Array(16), null, new Uint8Array(32), []),
    forged(1, new Uint8Array(16), new Uint8Array(16), 5, new Uint8Array(32), [["h", 0]]),
    forged(1, new Uint8Array(16), new Uint8Array(16), 5, new Uint8Array(32), [["h", 65_536]]),
  ];
  for (const text of other) {
    assert.throws(() => readInviteLink(text), /not an Earshot invitation|cut short/, text);
    assert.throws(() => readInviteLink(text), RangeError);
  }
  assert.throws(() => readInviteLink(forged(2, "anything")), /newer version/);
});
