import type { Clock } from "../../core/base/clock.ts";
import type { Answer, Command } from "../../core/view/command.ts";
import type { Event } from "../../core/view/event.ts";
import { type Asker, DisconnectedError } from "../../core/view/tab/asker.ts";
import type { FakeNoteNode } from "./note_node.ts";

const MAX_LATENCY_MS = 60;

/**
 * A tab's line to a {@linkcode FakeNoteNode}: each way keeps its order and takes its time. What is on the
 * way when it is cut is lost, be it the request or the answer to what was done.
 */
export class FakeNoteLine implements Asker {
  connected = true;
  #cuts = 0;
  #lastThere = 0;
  #lastBack = 0;
  #waiting = new Set<(error: Error) => void>();
  #events = new Set<(event: Event) => void>();
  #connections = new Set<(connected: boolean) => void>();
  #ids = 0;
  #end: () => void;

  constructor(
    readonly node: FakeNoteNode,
    readonly clock: Clock,
    readonly unit: () => number,
    readonly name: string,
  ) {
    this.#end = node.listen((event) =>
      this.#back(() => {
        for (const listener of [...this.#events]) listener(event);
      })
    );
  }

  newId(): string {
    return `${this.name}-${++this.#ids}`;
  }

  ask<C extends Command>(command: C): Promise<Answer<C["type"]>> {
    return this.askAs(this.newId(), command);
  }

  askAs<C extends Command>(id: string, command: C): Promise<Answer<C["type"]>> {
    if (!this.connected) return Promise.reject(new DisconnectedError());
    const { promise, resolve, reject } = Promise.withResolvers<Answer<C["type"]>>();
    this.#waiting.add(reject);
    this.#there(() => {
      const answer = this.#execute(id, structuredClone(command));
      this.#back(() => {
        this.#waiting.delete(reject);
        if (answer instanceof Error) reject(answer);
        else resolve(answer as Answer<C["type"]>);
      });
    });
    return promise;
  }

  onEvent(listener: (event: Event) => void): () => void {
    this.#events.add(listener);
    return () => this.#events.delete(listener);
  }

  onConnection(listener: (connected: boolean) => void): () => void {
    this.#connections.add(listener);
    return () => this.#connections.delete(listener);
  }

  /** Cuts or makes the line. */
  connect(connected: boolean): void {
    if (connected === this.connected) return;
    this.connected = connected;
    this.#cuts++;
    for (const reject of this.#waiting) reject(new DisconnectedError());
    this.#waiting.clear();
    for (const listener of [...this.#connections]) listener(connected);
  }

  /** The page is gone: nothing comes any more. */
  close(): void {
    this.#end();
    this.#cuts++;
    this.connected = false;
  }

  #execute(id: string, command: Command): unknown {
    try {
      return structuredClone(this.node.execute(id, command));
    } catch (error) {
      return error;
    }
  }

  #there(done: () => void): void {
    this.#lastThere = Math.max(this.#lastThere, this.clock.now() + this.unit() * MAX_LATENCY_MS);
    this.#after(this.#lastThere, done);
  }

  #back(done: () => void): void {
    this.#lastBack = Math.max(this.#lastBack, this.clock.now() + this.unit() * MAX_LATENCY_MS);
    this.#after(this.#lastBack, done);
  }

  #after(at: number, done: () => void): void {
    const cuts = this.#cuts;
    this.clock.after(at - this.clock.now(), () => {
      if (cuts === this.#cuts) done();
    });
  }
}
