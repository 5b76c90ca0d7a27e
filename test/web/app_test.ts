import assert from "node:assert/strict";
import { h } from "preact";
import { App, HttpError } from "fresh";
import { serve } from "./site.ts";

const BASE = "http://127.0.0.1:4747";

/** Answers one request by an app. */
function ask(app: App<Record<string, unknown>>, path: string, init?: RequestInit) {
  return app.handler()(new Request(BASE + path, init));
}

/** Runs without what the app writes of failures, and gives it. */
async function quietly<T>(run: () => Promise<T>): Promise<[T, unknown[]]> {
  const said: unknown[] = [];
  const { console } = globalThis;
  const real = console.error;
  console.error = (...parts: unknown[]) => said.push(...parts);
  try {
    return [await run(), said];
  } finally {
    console.error = real;
  }
}

Deno.test("middlewares run from the root inwards, and count only for later routes", async () => {
  const seen: string[] = [];
  const note = (name: string) => async (ctx: { next(): Promise<Response> }) => {
    seen.push(name);
    const response = await ctx.next();
    seen.push(`/${name}`);
    return response;
  };
  const app = new App<Record<string, unknown>>()
    .get("/early", () => new Response("early"))
    .use(note("root1"), note("root2"))
    .use("/a", note("a"))
    .get("/a/b", note("own"), () => new Response("b"))
    .use("/a", note("late"));

  assert.equal(await (await ask(app, "/early")).text(), "early");
  assert.deepEqual(seen, []);
  assert.equal(await (await ask(app, "/a/b")).text(), "b");
  assert.deepEqual(seen.splice(0), [
    ...["root1", "root2", "a", "own"],
    ...["/own", "/a", "/root2", "/root1"],
  ]);
  assert.equal((await ask(app, "/a/none")).status, 404);
  assert.deepEqual(seen, ["root1", "root2"], "what no route answers passes the root");
});

Deno.test("a plain path goes ahead of a pattern, and of two patterns the first", async () => {
  const app = new App<Record<string, unknown>>()
    .get("/:one", (ctx) => ctx.text(`one ${ctx.params["one"]} ${ctx.route}`))
    .get("/:two", () => new Response("two"))
    .get("/plain", (ctx) => ctx.text(`plain ${ctx.route}`))
    .get("/deep/*", (ctx) => ctx.text(`deep ${ctx.params["0"]}`));

  assert.equal(await (await ask(app, "/plain")).text(), "plain /plain");
  assert.equal(await (await ask(app, "/x")).text(), "one x /:one");
  assert.equal(await (await ask(app, "/caf%C3%A9")).text(), "one café /:one");
  assert.equal(await (await ask(app, "/a%2Fb")).text(), "one a%2Fb /:one");
  assert.equal(await (await ask(app, "/100%")).text(), "one 100% /:one");
  assert.equal(await (await ask(app, "/deep/a/b")).text(), "deep a/b");
  assert.equal(await (await ask(app, "//plain")).text(), "plain /plain");
  assert.equal((await ask(app, "/plain/")).status, 404);
});

Deno.test("methods: each has its own, HEAD falls to GET, others are named in a 405", async () => {
  const app = new App<Record<string, unknown>>();
  for (const method of ["get", "post", "put", "patch", "delete"] as const) {
    app[method]("/x", (ctx) => new Response(`${method} ${ctx.req.method}`));
  }
  app.head("/head", () => new Response(null, { headers: { "x-head": "own" } }))
    .get("/head", () => new Response("got"))
    .all("/any", (ctx) => ctx.text(ctx.req.method))
    .get("/get", () => new Response("got"));

  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
    const answer = await ask(app, "/x", { method });
    assert.equal(await answer.text(), `${method.toLowerCase()} ${method}`);
  }
  assert.equal((await ask(app, "/head", { method: "HEAD" })).headers.get("x-head"), "own");
  assert.equal((await ask(app, "/get", { method: "HEAD" })).status, 200);
  assert.equal(await (await ask(app, "/any", { method: "OPTIONS" })).text(), "OPTIONS");
  const refused = await ask(app, "/get", { method: "POST" });
  assert.equal(refused.status, 405);
  assert.equal(refused.headers.get("allow"), "GET");
});

Deno.test("what is thrown goes to the nearest error handler, else is plain text", async () => {
  const app = new App<Record<string, unknown>>()
    .get("/bare", () => {
      throw new HttpError(409, "Taken");
    })
    .onError("*", (ctx) => ctx.text(`root: ${ctx.error}`, { status: 501 }))
    .onError("/a", (ctx) => ctx.text(`a: ${ctx.error}`, { status: 502 }))
    .get("/a/b/fails", () => Promise.reject(new HttpError(403)))
    .get("/fails", () => {
      throw new Error("secret");
    })
    .notFound((ctx) => ctx.text(`nothing at ${ctx.url.pathname}`, { status: 404 }));

  const bare = await ask(app, "/bare");
  assert.deepEqual([bare.status, await bare.text()], [409, "Taken"]);
  const nearest = await ask(app, "/a/b/fails");
  assert.deepEqual([nearest.status, await nearest.text()], [502, "a: HttpError: Forbidden"]);
  const [root, said] = await quietly(() => ask(app, "/fails"));
  assert.equal(await root.text(), "root: Error: secret");
  assert.match(String(said), /secret/);
  const missing = await ask(app, "/a/nowhere");
  assert.deepEqual([missing.status, await missing.text()], [404, "nothing at /a/nowhere"]);
});

Deno.test("a failure without a handler tells nothing, and is written down", async () => {
  const app = new App<Record<string, unknown>>().get("/", () => {
    throw new Error("secret");
  });
  const [answer, said] = await quietly(() => ask(app, "/"));
  assert.deepEqual([answer.status, await answer.text()], [500, "Internal Server Error"]);
  assert.match(String(said), /secret/);
});

Deno.test("redirects stay on this host unless they name another", async () => {
  const app = new App<Record<string, unknown>>()
    .get("/", (ctx) => ctx.redirect(ctx.url.searchParams.get("to") ?? ""));
  for (
    const [to, location] of [
      ["/a/b?next=//x#//y", "/a/b?next=//x#//y"],
      ["//evil.test/a", "/evil.test/a"],
      ["/\\evil.test", "/evil.test"],
      ["\\\\evil.test", "/evil.test"],
      ["///a//b", "/a/b"],
      ["https://deno.com//x", "https://deno.com//x"],
      ["below", "below"],
    ] as const
  ) {
    const answer = await ask(app, `/?to=${encodeURIComponent(to)}`);
    assert.equal(answer.status, 302);
    assert.equal(answer.headers.get("location"), location);
  }
});

Deno.test("answers of every kind have their type, unless they bring one", async () => {
  async function* slowly() {
    yield "a";
    yield await Promise.resolve(new TextEncoder().encode("b"));
  }
  const headers = { "content-type": "text/markdown" };
  const app = new App<Record<string, unknown>>()
    .get("/text", (ctx) => ctx.text("<t>"))
    .get("/html", (ctx) => ctx.html("<b>", { status: 201 }))
    .get("/own", (ctx) => ctx.text("# t", { headers }))
    .get("/json", (ctx) => ctx.json({ a: [1] }, { status: 202 }))
    .get("/stream", (ctx) => ctx.stream(() => slowly(), { headers }))
    .get("/page", (ctx) => ctx.render(h("p", null, "a < b"), { status: 203 }));

  const got = async (path: string) => {
    const answer = await ask(app, path);
    return [answer.status, answer.headers.get("content-type"), await answer.text()];
  };
  assert.deepEqual(await got("/text"), [200, "text/plain; charset=utf-8", "<t>"]);
  assert.deepEqual(await got("/html"), [201, "text/html; charset=utf-8", "<b>"]);
  assert.deepEqual(await got("/own"), [200, "text/markdown", "# t"]);
  assert.deepEqual(await got("/json"), [202, "application/json", '{"a":[1]}']);
  assert.deepEqual(await got("/stream"), [200, "text/markdown", "ab"]);
  assert.deepEqual(await got("/page"), [
    203,
    "text/html; charset=utf-8",
    '<!DOCTYPE html><html><head><meta charset="utf-8"/></head><body><p>a &lt; b</p></body></html>',
  ]);
});

Deno.test("a stream that nobody reads any more is ended", async () => {
  const ended = Promise.withResolvers<void>();
  async function* endless() {
    try {
      for (;;) yield await Promise.resolve("more");
    } finally {
      ended.resolve();
    }
  }
  const app = new App<Record<string, unknown>>().get("/", (ctx) => ctx.stream(endless()));
  const reader = (await ask(app, "/")).body?.getReader();
  await reader?.read();
  await reader?.cancel();
  await ended.promise;
});

Deno.test("WebSockets: by handlers with a subprotocol, by ctx.upgrade(), by app.ws()", async () => {
  const app = new App<Record<string, unknown>>()
    .get("/handled", (ctx) =>
      ctx.upgrade({
        open: (socket) => socket.send("hello"),
        message: (socket, { data }) => socket.close(4000, `got ${data}`),
      }, { protocol: "earshot" }))
    .get("/bare", (ctx) => {
      const { socket, response } = ctx.upgrade();
      socket.onmessage = ({ data }) => socket.close(4001, `bare ${data}`);
      return response;
    })
    .ws("/ws", { message: (socket, { data }) => socket.close(4002, `ws ${data}`) });
  await using site = serve(app.handler());

  for (
    const [path, protocols, code, reason, protocol] of [
      ["/handled", ["earshot", "t.secret"], 4000, "got x", "earshot"],
      ["/bare", [], 4001, "bare x", ""],
      ["/ws", [], 4002, "ws x", ""],
    ] as const
  ) {
    const socket = new WebSocket(`ws://${site.host}${path}`, [...protocols]);
    const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
    socket.onopen = () => socket.send("x");
    const event = await closed;
    assert.deepEqual([event.code, event.reason, socket.protocol], [code, reason, protocol]);
  }
  const plain = await fetch(`${site.url}/ws`);
  assert.deepEqual([plain.status, await plain.text()], [400, "Expected a WebSocket upgrade"]);
  const keyless = { upgrade: "websocket", connection: "upgrade", "sec-websocket-version": "13" };
  const half = await app.handler()(new Request("http://127.0.0.1/ws", { headers: keyless }));
  assert.deepEqual([half.status, await half.text()], [400, "Expected a WebSocket upgrade"]);
});
