import process from "node:process";
import { type Clock, systemClock, type Timer } from "../base/clock.ts";
import { type Log, silentLog } from "../base/log.ts";
import type { DocKey } from "./doc_key.ts";
import type { Documents, Load, OnSetAside } from "./documents.ts";
import type { EngineAnswer, EngineCall, EngineTask } from "./engine_task.ts";
import { EngineLostError, type EnginePort, OrderedDocuments } from "./ordered_documents.ts";
import { SplitDocuments } from "./split_documents.ts";
import { taskCostMs } from "./task_cost.ts";
import type { WorkerMessage } from "./worker_main.ts";

/** Bounds of the worker; tests tighten them. */
export interface WorkerLimits {
  /**
   * What a task may take besides what its size adds, see {@linkcode taskCostMs}, in milliseconds; longer where the
   * machine is so busy that this process computes for less than half of the time.
   */
  readonly taskMs: number;
  /** How long a worker may take to come up, in milliseconds. */
  readonly startMs: number;
  /** The memory of Automerge, which never shrinks, in bytes; beyond it a new worker begins. */
  readonly memoryBytes: number;
  /** How long a worker that is started when it is needed stays without a task, in milliseconds. */
  readonly idleMs: number;
}

export const WORKER_LIMITS: WorkerLimits = {
  taskMs: 2_000,
  startMs: 30_000,
  memoryBytes: 1024 * 1024 * 1024,
  idleMs: 5 * 60_000,
};

/** The worker may do nothing but compute and answer. */
export const WORKER_OPTIONS: WorkerOptions = {
  type: "module",
  name: "documents",
  deno: { permissions: "none" },
};

const CLOSED = "the document worker is closed";
/** So many times the time that it has is waited for a worker whose process does not get to compute. */
const MAX_WAITS = 10;

/** What a {@linkcode DocumentWorker} is made with. */
export interface WorkerParts {
  readonly clock: Clock;
  readonly computedMs: () => number;
  readonly log: Log;
  readonly limits: WorkerLimits;
}

export interface DocumentsOptions {
  readonly load: Load;
  readonly clock?: Clock;
  /** For how long all threads of this process have computed, in milliseconds. */
  readonly computedMs?: () => number;
  readonly log?: Log;
  readonly limits?: Partial<WorkerLimits>;
  /** Documents kept open. */
  readonly maxOpen?: number;
  readonly onSetAside?: OnSetAside;
  /** Whether a document has a long history; none has unless this says so. */
  readonly isLong?: (key: DocKey) => boolean;
  /** Whether it is rehearsed after {@linkcode REHEARSE_AFTER_MS} to read a long history of another's. */
  readonly rehearses?: boolean;
}

/** A start is over by then, and a history that comes with it need not wait. */
export const REHEARSE_AFTER_MS = 3_000;

/**
 * Starts the document worker and gives the documents. Two more workers start when there is something for them
 * that takes long, and end when there was nothing for a while: see {@linkcode SplitDocuments}. To be closed.
 */
export async function openDocuments(options: DocumentsOptions): Promise<Documents> {
  const { load, clock = systemClock, log = silentLog, isLong = () => false, ...others } = options;
  const { computedMs = processMs, rehearses = false } = options;
  const rehearsal = rehearses ? { clock, ms: REHEARSE_AFTER_MS } : undefined;
  const parts = { clock, computedMs, log, limits: { ...WORKER_LIMITS, ...options.limits } };
  const documentsIn = (worker: DocumentWorker) =>
    new OrderedDocuments(worker, load, { ...others, log });
  const quick = documentsIn(await DocumentWorker.open(parts));
  const long = documentsIn(new DocumentWorker(parts));
  const apart = documentsIn(new DocumentWorker(parts));
  return new SplitDocuments({ quick, long, apart, isLong, rehearsal });
}

function processMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What comes from peers, not from the person at this node. */
function isOfOthers(type: EngineCall["type"] | undefined): boolean {
  return type === "apply" || type === "entries";
}

type Done = PromiseWithResolvers<EngineAnswer>;

type State =
  | { readonly type: "starting"; readonly worker: Worker; readonly up: PromiseWithResolvers<void> }
  | { readonly type: "up"; readonly worker: Worker }
  | { readonly type: "down" | "closed" };

/**
 * An engine in a worker without any permission, which starts with the first task unless it is
 * {@linkcode DocumentWorker.open | opened}. The worker is ended, and another started at once, when a task does not
 * end in time, when Automerge in it is dead or holds too much memory, or when it fails by itself. One that did not
 * even come up, or had nothing to do for long, is followed by another with the next task.
 */
export class DocumentWorker implements EnginePort {
  readonly #clock: Clock;
  readonly #computedMs: () => number;
  readonly #log: Log;
  readonly #limits: WorkerLimits;
  #state: State = { type: "down" };
  #running: { readonly type: EngineCall["type"]; readonly done: Done } | undefined;
  #deadline: Timer | undefined;
  #generation = 0;

  constructor({ clock, computedMs, log, limits }: WorkerParts) {
    this.#clock = clock;
    this.#computedMs = computedMs;
    this.#log = log;
    this.#limits = limits;
  }

  /** Starts one that stays, with or without a task. @throws {EngineLostError} if it does not come up. */
  static async open(parts: WorkerParts): Promise<DocumentWorker> {
    const port = new DocumentWorker({ ...parts, limits: { ...parts.limits, idleMs: Infinity } });
    await port.#start();
    return port;
  }

  get generation(): number {
    return this.#generation;
  }

  async run(task: EngineTask): Promise<EngineAnswer> {
    if (this.#state.type === "down") await this.#start();
    if (this.#state.type === "starting") await this.#state.up.promise;
    if (this.#state.type !== "up") throw new EngineLostError(CLOSED);
    const done: Done = Promise.withResolvers();
    this.#running = { type: task.call.type, done };
    this.#watch(this.#limits.taskMs + taskCostMs(task));
    this.#state.worker.postMessage(task);
    return await done.promise;
  }

  close(): Promise<void> {
    this.#end(CLOSED);
    this.#state = { type: "closed" };
    return Promise.resolve();
  }

  #start(): Promise<void> {
    const worker = new Worker(new URL("./worker_main.ts", import.meta.url), WORKER_OPTIONS);
    const up = Promise.withResolvers<void>();
    this.#state = { type: "starting", worker, up };
    this.#watch(this.#limits.startMs);
    worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => this.#hear(worker, data);
    worker.onmessageerror = () => this.#lose(worker, "an answer that cannot be read");
    worker.onerror = (event) => {
      event.preventDefault();
      this.#lose(worker, event.message);
    };
    return up.promise;
  }

  #watch(ms: number, waits = 1): void {
    this.#deadline?.cancel();
    const before = this.#computedMs();
    this.#deadline = this.#clock.after(ms, () => {
      // What makes a worker hang computes all the time; where little was computed it had no turn.
      const isBusy = this.#computedMs() - before < ms / 2;
      if (isBusy && waits < MAX_WAITS) return this.#watch(ms, waits + 1);
      if ("worker" in this.#state) {
        this.#lose(this.#state.worker, `silent for ${waits * ms} ms`);
      }
    });
  }

  #hear(worker: Worker, message: WorkerMessage): void {
    // What an ended worker still said is of no account.
    if (!("worker" in this.#state) || this.#state.worker !== worker) return;
    this.#deadline?.cancel();
    if (this.#state.type === "starting") {
      const { up } = this.#state;
      this.#state = { type: "up", worker };
      up.resolve();
    }
    if (message.type === "up") return this.#rest();
    const isTooMuch = message.memoryBytes > this.#limits.memoryBytes;
    // What the person wrote counts; what a peer sent may be what made the document so heavy.
    if (!isTooMuch || !isOfOthers(this.#running?.type)) {
      this.#running?.done.resolve(message.answer);
      this.#running = undefined;
    }
    if (message.answer.type === "dead") this.#lose(worker, message.answer.text);
    else if (isTooMuch) this.#lose(worker, `${message.memoryBytes} bytes of memory`);
    else this.#rest();
  }

  /** Ends the worker, and gives back its memory, unless a task comes before long. */
  #rest(): void {
    const { idleMs } = this.#limits;
    if (idleMs < Infinity) this.#deadline = this.#clock.after(idleMs, () => this.#end("idle"));
  }

  /** Ends the worker because of what it did, and starts the next unless it did not even come up. */
  #lose(worker: Worker, reason: string): void {
    if (!("worker" in this.#state) || this.#state.worker !== worker) return;
    this.#log("error", "the document worker is replaced", { reason });
    const wasUp = this.#state.type === "up";
    this.#end(reason);
    // Whether it comes up, the next task is told.
    if (wasUp) this.#start().catch((error) => this.#log("debug", String(error)));
  }

  #end(reason: string): void {
    const state = this.#state;
    this.#state = { type: "down" };
    this.#generation++;
    this.#deadline?.cancel();
    if ("worker" in state) state.worker.terminate();
    const error = new EngineLostError(`the document worker ended (${reason})`);
    if (state.type === "starting") state.up.reject(error);
    this.#running?.done.reject(error);
    this.#running = undefined;
  }
}
