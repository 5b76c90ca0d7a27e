import type { Clock } from "../../core/base/clock.ts";
import { writeAll } from "../../core/net/stream.ts";
import type { Address, Connection, Transport } from "../../core/net/transport.ts";

/** A connection whose bytes, and whose end, arrive `ms` later, or never while it hangs. */
class LateConnection implements Connection {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #closed = Promise.withResolvers<null>();
  #isClosed = false;
  #queue: Promise<void> = Promise.resolve();
  #hanging = Promise.withResolvers<void>();

  constructor(connection: Connection, clock: Clock, ms: number) {
    this.#connection = connection;
    this.#clock = clock;
    this.#ms = ms;
    this.#hanging.resolve();
  }

  get remote(): Address {
    return this.#connection.remote;
  }

  hang(): void {
    this.#hanging = Promise.withResolvers();
  }

  goOn(): void {
    this.#hanging.resolve();
  }

  read(into: Uint8Array): Promise<number | null> {
    if (this.#isClosed) return Promise.resolve(null);
    return Promise.race([this.#connection.read(into), this.#closed.promise]);
  }

  write(bytes: Uint8Array): Promise<number> {
    if (this.#isClosed) return Promise.reject(new Error("Cannot write: connection closed"));
    const copy = bytes.slice();
    this.#later(() => writeAll(this.#connection, copy));
    return Promise.resolve(bytes.length);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closed.resolve(null);
    this.#later(() => this.#connection.close());
  }

  #later(action: () => void | Promise<void>): void {
    const due = Promise.withResolvers<void>();
    this.#clock.after(this.#ms, due.resolve);
    this.#queue = this.#queue
      .then(() => due.promise)
      .then(() => this.#hanging.promise)
      .then(action)
      .catch(() => undefined); // The other side may be gone by then: what is on its way is lost.
  }
}

/** A transport on which everything takes its time: a dial, and each byte in both directions. */
export class LateTransport implements Transport {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #latency: () => number;
  readonly #connections: LateConnection[] = [];

  /** `latency` is asked once for each connection, in milliseconds for one way. */
  constructor(transport: Transport, clock: Clock, latency: () => number) {
    this.#transport = transport;
    this.#clock = clock;
    this.#latency = latency;
  }

  async dial(address: Address, signal: AbortSignal): Promise<Connection> {
    const ms = this.#latency();
    await new Promise<void>((resolve) => this.#clock.after(2 * ms, resolve));
    return this.#late(await this.#transport.dial(address, signal), ms);
  }

  listen(
    hosts: readonly string[],
    port: number,
    accept: (connection: Connection) => void,
  ) {
    return this.#transport.listen(hosts, port, (connection) => {
      accept(this.#late(connection, this.#latency()));
    });
  }

  /** From now on nothing leaves on the connections that are open with `host`. */
  hang(host: string): void {
    for (const one of this.#connections) if (one.remote.host === host) one.hang();
  }

  /** All that hangs goes on. */
  goOn(): void {
    for (const one of this.#connections) one.goOn();
  }

  #late(connection: Connection, ms: number): LateConnection {
    const late = new LateConnection(connection, this.#clock, ms);
    this.#connections.push(late);
    return late;
  }
}
