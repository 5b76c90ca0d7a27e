import { App, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { guarded } from "../../core/web/guard.ts";
import type { State } from "./fixture/define.ts";

/** The project's root, for builders. */
export const ROOT = new URL("../..", import.meta.url).pathname;

/** Options of a builder for the fixture; what it bundles is kept in `outDir`. */
export function fixtureOptions(outDir: string) {
  const below = (name: string) => `test/web/fixture/${name}`;
  return {
    root: ROOT,
    outDir,
    routeDir: below("routes"),
    islandDir: below("islands"),
    staticDir: below("static"),
  };
}

/** The fixture app, built once for all tests of a module. */
export async function fixtureApp(): Promise<App<State>> {
  const app = new App<State>().use(staticFiles()).fsRoutes();
  const outDir = await Deno.makeTempDir();
  try {
    (await new Builder<State>(fixtureOptions(outDir)).build({ snapshot: "memory" }))(app);
  } finally {
    await Deno.remove(outDir, { recursive: true });
  }
  return app;
}

/** A server on a free port of 127.0.0.1. */
export interface Served extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  host: string;
  url: string;
}

/** Serves a handler. */
export function serve(
  handler: (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>,
): Served {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  const host = `127.0.0.1:${server.addr.port}`;
  return { host, url: `http://${host}`, [Symbol.asyncDispose]: () => server.shutdown() };
}

/** Serves a handler behind a guard for which everything is public. */
export function serveGuarded(
  handler: (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>,
): Served {
  const hosts: string[] = [];
  const open = { hosts: () => hosts, authorize: () => false, isPublic: () => true };
  const served = serve(guarded(handler, open));
  hosts.push(served.host);
  return served;
}
