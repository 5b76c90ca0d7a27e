import type { Log } from "../base/log.ts";
import type { Link } from "../net/link.ts";

/** Sends on a link's bulk lane what is made while it is sent. */
export class Bulk {
  readonly #link: Link;
  readonly #log: Log;
  #open = true;

  constructor(link: Link, log: Log) {
    this.#link = link;
    this.#log = log;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Sends messages, each made when the one before was written. */
  async send(messages: Iterable<Uint8Array>): Promise<void> {
    if (!this.#open) return;
    try {
      for (const message of messages) {
        this.#link.send(message, "bulk");
        if (!await this.#link.drained() || !this.#open) return;
      }
    } catch (error) {
      this.#log("error", "Cannot send history", { peer: this.#link.peer, error: String(error) });
      this.#link.close("history cannot be read");
    }
  }

  /** What is being sent ends with the message that is under way. */
  close(): void {
    this.#open = false;
  }
}
