import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { type ConnectionCount, isLoopbackHost } from "./connection_count.ts";
import { HeardConnection } from "./heard_connection.ts";
import { withoutZone } from "./ip_address.ts";
import type { Link } from "./link.ts";
import type { OpenLink } from "./open_link.ts";
import type { Connection } from "./transport.ts";

/** Connections that came in and have not shaken hands yet. */
export const MAX_STRANGERS = 8;
/** The same, of one address. */
export const MAX_STRANGERS_PER_HOST = 4;

/** What a doorway needs. */
export interface DoorwayOptions {
  readonly openLink: OpenLink;
  readonly clock: Clock;
  readonly log: Log;
  readonly count: ConnectionCount;
  /** Takes a link that came in; `release` counts it off when it is closed. */
  readonly enter: (link: Link, connection: HeardConnection, release: () => void) => void;
}

interface Stranger {
  readonly connection: HeardConnection;
  readonly host: string;
  readonly exempt: boolean;
}

/**
 * Takes connections in and shakes hands. When too many stand in the doorway the one that stood there
 * longest goes: a real node is through in milliseconds, and those who only block make room (MESH-8).
 */
export class Doorway {
  readonly #options: DoorwayOptions;
  /** In the order in which they came. */
  readonly #strangers = new Set<Stranger>();
  readonly #tasks = new Set<Promise<void>>();
  #closed = false;

  constructor(options: DoorwayOptions) {
    this.#options = options;
  }

  /** Takes a connection in. */
  accept(connection: Connection): void {
    const { clock, count, log } = this.#options;
    const host = withoutZone(connection.remote.host);
    const release = this.#closed ? "all" : count.take(host);
    if (typeof release === "string") {
      connection.close();
      log("debug", "A connection was refused: too many are open", { host });
      return;
    }
    const stranger = {
      connection: new HeardConnection(connection, clock),
      host,
      exempt: isLoopbackHost(host),
    };
    this.#strangers.add(stranger);
    this.#makeRoom(stranger);
    const task = this.#greet(stranger, release);
    this.#tasks.add(task);
    void task.finally(() => this.#tasks.delete(task));
  }

  /** Closes what stands in the doorway and waits until it is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { connection } of this.#strangers) connection.close();
    await Promise.all(this.#tasks);
  }

  async #greet(stranger: Stranger, release: () => void): Promise<void> {
    const { openLink, enter, log } = this.#options;
    const { connection, host } = stranger;
    try {
      const link = await openLink(connection, null);
      enter(link, connection, release);
    } catch (error) {
      connection.close();
      release();
      log("debug", `A stranger left: ${error instanceof Error ? error.message : error}`, { host });
    } finally {
      this.#strangers.delete(stranger);
    }
  }

  #makeRoom(newest: Stranger): void {
    const same = this.#of(newest.host);
    if (!newest.exempt && same.length > MAX_STRANGERS_PER_HOST) this.#turnAway(same[0]);
    if (this.#strangers.size <= MAX_STRANGERS) return;
    let most: Stranger[] = [];
    for (const { host } of this.#strangers) {
      const others = this.#of(host);
      if (others.length > most.length) most = others;
    }
    this.#turnAway(most[0]);
  }

  #of(host: string): Stranger[] {
    return [...this.#strangers].filter((stranger) => stranger.host === host);
  }

  #turnAway(stranger: Stranger | undefined): void {
    if (!stranger) return;
    this.#strangers.delete(stranger);
    stranger.connection.close();
  }
}
