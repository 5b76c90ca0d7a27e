import assert from "node:assert/strict";
import {
  Access,
  type BrowserKeys,
  CHALLENGE_MS,
  MAX_CHALLENGES,
  MAX_SESSIONS,
} from "../core/access.ts";
import { fromBase64Url, toBase64Url } from "../core/view/base64url.ts";
import { BROWSER_KEY, BROWSER_SIGN, proofBytes } from "../core/view/browser_proof.ts";
import { FakeClock } from "./fakes/clock.ts";
import { seededBytes } from "./fakes/random.ts";

const HOST = "127.0.0.1:4747";

class MemoryKeys implements BrowserKeys {
  readonly kept = new Map<string, Uint8Array>();
  add(id: string, key: Uint8Array): void {
    this.kept.set(id, key);
  }
  get(id: string): Uint8Array | undefined {
    return this.kept.get(id);
  }
}

class Browser {
  private constructor(readonly pair: CryptoKeyPair, readonly key: Uint8Array<ArrayBuffer>) {}
  static async make(): Promise<Browser> {
    const pair = await crypto.subtle.generateKey(BROWSER_KEY, false, ["sign", "verify"]);
    return new Browser(
      pair,
      new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)),
    );
  }
  async sign(host: string, challenge: string): Promise<string> {
    const bytes = proofBytes(host, challenge);
    return toBase64Url(
      new Uint8Array(await crypto.subtle.sign(BROWSER_SIGN, this.pair.privateKey, bytes)),
    );
  }
}

function start(keys = new MemoryKeys(), seed = 1) {
  const clock = new FakeClock();
  return { access: new Access({ keys, clock, random: seededBytes(seed) }), clock, keys };
}

function bearing(token: string, how: "bearer" | "protocol" = "bearer"): Request {
  const headers = how === "bearer"
    ? { authorization: `Bearer ${token}` }
    : { "upgrade": "websocket", "sec-websocket-protocol": `earshot, t.${token}` };
  return new Request(`http://${HOST}/api/command`, { method: "POST", headers });
}

async function login(access: Access, browser: Browser, id: string, host = HOST, signHost = host) {
  const challenge = access.challenge();
  const signature = await browser.sign(signHost, challenge);
  return access.openSession(host, { browser: id, challenge, signature });
}

Deno.test("the link token opens the API by header and by subprotocol, and nothing else does", () => {
  const { access } = start();
  assert.equal(access.linkToken.length, 43);
  for (const how of ["bearer", "protocol"] as const) {
    assert.ok(access.authorize(bearing(access.linkToken, how)));
    assert.ok(access.hasLink(bearing(access.linkToken, how)));
    for (const token of ["x", access.linkToken.slice(1), `${access.linkToken}A`, "A".repeat(43)]) {
      assert.ok(!access.authorize(bearing(token, how)));
    }
  }
  assert.ok(!access.authorize(new Request(`http://${HOST}/`)));
  assert.ok(!access.authorize(bearing("")));
  assert.ok(!access.authorize(bearing("A".repeat(100_000))));
  const basic = new Request(`http://${HOST}/`, {
    headers: { authorization: `Basic ${access.linkToken}` },
  });
  assert.ok(!access.authorize(basic));
});

Deno.test("two starts have two link tokens", () => {
  assert.notEqual(start(undefined, 1).access.linkToken, start(undefined, 2).access.linkToken);
});

Deno.test("a browser that was let in opens sessions, also after a restart of the node", async () => {
  const first = start();
  const browser = await Browser.make();
  const id = first.access.addBrowser(HOST, browser.key);
  const token = await login(first.access, browser, id);
  assert.ok(token && first.access.authorize(bearing(token)));
  assert.ok(!first.access.hasLink(bearing(token)), "a session lets no other browser in");

  const second = start(first.keys, 2);
  assert.ok(!second.access.authorize(bearing(token)), "a session ends with the node");
  const again = await login(second.access, browser, id);
  assert.ok(again && second.access.authorize(bearing(again, "protocol")));
});

Deno.test("the same key let in again keeps its id", async () => {
  const { access, keys } = start();
  const { key } = await Browser.make();
  assert.equal(access.addBrowser(HOST, key), access.addBrowser(HOST, key));
  assert.equal(keys.kept.size, 1);
});

Deno.test("a challenge counts once", async () => {
  const { access } = start();
  const browser = await Browser.make();
  const id = access.addBrowser(HOST, browser.key);
  const challenge = access.challenge();
  const signature = await browser.sign(HOST, challenge);
  const proof = { browser: id, challenge, signature };
  assert.ok(access.openSession(HOST, proof));
  assert.equal(access.openSession(HOST, proof), undefined);
});

Deno.test("a failed answer uses the challenge up", async () => {
  const { access } = start();
  const browser = await Browser.make();
  const id = access.addBrowser(HOST, browser.key);
  const challenge = access.challenge();
  const signature = await browser.sign(HOST, challenge);
  const bad = { browser: id, challenge, signature: toBase64Url(new Uint8Array(64)) };
  assert.equal(access.openSession(HOST, bad), undefined);
  assert.equal(access.openSession(HOST, { browser: id, challenge, signature }), undefined);
});

Deno.test("a challenge ends after its time", async () => {
  const { access, clock } = start();
  const browser = await Browser.make();
  const id = access.addBrowser(HOST, browser.key);
  const challenge = access.challenge();
  const signature = await browser.sign(HOST, challenge);
  clock.advance(CHALLENGE_MS);
  assert.equal(access.openSession(HOST, { browser: id, challenge, signature }), undefined);
});

Deno.test("only so many challenges wait, and the oldest makes room", async () => {
  const { access } = start();
  const browser = await Browser.make();
  const id = access.addBrowser(HOST, browser.key);
  const answer = async (challenge: string) =>
    access.openSession(HOST, {
      browser: id,
      challenge,
      signature: await browser.sign(HOST, challenge),
    });
  const oldest = access.challenge();
  const second = access.challenge();
  for (let i = 0; i < MAX_CHALLENGES - 1; i++) access.challenge();
  assert.equal(await answer(oldest), undefined);
  assert.ok(await answer(second));
});

Deno.test("another key, an unknown browser and garbage get no session", async () => {
  const { access } = start();
  const browser = await Browser.make();
  const other = await Browser.make();
  const id = access.addBrowser(HOST, browser.key);
  assert.equal(await login(access, other, id), undefined);
  assert.equal(await login(access, browser, "unknown"), undefined);
  for (const signature of ["", "!", "AAAA", "A".repeat(87)]) {
    const challenge = access.challenge();
    assert.equal(access.openSession(HOST, { browser: id, challenge, signature }), undefined);
  }
  const signature = await browser.sign(HOST, "made up");
  const proof = { browser: id, challenge: "made up", signature };
  assert.equal(access.openSession(HOST, proof), undefined);
});

Deno.test("a signature for one host and port does not count at another", async () => {
  const { access } = start();
  const browser = await Browser.make();
  const id = access.addBrowser(HOST, browser.key);
  assert.equal(await login(access, browser, id, HOST, "127.0.0.1:4748"), undefined);
});

Deno.test("a key let in at one port does not count at another, whatever it signs", async () => {
  const { access, keys } = start();
  const browser = await Browser.make();
  const id = access.addBrowser(HOST, browser.key);
  // What squats on the first port has a page use the key for the port where the node went.
  assert.equal(await login(access, browser, id, "127.0.0.1:4748"), undefined);
  assert.equal(keys.kept.size, 1);
});

Deno.test("sessions are bounded, and one in use stays", async () => {
  const { access } = start();
  const browser = await Browser.make();
  const id = access.addBrowser(HOST, browser.key);
  const used = await login(access, browser, id);
  const unused = await login(access, browser, id);
  assert.ok(used && unused);
  for (let i = 0; i < MAX_SESSIONS - 1; i++) {
    assert.ok(access.authorize(bearing(used)));
    await login(access, browser, id);
  }
  assert.ok(access.authorize(bearing(used)));
  assert.ok(!access.authorize(bearing(unused)));
});

Deno.test("what is not a point of P-256 is not let in", async () => {
  const { access, keys } = start();
  const { key } = await Browser.make();
  const off = Uint8Array.from(key);
  off[64] = (off[64] ?? 0) ^ 1;
  const infinity = new Uint8Array([0]);
  const zero = new Uint8Array(65);
  zero[0] = 4;
  for (const bad of [new Uint8Array(0), key.slice(1), off, infinity, zero]) {
    assert.throws(() => access.addBrowser(HOST, bad), TypeError);
  }
  assert.equal(keys.kept.size, 0);
});

Deno.test("base64url has one text for one value", () => {
  for (let length = 0; length < 70; length++) {
    const bytes = seededBytes(length)(length);
    assert.deepEqual(fromBase64Url(toBase64Url(bytes)), bytes);
  }
  for (const text of ["A", "AB", "AA==", "A+/A", "Ä", "AAA\n"]) {
    assert.throws(() => fromBase64Url(text), SyntaxError);
  }
});
