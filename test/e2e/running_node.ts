import { TextLineStream } from "./text_lines.ts";
import type { Place } from "./place.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const FLOOD = new URL("flood.ts", import.meta.url).pathname;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

/** The first line of a node started with `--json`. */
export interface Ready {
  readonly event: "ready";
  readonly url: string;
  readonly peer: string;
  readonly name: string | null;
  readonly port: number;
}

/** A line of a node started with `--json`. */
export type Line = Ready | { readonly event: string; readonly [fact: string]: unknown };

/** How a process ended and what it printed. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The arguments of Deno that run `main.ts` with `args`. */
export function denoArgs(args: readonly string[]): string[] {
  return ["run", `--config=${CONFIG}`, "-P", "--quiet", MAIN, ...args];
}

/** Runs `main.ts` with `args` to its end. */
export async function runMain(
  place: Place,
  args: readonly string[],
  stdin?: string,
): Promise<Ended> {
  const child = place.command(Deno.execPath(), denoArgs(args), {
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(stdin));
    await writer.close();
  }
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

/** Kills a process that may have ended by itself. */
function killAnyway(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    // It has ended by itself.
    if (!(error instanceof TypeError)) throw error;
  }
}

/** A process whose lines are read as they come. Disposing of it kills it if it still runs. */
export class LineProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly lines: ReadableStream<string>;

  constructor(command: Deno.Command) {
    this.#child = command.spawn();
    this.lines = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    killAnyway(this.#child);
    await this.#child.status;
    if (!this.lines.locked) await this.lines.cancel();
  }
}

/** A real Earshot process. Disposing of it kills it if it still runs. */
export class RunningNode implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #errors: Promise<string>;
  #ended = false;
  readonly place: Place;
  readonly data: string;
  readonly ready: Ready;

  private constructor(
    child: Deno.ChildProcess,
    lines: ReadableStreamDefaultReader<string>,
    errors: Promise<string>,
    parts: { place: Place; data: string; ready: Ready },
  ) {
    this.#child = child;
    this.#lines = lines;
    this.#errors = errors;
    this.place = parts.place;
    this.data = parts.data;
    this.ready = parts.ready;
  }

  /**
   * Starts a node on `data` and waits until it is ready; `spawned` hears its process id at once.
   *
   * @throws {Error} if it ends before.
   */
  static async start(
    place: Place,
    data: string,
    args: readonly string[] = [],
    spawned: (pid: number) => void = () => {},
  ): Promise<RunningNode> {
    const port = args.includes("--port") ? [] : ["--port", "0"];
    const all = ["--data", data, ...port, "--no-open", "--json", ...place.options, ...args];
    const child = place.command(Deno.execPath(), denoArgs(all), {
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    spawned(child.pid);
    const errors = new Response(child.stderr).text();
    const lines = child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream()).getReader();
    const { value } = await lines.read();
    if (value === undefined) {
      throw new Error(`The node ended with ${(await child.status).code}: ${await errors}`);
    }
    const ready: Ready = JSON.parse(value);
    return new RunningNode(child, lines, errors, { place, data, ready });
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Waits for the next line that `wanted` accepts. @throws {Error} if the node ends before. */
  async line(wanted: (line: Line) => boolean): Promise<Line> {
    for (;;) {
      const { value } = await this.#lines.read();
      if (value === undefined) throw new Error(`The node ended: ${await this.#errors}`);
      const line: Line = JSON.parse(value);
      if (wanted(line)) return line;
    }
  }

  /** Waits until a link to the peer is told. */
  async linkedTo(peer: string): Promise<void> {
    await this.line((line) => line.event === "linked" && "peer" in line && line.peer === peer);
  }

  /** Runs a command against this node and gives what it printed. @throws {Error} if it fails. */
  async ask(args: readonly string[], stdin?: string): Promise<string> {
    const ended = await runMain(this.place, [...args, "--data", this.data], stdin);
    if (ended.code !== 0) throw new Error(`"${args.join(" ")}" ended with: ${ended.err}`);
    return ended.out;
  }

  /** Runs a command with `--json` and gives its lines. */
  async facts<T>(args: readonly string[], stdin?: string): Promise<T[]> {
    const out = await this.ask([...args, "--json"], stdin);
    return out.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
  }

  /** Starts a command that goes on printing lines. */
  follow(args: readonly string[]): LineProcess {
    return this.#lineProcess(denoArgs([...args, "--data", this.data]));
  }

  /** Sends messages as fast as they are acknowledged; each line is the text of one that was. */
  flood(prefix: string): LineProcess {
    const config = `--config=${CONFIG}`;
    return this.#lineProcess(["run", config, "-P=test", "--quiet", FLOOD, this.ready.url, prefix]);
  }

  #lineProcess(args: string[]): LineProcess {
    return new LineProcess(
      this.place.command(Deno.execPath(), args, { stdin: "null", stdout: "piped" }),
    );
  }

  /** Ends it in order; gives its exit code and what it wrote to stderr. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<{ code: number; err: string }> {
    this.#child.kill(signal);
    return await this.#end();
  }

  /** Ends it as a crash would; gives its exit code and what it wrote to stderr. */
  async kill(): Promise<{ code: number; err: string }> {
    killAnyway(this.#child);
    return await this.#end();
  }

  /** How it ended; resolves when it has. */
  ended(): Promise<{ code: number; err: string }> {
    return this.#end();
  }

  async #end(): Promise<{ code: number; err: string }> {
    this.#ended = true;
    while (!(await this.#lines.read()).done);
    const { code } = await this.#child.status;
    return { code, err: await this.#errors };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) await this.kill();
  }
}
