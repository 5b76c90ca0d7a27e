import assert from "node:assert/strict";
import { App } from "fresh";
import type { Page } from "playwright-core";
import { guarded } from "../../core/web/guard.ts";
import { browserTest } from "../e2e/chromium.ts";
import { serve, type Served } from "./site.ts";

const TOKEN = "0123456789abcdef";

/** A guarded app, what reached it, and what was asked of it at all. */
function site(): Served & { reached: string[]; asked: string[] } {
  const reached: string[] = [];
  const asked: string[] = [];
  const app = new App<unknown>()
    .use((ctx) => {
      reached.push(`${ctx.req.method} ${ctx.url.pathname}`);
      return ctx.next();
    })
    .get("/", (ctx) => ctx.html("<!DOCTYPE html><p>shell"))
    .get("/favicon.ico", () => new Response(null, { status: 204 }))
    .all("/api/secret", (ctx) => ctx.json("secret"))
    .get(
      "/api/socket",
      (ctx) => ctx.upgrade({ open: (socket) => socket.send("secret") }, { protocol: "earshot" }),
    );
  let host = "";
  const handler = guarded(app.handler(), {
    hosts: () => [host],
    authorize: (request) =>
      request.headers.get("authorization") === `Bearer ${TOKEN}` ||
      (request.headers.get("sec-websocket-protocol")?.includes(`t.${TOKEN}`) ?? false),
    isPublic: ({ pathname }) => !pathname.startsWith("/api/"),
  });
  const served = serve((request, info) => {
    asked.push(`${request.method} ${request.headers.get("host")?.split(":")[0]}`);
    return handler(request, info);
  });
  host = served.host;
  return { ...served, reached, asked };
}

/** Reads the API of `host` by `fetch` and by WebSocket from a page: what it got, or "refused". */
function readApi(page: Page, host: string): Promise<string[]> {
  return page.evaluate(async ([host, token]) => {
    const headers = { authorization: `Bearer ${token}` };
    const fetched = await fetch(`http://${host}/api/secret`, { method: "POST", headers })
      .then((answer) => answer.ok ? answer.text() : "refused", () => "refused");
    const socket = new WebSocket(`ws://${host}/api/socket`, ["earshot", `t.${token}`]);
    const heard = await new Promise<string>((resolve) => {
      socket.onmessage = ({ data }) => resolve(`${socket.protocol} ${data}`);
      socket.onerror = () => resolve("refused");
    });
    socket.close();
    return [fetched, heard];
  }, [host, TOKEN] as const);
}

/** Tries what needs no leave of the other side; resolves when all of it has ended. */
function tryBlindly(page: Page, host: string): Promise<string[]> {
  return page.evaluate(async (host) => {
    const url = `http://${host}`;
    const blind: RequestInit = { method: "POST", mode: "no-cors", body: "x" };
    const sent = await fetch(`${url}/api/secret`, blind).then((answer) => answer.type, () => "no");
    const load = (tag: "img" | "script" | "iframe", path: string) =>
      new Promise<string>((resolve) => {
        const element = document.createElement(tag);
        element.onload = () => resolve(`${tag} loaded`);
        element.onerror = () => resolve(`${tag} failed`);
        element.src = url + path;
        document.body.append(element);
      });
    return [sent, await load("img", "/"), await load("script", "/"), await load("iframe", "/")];
  }, host);
}

browserTest("in a browser, the own page reads the API, under the policy", async (browser) => {
  await using to = site();
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on("console", (message) => problems.push(message.text()));

  await page.goto(to.url);
  assert.deepEqual(await readApi(page, to.host), ['"secret"', "earshot secret"]);
  assert.deepEqual(problems, []);
  assert.equal(await page.evaluate(() => crossOriginIsolated), true);

  const broken = await page.evaluate(() => {
    const failed: string[] = [];
    const attempt = (what: string, run: () => void) => {
      try {
        run();
      } catch {
        failed.push(what);
      }
    };
    attempt("innerHTML", () => document.body.innerHTML = "<p>x");
    attempt("script", () => document.createElement("script").src = "/x.js");
    attempt("policy", () => {
      const { trustedTypes } = globalThis as unknown as {
        trustedTypes: { createPolicy(name: string, rules: object): void };
      };
      trustedTypes.createPolicy("x", {});
    });
    const inline = document.createElement("button");
    inline.setAttribute("style", "color: rgb(9, 9, 9)");
    document.body.append(inline);
    if (getComputedStyle(inline).color !== "rgb(9, 9, 9)") failed.push("style");
    // What scripts set is theirs to set: an element's style, and adopted style sheets.
    const sheet = new CSSStyleSheet();
    sheet.insertRule("button { width: 77px }");
    document.adoptedStyleSheets = [sheet];
    inline.style.height = "55px";
    const { width, height } = getComputedStyle(inline);
    if (width !== "77px" || height !== "55px") failed.push("styles of scripts");
    return failed;
  });
  assert.deepEqual(broken, ["innerHTML", "script", "policy", "style"]);
});

browserTest(
  "hostile 32: in a browser, another site on this machine gets nothing",
  async (browser) => {
    await using to = site();
    await using other = serve(() =>
      new Response("<!DOCTYPE html><p>evil", { headers: { "content-type": "text/html" } })
    );
    const page = await browser.newPage();
    await page.goto(other.url);

    const port = to.host.split(":")[1];
    for (const name of ["127.0.0.1", "localhost", "0.0.0.0", "evil.test"]) {
      const host = `${name}:${port}`;
      assert.deepEqual(await readApi(page, host), ["refused", "refused"], host);
      const [, image, script, frame] = await tryBlindly(page, host);
      assert.deepEqual([image, script], ["img failed", "script failed"], host);
      assert.match(frame ?? "", /^iframe/);
      for (const inner of page.frames()) {
        assert.doesNotMatch(await inner.content(), /shell/);
      }
    }
    // The attempts came as far as the guard, and no further.
    assert.ok(to.asked.length > 8, `${to.asked}`);
    assert.deepEqual(to.reached, []);
  },
  ["--host-resolver-rules=MAP evil.test 127.0.0.1"],
);

browserTest(
  "hostile 31: in a browser, a rebound name gets nothing, even as its own page",
  async (browser) => {
    await using to = site();
    const page = await browser.newPage();
    const port = to.host.split(":")[1];
    const answer = await page.goto(`http://evil.test:${port}/`);
    assert.equal(answer?.status(), 421);
    assert.match(await answer?.text() ?? "", new RegExp(`Open http://127.0.0.1:${port} instead`));
    assert.deepEqual(to.reached, []);
  },
  ["--host-resolver-rules=MAP evil.test 127.0.0.1"],
);
