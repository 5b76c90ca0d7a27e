import { loopback } from "../e2e/place.ts";

/** A TCP echo in a process of its own, and a connection to it. */
export class Echo implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #connection: Deno.TcpConn;
  readonly #bytes: Uint8Array<ArrayBuffer>;

  private constructor(child: Deno.ChildProcess, connection: Deno.TcpConn, bytes: number) {
    this.#child = child;
    this.#connection = connection;
    this.#bytes = new Uint8Array(bytes);
  }

  /** Starts it; so many `bytes` go there and back each time. */
  static async start(bytes: number): Promise<Echo> {
    const file = new URL("echo.ts", import.meta.url).pathname;
    const child = loopback.command(Deno.execPath(), ["run", "--quiet", "--allow-net", file], {
      stdin: "null",
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    reader.releaseLock();
    const port = Number(new TextDecoder().decode(value));
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    connection.setNoDelay();
    return new Echo(child, connection, bytes);
  }

  /** How long there and back takes, in milliseconds. */
  async roundTrip(): Promise<number> {
    const start = performance.now();
    await this.#connection.write(this.#bytes);
    for (let got = 0; got < this.#bytes.length;) {
      got += await this.#connection.read(this.#bytes) ?? Infinity;
    }
    return performance.now() - start;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
    this.#child.kill();
    await this.#child.stdout.cancel();
    await this.#child.status;
  }
}
