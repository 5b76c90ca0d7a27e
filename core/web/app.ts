import type { Build } from "./build.ts";
import { Context, type ResolvedFreshConfig } from "./context.ts";
import type { WebSocketHandlers, WebSocketUpgradeOptions } from "./context.ts";
import { HttpError } from "./error.ts";
import { addFileRoutes } from "./fs_routes.ts";
import { answer, methodsOf, type Middleware } from "./handlers.ts";
import { Router } from "./router.ts";
import { reportFailure, Scope, walk } from "./scope.ts";

type Step<State> = (root: Scope<State>, router: Router<Middleware<State>[]>) => void;

const none = new Map<never, never>();
const UNBUILT = { id: "none", mode: "production", root: ".", routes: none, islands: none } as const;

/** Gives an app what a builder made; to be called before {@linkcode App.handler}. */
export let setBuild: <State>(app: App<State>, build: Build) => void;

/** Routes and middlewares. Each counts only for what is registered after it. */
export class App<State> {
  config: ResolvedFreshConfig = { root: ".", basePath: "", mode: "production", trustProxy: false };
  #build: Build = { ...UNBUILT, files: none };
  #steps: Step<State>[] = [];

  static {
    setBuild = (app, build) => {
      app.#build = build;
      app.config = { ...app.config, mode: build.mode, root: build.root };
    };
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
  notFound(handler: Middleware<State>): this {
    return this.#step((root) => root.notFound = { handler });
  }

  /** Answers what fails below a path. */
  onError(path: string, handler: Middleware<State>): this {
    return this.#step((root) => root.at(path).error = { handler });
  }

  /** Adds the routes that the builder found in files, below a path. */
  fsRoutes(pattern = "*"): this {
    const base = pattern.replace(/\/?\*?$/, "");
    return this.#step((root, router) =>
      addFileRoutes<State>(this.#build.routes, root.at(base), (path, scope, route) => {
        const way = [...scope.way(), (ctx: Context<State>) => answer(ctx, route)];
        const full = path === "/" ? base || "/" : base + path;
        for (const method of methodsOf(route)) router.add(method, full, way);
      })
    );
  }

  #answering(method: string) {
    return (path: string, ...middlewares: Middleware<State>[]): this =>
      this.#step((root, router) => {
        const scope = root.at(path.slice(0, path.lastIndexOf("/") + 1));
        router.add(method, path === "*" ? "/*" : path, [...scope.way(), ...middlewares]);
      });
  }

  #step(step: Step<State>): this {
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
      const { route, params, target, methods } = router.match(req.method, url);
      const next = () => Promise.reject(new HttpError(route !== null && !target ? 405 : 404));
      const ctx = new Context<State>(build, { config, url, req, route, params, info, next });
      const response = await walk(ctx, target ?? fallback, next).catch(plainError);
      // RFC 9110 §15.5.6
      if (response.status === 405) response.headers.set("allow", methods.join(", "));
      return response;
    };
  }

  /** Serves the app until the server ends. */
  async listen(options: Deno.ServeTcpOptions = {}): Promise<void> {
    await Deno.serve(options, this.handler()).finished;
  }
}

function plainError(error: unknown): Response {
  reportFailure(error);
  const { status, message } = error instanceof HttpError ? error : new HttpError(500);
  return new Response(message, { status });
}

const NOWHERE = { transport: "tcp", hostname: "127.0.0.1", port: 0 } as const;
const NO_INFO = { remoteAddr: NOWHERE, localAddr: NOWHERE, completed: Promise.resolve() };
