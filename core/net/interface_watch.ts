import type { Clock, Timer } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import {
  listenHosts,
  type NetworkInterface,
  readInterfaces,
  selectInterfaces,
} from "./interfaces.ts";

/** Reading the interfaces costs well under a millisecond; a mended cable is seen this soon. */
export const WATCH_MS = 2_000;
/** A look that comes this late means the machine slept: what was linked before may be dead. */
const ASLEEP_MS = 5 * WATCH_MS;

/** How to watch. */
export interface InterfaceWatchOptions {
  /** Names and addresses as in `--interface`; empty for all. */
  readonly selection: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** Reads the machine's interfaces; replaced in tests. */
  readonly read?: () => NetworkInterface[];
}

/** Looks at this machine's interfaces every {@linkcode WATCH_MS} and tells when they changed. */
export class InterfaceWatch {
  readonly #options: InterfaceWatchOptions;
  readonly #listeners = new Set<() => void>();
  readonly #read: () => NetworkInterface[];
  #current: NetworkInterface[] = [];
  #key = "";
  #seenAt: number;
  #timer: Timer | undefined;

  private constructor(options: InterfaceWatchOptions) {
    this.#options = options;
    this.#read = options.read ?? readInterfaces;
    this.#seenAt = options.clock.now();
  }

  /** Reads the interfaces once and watches from then on. */
  static open(options: InterfaceWatchOptions): InterfaceWatch {
    const watch = new InterfaceWatch(options);
    watch.#look();
    for (const wanted of options.selection) {
      const there = watch.#current.some(({ name, subnets }) =>
        name === wanted || subnets.some(({ text }) => text === wanted)
      );
      if (!there) options.log("warn", `No interface "${wanted}" is up: used as soon as it is`);
    }
    watch.#timer = options.clock.every(WATCH_MS, () => {
      // What changes before anyone listens is not looked at until someone does.
      if (watch.#listeners.size === 0 || !watch.#look()) return;
      for (const listener of watch.#listeners) listener();
    });
    return watch;
  }

  /** The selected interfaces that are up. */
  get current(): readonly NetworkInterface[] {
    return this.#current;
  }

  /** Where to listen for links: see {@linkcode listenHosts}. */
  get hosts(): readonly string[] {
    return listenHosts(this.#current, this.#options.selection);
  }

  /** Calls `listener` after each change, and after the machine slept; gives what stops that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#timer?.cancel();
    this.#listeners.clear();
  }

  #look(): boolean {
    const now = this.#options.clock.now();
    const slept = now - this.#seenAt >= ASLEEP_MS;
    this.#seenAt = now;
    let all: NetworkInterface[];
    try {
      all = this.#read();
    } catch (error) {
      this.#options.log("warn", "Cannot read the network interfaces", { error: String(error) });
      return slept;
    }
    this.#current = selectInterfaces(all, this.#options.selection);
    const key = JSON.stringify(
      this.#current.map(({ name, subnets }) => [name, ...subnets.map((s) => [s.text, s.prefix])]),
    );
    const changed = key !== this.#key;
    this.#key = key;
    return changed || slept;
  }
}
