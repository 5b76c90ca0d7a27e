import { systemClock } from "../base/clock.ts";
import { withoutZone } from "./ip_address.ts";
import type { Address, Connection, Listener, Transport } from "./transport.ts";

/** Tries to find one port for all hosts: the one that the first host gave may be taken on another. */
const PORT_TRIES = 16;
/** Pause after a failed accept (no file descriptors left, say), in milliseconds. */
const ACCEPT_PAUSE_MS = 100;

class TcpConnection implements Connection {
  readonly #connection: Deno.TcpConn;
  #closed = false;

  constructor(connection: Deno.TcpConn, readonly remote: Address) {
    this.#connection = connection;
    try {
      // The link joins frames itself; Nagle's algorithm would only make a chat message wait.
      connection.setNoDelay(true);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.#connection.read(into);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#connection.write(bytes);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.close();
  }
}

/** One listening socket and the loop that accepts on it. */
class Door {
  readonly #listener: Deno.TcpListener;
  #accepting: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(listener: Deno.TcpListener) {
    this.#listener = listener;
  }

  static open({ host, listener }: Bound, accept: (connection: Connection) => void): Door {
    const door = new Door(listener);
    door.#accepting = door.#acceptAll(host.slice(withoutZone(host).length), accept);
    return door;
  }

  async close(): Promise<void> {
    if (!this.#closed) this.#listener.close();
    this.#closed = true;
    await this.#accepting;
  }

  async #acceptAll(zone: string, accept: (connection: Connection) => void): Promise<void> {
    while (!this.#closed) {
      let connection: Connection;
      try {
        const accepted = await this.#listener.accept();
        connection = new TcpConnection(accepted, remoteOf(accepted.remoteAddr, zone));
      } catch (error) {
        if (this.#closed || isCallerGone(error)) continue;
        await new Promise<void>((resume) => systemClock.after(ACCEPT_PAUSE_MS, resume));
        continue;
      }
      accept(connection);
    }
  }
}

/** A caller that hung up before it was accepted costs no pause, or callers could close the door. */
function isCallerGone(error: unknown): boolean {
  return error instanceof Deno.errors.NotConnected ||
    error instanceof Deno.errors.ConnectionAborted ||
    error instanceof Deno.errors.ConnectionReset;
}

/** TCP over IPv4 and IPv6. */
export const tcpTransport: Transport = {
  async dial({ host, port }, signal) {
    const connection = await Deno.connect({ hostname: host, port, signal });
    if (signal.aborted) {
      connection.close();
      throw signal.reason;
    }
    return new TcpConnection(connection, { host, port });
  },

  // deno-lint-ignore require-await -- what Deno.listen throws becomes a rejection
  async listen(hosts, port, accept): Promise<Listener> {
    const bound = bind(hosts, port);
    const doors = bound.map((each) => Door.open(each, accept));
    return {
      port: bound[0]?.listener.addr.port ?? port,
      close: async () => {
        await Promise.all(doors.map((door) => door.close()));
      },
    };
  },
};

interface Bound {
  host: string;
  listener: Deno.TcpListener;
}

/** Listens on all hosts at one port, the first one's when any will do. */
function bind(hosts: readonly string[], port: number): Bound[] {
  if (hosts.length === 0) throw new RangeError("Cannot listen: no host given");
  // "::" goes first, as on most systems it takes IPv4 too.
  const ordered = [...new Set(hosts)].sort((a, b) => Number(b === "::") - Number(a === "::"));
  for (let attempt = 1;; attempt++) {
    const bound: Bound[] = [];
    try {
      for (const host of ordered) {
        const listener = listenIfNeeded(host, bound[0]?.listener.addr.port ?? port, ordered, bound);
        if (listener) bound.push({ host, listener });
      }
      return bound;
    } catch (error) {
      for (const { listener } of bound) listener.close();
      const again = port === 0 && bound.length > 0 && attempt < PORT_TRIES;
      if (!again || !(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

/** Of all IPv4 and all IPv6, one is enough: "::" may take both, and a system may have no IPv6 at all. */
function listenIfNeeded(
  host: string,
  port: number,
  wanted: readonly string[],
  bound: readonly Bound[],
): Deno.TcpListener | undefined {
  try {
    return Deno.listen({ hostname: host, port });
  } catch (error) {
    const taken = error instanceof Deno.errors.AddrInUse;
    const covered = host === "0.0.0.0" && bound.some((other) => other.host === "::");
    const spare = host === "::" && wanted.includes("0.0.0.0");
    if (taken ? covered : spare) return undefined;
    throw error;
  }
}

/** Deno leaves the zone out, and shows IPv4 that came in by an IPv6 door as IPv6. */
function remoteOf({ hostname, port }: Deno.NetAddr, zone: string): Address {
  const ipv4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(hostname)?.[1];
  return { host: ipv4 ?? (/^fe[89ab]/i.test(hostname) ? hostname + zone : hostname), port };
}
