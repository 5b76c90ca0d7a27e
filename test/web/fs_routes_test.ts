import assert from "node:assert/strict";
import type { Route } from "../../core/web/handlers.ts";
import { addFileRoutes, isSource } from "../../core/web/fs_routes.ts";
import { Scope } from "../../core/web/scope.ts";
import { fixtureApp } from "./site.ts";

const page = { default: () => null };

/** Where files with these names answer, in order. */
function patterns(...names: string[]): string[] {
  const found: string[] = [];
  const modules = new Map(names.map((name) => [name, page]));
  addFileRoutes(modules, new Scope(), (path) => found.push(path));
  return found;
}

Deno.test("file names are URL patterns", () => {
  for (
    const [name, pattern] of [
      ["index.tsx", "/"],
      ["about.tsx", "/about"],
      ["a/index.tsx", "/a"],
      ["a/index/b.tsx", "/a/index/b"],
      ["a/[id].tsx", "/a/:id"],
      ["a/[id]/[other].tsx", "/a/:id/:other"],
      ["a/user-[id].json.ts", "/a/user-:id.json"],
      ["[...all].tsx", "/:all*"],
      ["a/[[page]].tsx", "/a{/:page}?"],
      ["[[page]].tsx", "{/:page}?"],
      ["(group)/in.tsx", "/in"],
      ["a/(group)/index.tsx", "/a"],
      ["(group)/index.tsx", "/"],
    ] as const
  ) assert.deepEqual(patterns(name), [pattern], name);
});

Deno.test("the more specific file answers first", () => {
  assert.deepEqual(
    patterns("[...all].tsx", "[id].tsx", "a.tsx", "[[opt]].tsx", "a/[id].tsx", "a/x-[id].tsx"),
    ["/a", "/a/x-:id", "/a/:id", "/:id", "{/:opt}?", "/:all*"],
  );
});

Deno.test("tests, declarations and folders such as (_x) are no routes", () => {
  const names = ["a.ts", "a.tsx", "b.js", "(g)/a.ts", "a_test.ts", "a.test.tsx", "a.d.ts"];
  names.push("(_x)/a.ts", "a/(_islands)/b.tsx", "a.css", "README.md");
  assert.deepEqual(names.filter(isSource), ["a.ts", "a.tsx", "b.js", "(g)/a.ts"]);
});

Deno.test("a file without the export that its name calls for is refused by name", () => {
  const add = (name: string, module: unknown) => () =>
    addFileRoutes(new Map([[name, module]]), new Scope(), () => {});
  assert.throws(add("a.tsx", {}), /^TypeError: Cannot use "a.tsx": it exports neither/);
  assert.throws(add("_layout.tsx", { handler: () => {} }), /Cannot use "_layout.tsx"/);
  assert.throws(add("_middleware.ts", { handler: { GET() {} } }), /a middleware or an array/);
  assert.throws(add("a/_app.tsx", page), /Cannot use "a\/_app.tsx": no such special file here/);
  assert.throws(add("_other.tsx", page), /no such special file/);
  assert.throws(add("a.tsx", { ...page, config: {} }), /no config is known here/);
});

Deno.test("a route has its folder's scope", () => {
  const scopes = new Map<string, Scope<unknown>>();
  const root = new Scope<unknown>();
  const modules = new Map<string, unknown>([["a/[id]/b.tsx", page], ["a/_error.tsx", page]]);
  addFileRoutes(modules, root, (path, scope, _route: Route<unknown>) => scopes.set(path, scope));
  assert.equal(scopes.get("/a/:id/b"), root.at("/a/:id"));
  assert.equal(root.at("/a").error?.component, page.default);
});

const handler = (await fixtureApp()).handler();

async function get(path: string, init?: RequestInit): Promise<[number, string, Headers]> {
  const answer = await handler(new Request(`http://127.0.0.1:4747${path}`, init));
  return [answer.status, await answer.text(), answer.headers];
}

Deno.test("a page is inside of its layouts and the app, with its head in the head", async () => {
  const [status, html, headers] = await get("/about");
  assert.equal(status, 200);
  assert.equal(headers.get("x-root"), "yes");
  assert.match(html, /^<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"\/>/);
  assert.match(html, /<title>About<\/title>/);
  assert.equal(html.match(/<title>/g)?.length, 1);
  assert.match(html, /<meta name="description" content="by the page"\/><\/head>/);
  assert.doesNotMatch(html, /by the app/);
  assert.match(html, /href="\/styles.css\?__frsh_c=[0-9a-f]{16}"/);
  assert.match(
    html,
    /<body data-path="\/about"><main data-seen="root"><h1>About &lt;us&gt;<\/h1><\/main><\/body>/,
  );
  const [, grouped] = await get("/grouped");
  assert.match(grouped, /<main [^>]*><section class="group"><p>grouped<\/p><\/section><\/main>/);
});

Deno.test("handlers give their page data, status and headers", async () => {
  const [status, html, headers] = await get("/users/bob");
  assert.equal(status, 203);
  assert.equal(headers.get("x-user"), "bob");
  assert.match(html, /<main data-seen="root users1 users2"><p>user BOB of bob<\/p><\/main>/);
  assert.match((await get("/users/new"))[1], /new user/);
  assert.deepEqual((await get("/users/bob", { method: "POST", body: "x" })).slice(0, 2), [
    200,
    "posted x",
  ]);
  const [moved, , where] = await get("/users/moved");
  assert.deepEqual([moved, where.get("location")], [301, "/users/new"]);
});

Deno.test("names in files match as they should", async () => {
  assert.match((await get("/abc"))[1], /one abc of \/:id/);
  assert.match((await get("/docs/a/b"))[1], /docs a\/b/);
  assert.match((await get("/about_test"))[1], /one about_test/);
  assert.match((await get("/list"))[1], /page first/);
  assert.match((await get("/list/2"))[1], /page 2/);
});

Deno.test("an API file answers its methods, and 405 names them", async () => {
  assert.deepEqual((await get("/api/things")).slice(0, 2), [200, '{"things":[1,2]}']);
  assert.equal((await get("/api/things", { method: "DELETE" }))[0], 204);
  const [status, , headers] = await get("/api/things", { method: "PUT" });
  assert.equal(status, 405);
  assert.equal(headers.get("allow"), "GET, DELETE");
});

Deno.test("errors are shown by the nearest error page, with their status", async () => {
  const [missing, page] = await get("/no/such/page");
  assert.equal(missing, 404);
  assert.match(page, /<main data-seen="root"><p class="error">404 Not Found<\/p><\/main>/);
  const [unknown, user] = await get("/users/nobody");
  assert.deepEqual([unknown, /404 No such user/.test(user)], [404, true]);
  const [strict, html] = await get("/strict/fail");
  assert.equal(strict, 418);
  assert.match(html, /<p class="strict">HttpError: Error 418<\/p>/);
});

Deno.test("an async page has its islands, and may answer otherwise", async () => {
  assert.match((await get("/later"))[1], /<!--frsh:island:0:0:--><button id="late"/);
  assert.deepEqual((await get("/later?away")).slice(0, 2), [200, '"away"']);
});
