import { isValidElement } from "preact";
import { type Context, renderComponent } from "./context.ts";
import type { HandlerByMethod, Method, Route } from "./handlers.ts";

/** The methods that a route answers; `ALL` where one handler takes them all. */
export function methodsOf<State>(route: Route<State>): string[] {
  if (typeof route.handler === "function") return ["ALL"];
  return [...new Set([...Object.keys(route.handler ?? {}), ...route.component ? ["GET"] : []])];
}

/** Answers a request by a route: by its handler, and by its page if the handler gave data. */
export async function answer<State>(
  ctx: Context<State>,
  { handler, component, config }: Route<State>,
  status = 200,
): Promise<Response> {
  const one = typeof handler === "function" ? handler : pick(handler ?? {}, ctx.req.method);
  const given = await one?.(ctx) ?? { data: undefined };
  if (given instanceof Response) return given;
  ctx.data = given.data;
  ctx.Component = () => null;
  const made = component ? await renderComponent(component, ctx) : null;
  if (made instanceof Response) return made;
  const init = { status: given.status ?? status, headers: given.headers ?? {} };
  return await ctx.render(isValidElement(made) ? made : null, init, config);
}

function pick<State>(handlers: HandlerByMethod<unknown, State>, method: string) {
  return handlers[method as Method] ?? (method === "HEAD" ? handlers.GET : undefined);
}
