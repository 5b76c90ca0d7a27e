import type { Clock, Timer } from "../../base/clock.ts";
import { type RandomBytes, randomUnit } from "../../base/random.ts";
import { FaultError, RefusedError } from "../api.ts";
import { toBase64Url } from "../base64url.ts";
import type { Answer, Command, Refusal, Request, Response } from "../command.ts";
import type { Event, Told } from "../event.ts";
import { type Asker, DisconnectedError } from "./asker.ts";
import { type OpenSocket, StrangerError, type TabSocket } from "./tab_socket.ts";

/** The wait after the first failure in milliseconds; it doubles with each. */
export const FIRST_RETRY_MS = 250;
/** The longest wait between two attempts, in milliseconds. */
export const LONGEST_RETRY_MS = 4_000;

/** `stranger`: this browser was not let in. `away`: the node does not answer; it is tried again. */
export type ConnectionState = "starting" | "connected" | "away" | "stranger" | "closed";

interface Waiting {
  readonly promise: Promise<unknown>;
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

function errorOf({ code, text }: Refusal): Error {
  return code === "fault" ? new FaultError(text) : new RefusedError(text);
}

/** The tab's line to the node: asks, hears, and opens itself again after a cut. */
export class Connection implements Asker {
  readonly #open: OpenSocket;
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  readonly #waiting = new Map<string, Waiting>();
  readonly #eventListeners = new Set<(event: Event) => void>();
  readonly #connectionListeners = new Set<(connected: boolean) => void>();
  readonly #stateListeners = new Set<(state: ConnectionState) => void>();
  #state: ConnectionState = "starting";
  #socket: TabSocket | null = null;
  #opening = false;
  #failures = 0;
  #retry: Timer | null = null;

  constructor(parts: { open: OpenSocket; clock: Clock; random: RandomBytes }) {
    this.#open = parts.open;
    this.#clock = parts.clock;
    this.#random = parts.random;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get connected(): boolean {
    return this.#state === "connected";
  }

  /** Tries to connect at once instead of after the wait: at the start, on coming back, on a new link. */
  tryNow(): void {
    if (this.#state === "closed" || this.#socket || this.#opening) return;
    this.#retry?.cancel();
    this.#retry = null;
    void this.#connect();
  }

  async #connect(): Promise<void> {
    this.#opening = true;
    try {
      // A socket that closes before it is handed over was never there.
      let gone = false;
      const socket = await this.#open({
        text: (text) => this.#receive(text),
        closed: () => {
          gone = true;
          if (!this.#opening) this.#lost();
        },
      });
      this.#opening = false;
      if (gone) return this.#lost();
      if (this.#state === "closed") return socket.close();
      this.#socket = socket;
      this.#failures = 0;
      this.#become("connected");
    } catch (error) {
      this.#opening = false;
      if (error instanceof StrangerError) this.#become("stranger");
      else this.#lost();
    }
  }

  #lost(): void {
    if (this.#state === "closed") return;
    this.#socket = null;
    this.#become("away");
    const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++);
    // Between half and all of it, so that the tabs of one browser do not come at once.
    const jittered = wait * (0.5 + randomUnit(this.#random) / 2);
    this.#retry = this.#clock.after(jittered, () => this.tryNow());
  }

  #become(state: ConnectionState): void {
    const was = this.#state;
    if (was === state || was === "closed") return;
    this.#state = state;
    if (state !== "connected") this.#rejectWaiting();
    for (const listener of this.#stateListeners) listener(state);
    if (was === "connected" || state === "connected") {
      for (const listener of this.#connectionListeners) listener(state === "connected");
    }
  }

  #rejectWaiting(): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(new DisconnectedError());
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as Response | Told;
    if ("event" in message) {
      for (const listener of [...this.#eventListeners]) listener(message.event);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ("refusal" in message) waiting?.reject(errorOf(message.refusal));
    else waiting?.resolve(message.answer);
  }

  ask<C extends Command>(command: C): Promise<Answer<C["type"]>> {
    return this.askAs(this.newId(), command);
  }

  askAs<C extends Command>(id: string, command: C): Promise<Answer<C["type"]>> {
    type Answered = Promise<Answer<C["type"]>>;
    const before = this.#waiting.get(id);
    if (before) return before.promise as Answered;
    if (!this.#socket || !this.connected) return Promise.reject(new DisconnectedError());
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { promise, resolve, reject });
    const request: Request = { id, command };
    this.#socket.send(JSON.stringify(request));
    return promise as Answered;
  }

  newId(): string {
    return toBase64Url(this.#random(16));
  }

  onEvent(listener: (event: Event) => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  onConnection(listener: (connected: boolean) => void): () => void {
    this.#connectionListeners.add(listener);
    return () => this.#connectionListeners.delete(listener);
  }

  /** Calls back with each new state from now on; the result ends that. */
  onState(listener: (state: ConnectionState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  /** Closes the socket and tries no more. */
  close(): void {
    this.#retry?.cancel();
    const socket = this.#socket;
    this.#socket = null;
    this.#become("closed");
    socket?.close();
  }
}
