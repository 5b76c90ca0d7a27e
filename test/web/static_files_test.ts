import assert from "node:assert/strict";
import { fixtureApp } from "./site.ts";

const handler = (await fixtureApp()).handler();

function ask(path: string, headers: HeadersInit = {}, method = "GET"): Promise<Response> {
  return handler(new Request(`http://127.0.0.1:4747${path}`, { headers, method }));
}

/** Whether a path leads to the fixture's page for one name, and so to no file. */
async function isPage(path: string): Promise<boolean> {
  const answer = await ask(path);
  return answer.status === 404 || /<p>one /.test(await answer.text());
}

Deno.test("a static file has its type, and is asked for again each time", async () => {
  const answer = await ask("/styles.css");
  assert.equal(await answer.text(), "body {\n  color: rgb(1, 2, 3);\n}\n");
  assert.equal(answer.headers.get("content-type"), "text/css; charset=utf-8");
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  assert.equal(answer.headers.get("cache-control"), "no-cache");
  const icon = await ask("/sub/icon.svg");
  assert.equal(icon.headers.get("content-type"), "image/svg+xml");
  await icon.body?.cancel();
});

Deno.test("a file that the browser has is not sent again", async () => {
  const first = await ask("/styles.css");
  await first.body?.cancel();
  const tag = first.headers.get("etag") ?? "";
  for (const known of [tag, `W/${tag}`, `"x", ${tag}`]) {
    const again = await ask("/styles.css", { "if-none-match": known });
    assert.equal(again.status, 304);
    assert.equal(again.body, null);
    assert.equal(again.headers.get("etag"), tag);
  }
  const other = await ask("/styles.css", { "if-none-match": '"x"' });
  assert.equal(other.status, 200);
  await other.body?.cancel();
});

Deno.test("what carries the build's id is kept for a year, an older id is led to the new", async () => {
  const page = await (await ask("/")).text();
  const [, style = ""] = /href="(\/styles.css\?[^"]*)"/.exec(page) ?? [];
  const [, script = ""] = /<script type="module" src="([^"]*)"/.exec(page) ?? [];
  for (const path of [style, script]) {
    const answer = await ask(path);
    assert.equal(answer.headers.get("cache-control"), "public, max-age=31536000, immutable");
    await answer.body?.cancel();
  }
  const stale = await ask("/styles.css?__frsh_c=0123456789abcdef&x=1");
  assert.equal(stale.status, 307);
  assert.equal(stale.headers.get("location"), "/styles.css?x=1");
});

Deno.test("dotfiles, what is outside, and other methods reach no file", async () => {
  for (
    const path of [
      "/.secret",
      "/%2esecret",
      "/sub",
      "/sub/",
      "/sub/%2e%2e/.secret",
      "/..%2fdefine.ts",
      "/..%5cdefine.ts",
      "/sub%2f..%2f..%2fdefine.ts",
      "/styles.css%00.png",
      "/%",
      "/STYLES.CSS",
    ]
  ) assert.ok(await isPage(path), path);
  assert.ok(!await isPage("/sub%2ficon.svg"), "an escape names the same file");
  assert.equal((await ask("/styles.css", {}, "POST")).status, 405);
});
