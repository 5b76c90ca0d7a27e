import {
  type AnyComponent,
  type ComponentChild,
  type FunctionComponent,
  h,
  type VNode,
} from "preact";
import type { Build, Mode } from "./build.ts";
import { renderDocument } from "./document.ts";
import { HttpError } from "./error.ts";
import { attach, isHandlers, type WebSocketHandlers } from "./websocket.ts";

/** An app's settings. */
export interface ResolvedFreshConfig {
  root: string;
  basePath: string;
  mode: Mode;
  trustProxy: boolean;
}

/** What a page or layout leaves out of what surrounds it. */
export interface LayoutConfig {
  skipInheritedLayouts?: boolean;
  skipAppWrapper?: boolean;
}

/** Settings of a WebSocket upgrade: seconds of silence until it is closed; its subprotocol. */
export interface WebSocketUpgradeOptions {
  idleTimeout?: number;
  protocol?: string;
}

type Shown =
  | ("config" | "url" | "req" | "params" | "info")
  | ("state" | "isPartial" | "Component" | "error" | "route");

/** What a page, layout, app wrapper or error page is given. */
export type PageProps<Data = unknown, T = unknown> = Pick<Context<T>, Shown> & { data: Data };

type AsyncComponent<Props> = (props: Props) => Promise<ComponentChild | Response>;

/** A page, layout, app wrapper or error page. An async one may answer by itself. */
export type RouteComponent<State> =
  | AnyComponent<PageProps<unknown, State>>
  | AsyncComponent<PageProps<unknown, State>>;

/** What only the seam sees of a request: its build, and the wrappers in force. */
interface Surroundings<State> {
  build: Build;
  app: RouteComponent<State> | null;
  /** Outermost first. */
  layouts: RouteComponent<State>[];
}

/** Gives a request's surroundings; scopes change them on the way in and out. */
export let around: <State>(ctx: Context<State>) => Surroundings<State>;

/** One request on its way through middlewares, handler and page. */
export class Context<State> {
  readonly config!: ResolvedFreshConfig;
  /** The request's URL, with each `//` in its path folded. */
  readonly url!: URL;
  req!: Request;
  /** The pattern that matched. */
  readonly route!: string | null;
  readonly params!: Record<string, string>;
  readonly state: State = {} as State;
  /** What the handler gave to the page. */
  data: unknown = undefined;
  /** On an error page, what was thrown. */
  error: unknown | null = null;
  readonly info!: Deno.ServeHandlerInfo;
  readonly isPartial: boolean = false;
  /** Goes on to the next middleware or the handler. */
  next!: () => Promise<Response>;
  /** What a layout or app wrapper surrounds. */
  Component: FunctionComponent = () => null;

  #around: Surroundings<State>;

  static {
    around = (ctx) => ctx.#around;
  }

  /** Made by the app for each request. */
  constructor(
    from: Pick<Context<State>, "config" | "url" | "req" | "route" | "params" | "info" | "next">,
    build: Build,
  ) {
    Object.assign(this, from);
    this.#around = { build, app: null, layouts: [] };
  }

  /** Redirects. `//` in a path is folded, so that a path never leads to another host. */
  redirect(pathOrUrl: string, status = 302): Response {
    const [, path = "", rest = ""] = /^([^?#]*)(.*)$/s.exec(pathOrUrl) ?? [];
    // Browsers read `\` in a path as `/`.
    const location = /^[\\/]/.test(path) ? path.replace(/[\\/]+/g, "/") + rest : pathOrUrl;
    return new Response(null, { status, headers: { location } });
  }

  /** Renders a page inside of the layouts and app wrapper in force. */
  async render(
    // deno-lint-ignore no-explicit-any -- as in Fresh: whatever its props
    vnode: VNode<any> | null,
    init: ResponseInit = {},
    config: LayoutConfig = {},
  ): Promise<Response> {
    const { build, app, layouts } = this.#around;
    const wrappers = config.skipInheritedLayouts ? [] : layouts.toReversed();
    if (app && !config.skipAppWrapper) wrappers.push(app);
    let inner: ComponentChild = vnode;
    for (const wrapper of wrappers) {
      const child = inner;
      this.Component = () => child;
      const made = await renderComponent(wrapper, this);
      if (made instanceof Response) return made;
      inner = made;
    }
    return this.html(renderDocument(inner, build), init);
  }

  text(content: string, init?: ResponseInit): Response {
    return new Response(content, withType(init, "text/plain; charset=utf-8"));
  }

  html(content: string, init?: ResponseInit): Response {
    return new Response(content, withType(init, "text/html; charset=utf-8"));
  }

  // deno-lint-ignore no-explicit-any -- as in Fresh and Response.json
  json(content: any, init?: ResponseInit): Response {
    return Response.json(content, init);
  }

  /** Answers with parts as they come. */
  stream<U extends string | Uint8Array>(
    stream: Iterable<U> | AsyncIterable<U> | (() => Iterable<U> | AsyncIterable<U>),
    init?: ResponseInit,
  ): Response {
    const encoder = new TextEncoder();
    const toBytes = new TransformStream<string | Uint8Array, Uint8Array>({
      transform: (part, out) => out.enqueue(typeof part === "string" ? encoder.encode(part) : part),
    });
    const parts = typeof stream === "function" ? stream() : stream;
    return new Response(ReadableStream.from<string | Uint8Array>(parts).pipeThrough(toBytes), init);
  }

  /** Turns the request into a WebSocket. @throws {HttpError} 400 if it asks for none. */
  upgrade(options?: WebSocketUpgradeOptions): { socket: WebSocket; response: Response };
  upgrade(handlers: WebSocketHandlers, options?: WebSocketUpgradeOptions): Response;
  upgrade(
    first?: WebSocketUpgradeOptions | WebSocketHandlers,
    second?: WebSocketUpgradeOptions,
  ): { socket: WebSocket; response: Response } | Response {
    if (this.req.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      throw new HttpError(400, "Expected a WebSocket upgrade");
    }
    if (!isHandlers(first)) return Deno.upgradeWebSocket(this.req, first);
    const { socket, response } = Deno.upgradeWebSocket(this.req, second);
    attach(socket, first);
    return response;
  }
}

/** Makes a component's element; an async component is awaited, and may answer by itself. */
export async function renderComponent<State>(
  component: RouteComponent<State>,
  ctx: Context<State>,
): Promise<ComponentChild | Response> {
  const { config, url, req, params, info, state, isPartial, Component, error, route, data } = ctx;
  const props = { config, url, req, params, info, state, isPartial, Component, error, route, data };
  if (component.constructor.name !== "AsyncFunction") {
    return h(component as FunctionComponent<typeof props>, props);
  }
  return await (component as AsyncComponent<typeof props>)(props);
}

function withType(init: ResponseInit | undefined, type: string): ResponseInit {
  const headers = new Headers(init?.headers);
  if (!headers.has("content-type")) headers.set("content-type", type);
  return { ...init, headers };
}
