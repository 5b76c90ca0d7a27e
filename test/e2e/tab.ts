import type {
  Answer,
  Command,
  CommandType,
  Refusal,
  Response as Reply,
} from "../../core/view/command.ts";
import type { Event, Told } from "../../core/view/event.ts";

/** The node went away before it answered. */
export class GoneError extends Error {
  override name = "GoneError";
}

/** The node refused; its message is the node's. */
export class RefusalError extends Error {
  override name = "RefusalError";
  readonly code: Refusal["code"];

  constructor({ code, text }: Refusal) {
    super(text);
    this.code = code;
  }
}

/** Whether a node refused what it would do another time: a busy machine may be too slow for its deadlines. */
export function isFault(error: unknown): boolean {
  return error instanceof RefusalError && error.code === "fault";
}

interface Waiting {
  readonly answer: (reply: Reply) => void;
  readonly fail: (error: Error) => void;
}

/** A tab without a browser: the WebSocket a tab would hold, with the token of the node's link. */
export class Tab implements Disposable {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, Waiting>();
  /** Called for each event. */
  onEvent: (event: Event) => void = () => {};
  /** Called when the node is gone. */
  onClose: () => void = () => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      const message: Told | Reply = JSON.parse(data);
      if ("event" in message) this.onEvent(message.event);
      else this.#waiting.get(message.id)?.answer(message);
    };
    socket.onclose = ({ code, reason }) => {
      this.onClose();
      const gone = new GoneError(`The node is gone: ${code} ${reason}`);
      for (const { fail } of this.#waiting.values()) fail(gone);
    };
  }

  /** Opens it at the `url` that a node printed, `http://127.0.0.1:PORT/#t=TOKEN`. */
  static async open(url: string): Promise<Tab> {
    const { host, hash } = new URL(url);
    const token = hash.replace("#t=", "");
    const socket = new WebSocket(`ws://${host}/api/socket`, ["earshot", `t.${token}`]);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new GoneError(`Cannot open a tab at "${host}"`));
    });
    const tab = new Tab(socket);
    await tab.ask({ type: "snapshot" });
    return tab;
  }

  /**
   * Asks under an `id`.
   *
   * @throws {GoneError} if the node goes away before it answers.
   * @throws {RefusalError} if it refuses.
   */
  async ask<T extends CommandType>(
    command: Extract<Command, { type: T }>,
    id: string = crypto.randomUUID(),
  ): Promise<Answer<T>> {
    const reply = await new Promise<Reply>((answer, fail) => {
      if (this.#socket.readyState !== WebSocket.OPEN) throw new GoneError("The node is gone");
      this.#waiting.set(id, { answer, fail });
      this.#socket.send(JSON.stringify({ id, command }));
    }).finally(() => this.#waiting.delete(id));
    if ("refusal" in reply) throw new RefusalError(reply.refusal);
    return reply.answer as Answer<T>;
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

type EventOf<T extends Event["type"]> = Extract<Event, { type: T }>;

/** Waits for the next event of a type that `wanted` accepts; it listens from the call on. */
export function eventOf<T extends Event["type"]>(
  tab: Tab,
  type: T,
  wanted: (event: EventOf<T>) => boolean = () => true,
): Promise<EventOf<T>> {
  return new Promise((resolve) => {
    const before = tab.onEvent;
    tab.onEvent = (event) => {
      before(event);
      if (event.type === type && wanted(event as EventOf<T>)) resolve(event as EventOf<T>);
    };
  });
}

/** Looks until something is there, anew at whatever the node tells. */
export async function lookUntil<T>(
  tab: Tab,
  look: () => Promise<T>,
): Promise<Exclude<T, false | undefined | null>> {
  const before = tab.onEvent;
  let wake: (() => void) | undefined;
  tab.onEvent = (event) => {
    before(event);
    wake?.();
  };
  try {
    for (;;) {
      const told = new Promise<void>((resolve) => wake = resolve);
      const seen = await look();
      if (seen) return seen as Exclude<T, false | undefined | null>;
      await told;
    }
  } finally {
    tab.onEvent = before;
  }
}
