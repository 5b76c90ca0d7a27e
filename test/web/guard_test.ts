import assert from "node:assert/strict";
import { App, staticFiles } from "fresh";
import { CONTENT_SECURITY_POLICY, guard, guarded } from "../../core/web/guard.ts";
import { serve, type Served } from "./site.ts";

const TOKEN = "0123456789abcdef";

/** A guarded app with a page, an API and a WebSocket, and a list of what reached it. */
function site(): Served & { reached: string[] } {
  const reached: string[] = [];
  const app = new App<unknown>()
    .use((ctx) => {
      reached.push(`${ctx.req.method} ${ctx.url.pathname}`);
      return ctx.next();
    })
    .use(staticFiles())
    .get("/", (ctx) => ctx.html("<p>shell"))
    .get("/fails", () => {
      throw new Error("never seen");
    })
    .get("/cached", (ctx) => ctx.text("x", { headers: { "cache-control": "max-age=9" } }))
    .get("/moved", (_ctx) => Response.redirect("http://127.0.0.1/elsewhere"))
    .get("/api/secret", (ctx) => ctx.json("secret"))
    .post("/api/secret", (ctx) => ctx.json("changed"))
    .post("/api/challenge", (ctx) => ctx.json("challenge"))
    .get("/api/socket", (ctx) => ctx.upgrade({}, { protocol: "earshot" }));
  let host = "";
  const handler = guarded(app.handler(), {
    hosts: () => [host],
    authorize(request) {
      const protocols = request.headers.get("sec-websocket-protocol")?.split(/,\s*/) ?? [];
      const bearer = request.headers.get("authorization");
      return Promise.resolve(bearer === `Bearer ${TOKEN}` || protocols.includes(`t.${TOKEN}`));
    },
    isPublic: ({ pathname }) => !pathname.startsWith("/api/") || pathname === "/api/challenge",
  });
  const served = serve(handler);
  host = served.host;
  return { ...served, reached };
}

/** Sends lines as they are, and gives the status and all of the answer. */
async function send(to: Served, ...lines: string[]): Promise<{ status: number; text: string }> {
  const port = Number(to.host.split(":")[1]);
  using socket = await Deno.connect({ hostname: "127.0.0.1", port });
  const text = lines.map((line) => line.replaceAll("HOST", to.host) + "\r\n").join("");
  await socket.write(new TextEncoder().encode(text + "Connection: close\r\n\r\n"));
  const answer = await new Response(socket.readable).text();
  return { status: Number(answer.split(" ")[1]), text: answer };
}

const VISIT = [
  "Sec-Fetch-Site: cross-site",
  "Sec-Fetch-Mode: navigate",
  "Sec-Fetch-Dest: document",
] as const;
const BEARER = `Authorization: Bearer ${TOKEN}`;
const GET = "GET /api/secret HTTP/1.1";
const POST = "POST /api/secret HTTP/1.1";
const SOCKET = [
  "GET /api/socket HTTP/1.1",
  "Host: HOST",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

/** Requests, bearing a token where it would help, and the status that each must get. */
const REFUSED: [what: string, status: number, ...lines: string[]][] = [
  ["no host", 421, GET, BEARER],
  ["no host, HTTP/1.0", 421, "GET /api/secret HTTP/1.0", BEARER],
  ["an empty host", 421, GET, "Host:", BEARER],
  ["two hosts", 400, GET, "Host: HOST", "Host: evil.test", BEARER],
  ["the same host twice", 400, GET, "Host: HOST", "Host: HOST", BEARER],
  ["a rebound name", 421, GET, "Host: evil.test:4747", BEARER],
  ["a name of this machine", 421, GET, "Host: localhost", BEARER],
  ["a name with a dot", 421, GET, "Host: HOST.", BEARER],
  ["any address", 421, GET, "Host: 0.0.0.0", BEARER],
  ["no port", 421, GET, "Host: 127.0.0.1", BEARER],
  ["another port", 421, GET, "Host: 127.0.0.1:1", BEARER],
  ["another loopback address", 421, GET, "Host: 127.0.0.2", BEARER],
  ["a user in the host", 421, GET, "Host: a@HOST", BEARER],
  ["a list of hosts", 421, GET, "Host: HOST, evil.test", BEARER],
  ["a URL of another host", 421, "GET http://evil.test/api/secret HTTP/1.1", "Host: HOST", BEARER],
  ["its own URL, another host", 421, "GET http://HOST/ HTTP/1.1", "Host: evil.test", BEARER],
  ["a foreign origin", 403, GET, "Host: HOST", "Origin: http://evil.test", BEARER],
  ["another port's origin", 403, POST, "Host: HOST", "Origin: http://127.0.0.1:1", BEARER],
  ["the https origin", 403, POST, "Host: HOST", "Origin: https://HOST", BEARER],
  ["a null origin", 403, POST, "Host: HOST", "Origin: null", BEARER],
  ["an origin that begins alike", 403, POST, "Host: HOST", "Origin: http://HOST.evil.test", BEARER],
  ["two origins", 403, POST, "Host: HOST", "Origin: http://HOST", "Origin: http://x.test", BEARER],
  ["another site", 403, GET, "Host: HOST", "Sec-Fetch-Site: cross-site", BEARER],
  ["another port, as a site", 403, "GET / HTTP/1.1", "Host: HOST", "Sec-Fetch-Site: same-site"],
  ["data, by a link elsewhere", 401, GET, "Host: HOST", ...VISIT],
  ["a page, posted to from elsewhere", 403, "POST / HTTP/1.1", "Host: HOST", ...VISIT],
  [
    "a page in a frame elsewhere",
    403,
    "GET / HTTP/1.1",
    "Host: HOST",
    ...VISIT.slice(0, 2),
    "Sec-Fetch-Dest: iframe",
  ],
  ["no token", 401, GET, "Host: HOST"],
  ["a wrong token", 401, GET, "Host: HOST", `${BEARER}0`],
  ["a token in a cookie", 401, GET, "Host: HOST", `Cookie: token=${TOKEN}`],
  ["a token in the URL", 401, `GET /api/secret?t=${TOKEN} HTTP/1.1`, "Host: HOST"],
  ["a folded path", 401, "GET //api/secret HTTP/1.1", "Host: HOST"],
  ["a climbing path", 401, "GET /x/../api/secret HTTP/1.1", "Host: HOST"],
  ["a backslash", 401, "GET /api\\secret HTTP/1.1", "Host: HOST"],
  ["no origin, no token", 401, "POST /api/challenge HTTP/1.1", "Host: HOST", "Content-Length: 0"],
  ["a method of its own", 401, "BREW /api/challenge HTTP/1.1", "Host: HOST"],
  ["a socket without a token", 401, ...SOCKET],
  ["a socket of a page without a token", 401, ...SOCKET, "Origin: http://HOST"],
  [
    "a socket of another origin",
    403,
    ...SOCKET,
    "Origin: http://evil.test",
    `Sec-WebSocket-Protocol: earshot, t.${TOKEN}`,
  ],
];

for (const [what, status, ...lines] of REFUSED) {
  Deno.test(`hostile 31, 32, 33: the guard refuses ${what}`, async () => {
    await using to = site();
    const answer = await send(to, ...lines);
    assert.equal(answer.status, status, answer.text);
    assert.doesNotMatch(answer.text, /secret"|challenge"|changed|<p>/);
    assert.deepEqual(to.reached, []);
  });
}

const PASSED: [what: string, status: number, ...lines: string[]][] = [
  ["a page, by a link elsewhere", 200, "GET / HTTP/1.1", "Host: HOST", ...VISIT],
  ["a page, typed", 200, "GET / HTTP/1.1", "Host: HOST", "Sec-Fetch-Site: none"],
  ["a page of HTTP/1.0", 200, "GET / HTTP/1.0", "Host: HOST"],
  ["its own URL", 200, "GET http://HOST/ HTTP/1.1", "Host: HOST"],
  ["a request of its own page", 200, GET, "Host: HOST", "Sec-Fetch-Site: same-origin", BEARER],
  ["the command line", 200, POST, "Host: HOST", "Content-Length: 0", BEARER],
  [
    "an open door, knocked at by its own page",
    200,
    "POST /api/challenge HTTP/1.1",
    "Host: HOST",
    "Origin: http://HOST",
    "Content-Length: 0",
  ],
];

for (const [what, status, ...lines] of PASSED) {
  Deno.test(`the guard lets pass ${what}`, async () => {
    await using to = site();
    const answer = await send(to, ...lines);
    assert.equal(answer.status, status, answer.text);
    assert.equal(to.reached.length, 1);
  });
}

Deno.test("a WebSocket with its token opens, for a page and for the command line", async () => {
  await using to = site();
  for (const headers of [{ Origin: `http://${to.host}` }, {}]) {
    // Deno's own form of the second argument, which the DOM's types hide.
    const options: unknown = { protocols: ["earshot", `t.${TOKEN}`], headers };
    const socket = new WebSocket(`ws://${to.host}/api/socket`, options as string[]);
    const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
    await new Promise((resolve) => socket.onopen = resolve);
    assert.equal(socket.protocol, "earshot");
    socket.close();
    await closed;
  }
});

Deno.test("every answer has the headers; one's own cache-control stays", async () => {
  await using to = site();
  for (const path of ["/", "/none", "/moved", "/cached", "/api/secret"]) {
    const answer = await fetch(to.url + path, { redirect: "manual" });
    await answer.body?.cancel();
    const { headers } = answer;
    assert.equal(headers.get("content-security-policy"), CONTENT_SECURITY_POLICY, path);
    assert.equal(headers.get("cross-origin-opener-policy"), "same-origin");
    assert.equal(headers.get("cross-origin-embedder-policy"), "require-corp");
    assert.equal(headers.get("cross-origin-resource-policy"), "same-origin");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.equal(headers.get("cache-control"), path === "/cached" ? "max-age=9" : "no-store");
    assert.equal(headers.get("set-cookie"), null);
    assert.equal(headers.get("access-control-allow-origin"), null);
  }
});

Deno.test("as a middleware of an app it guards as well", async () => {
  const app = new App<unknown>()
    .use(guard({ hosts: () => ["127.0.0.1:1"], authorize: () => false, isPublic: () => false }))
    .get("/", () => new Response("secret"));
  const ask = (host: string) =>
    app.handler()(new Request("http://127.0.0.1:1/", { headers: { host } }));
  assert.equal((await ask("127.0.0.1:1")).status, 401);
  assert.equal((await ask("evil.test")).status, 421);
});
