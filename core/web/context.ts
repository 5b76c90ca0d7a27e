import type { AnyComponent, ComponentChild, FunctionComponent, VNode } from "preact";
import { h } from "preact";
import type { Build, Mode } from "./build.ts";
import { renderDocument } from "./document.ts";
import { HttpError } from "./error.ts";

/** An app's settings. */
export type ResolvedFreshConfig = {
  root: string;
  basePath: string;
  mode: Mode;
  trustProxy: boolean;
};

/** What to do when something happens on a WebSocket. */
export interface WebSocketHandlers {
  open?(socket: WebSocket): void;
  message?(socket: WebSocket, event: MessageEvent): void;
  close?(socket: WebSocket, code: number, reason: string): void;
  error?(socket: WebSocket, event: Event | ErrorEvent): void;
}

/** Of a WebSocket: seconds of silence until it is closed, and the subprotocol. */
export type WebSocketUpgradeOptions = { idleTimeout?: number; protocol?: string };

/** What a page, layout, app wrapper or error page is given. */
export type PageProps<Data = unknown, T = unknown> =
  & Omit<
    Context<T>,
    "next" | "data" | "redirect" | "render" | "text" | "html" | "json" | "stream" | "upgrade"
  >
  & { data: Data };

type AsyncComponent<Props> = (props: Props) => Promise<ComponentChild | Response>;

/** A page, layout, app wrapper or error page. An async one may answer by itself. */
export type RouteComponent<State> =
  | AnyComponent<PageProps<unknown, State>>
  | AsyncComponent<PageProps<unknown, State>>;

/** What surrounds a page: app wrapper, then layouts, which scopes put here on the way in. */
type Surroundings<State> = { build: Build; wrappers: RouteComponent<State>[] };
/** Gives what surrounds a request's page. */
export let around: <State>(ctx: Context<State>) => Surroundings<State>;

/** One request on its way through middlewares, handler and page. */
export class Context<State> {
  readonly config!: ResolvedFreshConfig;
  /** The request's URL, with each `//` in its path folded. */
  readonly url!: URL;
  req!: Request;
  readonly info!: Deno.ServeHandlerInfo;
  /** The pattern that matched, and what its names stand for. */
  readonly route!: string | null;
  readonly params!: Record<string, string>;
  readonly state: State = {} as State;
  readonly isPartial: boolean = false;
  /** What the handler gave to the page; on an error page, what was thrown. */
  data: unknown = undefined;
  error: unknown | null = null;
  /** What a layout or app wrapper surrounds. */
  Component: FunctionComponent = () => null;
  /** Goes on to the next middleware or the handler. */
  next!: () => Promise<Response>;
  #around: Surroundings<State>;

  static {
    around = (ctx) => ctx.#around;
  }

  /** Made by the app for each request. */
  constructor(build: Build, from: Partial<Context<State>>) {
    Object.assign(this, from);
    this.#around = { build, wrappers: [] };
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
    init?: ResponseInit,
  ): Promise<Response> {
    const { build, wrappers } = this.#around;
    let content: ComponentChild = vnode;
    for (const wrapper of wrappers.toReversed()) {
      const inner = content;
      this.Component = () => inner;
      const made = await renderComponent(wrapper, this);
      if (made instanceof Response) return made;
      content = made;
    }
    return this.html(renderDocument(content, build), init);
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
    const parts = typeof stream === "function" ? stream() : stream;
    return new Response(ReadableStream.from(toBytes(parts)), init);
  }

  /** Turns the request into a WebSocket. @throws {HttpError} 400 if it asks for none. */
  upgrade(options?: WebSocketUpgradeOptions): { socket: WebSocket; response: Response };
  upgrade(handlers: WebSocketHandlers, options?: WebSocketUpgradeOptions): Response;
  upgrade(
    first?: WebSocketUpgradeOptions | WebSocketHandlers,
    second?: WebSocketUpgradeOptions,
  ): { socket: WebSocket; response: Response } | Response {
    const { headers } = this.req;
    const asks = headers.get("upgrade")?.toLowerCase() === "websocket" &&
      /\bupgrade\b/i.test(headers.get("connection") ?? "") && headers.has("sec-websocket-key");
    if (!asks) throw new HttpError(400, "Expected a WebSocket upgrade");
    const on = first as WebSocketHandlers;
    if (!second && !on?.open && !on?.message && !on?.close && !on?.error) {
      return Deno.upgradeWebSocket(this.req, first as WebSocketUpgradeOptions);
    }
    const { socket, response } = Deno.upgradeWebSocket(this.req, second);
    socket.onopen = () => on.open?.(socket);
    socket.onmessage = (event) => on.message?.(socket, event);
    socket.onclose = ({ code, reason }) => on.close?.(socket, code, reason);
    socket.onerror = (event) => on.error?.(socket, event);
    return response;
  }
}

/** Makes a component's element; an async component is awaited, and may answer by itself. */
export async function renderComponent<State>(
  component: RouteComponent<State>,
  ctx: Context<State>,
): Promise<ComponentChild | Response> {
  const props = { ...ctx };
  return component.constructor.name === "AsyncFunction"
    ? await (component as AsyncComponent<typeof props>)(props)
    : h(component as FunctionComponent<typeof props>, props);
}

async function* toBytes(parts: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>) {
  const encoder = new TextEncoder();
  for await (const part of parts) yield typeof part === "string" ? encoder.encode(part) : part;
}

function withType(init: ResponseInit | undefined, type: string): ResponseInit {
  const headers = new Headers(init?.headers);
  if (!headers.has("content-type")) headers.set("content-type", type);
  return { ...init, headers };
}
