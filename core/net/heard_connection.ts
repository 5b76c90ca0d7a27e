import type { Clock } from "../base/clock.ts";
import type { Address, Connection } from "./transport.ts";

/** A connection that remembers since when it waits for bytes. */
export class HeardConnection implements Connection {
  readonly #connection: Connection;
  readonly #clock: Clock;
  #waitingSince: number | undefined;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  get remote(): Address {
    return this.#connection.remote;
  }

  /** When the last bytes came; now, while what came is being worked on. */
  get heardAt(): number {
    return this.#waitingSince ?? this.#clock.now();
  }

  async read(into: Uint8Array): Promise<number | null> {
    this.#waitingSince ??= this.#clock.now();
    const count = await this.#connection.read(into);
    this.#waitingSince = undefined;
    return count;
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#connection.write(bytes);
  }

  close(): void {
    this.#connection.close();
  }
}
