import assert from "node:assert/strict";
import { loopback } from "../e2e/place.ts";
import { RunningNode } from "../e2e/running_node.ts";

/** Exit code of a process that SIGKILL ended: 128 and the number of the signal. */
const KILLED = 137;

/** One start of a node, to its end. */
export interface Life {
  /** The node when it was ready; `null` if it was killed before. */
  readonly ready: Promise<RunningNode | null>;
  /** Whether it was killed: then whoever speaks to it may lose it. */
  readonly killed: boolean;
  /** The next start. */
  readonly next: Promise<Life>;
}

interface OwnLife extends Life {
  killed: boolean;
  pid: number;
  begin: (next: Life) => void;
}

/** A real node on the loopback that is killed and started again on the same data and ports. */
export class CrashNode implements AsyncDisposable {
  readonly name: string;
  readonly data: string;
  readonly #args: readonly string[];
  #life: OwnLife;

  /** `port` is where it hears peers, `others` where the others do. */
  constructor(name: string, data: string, port: number, others: readonly number[]) {
    this.name = name;
    this.data = data;
    const peers = others.flatMap((other) => ["--peer", `127.0.0.1:${other}`]);
    this.#args = ["--name", name, "--no-discovery", "--sync-port", `${port}`, ...peers];
    this.#life = this.#begin();
  }

  get life(): Life {
    return this.#life;
  }

  /** The node that runs, or will in a moment. */
  async running(): Promise<RunningNode> {
    for (;;) {
      const node = await this.#life.ready;
      if (node) return node;
      await this.#life.next;
    }
  }

  /** Kills it and starts it again. Gives whether it was ready, and what it had written to stderr. */
  async crash(): Promise<{ wasReady: boolean; err: string }> {
    const life = this.#life;
    const killed = await this.#kill(life);
    this.#life = this.#begin();
    life.begin(this.#life);
    return killed;
  }

  async #kill(life: OwnLife): Promise<{ wasReady: boolean; err: string }> {
    life.killed = true;
    // Whether or not it is ready: it may be starting.
    try {
      Deno.kill(life.pid, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    const node = await life.ready;
    return node ? { wasReady: true, err: (await node.kill()).err } : { wasReady: false, err: "" };
  }

  #begin(): OwnLife {
    const { promise: next, resolve: begin } = Promise.withResolvers<Life>();
    let pid = 0;
    const starting = RunningNode.start(loopback, this.data, this.#args, (id) => pid = id);
    const life: OwnLife = {
      ready: starting.catch((error) => {
        const text = error instanceof Error ? error.message : String(error);
        if (!life.killed || !text.startsWith(`The node ended with ${KILLED}:`)) throw error;
        return null;
      }),
      killed: false,
      next,
      pid,
      begin,
    };
    // Whoever waits for it hears of a failure; nobody may wait yet.
    life.ready.catch(() => {});
    assert(pid > 0);
    return life;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.killed = true;
    const node = await this.#life.ready.catch(() => null);
    await node?.[Symbol.asyncDispose]();
  }
}
