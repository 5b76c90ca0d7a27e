import type { Place } from "./place.ts";
import { TextLineStream } from "./text_lines.ts";

const PROGRAM = new URL("mesh_program.ts", import.meta.url).pathname;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

/** A line of mesh_program.ts. */
export interface MeshLine {
  readonly event: string;
  /** Milliseconds since the program began. */
  readonly ms: number;
  readonly peer?: string;
  readonly instance?: string;
  readonly port?: number;
  /** The name of the door of a link. */
  readonly door?: string;
  readonly addresses?: readonly { readonly host: string; readonly port: number }[];
}

/** A running mesh_program.ts. Disposing of it kills it if it still runs. */
export class MeshProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #errors: Promise<string>;
  #ended = false;
  /** All that it said so far and was read. */
  readonly said: MeshLine[] = [];
  /** What it said first. */
  open: MeshLine = { event: "", ms: 0 };

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#errors = new Response(child.stderr).text();
    this.#reader = child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream()).getReader();
  }

  /** Starts the program with the keys of `device` and its other arguments; waits until it is open. */
  static async start(
    place: Pick<Place, "command">,
    device: number,
    options: readonly string[] = [],
  ): Promise<MeshProcess> {
    const args = ["run", `--config=${CONFIG}`, "-P=test", "--quiet", PROGRAM, String(device)];
    const command = place.command(Deno.execPath(), [...args, ...options], {
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    });
    const process = new MeshProcess(command.spawn());
    process.open = await process.line(({ event }) => event === "open");
    return process;
  }

  /** Waits for the next line that `wanted` accepts. @throws {Error} if the program ends before. */
  async line(wanted: (line: MeshLine) => boolean): Promise<MeshLine> {
    for (;;) {
      const { value } = await this.#reader.read();
      if (value === undefined) throw new Error(`It ended: ${await this.#errors}`);
      const line: MeshLine = JSON.parse(value);
      this.said.push(line);
      if (wanted(line)) return line;
    }
  }

  /** Waits until it was linked with the peers of all `others`; gives the line of the last one. */
  async linked(...others: readonly MeshProcess[]): Promise<MeshLine> {
    const missing = new Set(others.map(({ open }) => open.peer));
    const counts = ({ event, peer }: MeshLine) =>
      event === "linked" && missing.delete(peer) && missing.size === 0;
    return this.said.find(counts) ?? await this.line(counts);
  }

  /** Ends it in order. @throws {Error} if it fails. */
  async stop(): Promise<void> {
    await this.#child.stdin.close();
    await this.#end();
    const { code } = await this.#child.status;
    if (code !== 0) throw new Error(`It ended with ${code}: ${await this.#errors}`);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.stdin.abort().catch(() => {}); // The pipe ends with the program.
    await this.#end();
  }

  async #end(): Promise<void> {
    this.#ended = true;
    for (;;) {
      const { value } = await this.#reader.read();
      if (value === undefined) break;
      this.said.push(JSON.parse(value));
    }
    await this.#child.status;
    await this.#errors;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) await this.kill();
  }
}
