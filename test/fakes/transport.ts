import type { Address, Connection, Listener, Transport } from "../../core/net/transport.ts";
import { seededUnit } from "./random.ts";

/** What one direction of a connection holds before writes wait, in bytes: like a socket's buffers. */
const PIPE_BYTES = 256 * 1024;

/** One direction of a connection. */
class Pipe {
  #chunks: Uint8Array[] = [];
  #wakers: (() => void)[] = [];
  length = 0;
  /** The writer ended; the reader still gets what is in the pipe. */
  ended = false;
  /** The reader ended; the writer's next write fails. */
  abandoned = false;
  /** The connection was reset: nothing comes out any more. */
  broken = false;
  /** The cable is cut: nothing moves, nobody is told. */
  held = false;

  wake(): void {
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const waker of wakers) waker();
  }

  changed(): Promise<void> {
    return new Promise((resolve) => this.#wakers.push(resolve));
  }

  /** Puts a copy of the first bytes in; gives how many there was room for. */
  put(bytes: Uint8Array, limit: number): number {
    const count = Math.min(bytes.length, PIPE_BYTES - this.length, limit);
    if (count > 0) this.#chunks.push(bytes.slice(0, count));
    this.length += count;
    this.wake();
    return count;
  }

  /** Takes out as much as fits, over the bounds of what was put in. */
  take(into: Uint8Array, limit: number): number {
    const room = Math.min(into.length, limit);
    let count = 0;
    for (let first = this.#chunks[0]; first && count < room; first = this.#chunks[0]) {
      const part = first.subarray(0, room - count);
      into.set(part, count);
      count += part.length;
      if (part.length === first.length) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(part.length);
    }
    this.length -= count;
    this.wake();
    return count;
  }
}

class FakeConnection implements Connection {
  #closed = false;

  constructor(
    readonly remote: Address,
    readonly from: string,
    readonly to: string,
    readonly incoming: Pipe,
    readonly outgoing: Pipe,
    readonly split: () => number,
    readonly onClose: (connection: FakeConnection) => void,
  ) {}

  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      if (this.#closed) return null;
      if (this.incoming.broken) throw new Error(`Cannot read "${this.to}": connection reset`);
      if (!this.incoming.held) {
        if (this.incoming.length > 0) return this.incoming.take(into, this.split());
        if (this.incoming.ended) return null;
      }
      await this.incoming.changed();
    }
  }

  async write(bytes: Uint8Array): Promise<number> {
    for (;;) {
      if (this.#closed) throw new Error(`Cannot write to "${this.to}": connection closed`);
      if (this.outgoing.broken || (this.outgoing.abandoned && !this.outgoing.held)) {
        throw new Error(`Cannot write to "${this.to}": connection reset`);
      }
      const count = this.outgoing.put(bytes, this.split());
      if (count > 0 || bytes.length === 0) return count;
      await this.outgoing.changed();
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.outgoing.ended = true;
    this.incoming.abandoned = true;
    this.outgoing.wake();
    this.incoming.wake();
    this.onClose(this);
  }
}

interface Door {
  hosts: readonly string[];
  port: number;
  accept: (connection: Connection) => void;
}

/** A machine of a {@linkcode FakeNetwork}: the transport of the nodes that run on it. */
export class FakeHost implements Transport {
  readonly doors = new Set<Door>();
  #nextPort = 49_152;

  constructor(readonly network: FakeNetwork, readonly names: readonly string[]) {}

  get name(): string {
    return this.names[0] ?? "";
  }

  freePort(): number {
    return this.#nextPort++;
  }

  async dial(address: Address, signal: AbortSignal): Promise<Connection> {
    return await this.network.connect(this, address, signal);
  }

  listen(
    hosts: readonly string[],
    port: number,
    accept: (connection: Connection) => void,
  ): Promise<Listener> {
    for (const host of hosts) {
      if (host !== "0.0.0.0" && host !== "::" && !this.names.includes(host)) {
        return Promise.reject(new Error(`Cannot listen on "${host}": not an address of this host`));
      }
    }
    const chosen = port === 0 ? this.freePort() : port;
    if ([...this.doors].some((door) => door.port === chosen)) {
      return Promise.reject(new Deno.errors.AddrInUse(`Cannot listen on "${chosen}": taken`));
    }
    const door: Door = { hosts: [...hosts], port: chosen, accept };
    this.doors.add(door);
    return Promise.resolve({
      port: chosen,
      close: () => {
        this.doors.delete(door);
        return Promise.resolve();
      },
    });
  }
}

/**
 * Hosts in memory. It uses no timer: everything happens in microtasks, so after {@linkcode settle}
 * all that can happen has happened.
 */
export class FakeNetwork {
  #hosts: FakeHost[] = [];
  #open = new Set<FakeConnection>();
  #cuts = new Set<string>();
  #mended: (() => void)[] = [];
  #split: () => number;

  /** With a seed, each read and write moves a random part, often a few bytes only. */
  constructor(seed?: number) {
    const unit = seed === undefined ? undefined : seededUnit(seed);
    this.#split = unit ? () => 1 + Math.floor(70_000 * unit() ** 6) : () => Infinity;
  }

  /** Adds a host; the first name is the address others see when it dials. */
  host(...names: [string, ...string[]]): FakeHost {
    const host = new FakeHost(this, names);
    this.#hosts.push(host);
    return host;
  }

  /** Connections open at either side, each counted once a side. */
  get openSides(): number {
    return this.#open.size;
  }

  /** Cuts the cable between two hosts: bytes and dials hang, nobody is told. */
  cut(one: string, other: string): void {
    this.#cuts.add(cable(one, other));
    this.#hold(one, other, true);
  }

  /** Mends the cable: what hung goes on. */
  mend(one: string, other: string): void {
    this.#cuts.delete(cable(one, other));
    this.#hold(one, other, false);
    const mended = this.#mended;
    this.#mended = [];
    for (const resume of mended) resume();
  }

  /** Breaks the connections between two hosts at once, on both sides; new dials succeed. */
  reset(one: string, other: string): void {
    for (const connection of this.#between(one, other)) {
      connection.incoming.broken = true;
      connection.incoming.wake();
    }
  }

  #hold(one: string, other: string, held: boolean): void {
    for (const connection of this.#between(one, other)) {
      for (const pipe of [connection.incoming, connection.outgoing]) {
        pipe.held = held;
        pipe.wake();
      }
    }
  }

  #between(one: string, other: string): FakeConnection[] {
    const wanted = cable(one, other);
    return [...this.#open].filter(({ from, to }) => cable(from, to) === wanted);
  }

  /** Used by {@linkcode FakeHost.dial}. */
  async connect(from: FakeHost, address: Address, signal: AbortSignal): Promise<Connection> {
    const shown = `${address.host}:${address.port}`;
    signal.throwIfAborted();
    const host = this.#hosts.find(({ names }) => names.includes(address.host));
    if (!host) throw new Error(`Cannot dial "${shown}": no such host`);
    // One turn, as a real dial never answers at once.
    await Promise.resolve();
    while (this.#cuts.has(cable(from.name, host.name))) await this.#mendedOr(signal);
    signal.throwIfAborted();
    const door = [...host.doors].find(({ port, hosts }) =>
      port === address.port &&
      hosts.some((name) => name === address.host || name === "0.0.0.0" || name === "::")
    );
    if (!door) throw new Deno.errors.ConnectionRefused(`Cannot dial "${shown}": refused`);
    const there = new Pipe();
    const back = new Pipe();
    const forget = (connection: FakeConnection) => {
      this.#open.delete(connection);
    };
    const split = this.#split;
    const source = { host: from.name, port: from.freePort() };
    const near = new FakeConnection(address, from.name, host.name, back, there, split, forget);
    const far = new FakeConnection(source, host.name, from.name, there, back, split, forget);
    this.#open.add(near).add(far);
    door.accept(far);
    return near;
  }

  #mendedOr(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => reject(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
      this.#mended.push(() => {
        signal.removeEventListener("abort", abort);
        resolve();
      });
    });
  }
}

function cable(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}
