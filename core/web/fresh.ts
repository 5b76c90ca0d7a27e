/**
 * The import name `fresh`: the part of Fresh 2.3.3's public API (https://fresh.deno.dev, MIT,
 * by the Fresh authors) that this project's routes use, written anew on npm parts. Routes and
 * islands are plain Fresh 2 code. All that compiles here is meant to compile with Fresh; not
 * the other way: there are no partials, mounted apps, lazy routes and base paths, and a file
 * route answers 405 where Fresh 2.3.3 answers 404 to a method it has no handler for.
 */
export { App, type FreshConfig, type ListenOptions } from "./app.ts";
export {
  Context,
  type LayoutConfig,
  type PageProps,
  type ResolvedFreshConfig,
  type RouteComponent,
  type WebSocketUpgradeOptions,
} from "./context.ts";
export { createDefine, type Define } from "./define.ts";
export { type ErrorStatus, HttpError } from "./error.ts";
export {
  type HandlerByMethod,
  type HandlerFn,
  type Method,
  type Middleware,
  page,
  type PageResponse,
  type RouteConfig,
  type RouteData,
  type RouteHandler,
} from "./handlers.ts";
export { staticFiles } from "./static_files.ts";
export type { WebSocketHandlers } from "./websocket.ts";
