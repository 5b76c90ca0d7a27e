import { TextLineStream } from "../e2e/text_lines.ts";

/** A process of its own that runs `test/store/children/NAME.ts` and writes lines. */
export class Child {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #errors: Promise<string>;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#lines = child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream()).getReader();
    this.#errors = new Response(child.stderr).text();
  }

  static start(name: string, args: readonly string[]): Child {
    const script = new URL(`children/${name}.ts`, import.meta.url).pathname;
    const config = new URL("../../deno.json", import.meta.url).pathname;
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", `--config=${config}`, "-P=test", "--quiet", script, ...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
    return new Child(command.spawn());
  }

  /** The next line, or `undefined` when there will be none. */
  async line(): Promise<string | undefined> {
    return (await this.#lines.read()).value;
  }

  /** Ends it as a power cut would the process; gives the lines that were not read yet. */
  async kill(): Promise<string[]> {
    this.#child.kill("SIGKILL");
    const rest: string[] = [];
    for (;;) {
      const { value } = await this.#lines.read();
      if (value === undefined) break;
      rest.push(value);
    }
    await this.#child.status;
    const errors = await this.#errors;
    if (errors !== "") throw new Error(`The child failed: ${errors}`);
    return rest;
  }
}
