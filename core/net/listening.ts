import type { Clock, Timer } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Connection, Listener, Transport } from "./transport.ts";

/** When it failed, listening is tried again after this time. */
export const LISTEN_AGAIN_MS = 1_000;

/** What {@linkcode Listening} needs. */
export interface ListeningOptions {
  readonly transport: Pick<Transport, "listen">;
  /** Where to listen, asked again when the network changes; none while nothing is up. */
  readonly hosts: () => readonly string[];
  /** 0 for any. */
  readonly port: number;
  readonly accept: (connection: Connection) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Listens wherever this node may, as the network changes, always at the same port. */
export class Listening {
  readonly #options: ListeningOptions;
  #listener: Listener | undefined;
  #port: number;
  /** Where it listens; `undefined` after a failure. */
  #hosts: string | undefined;
  #turn: Promise<void> = Promise.resolve();
  #again: Timer | undefined;
  #closed = false;

  constructor(options: ListeningOptions) {
    this.#options = options;
    this.#port = options.port;
  }

  /** The port at which this node listens; 0 as long as none is chosen, since no interface is up. */
  get port(): number {
    return this.#port;
  }

  /**
   * Begins to listen. An address that may not be used yet is waited for: a new one of IPv6 is looked for at
   * the neighbours first, for two seconds (RFC 4862 §5.4).
   * @throws {Error} when the port is taken.
   */
  async open(): Promise<void> {
    try {
      await this.#listen();
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse) throw error;
      this.#failed(error, "warn");
    }
  }

  /** The network changed: listens where that is possible now. */
  renew(): void {
    this.#turn = this.#turn.then(() => this.#renew());
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#turn;
    this.#again?.cancel();
    await this.#listener?.close();
  }

  async #listen(): Promise<void> {
    const { hosts, transport, accept } = this.#options;
    const wanted = hosts();
    this.#hosts = JSON.stringify(wanted);
    if (wanted.length === 0) return;
    this.#listener = await transport.listen(wanted, this.#port, accept);
    this.#port = this.#listener.port; // Peers know it: it stays when the network changes.
  }

  async #renew(): Promise<void> {
    if (this.#closed || this.#hosts === JSON.stringify(this.#options.hosts())) return;
    const level = this.#again ? "debug" : "warn";
    this.#again?.cancel();
    this.#again = undefined;
    const before = this.#listener;
    this.#listener = undefined;
    try {
      await before?.close();
      await this.#listen();
    } catch (error) {
      this.#failed(error, level);
    }
  }

  #failed(error: unknown, level: "debug" | "warn"): void {
    this.#hosts = undefined;
    this.#options.log(level, `Cannot listen for links yet: ${error}`);
    this.#again = this.#options.clock.after(LISTEN_AGAIN_MS, () => this.renew());
  }
}
