import type { RouteComponent } from "./context.ts";
import type { Middleware, Route, RouteHandler } from "./handlers.ts";
import type { Scope } from "./scope.ts";

/** A file below `routes/`, as far as it counts. */
interface RouteModule<State> {
  default?: RouteComponent<State> | Middleware<State> | Middleware<State>[];
  handler?: RouteHandler<unknown, State> | Middleware<State>[];
  handlers?: RouteModule<State>["handler"];
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
    if ("config" in module) throw new TypeError(`Cannot use "${path}": no config is known here`);
    const parts = path.replace(/\.\w+$/, "").split("/");
    // Folders in `[]` are `:names` among the scopes too, so `use("/users/:id")` means them.
    const scope = root.at(parts.slice(0, -1).join("/").replace(/\[(\w+)\]/g, ":$1"));
    if (parts.at(-1)?.startsWith("_")) addSpecial(scope, path, module);
    else routes.push([parts.filter((part) => !part.startsWith("(")), scope, toRoute(path, module)]);
  }
  routes.sort(([a], [b]) => rank(a) < rank(b) ? -1 : 1);
  for (const [parts, scope, route] of routes) take(patternOf(parts), scope, route);
}

function addSpecial<State>(scope: Scope<State>, path: string, module: RouteModule<State>): void {
  const { component, handler } = toRoute(path, module);
  if (/_middleware\.\w+$/.test(path)) {
    const given = [handler ?? component].flat();
    if (given.some((one) => typeof one !== "function")) {
      throw new TypeError(`Cannot use "${path}": export a middleware or an array of them`);
    }
    scope.middlewares.push(...given as Middleware<State>[]);
  } else if (/_(error|500)\.\w+$/.test(path)) scope.error = { component, handler };
  else if (/^_404\.\w+$/.test(path)) scope.notFound = { component, handler };
  else if (/_layout\.\w+$/.test(path) && component) scope.layout = component;
  else if (/^_app\.\w+$/.test(path) && component) scope.app = component;
  else throw new TypeError(`Cannot use "${path}": no such special file here`);
}

function toRoute<State>(path: string, module: RouteModule<State>): Route<State> {
  const { default: component, handler = module.handlers } = module;
  if (component || handler) return { component, handler } as Route<State>;
  throw new TypeError(`Cannot use "${path}": it exports neither a component nor a handler`);
}

/** The URL pattern of `users/[id]/index`, `[...rest]` or `[[page]]`, in parts. */
function patternOf(parts: string[]): string {
  return `/${parts.join("/")}`.replace(/(?<=\/)index$/, "").replace(/(?<=.)\/$/, "")
    .replace(/\/\[\[(\w+)\]\]/g, "{/:$1}?").replace(/\[\.{3}(\w+)\]/g, ":$1*")
    .replace(/\[(\w+)\]/g, ":$1");
}

/** Sorts by part: fixed ones first, then those with a name in them, optional ones, rests. */
function rank(parts: string[]): string {
  return parts.map((part) => {
    const kind = ["[...", "[[", "["].findIndex((mark) => part.startsWith(mark));
    return `${kind < 0 ? Number(part.includes("[")) : 4 - kind}${part}`;
  }).join("/");
}
