import type { RouteComponent } from "./context.ts";
import type { Middleware, Route, RouteConfig, RouteHandler } from "./handlers.ts";
import type { Scope } from "./scope.ts";

/** What a file below `routes/` may export. */
interface RouteModule<State> {
  default?: RouteComponent<State> | Middleware<State> | Middleware<State>[];
  handler?: RouteHandler<unknown, State> | Middleware<State>[];
  handlers?: RouteHandler<unknown, State> | Middleware<State>[];
  config?: RouteConfig;
}

/** Takes one page or handler: its URL pattern, its folder, and what it does. */
type TakeRoute<State> = (path: string, scope: Scope<State>, route: Route<State>) => void;

/** Whether a file below `routes/` or `islands/` is source, in no folder such as `(_x)`. */
export function isSource(path: string): boolean {
  return /\.[jt]sx?$/.test(path) && !/[._]test\.\w+$|\.d\.ts$|(^|\/)\(_[^/]*\)\//.test(path);
}

/**
 * Reads route modules by Fresh's file names: special files go to the scope of their folder,
 * all others to `take`, the more specific first.
 * @throws {TypeError} if a module lacks the export that its name calls for
 */
export function addFileRoutes<State>(
  modules: ReadonlyMap<string, unknown>,
  root: Scope<State>,
  take: TakeRoute<State>,
): void {
  const routes: [parts: string[], scope: Scope<State>, route: Route<State>][] = [];
  for (const [path, value] of modules) {
    const module = value as RouteModule<State>;
    const parts = path.replace(/\.\w+$/, "").split("/");
    const name = parts.at(-1) ?? "";
    // Folders in `[]` are `:names` among the scopes too, so `use("/users/:id")` means them.
    const scope = root.at(parts.slice(0, -1).join("/").replace(/\[(\w+)\]/g, ":$1"));
    if (name.startsWith("_")) addSpecial(scope, name, path, module);
    else routes.push([parts.filter((part) => !part.startsWith("(")), scope, toRoute(path, module)]);
  }
  routes.sort(([a], [b]) => rank(a) < rank(b) ? -1 : 1);
  for (const [parts, scope, route] of routes) {
    take(route.config?.routeOverride ?? patternOf(parts), scope, route);
  }
}

function addSpecial<State>(
  scope: Scope<State>,
  name: string,
  path: string,
  module: RouteModule<State>,
): void {
  const top = !path.includes("/");
  if (name === "_layout") {
    scope.layout = { component: componentOf(path, module), config: module.config ?? {} };
  } else if (name === "_middleware") scope.middlewares.push(...middlewaresOf(path, module));
  else if (name === "_error" || name === "_500") scope.error = toRoute(path, module);
  else if (name === "_app" && top) scope.app = componentOf(path, module);
  else if (name === "_404" && top) scope.notFound = toRoute(path, module);
  else throw new TypeError(`Cannot use "${path}": no such special file here`);
}

function componentOf<State>(path: string, module: RouteModule<State>): RouteComponent<State> {
  if (typeof module.default === "function") return module.default as RouteComponent<State>;
  throw new TypeError(`Cannot use "${path}": it has no component as its default export`);
}

function middlewaresOf<State>(path: string, module: RouteModule<State>): Middleware<State>[] {
  const given = [module.handler ?? module.handlers ?? module.default].flat();
  if (given.every((one) => typeof one === "function")) return given as Middleware<State>[];
  throw new TypeError(`Cannot use "${path}": it exports neither a middleware nor a list of them`);
}

function toRoute<State>(path: string, module: RouteModule<State>): Route<State> {
  const handler = (module.handler ?? module.handlers) as RouteHandler<unknown, State> | undefined;
  const component = handler && !module.default ? undefined : componentOf(path, module);
  return { component, handler, config: module.config };
}

/** The URL pattern of `users/[id]/index`, `[...rest]` or `[[page]]`, in parts. */
function patternOf(parts: string[]): string {
  const pattern = parts.filter((part, i) => part !== "index" || i < parts.length - 1).map((part) =>
    part.startsWith("[[")
      ? `{/:${part.slice(2, -2)}}?`
      : "/" + part.replace(/^\[\.{3}(\w+)\]$/, ":$1*").replace(/\[(\w+)\]/g, ":$1")
  ).join("");
  return pattern || "/";
}

/** Sorts by part: fixed ones first, then those with a name in them, optional ones, rests. */
function rank(parts: string[]): string {
  return parts.map((part) => {
    const kind = ["[...", "[[", "["].findIndex((mark) => part.includes(mark));
    return `${kind < 0 ? 0 : 3 - kind}${part}`;
  }).join("/");
}
