import { App, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { fileURLToPath } from "node:url";
import type { Access } from "../access.ts";
import { type Clock, systemClock } from "../base/clock.ts";
import { type Log, silentLog } from "../base/log.ts";
import type { NodeApi } from "../view/api.ts";
import { guarded } from "../web/guard.ts";
import { DEFAULT_PORT } from "./options.ts";
import { type Serve, StandingServer } from "./standing_server.ts";
import { PortTakenError } from "./port_taken.ts";

/** What every route finds in `ctx.state`. */
export interface State {
  node: NodeApi;
  access: Access;
}

/** Only this machine reaches it. */
const HOST = "127.0.0.1";
/** How many ports are tried from the default one on. */
const PORTS_TRIED = 20;
/** What a browser may have before it is let in, besides the pages, which are empty shells. */
const PUBLIC_API = ["/api/challenge", "/api/session"];

/** A built page, to be served once there is a node behind it. */
export type Ui = (app: App<State>) => void;

/** Builds routes and islands; what did not change since the last start comes from a cache. */
export function buildUi(root: URL): Promise<Ui> {
  return new Builder<State>({ root: fileURLToPath(root) }).build({ snapshot: "memory" });
}

/** The page and the local API, open to this machine. */
export interface UiServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves the page at `port`, or with `null` at the default port or the next free one.
 *
 * @throws {PortTakenError} when a chosen port is taken.
 */
export function serveUi(
  ui: Ui,
  state: State,
  chosen: number | null,
  parts: { clock: Clock; log: Log } = { clock: systemClock, log: silentLog },
): UiServer {
  const app = new App<State>();
  app.use((ctx) => {
    Object.assign(ctx.state, state);
    return ctx.next();
  });
  app.use(staticFiles()).fsRoutes();
  ui(app);
  let host = "";
  const handler = guarded(app.handler(), {
    hosts: () => [host],
    authorize: (request) => state.access.authorize(request),
    isPublic: ({ pathname }) => !pathname.startsWith("/api/") || PUBLIC_API.includes(pathname),
  });
  const serve: Serve = (port, signal) =>
    Deno.serve({ hostname: HOST, port, signal, onListen: () => {} }, handler);
  const server = listen(chosen, (port) => StandingServer.open(port, serve, parts));
  host = `${HOST}:${server.port}`;
  return server;
}

function listen<T>(chosen: number | null, serve: (port: number) => T): T {
  const first = chosen ?? DEFAULT_PORT;
  const last = chosen ?? first + PORTS_TRIED - 1;
  for (let port = first;; port++) {
    try {
      return serve(port);
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse && port < last) continue;
      if (
        !(error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.PermissionDenied)
      ) {
        throw error;
      }
      const ports = first === last ? first : [first, last] as const;
      throw new PortTakenError(ports, "--port", { cause: error });
    }
  }
}
