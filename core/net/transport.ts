/** Where a node listens. `host` is an IP address (with `%zone` for link-local IPv6) or a name. */
export interface Address {
  readonly host: string;
  /** 1 to 65,535. */
  readonly port: number;
}

/** `HOST:PORT`, an IPv6 address in brackets. */
export function addressText({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A stream of bytes in both directions. Reads may split and join what was written. */
export interface Connection {
  readonly remote: Address;
  /** Fills a part of `into`; gives the number of bytes, or `null` at the end. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes a part of `bytes`; gives the number of bytes taken. */
  write(bytes: Uint8Array): Promise<number>;
  /** Ends both directions; a pending read or write rejects or gives `null`. Twice does nothing. */
  close(): void;
}

/** An open door for connections; `port` is the real one when 0 was asked for. */
export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/** How bytes go: TCP in earnest, memory in tests. */
export interface Transport {
  /** @throws {Error} when nobody answers there, or `signal` aborts. */
  dial(address: Address, signal: AbortSignal): Promise<Connection>;
  /**
   * Listens on each of `hosts` at one port.
   * @throws {Error} when the port is taken or a host is not this machine's.
   */
  listen(
    hosts: readonly string[],
    port: number,
    accept: (connection: Connection) => void,
  ): Promise<Listener>;
}
