import { TextLineStream } from "../../e2e/text_lines.ts";

/** A program that tells one line of JSON when it is ready and may tell more. Disposing of it kills it. */
export class Contestant implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #errors: Promise<string>;

  constructor(program: string, args: readonly string[], options: { cwd: string; stdin?: string }) {
    const { cwd, stdin } = options;
    this.#child = new Deno.Command(program, {
      args: [...args],
      cwd,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    void writeAll(this.#child.stdin, stdin ?? "");
    this.#errors = new Response(this.#child.stderr).text();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream()).getReader();
  }

  /** Its next line. @throws {Error} if it ends before. */
  async line<T>(): Promise<T> {
    const { value } = await this.#lines.read();
    if (value === undefined) throw new Error(`It ended: ${await this.#errors}`);
    return JSON.parse(value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      // It has ended by itself.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
    await this.#lines.cancel();
    await this.#errors;
  }
}

async function writeAll(stream: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stream.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // A program that does not read its input may end before.
  }
}
