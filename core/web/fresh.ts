/**
 * The import name `fresh`: the part of Fresh 2.3.3's public API (https://fresh.deno.dev, MIT,
 * by the Fresh authors) that this project's routes use, written anew on npm parts. Routes and
 * islands are plain Fresh 2 code. All that compiles here is meant to compile with Fresh; not
 * the other way: there are no partials, mounted apps, lazy routes, base paths and `config`
 * exports. A file route answers 405 where Fresh 2.3.3 answers 404 to a method it has no handler
 * for, and links are not marked as current.
 */
export { App } from "./app.ts";
export {
  Context,
  type PageProps,
  type ResolvedFreshConfig,
  type WebSocketHandlers,
  type WebSocketUpgradeOptions,
} from "./context.ts";
export { type ErrorStatus, HttpError } from "./error.ts";
export { createDefine, type Define, page, type PageResponse } from "./handlers.ts";
export type { HandlerByMethod, HandlerFn, Middleware, RouteHandler } from "./handlers.ts";
export { staticFiles } from "./static_files.ts";
