import type { Clock, Timer } from "../base/clock.ts";
import type { Door } from "../trust/door.ts";
import type { ConnectionCount } from "./connection_count.ts";
import { dialReason, DialTimeout } from "./dial_reason.ts";
import { HandshakeError } from "./handshake.ts";
import { HeardConnection } from "./heard_connection.ts";
import type { Link } from "./link.ts";
import { NotAdmitted, type OpenLink } from "./open_link.ts";
import type { Address, Connection, Transport } from "./transport.ts";

/** A further address is tried when the ones before did not answer for this long (RFC 8305 §5). */
export const STAGGER_MS = 250;
/** How long a machine may take to answer a dial. */
export const DIAL_MS = 5_000;

/** What won. */
export interface Dialled {
  readonly link: Link;
  readonly connection: HeardConnection;
  readonly address: Address;
  /** Counts the connection off; called when the link is closed. */
  readonly release: () => void;
}

/** What a race needs. */
export interface DialRaceOptions {
  /** The doors to try at each address, in their order. */
  readonly doors: readonly Door[];
  readonly transport: Transport;
  readonly openLink: OpenLink;
  readonly clock: Clock;
  readonly count: ConnectionCount;
  /** Ends the race. */
  readonly signal: AbortSignal;
}

/** No address led to a link. */
export class DialFailed extends Error {
  override readonly name = "DialFailed";

  /** `errors` has one for each address that was tried. */
  constructor(readonly reasons: readonly string[], readonly errors: readonly unknown[]) {
    super(`Cannot dial: ${reasons.join("; ") || "no address"}`);
  }
}

/**
 * Dials the addresses of one node in their order, each a little after the one before, until one leads
 * to a link. Where a door does not open, the next one is tried at once, over another connection. Handshakes go
 * one at a time: the other side never sees two links of one race.
 * @throws {DialFailed} when none does, or the signal aborts.
 */
export async function raceDial(
  addresses: readonly Address[],
  options: DialRaceOptions,
): Promise<Dialled> {
  return await new DialRace(addresses, options).run();
}

class DialRace {
  readonly #addresses: readonly Address[];
  readonly #options: DialRaceOptions;
  readonly #end = new AbortController();
  readonly #tries: Promise<void>[] = [];
  readonly #errors: unknown[] = [];
  readonly #reasons: string[] = [];
  readonly #over = Promise.withResolvers<void>();
  #turn: Promise<unknown> = Promise.resolve();
  #timer: Timer | undefined;
  #won: Dialled | undefined;

  constructor(addresses: readonly Address[], options: DialRaceOptions) {
    this.#addresses = addresses;
    this.#options = options;
  }

  async run(): Promise<Dialled> {
    const { signal } = this.#options;
    const stop = () => this.#end.abort(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    this.#next();
    await this.#over.promise;
    signal.removeEventListener("abort", stop);
    this.#timer?.cancel();
    this.#end.abort();
    await Promise.all(this.#tries);
    if (!this.#won) throw new DialFailed(this.#reasons, this.#errors);
    return this.#won;
  }

  /** Starts with the next address; the race is over when none is left and all have failed. */
  #next(): void {
    this.#timer?.cancel();
    const address = this.#end.signal.aborted ? undefined : this.#addresses[this.#tries.length];
    if (!address) {
      if (this.#errors.length === this.#tries.length) this.#over.resolve();
      return;
    }
    this.#tries.push(this.#try(address));
    this.#timer = this.#options.clock.after(STAGGER_MS, () => this.#next());
  }

  async #try(address: Address): Promise<void> {
    try {
      this.#won = await this.#link(address);
      this.#over.resolve();
    } catch (error) {
      this.#errors.push(error);
      this.#reasons.push(dialReason(address, error));
      this.#next();
    }
  }

  async #link(address: Address): Promise<Dialled> {
    const release = this.#options.count.take(address.host);
    if (typeof release === "string") throw new Error("too many connections are open already");
    try {
      for (const [index, door] of this.#options.doors.entries()) {
        try {
          const dialled = await dial(address, this.#options, this.#end.signal);
          const connection = new HeardConnection(dialled, this.#options.clock);
          const link = await this.#shakeHands(connection, door);
          return { link, connection, address, release };
        } catch (error) {
          if (!isOtherDoor(error) || index === this.#options.doors.length - 1) throw error;
        }
      }
      throw new Error("there is no door to try");
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Waits for its turn; the first that succeeds ends the race before the next turn begins. */
  async #shakeHands(connection: Connection, door: Door): Promise<Link> {
    const close = () => connection.close();
    this.#end.signal.addEventListener("abort", close, { once: true });
    const mine = this.#turn.then(async () => {
      this.#end.signal.throwIfAborted();
      const link = await this.#options.openLink(connection, door);
      this.#end.signal.removeEventListener("abort", close);
      this.#end.abort(new Error("another address was faster"));
      return link;
    });
    this.#turn = mine.catch(() => undefined);
    try {
      return await mine;
    } catch (error) {
      connection.close();
      throw error;
    } finally {
      this.#end.signal.removeEventListener("abort", close);
    }
  }
}

/** Whether another door may open where this one did not. */
export function isOtherDoor(error: unknown): boolean {
  return error instanceof NotAdmitted ||
    (error instanceof HandshakeError && error.failure === "unanswered");
}

/** Dials one address within {@linkcode DIAL_MS}. */
async function dial(
  address: Address,
  { transport, clock, count }: DialRaceOptions,
  ended: AbortSignal,
): Promise<Connection> {
  if (!count.mayDial(address.host)) throw new Error("too many dials to this address at once");
  const late = new AbortController();
  const timer = clock.after(DIAL_MS, () => late.abort(new DialTimeout("no answer")));
  const done = count.dialling(address.host);
  try {
    return await transport.dial(address, AbortSignal.any([ended, late.signal]));
  } catch (error) {
    throw late.signal.aborted ? late.signal.reason : error;
  } finally {
    timer.cancel();
    done();
  }
}
