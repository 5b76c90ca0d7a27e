import type { Answer, Command, CommandType, Request, Response as Reply } from "../view/command.ts";
import type { Event, Told } from "../view/event.ts";

/** Something a person can mend, told in one line; the process exits with 1. */
export class ClientError extends Error {
  override name = "ClientError";
}

/** Asks the node that runs. */
export interface Client {
  /** @throws {ClientError} when the node refuses or has gone. */
  ask<T extends CommandType>(command: Extract<Command, { type: T }>): Promise<Answer<T>>;
  /**
   * Listens; nothing that happens after the promise resolved is missed. Ends when `signal` aborts.
   *
   * @throws {ClientError} when the node goes away.
   */
  listen(signal: AbortSignal): Promise<AsyncIterableIterator<Event>>;
}

/** Where the node that runs listens for its own user. */
export interface LocalNode {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly token: string;
}

const GONE = "Earshot has stopped: start it with `deno run -P main.ts`";

/** Asks over the local API of a running node. */
export function apiClient({ origin, token }: LocalNode): Client {
  return {
    async ask<T extends CommandType>(command: Extract<Command, { type: T }>): Promise<Answer<T>> {
      const request: Request = { id: crypto.randomUUID(), command };
      const response = await fetch(`${origin}/api/command`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify(request),
      }).catch(() => {
        throw new ClientError(GONE);
      });
      if (!response.ok) {
        await response.body?.cancel();
        throw new ClientError(`The running Earshot answered ${response.status}: start it again`);
      }
      const reply: Reply = await response.json();
      if ("refusal" in reply) throw new ClientError(reply.refusal.text);
      return reply.answer as Answer<T>;
    },

    async listen(signal) {
      const url = `${origin.replace(/^http/, "ws")}/api/socket`;
      const socket = new WebSocket(url, ["earshot", `t.${token}`]);
      const stop = () => socket.close();
      signal.addEventListener("abort", stop, { once: true });
      const told = received(socket, signal);
      try {
        if (signal.aborted) stop();
        await opened(socket);
        // The answer to a first request shows that the node has begun to tell this socket.
        const first: Request = { id: crypto.randomUUID(), command: { type: "peers" } };
        socket.send(JSON.stringify(first));
        await told.next();
      } catch (error) {
        stop();
        throw error;
      }
      return onlyEvents(told);
    },
  };
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.addEventListener("close", () => reject(new ClientError(GONE)), { once: true });
  });
}

/** All that comes over a socket, from now on. */
function received(socket: WebSocket, signal: AbortSignal): AsyncIterableIterator<Told | Reply> {
  const waiting: (Told | Reply)[] = [];
  let wake = () => {};
  let closed = false;
  socket.onmessage = ({ data }) => {
    waiting.push(JSON.parse(data));
    wake();
  };
  socket.onclose = socket.onerror = () => {
    closed = true;
    wake();
  };
  return (async function* () {
    try {
      for (;;) {
        const message = waiting.shift();
        if (message) yield message;
        else if (closed) break;
        else await new Promise<void>((resolve) => wake = resolve);
      }
      if (!signal.aborted) throw new ClientError(GONE);
    } finally {
      socket.close();
    }
  })();
}

async function* onlyEvents(told: AsyncIterable<Told | Reply>): AsyncIterableIterator<Event> {
  for await (const message of told) if ("event" in message) yield message.event;
}
