import type { Command, Refusal } from "../../core/view/command.ts";
import type { Event } from "../../core/view/event.ts";
import {
  type OpenSocket,
  type SocketListener,
  StrangerError,
} from "../../core/view/tab/tab_socket.ts";

/** One request as a {@linkcode FakeLine} heard it. */
export interface Heard {
  readonly id: string;
  readonly command: Command;
}

/** The node's end of a tab's sockets, worked by hand. */
export class FakeLine {
  /** What the next attempts to open meet. */
  mode: "up" | "down" | "stranger" = "up";
  /** How often a tab tried to open a socket. */
  attempts = 0;
  /** Requests of all sockets, in order. */
  readonly heard: Heard[] = [];
  #listener: SocketListener | null = null;

  readonly open: OpenSocket = (listener) => {
    this.attempts++;
    if (this.mode === "stranger") return Promise.reject(new StrangerError("no"));
    if (this.mode === "down") return Promise.reject(new TypeError("no"));
    this.#listener = listener;
    return Promise.resolve({
      send: (text) => void this.heard.push(JSON.parse(text)),
      close: () => this.cut(),
    });
  };

  /** Cuts the open socket. */
  cut(): void {
    const listener = this.#listener;
    this.#listener = null;
    listener?.closed();
  }

  answer(id: string, answer: unknown): void {
    this.#listener?.text(JSON.stringify({ id, answer }));
  }

  refuse(id: string, refusal: Refusal): void {
    this.#listener?.text(JSON.stringify({ id, refusal }));
  }

  tell(event: Event): void {
    this.#listener?.text(JSON.stringify({ event }));
  }

  /** The requests of one type heard so far. */
  of(type: Command["type"]): Heard[] {
    return this.heard.filter(({ command }) => command.type === type);
  }
}
