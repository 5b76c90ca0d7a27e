import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";

/** How long the end waits for what is under way, in milliseconds. */
const CLOSE_MS = 500;
/** Pause before it serves anew, in milliseconds. */
const AGAIN_MS = 200;

/** Begins to serve at a port, until `signal` aborts. @throws {Deno.errors.AddrInUse} when it is taken. */
export type Serve = (port: number, signal: AbortSignal) => Served;

/** What of a `Deno.HttpServer` is used. */
export type Served = Pick<Deno.HttpServer<Deno.NetAddr>, "addr" | "finished" | "shutdown">;

/**
 * A server that stands whatever happens. Deno 2.9.6 gives up a server for good when one connection cannot be
 * accepted: any program on this machine can bring that about, by opening more connections than there may be
 * files. Then all that are connected are cut, which frees them, and it serves anew at the same port; tabs
 * connect again by themselves.
 */
export class StandingServer {
  readonly #serve: Serve;
  readonly #clock: Clock;
  readonly #log: Log;
  #server: Served;
  #cut: AbortController;
  #standing: Promise<void> = Promise.resolve();
  #closed = false;
  #wake: () => void = () => {};

  private constructor(
    serve: Serve,
    { clock, log }: { clock: Clock; log: Log },
    server: Served,
    cut: AbortController,
  ) {
    this.#serve = serve;
    this.#clock = clock;
    this.#log = log;
    this.#server = server;
    this.#cut = cut;
  }

  /** Serves at a port, 0 for any. @throws what `serve` throws. */
  static open(port: number, serve: Serve, parts: { clock: Clock; log: Log }): StandingServer {
    const cut = new AbortController();
    const server = new StandingServer(serve, parts, serve(port, cut.signal), cut);
    server.#standing = server.#stand();
    return server;
  }

  /** The port it serves at. */
  get port(): number {
    return this.#server.addr.port;
  }

  /**
   * Lets answers that are under way be finished, but not for long: what still hangs then is cut off with the process.
   * (In Deno 2.9.6 the signal of a server that was shut down ends the process at once, with an error.) Twice does
   * nothing.
   */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    const late = Promise.withResolvers<void>();
    const timer = this.#clock.after(CLOSE_MS, late.resolve);
    const ended = this.#server.shutdown().then(() => this.#standing);
    await Promise.race([ended, late.promise]);
    timer.cancel();
  }

  async #stand(): Promise<void> {
    while (!await this.#end()) {
      this.#cut.abort();
      do await this.#pause(); while (!this.#closed && !this.#tryAgain());
      if (this.#closed) return;
    }
  }

  /** Resolves at the end of the server, with whether it was meant. */
  async #end(): Promise<boolean> {
    try {
      await this.#server.finished;
      return true;
    } catch (error) {
      this.#log("warn", "The page was cut off and is served anew", { error: String(error) });
      return false;
    }
  }

  #tryAgain(): boolean {
    const cut = new AbortController();
    try {
      this.#server = this.#serve(this.port, cut.signal);
      this.#cut = cut;
      return true;
    } catch (error) {
      this.#log("debug", "The page cannot be served yet", { error: String(error) });
      return false;
    }
  }

  #pause(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#clock.after(AGAIN_MS, resolve);
      this.#wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}
