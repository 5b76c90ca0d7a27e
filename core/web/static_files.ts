import { around } from "./context.ts";
import type { Middleware } from "./handlers.ts";
import { decode } from "./router.ts";

// deno-fmt-ignore -- a table
const TYPES: Record<string, string> = {
  css: "text/css; charset=utf-8", html: "text/html; charset=utf-8", ico: "image/x-icon",
  jpg: "image/jpeg", js: "text/javascript; charset=utf-8", json: "application/json",
  png: "image/png", svg: "image/svg+xml", txt: "text/plain; charset=utf-8",
  wasm: "application/wasm", webmanifest: "application/manifest+json", webp: "image/webp",
  woff2: "font/woff2",
};

/**
 * Serves the islands' scripts and the static files. They are in memory: a path is looked up
 * among what the builder found, so none leads anywhere else on the disk.
 */
export function staticFiles<T>(): Middleware<T> {
  return async (ctx) => {
    const { id, files } = around(ctx).build;
    const { pathname, searchParams } = ctx.url;
    const content = files.get(decode(pathname, decodeURIComponent));
    if (content === undefined || !/^(GET|HEAD)$/.test(ctx.req.method)) return await ctx.next();
    const wanted = searchParams.get("__frsh_c");
    if (wanted !== null && wanted !== id) {
      searchParams.delete("__frsh_c");
      return ctx.redirect(pathname + ctx.url.search, 307);
    }
    const kept = wanted === id || pathname.startsWith("/_fresh/js/");
    const headers = {
      "content-type": TYPES[pathname.slice(pathname.lastIndexOf(".") + 1)] ??
        "application/octet-stream",
      "x-content-type-options": "nosniff",
      "cache-control": kept ? "public, max-age=31536000, immutable" : "no-cache",
      etag: `"${id}"`,
    };
    const known = ctx.req.headers.get("if-none-match")?.split(/\s*,\s*/) ?? [];
    if (known.some((tag) => tag.replace(/^W\//, "") === headers.etag)) {
      return new Response(null, { status: 304, headers });
    }
    return new Response(content, { headers });
  };
}
