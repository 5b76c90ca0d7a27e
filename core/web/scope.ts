import { around, type Context, type RouteComponent } from "./context.ts";
import { HttpError } from "./error.ts";
import { answer, type Middleware, type Route } from "./handlers.ts";

/** A folder of routes, and what holds for routes below it that are registered afterwards. */
export class Scope<State> {
  readonly middlewares: Middleware<State>[] = [];
  app?: RouteComponent<State>;
  layout?: RouteComponent<State>;
  error?: Route<State>;
  /** Of the root only: answers every 404. */
  notFound?: Route<State>;
  #children = new Map<string, Scope<State>>();

  constructor(readonly parent?: Scope<State>) {}

  /** The scope of a path below this one; `/`, `*` and `""` are this one. */
  at(path: string): Scope<State> {
    const [name, ...rest] = path.split("/").filter((part) => part !== "" && part !== "*");
    if (name === undefined) return this;
    let child = this.#children.get(name);
    if (!child) this.#children.set(name, child = new Scope<State>(this));
    return child.at(rest.join("/"));
  }

  /** All that a request passes between the root and here, as it stands now. */
  way(): Middleware<State>[] {
    return [...this.parent?.way() ?? [], this.#enter(), ...this.middlewares];
  }

  /** Puts this scope's wrappers in force, and answers for what fails below. */
  #enter(): Middleware<State> {
    const { app, layout, error: errorPage } = this;
    return async (ctx) => {
      const page = around(ctx);
      const { wrappers } = page;
      page.wrappers = [...wrappers, app, layout].filter((wrapper) => wrapper !== undefined);
      try {
        return await ctx.next();
      } catch (error) {
        const status = error instanceof HttpError ? error.status : 500;
        const missing = status === 404 ? this.notFound : undefined;
        const route = missing ?? errorPage;
        if (!route) throw error;
        reportFailure(error);
        ctx.error = error;
        return await answer(ctx, route, missing ? 200 : status);
      } finally {
        page.wrappers = wrappers;
      }
    };
  }
}

/** Sends a request through middlewares, and to `end` when all of them pass it on. */
export async function walk<State>(
  ctx: Context<State>,
  way: readonly Middleware<State>[],
  end: () => Promise<Response>,
  index = 0,
): Promise<Response> {
  const step = way[index];
  if (!step) return await end();
  const next = ctx.next;
  ctx.next = () => walk(ctx, way, end, index + 1);
  try {
    return await step(ctx);
  } finally {
    ctx.next = next;
  }
}

/** Says on stderr what an answer of 500 and above does not tell. */
export function reportFailure(error: unknown): void {
  // deno-lint-ignore no-console -- as Fresh does
  if (!(error instanceof HttpError) || error.status >= 500) console.error(error);
}
