import type { Answer, Command } from "../../core/view/command.ts";
import type { Event } from "../../core/view/event.ts";
import { type Asker, DisconnectedError } from "../../core/view/tab/asker.ts";
import { settle } from "./settle.ts";

interface Asked {
  readonly id: string;
  readonly command: Command;
  resolve(answer: never): void;
  reject(error: Error): void;
}

/** What a tab asks, answered by hand. */
export class FakeAsker implements Asker {
  connected = true;
  /** Everything asked so far, in order. */
  readonly asked: Asked[] = [];
  #waiting = new Set<Asked>();
  #events = new Set<(event: Event) => void>();
  #connections = new Set<(connected: boolean) => void>();
  #ids = 0;

  ask<C extends Command>(command: C): Promise<Answer<C["type"]>> {
    return this.askAs(this.newId(), command);
  }

  askAs<C extends Command>(id: string, command: C): Promise<Answer<C["type"]>> {
    if (!this.connected) return Promise.reject(new DisconnectedError());
    const { promise, resolve, reject } = Promise.withResolvers<Answer<C["type"]>>();
    const asked = { id, command, resolve, reject };
    this.asked.push(asked);
    this.#waiting.add(asked);
    return promise;
  }

  newId(): string {
    return `id${++this.#ids}`;
  }

  onEvent(listener: (event: Event) => void): () => void {
    this.#events.add(listener);
    return () => this.#events.delete(listener);
  }

  onConnection(listener: (connected: boolean) => void): () => void {
    this.#connections.add(listener);
    return () => this.#connections.delete(listener);
  }

  /** How many listen. */
  get listeners(): number {
    return this.#events.size + this.#connections.size;
  }

  /** The commands of a type that were asked, answered or not. */
  of<T extends Command["type"]>(type: T): Extract<Command, { type: T }>[] {
    return this.asked.map(({ command }) => command)
      .filter((command): command is Extract<Command, { type: T }> => command.type === type);
  }

  /** Answers the oldest command of this type that waits. */
  async answer<T extends Command["type"]>(type: T, answer: Answer<T> | Error): Promise<void> {
    const asked = [...this.#waiting].find(({ command }) => command.type === type);
    if (!asked) throw new Error(`No "${type}" waits`);
    this.#waiting.delete(asked);
    if (answer instanceof Error) asked.reject(answer);
    else asked.resolve(answer as never);
    await settle();
  }

  tell(event: Event): void {
    for (const listener of [...this.#events]) listener(event);
  }

  /** Cuts or makes the connection. */
  async connect(connected: boolean): Promise<void> {
    this.connected = connected;
    if (!connected) {
      for (const { reject } of this.#waiting) reject(new DisconnectedError());
      this.#waiting.clear();
    }
    for (const listener of [...this.#connections]) listener(connected);
    await settle();
  }
}
