import { type Log, silentLog } from "../base/log.ts";
import { searchDocument } from "./at_fault.ts";
import type { DocKey } from "./doc_key.ts";
import { DocumentCalls } from "./document_calls.ts";
import type { Load, OnSetAside } from "./documents.ts";
import {
  type EngineAnswer,
  type EngineCall,
  type EngineCalls,
  type EngineTask,
  isApart,
} from "./engine_task.ts";
import { closedFault, fault, type Job, type Running } from "./engine_job.ts";
import { StoredChanges } from "./stored_changes.ts";

/** Documents kept open. */
export const MAX_OPEN_DOCUMENTS = 64;

/** So many calls for the person at this node go ahead of one of a peer's that waits. */
const OWN_IN_A_ROW = 8;

/** An engine that does one task at a time, wherever it runs. */
export interface EnginePort {
  /** Counts the engines there were: a new one has no document open. */
  readonly generation: number;
  /** Does a task. @throws {EngineLostError} if the engine died of it; the next task gets a new one. */
  run(task: EngineTask): Promise<EngineAnswer>;
  close(): Promise<void>;
}

/** The engine is gone, with every document in it; the message says why. */
export class EngineLostError extends Error {
  override name = "EngineLostError";
}

export interface OrderedDocumentsOptions {
  readonly log?: Log;
  /** Documents kept open. */
  readonly maxOpen?: number;
  readonly onSetAside?: OnSetAside;
}

/**
 * {@linkcode Documents} on an engine. It gives the engine one call at a time and keeps the others, so:
 *
 * 1. Answers come in the order of the calls, those for the person at this node before those of peers
 *    (`apply`), which get their turn too.
 * 2. When the engine dies, the call it had is the one at fault, and no other was begun.
 * 3. A document is opened from the store only when every earlier answer about it was given.
 */
export class OrderedDocuments extends DocumentCalls {
  readonly #port: EnginePort;
  readonly #stored: StoredChanges;
  readonly #maxOpen: number;
  readonly #own: Job[] = [];
  readonly #peers: Job[] = [];
  /** Own calls since the last one of a peer's. */
  #ownInARow = 0;
  #running: Running | undefined;
  /** Calls of documents that are looked into, of which the engine dies. */
  readonly #parked = new Map<DocKey, Job[]>();
  #generation: number;
  /** What the engine has open, in order of last use, the longest unused first. */
  readonly #open = new Set<DocKey>();
  /** What the engine is to let go with the next task. */
  #drops: DocKey[] = [];
  #closed = false;

  constructor(port: EnginePort, load: Load, options: OrderedDocumentsOptions = {}) {
    super();
    const { log = silentLog, maxOpen = MAX_OPEN_DOCUMENTS, onSetAside = () => {} } = options;
    this.#port = port;
    this.#stored = new StoredChanges(load, log, onSetAside);
    this.#maxOpen = maxOpen;
    this.#generation = port.generation;
  }

  drop(key: DocKey): void {
    if (this.#open.delete(key)) this.#drops.push(key);
    if (this.#running?.job.key === key) this.#running.stale = true;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const parked = [...this.#parked.values()].flatMap((jobs) => jobs.splice(0));
    const jobs = [...this.#own.splice(0), ...this.#peers.splice(0), ...parked];
    for (const job of jobs) job.reject(closedFault(job.key));
    await this.#port.close();
  }

  ask<C extends EngineCall>(key: DocKey, call: C): Promise<EngineCalls[C["type"]]["answer"]> {
    if (this.#closed) return Promise.reject(closedFault(key));
    const { promise, resolve, reject } = Promise.withResolvers<
      EngineCalls[C["type"]]["answer"]
    >();
    // What the engine answers is what `EngineCalls` says for the call's type.
    const job = { key, call, resolve: resolve as (answer: unknown) => void, reject };
    this.#queueOf(job).push(job);
    this.#next();
    return promise;
  }

  /** Gives the engine what is next, unless that is about `except`. */
  #next(except?: DocKey): void {
    while (!this.#running && !this.#closed) {
      const job = this.#take(except);
      if (!job) return;
      const task = this.#prepare(job);
      if (!task) continue;
      const running = { job, opens: task.open !== null, stale: false };
      this.#running = running;
      this.#port.run(task).then((answer) => {
        this.#running = undefined;
        // The engine goes on while the answer is used; on the same document it goes on after that.
        this.#next(job.key);
        this.#settle(running, answer);
      }, (error: unknown) => {
        this.#running = undefined;
        this.#fail(running, error);
      }).finally(() => this.#next());
    }
  }

  #queueOf({ call }: Job): Job[] {
    return call.type === "apply" || isApart(call) ? this.#peers : this.#own;
  }

  #take(except: DocKey | undefined): Job | undefined {
    const isTheirTurn = this.#ownInARow >= OWN_IN_A_ROW && this.#peers.length > 0;
    const queue = isTheirTurn || this.#own.length === 0 ? this.#peers : this.#own;
    if (queue[0]?.key === except) return undefined;
    this.#ownInARow = queue === this.#own ? this.#ownInARow + 1 : 0;
    return queue.shift();
  }

  #prepare(job: Job): EngineTask | undefined {
    const { key, call, reject } = job;
    if (this.#generation !== this.#port.generation) this.#forgetAll();
    if (isApart(call)) return { key, drop: this.#drops.splice(0), open: null, call };
    const parked = this.#parked.get(key);
    if (parked) {
      parked.push(job);
      return undefined;
    }
    let open: EngineTask["open"] = null;
    if (!this.#open.delete(key)) {
      if (this.#stored.isSuspect(key)) {
        this.#parked.set(key, [job]);
        void this.#search(key);
        return undefined;
      }
      try {
        open = this.#stored.read(key);
      } catch (error) {
        reject(error);
        return undefined;
      }
    }
    this.#open.add(key);
    for (const oldest of this.#open) {
      if (this.#open.size <= this.#maxOpen) break;
      this.#open.delete(oldest);
      this.#drops.push(oldest);
    }
    return { key, drop: this.#drops.splice(0), open, call };
  }

  #settle({ job, opens, stale }: Running, answer: EngineAnswer): void {
    const { key } = job;
    if (stale && answer.type !== "dead" && !this.#closed) {
      // Done on what was dropped meanwhile: it is done once more on the document as it is in the store.
      this.#queueOf(job).unshift(job);
      return;
    }
    switch (answer.type) {
      case "done":
        if (opens) this.#stored.opened(key);
        this.#stored.setAside(key, answer.setAside);
        job.resolve(answer.answer);
        break;
      case "wrong":
        job.reject(new RangeError(answer.text));
        break;
      case "spoiled":
        this.#open.delete(key);
        if (this.#stored.doubt(key) && !this.#closed) this.#queueOf(job).unshift(job);
        else job.reject(fault(job, answer.text));
        break;
      case "dead":
        if (opens) this.#stored.died(key);
        this.#open.delete(key);
        job.reject(fault(job, answer.text));
        break;
      case "panic":
        this.#open.delete(key);
        job.reject(fault(job, answer.text));
        break;
    }
  }

  #fail({ job, opens }: Running, error: unknown): void {
    if (opens && error instanceof EngineLostError) this.#stored.died(job.key);
    job.reject(error instanceof EngineLostError ? fault(job, error.message, error) : error);
  }

  /** Finds out of what the engine dies in a document; others are served in between. */
  async #search(key: DocKey): Promise<void> {
    try {
      const found = await searchDocument(this, key, this.#stored.read(key), () => this.#closed);
      this.#stored.setAside(key, found);
      // What is refused but not deadly is found by the gate, too.
      this.#stored.doubt(key);
    } catch (error) {
      for (const job of this.#parked.get(key)?.splice(0) ?? []) job.reject(error);
    }
    this.#stored.searched(key);
    for (const job of this.#parked.get(key) ?? []) this.#queueOf(job).push(job);
    this.#parked.delete(key);
    this.#next();
  }

  #forgetAll(): void {
    this.#generation = this.#port.generation;
    this.#open.clear();
    this.#drops = [];
  }
}
