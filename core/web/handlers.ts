import { type AnyComponent, isValidElement } from "preact";
import { type Context, type PageProps, renderComponent, type RouteComponent } from "./context.ts";

/** The methods a route may answer. */
export type Method = "HEAD" | "GET" | "POST" | "PATCH" | "PUT" | "DELETE" | "OPTIONS";

/** Answers a request, or passes it on by `ctx.next()`. */
export type Middleware<State> = (ctx: Context<State>) => Response | Promise<Response>;

/** What a handler gives to its page. */
export type PageResponse<T> = { data: T; headers?: HeadersInit; status?: number };

/** Answers a request itself, or gives data to the page of the same file. */
export interface HandlerFn<Data, State> {
  (ctx: Context<State>): Response | PageResponse<Data> | Promise<Response | PageResponse<Data>>;
}

/** A handler for each method. */
export type HandlerByMethod<Data, State> = { [M in Method]?: HandlerFn<Data, State> };

/** One handler for all methods, or one for each. */
export type RouteHandler<Data, State> = HandlerFn<Data, State> | HandlerByMethod<Data, State>;

/** A page with its handler. */
export interface Route<State> {
  component?: RouteComponent<State> | undefined;
  handler?: RouteHandler<unknown, State> | undefined;
}

/** Functions that give back what they are given, and have its types inferred. */
export interface Define<State> {
  handlers<Data, Handlers extends RouteHandler<Data, State> = RouteHandler<Data, State>>(
    handlers: Handlers,
  ): typeof handlers;
  page<
    // deno-lint-ignore no-explicit-any -- as in Fresh: the data is inferred from the handler
    Handler extends RouteHandler<any, State> = never,
    Data = Handler extends HandlerFn<infer Data, State> ? Data
      : Handler extends HandlerByMethod<infer Data, State> ? Data
      : never,
  >(render: AnyComponent<PageProps<Data, State>>): typeof render;
  middleware<M extends Middleware<State> | Middleware<State>[]>(middleware: M): typeof middleware;
  layout(render: AnyComponent<PageProps<unknown, State>>): typeof render;
}

/** Makes the {@linkcode Define} functions of an app whose requests share a `State`. */
export function createDefine<State>(): Define<State> {
  const same = <T>(given: T): T => given;
  return { handlers: same, page: same, middleware: same, layout: same };
}

type PageOptions = Omit<PageResponse<unknown>, "data">;

/** Has the page of a handler's file rendered with `data`. */
export function page<T>(data: T, options?: PageOptions): PageResponse<T>;
export function page(): PageResponse<undefined>;
export function page(data?: unknown, options?: PageOptions): PageResponse<unknown> {
  return { data, ...options };
}

/** The methods that a route answers; `ALL` where one handler takes them all. */
export function methodsOf<State>({ handler, component }: Route<State>): string[] {
  if (typeof handler === "function") return ["ALL"];
  return Object.keys({ ...handler, ...component ? { GET: component } : {} });
}

/** Answers a request by a route: by its handler, and by its page if the handler gave data. */
export async function answer<State>(
  ctx: Context<State>,
  { handler, component }: Route<State>,
  status = 200,
): Promise<Response> {
  const method = ctx.req.method as Method;
  const fallback = method === "HEAD" ? "GET" : method;
  const one = typeof handler === "object" ? handler[method] ?? handler[fallback] : handler;
  const given = await one?.(ctx) ?? page();
  if (given instanceof Response) return given;
  ctx.data = given.data;
  ctx.Component = () => null;
  const made = component ? await renderComponent(component, ctx) : null;
  if (made instanceof Response) return made;
  return await ctx.render(isValidElement(made) ? made : null, { status, ...given });
}
