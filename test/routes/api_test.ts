import assert from "node:assert/strict";
import { App } from "fresh";
import { Builder } from "fresh/dev";
import { fileURLToPath } from "node:url";
import { Access } from "../../core/access.ts";
import { MAX_REQUEST_BYTES } from "../../core/base/limits.ts";
import { toBase64Url } from "../../core/view/base64url.ts";
import { BROWSER_KEY, BROWSER_SIGN, proofBytes } from "../../core/view/browser_proof.ts";
import { FakeClock } from "../fakes/clock.ts";
import { FakeNode } from "../fakes/node.ts";
import { seededBytes } from "../fakes/random.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const HOST = "127.0.0.1:4747";

type Handler = (request: Request) => Promise<Response>;

/** The project's own routes, without islands, on a fake node. */
async function routes() {
  const node = new FakeNode(new FakeClock());
  const keys = new Map<string, Uint8Array>();
  const access = new Access({
    keys: { add: (id, key) => void keys.set(id, key), get: (id) => keys.get(id) },
    clock: new FakeClock(),
    random: seededBytes(1),
  });
  const app = new App().use((ctx) => {
    Object.assign(ctx.state as object, { node, access });
    return ctx.next();
  }).fsRoutes();
  (await new Builder({ root: ROOT, islandDir: "none" }).build({ snapshot: "memory" }))(app);
  return { node, access, handler: app.handler() as Handler };
}

function post(path: string, body: BodyInit, token?: string): Request {
  const headers: HeadersInit = token ? { authorization: `Bearer ${token}` } : {};
  return new Request(`http://${HOST}${path}`, { method: "POST", headers, body });
}

Deno.test("a command is done and answered, once for one id", async () => {
  const { handler, node } = await routes();
  const command = { type: "channel.create", space: node.lobby.id, name: "plans" };
  const body = JSON.stringify({ id: "a", command });
  for (let i = 0; i < 2; i++) {
    const reply = await (await handler(post("/api/command", body))).json();
    assert.equal(reply.id, "a");
    assert.equal(reply.answer.name, "plans");
  }
  assert.equal(node.done.filter(({ type }) => type === "channel.create").length, 1);
});

Deno.test("refusals and faults are answers, each with its code", async () => {
  const { handler, node } = await routes();
  const ask = async (command: unknown) => {
    const response = await handler(post("/api/command", JSON.stringify({ id: "a", command })));
    assert.equal(response.status, 200);
    return (await response.json()).refusal;
  };
  const space = node.lobby.id;
  const empty = { type: "channel.create", space, name: " " };
  assert.deepEqual(await ask(empty), {
    code: "refused",
    text: "The name is empty: type at least one character",
  });
  assert.equal((await ask({ type: "moon" })).code, "unknown");
  assert.equal((await ask({ type: "note.open", space, note: "x" })).code, "refused");
  node.failing = "The disk is full";
  assert.deepEqual(await ask({ type: "channel.create", space, name: "a" }), {
    code: "fault",
    text: "The disk is full",
  });
});

Deno.test("what is no request at all is refused in plain words, by size before by content", async () => {
  const { handler } = await routes();
  for (const body of ["", "{", "[]", '{"id":1}', new Uint8Array([0xff, 0xfe])]) {
    const response = await handler(post("/api/command", body));
    assert.equal(response.status, 400);
    assert.match(response.headers.get("content-type") ?? "", /^text\/plain/);
  }
  const long = await handler(post("/api/command", "x".repeat(MAX_REQUEST_BYTES + 1)));
  assert.equal(long.status, 413);
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent++;
      controller.enqueue(new Uint8Array(64 * 1024).fill(32));
    },
  });
  const streamed = await handler(post("/api/command", endless));
  assert.equal(streamed.status, 413);
  assert.ok(sent < 80, "reading stops at the bound");
});

Deno.test("a browser enters by the link, and with its key afterwards", async () => {
  const { handler, access } = await routes();
  const pair = await crypto.subtle.generateKey(BROWSER_KEY, false, ["sign", "verify"]);
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const key = JSON.stringify({ key: toBase64Url(raw) });
  const { browser } = await (await handler(post("/api/browser", key, access.linkToken))).json();
  const { challenge } = await (await handler(post("/api/challenge", "{}"))).json();
  const signed = await crypto.subtle.sign(
    BROWSER_SIGN,
    pair.privateKey,
    proofBytes(HOST, challenge),
  );
  const signature = toBase64Url(new Uint8Array(signed));
  const proof = JSON.stringify({ browser, challenge, signature });
  const { token } = await (await handler(post("/api/session", proof))).json();
  assert.ok(access.authorize(post("/api/command", "", token)));
  assert.equal((await handler(post("/api/session", proof))).status, 403, "a challenge counts once");
  assert.equal((await handler(post("/api/browser", key, token))).status, 403);
  assert.equal((await handler(post("/api/browser", key))).status, 403);
});

Deno.test("garbage in the routes of the entrance is 400, and too much of it 413", async () => {
  const { handler, access } = await routes();
  for (const path of ["/api/browser", "/api/session"]) {
    for (
      const body of ["", "null", "7", '"x"', "{}", '{"key":5}', '{"key":"!"}', '{"key":"AAAA"}']
    ) {
      assert.equal((await handler(post(path, body, access.linkToken))).status, 400, body);
    }
    const long = await handler(post(path, `"${"x".repeat(4096)}"`, access.linkToken));
    assert.equal(long.status, 413);
  }
});

Deno.test("pages are shells: none holds what the node knows", async () => {
  const { handler, node } = await routes();
  node.say(1, "general", "a secret");
  node.addNote("a secret title");
  const inLobby = ["/", "/channel/general", `/note/${"0".repeat(32)}`];
  const space = `/space/${"0".repeat(32)}`;
  const inSpace = [space, `${space}/channel/general`, `${space}/note/${"0".repeat(32)}`];
  for (const path of [...inLobby, ...inSpace, "/join"]) {
    const response = await handler(new Request(`http://${HOST}${path}`));
    assert.equal(response.status, 200);
    const html = await response.text();
    assert.match(html, /<html lang="en">/);
    assert.doesNotMatch(html, /secret|Robin/);
    assert.doesNotMatch(html, / style=|<style| on\w+="/, "the content security policy forbids it");
    assert.doesNotMatch(html, /(src|href)="(?!\/)/, "nothing from elsewhere");
  }
});

Deno.test("an address that leads nowhere is 404, with a way back", async () => {
  const { handler } = await routes();
  const response = await handler(new Request(`http://${HOST}/nowhere`));
  assert.equal(response.status, 404);
  assert.match(await response.text(), /There is nothing here.*href="\/"/s);
});
