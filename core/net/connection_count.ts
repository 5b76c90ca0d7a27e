import { isLoopback, parseIp, withoutZone } from "./ip_address.ts";

/** Connections at once, of all kinds and in both directions. */
export const MAX_CONNECTIONS = 64;
/** Connections at once with one address. Nodes of one's own machine share the loopback: it is exempt. */
export const MAX_CONNECTIONS_PER_HOST = 16;
/** Dials at once to one address. */
export const MAX_DIALS_PER_HOST = 4;

/** Counts connections, so that nobody gets more than a share of them. */
export class ConnectionCount {
  readonly #open = new Map<string, number>();
  readonly #dials = new Map<string, number>();
  #total = 0;

  /** Whether one more would be refused everywhere. */
  get full(): boolean {
    return this.#total >= MAX_CONNECTIONS;
  }

  /** Counts one more connection with `host`; gives what counts it off again, or why there is no room. */
  take(host: string): (() => void) | "all" | "host" {
    const name = withoutZone(host);
    if (this.full) return "all";
    const open = this.#open.get(name) ?? 0;
    if (open >= MAX_CONNECTIONS_PER_HOST && !isLoopbackHost(name)) return "host";
    this.#total++;
    this.#open.set(name, open + 1);
    return once(() => {
      this.#total--;
      decrease(this.#open, name);
    });
  }

  /** Whether `host` may be dialled now. */
  mayDial(host: string): boolean {
    return (this.#dials.get(withoutZone(host)) ?? 0) < MAX_DIALS_PER_HOST;
  }

  /** Counts a dial to `host`; gives what counts it off again. */
  dialling(host: string): () => void {
    const name = withoutZone(host);
    this.#dials.set(name, (this.#dials.get(name) ?? 0) + 1);
    return once(() => decrease(this.#dials, name));
  }
}

/** Whether `host` is an address of the loopback. */
export function isLoopbackHost(host: string): boolean {
  const ip = parseIp(withoutZone(host));
  return ip !== undefined && isLoopback(ip);
}

function decrease(counts: Map<string, number>, name: string): void {
  const left = (counts.get(name) ?? 0) - 1;
  if (left > 0) counts.set(name, left);
  else counts.delete(name);
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
