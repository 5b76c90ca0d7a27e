import { DEVICE, type Host } from "../e2e/netns.ts";
import { rssBytes } from "../e2e/process_memory.ts";
import { RunningNode } from "../e2e/running_node.ts";
import { TextLineStream } from "../e2e/text_lines.ts";
import type { Order, Said } from "./hand.ts";

const HAND = new URL("hand.ts", import.meta.url).pathname;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

/** A host with a node that comes and goes, and the hand of a person who writes there all the time. */
export class ChurnHost implements AsyncDisposable {
  readonly #host: Host;
  readonly #hand: Deno.ChildProcess;
  readonly #orders: WritableStreamDefaultWriter<Uint8Array>;
  readonly #errors: Promise<string>;
  readonly #waiting = new Map<Said["said"], (said: Said) => void>();
  readonly #failed = Promise.withResolvers<never>();
  #node: RunningNode | null = null;
  readonly name: string;
  readonly data: string;
  /** Texts that were acknowledged here. */
  readonly acknowledged: string[] = [];
  /** What its nodes wrote to stderr. */
  readonly errors: string[] = [];
  starts = 0;
  /** Whether something is being done to it. */
  isBusy = false;

  constructor(host: Host, name: string, data: string, pauseMs: number) {
    this.#host = host;
    this.name = name;
    this.data = data;
    const args = ["run", `--config=${CONFIG}`, "-P=test", "--quiet", HAND, name, `${pauseMs}`];
    this.#hand = host.command(Deno.execPath(), args, {
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#orders = this.#hand.stdin.getWriter();
    this.#errors = new Response(this.#hand.stderr).text();
    this.#failed.promise.catch(() => {});
    void this.#hear();
  }

  /** Fails when the hand does. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  get rss(): number {
    return this.#node ? rssBytes(this.#node.pid) : 0;
  }

  async start(): Promise<void> {
    const place = {
      command: (program: string, args: string[], options?: Deno.CommandOptions) =>
        this.#host.command(program, args, options),
      options: ["--interface", DEVICE],
    };
    this.#node = await RunningNode.start(place, this.data, ["--name", this.name]);
    this.starts++;
    await this.#order({ order: "at", url: this.#node.ready.url });
  }

  /** Ends its node, in order or not. @throws {Error} if it ends otherwise. */
  async end(how: "stop" | "kill"): Promise<void> {
    const node = this.#node;
    if (!node) return;
    this.#node = null;
    const { code, err } = await node[how]();
    if (err !== "") this.errors.push(err);
    if (how === "stop" && code !== 0) throw new Error(`${this.name} ended with ${code}: ${err}`);
  }

  async unplug(): Promise<void> {
    await this.#host.unplug();
  }

  async plug(): Promise<void> {
    await this.#host.plug();
  }

  /** Has the hand write no more; gives what it met. */
  async finish(): Promise<Extract<Said, { said: "ended" }>> {
    return await this.#ask({ order: "end" }, "ended");
  }

  /** Waits until its node shows so many messages; gives their texts. */
  async shown(count: number): Promise<readonly string[]> {
    return (await this.#ask({ order: "show", count }, "shown")).texts;
  }

  /** What the command line prints of the newest messages. */
  async read(): Promise<unknown[]> {
    return await this.#node!.facts(["read"]);
  }

  async #ask<S extends Said["said"]>(order: Order, said: S): Promise<Extract<Said, { said: S }>> {
    const { promise, resolve } = Promise.withResolvers<Said>();
    this.#waiting.set(said, resolve);
    await this.#order(order);
    return await Promise.race([promise, this.failed]) as Extract<Said, { said: S }>;
  }

  async #order(order: Order): Promise<void> {
    await this.#orders.write(new TextEncoder().encode(`${JSON.stringify(order)}\n`));
  }

  async #hear(): Promise<void> {
    const lines = this.#hand.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    for await (const line of lines) {
      const said: Said = JSON.parse(line);
      if (said.said === "acknowledged") this.acknowledged.push(said.text);
      else this.#waiting.get(said.said)?.(said);
    }
    this.#failed.reject(new Error(`The hand of ${this.name} ended: ${await this.#errors}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#orders.close().catch(() => {}); // It may have ended by itself.
    await this.#hand.status;
    await this.#errors;
    await this.#node?.[Symbol.asyncDispose]();
  }
}
