import { type Build, EMPTY_BUILD, type Mode } from "./build.ts";
import { Context, type ResolvedFreshConfig, type WebSocketUpgradeOptions } from "./context.ts";
import { HttpError } from "./error.ts";
import { addFileRoutes } from "./fs_routes.ts";
import type { Middleware, Route } from "./handlers.ts";
import { answer, methodsOf } from "./route.ts";
import { Router } from "./router.ts";
import { reportFailure, Scope, walk } from "./scope.ts";
import type { WebSocketHandlers } from "./websocket.ts";

/** An app's settings; the builder's mode goes ahead. */
export interface FreshConfig {
  mode?: Mode;
}

/** Settings of {@linkcode App.listen}. */
export type ListenOptions = Partial<Deno.ServeTcpOptions>;

/** Gives an app what a builder made; to be called before {@linkcode App.handler}. */
export let setBuild: <State>(app: App<State>, build: Build) => void;

/** Routes and middlewares. Each counts only for what is registered after it. */
export class App<State> {
  config: ResolvedFreshConfig;
  #build: Build = EMPTY_BUILD;
  #steps: ((root: Scope<State>, router: Router<Middleware<State>[]>) => void)[] = [];

  static {
    setBuild = (app, build) => {
      app.#build = build;
      app.config = { ...app.config, mode: build.mode, root: build.root };
    };
  }

  constructor({ mode = "production" }: FreshConfig = {}) {
    this.config = { root: ".", basePath: "", mode, trustProxy: false };
  }

  /** Adds middlewares for what is below a path, or for everything. */
  use(...middleware: Middleware<State>[]): this;
  use(path: string, ...middleware: Middleware<State>[]): this;
  use(first: string | Middleware<State>, ...rest: Middleware<State>[]): this {
    const [path, added] = typeof first === "string" ? [first, rest] : ["*", [first, ...rest]];
    return this.#step((root) => root.at(path).middlewares.push(...added));
  }

  // Each answers its method at a path; GET answers HEAD too.
  get = this.#answering("GET");
  post = this.#answering("POST");
  patch = this.#answering("PATCH");
  put = this.#answering("PUT");
  delete = this.#answering("DELETE");
  head = this.#answering("HEAD");
  /** Answers every method at a path. */
  all = this.#answering("ALL");

  /** Answers WebSocket upgrades at a path. */
  ws(path: string, handlers: WebSocketHandlers, options?: WebSocketUpgradeOptions): this {
    return this.get(path, (ctx) => ctx.upgrade(handlers, options));
  }

  /** Answers what fails with 404. */
  notFound(routeOrMiddleware: Route<State> | Middleware<State>): this {
    return this.#step((root) => root.notFound = toRoute(routeOrMiddleware));
  }

  /** Answers what fails below a path. */
  onError(path: string, routeOrMiddleware: Route<State> | Middleware<State>): this {
    return this.#step((root) => root.at(path).error = toRoute(routeOrMiddleware));
  }

  /** Adds the routes that the builder found in files, below a path. */
  fsRoutes(pattern = "*"): this {
    const base = pattern.replace(/\/?\*?$/, "");
    return this.#step((root, router) =>
      addFileRoutes<State>(this.#build.routes, root.at(base), (path, scope, route) => {
        const way = [...scope.way(), (ctx: Context<State>) => answer(ctx, route)];
        const full = base !== "" && path === "/" ? base : base + path;
        for (const method of methodsOf(route)) router.add(method, full, way);
      })
    );
  }

  #answering(method: string): (path: string, ...middlewares: Middleware<State>[]) => this {
    return (path, ...middlewares) =>
      this.#step((root, router) => {
        const scope = root.at(path.slice(0, path.lastIndexOf("/") + 1));
        router.add(method, path === "*" ? "/*" : path, [...scope.way(), ...middlewares]);
      });
  }

  #step(step: (root: Scope<State>, router: Router<Middleware<State>[]>) => void): this {
    this.#steps.push(step);
    return this;
  }

  /** Makes the function that answers requests, of all that is registered by now. */
  handler(): (request: Request, info?: Deno.ServeHandlerInfo) => Promise<Response> {
    const root = new Scope<State>();
    const router = new Router<Middleware<State>[]>();
    for (const step of this.#steps) step(root, router);
    const { config } = this;
    const build = this.#build;
    const fallback = root.way();
    return async (req, info = NO_INFO) => {
      const url = new URL(req.url);
      url.pathname = url.pathname.replace(/\/+/g, "/");
      const { pattern, params, target, methods } = router.match(req.method, url);
      const next = () => Promise.reject(new HttpError(pattern !== null && !target ? 405 : 404));
      const from = { config, url, req, route: pattern, params, info, next };
      const ctx = new Context<State>(from, build);
      try {
        const response = await walk(ctx, target ?? fallback, next);
        if (!(response instanceof Response)) {
          throw new TypeError(`Cannot answer "${url}": no Response`);
        }
        return allowing(response, methods);
      } catch (error) {
        reportFailure(error);
        if (!(error instanceof HttpError)) {
          return new Response("Internal Server Error", { status: 500 });
        }
        return allowing(new Response(error.message, { status: error.status }), methods);
      }
    };
  }

  /** Serves the app at `port`, or at the first free one from 8000 to 8019. */
  async listen(options: ListenOptions = {}): Promise<void> {
    const handler = this.handler();
    for (let port = options.port ?? 8000;; port++) {
      try {
        return await Deno.serve({ ...options, port }, handler).finished;
      } catch (error) {
        const last = port >= (options.port ?? 8019);
        if (last || !(error instanceof Deno.errors.AddrInUse)) throw error;
      }
    }
  }
}

function toRoute<State>(given: Route<State> | Middleware<State>): Route<State> {
  return typeof given === "function" ? { handler: given } : given;
}

/** Says in a 405 what would be allowed, as RFC 9110 §15.5.6 asks. */
function allowing(response: Response, methods: string[]): Response {
  if (response.status === 405) response.headers.set("allow", methods.join(", "));
  return response;
}

const NOWHERE = { transport: "tcp", hostname: "127.0.0.1", port: 0 } as const;
const NO_INFO = { remoteAddr: NOWHERE, localAddr: NOWHERE, completed: Promise.resolve() };
