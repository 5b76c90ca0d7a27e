import { freePorts } from "../../crash/free_ports.ts";
import { loopback } from "../../e2e/place.ts";
import { TextLineStream } from "../../e2e/text_lines.ts";

const PROGRAMS = ["ngircd", "/usr/sbin/ngircd"];
const CHANNEL = "#bench";
const CONNECT_MS = 10_000;
const RETRY_MS = 50;

/** An ngircd on the loopback without any checks or brakes. */
export class Ngircd implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly port: number;

  private constructor(child: Deno.ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** Starts it with its configuration in `folder`; `undefined` if it is not installed. */
  static async start(folder: string): Promise<Ngircd | undefined> {
    const [port] = freePorts(1);
    const config = `${folder}/ngircd.conf`;
    await Deno.writeTextFile(
      config,
      `[Global]
Name = bench.local
Info = bench
Listen = 127.0.0.1
Ports = ${port}
MotdPhrase = bench
[Limits]
MaxConnectionsIP = 0
MaxPenaltyTime = 0
[Options]
DNS = no
Ident = no
PAM = no
`,
    );
    for (const program of PROGRAMS) {
      try {
        const child = loopback.command(program, ["-n", "-f", config], {
          stdin: "null",
          stdout: "null",
          stderr: "null",
        }).spawn();
        return new Ngircd(child, port!);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill();
    await this.#child.status;
  }
}

/** One in the channel of the bench. */
export class IrcClient implements Disposable {
  readonly #connection: Deno.TcpConn;
  /** Called for each message of the others in the channel. */
  onMessage: (text: string) => void = () => {};

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Resolves when it has joined. @throws {Error} if the server does not let it. */
  static async join(port: number, nick: string): Promise<IrcClient> {
    const client = new IrcClient(await connect(port));
    const joined = Promise.withResolvers<void>();
    void client.#read(joined).catch(joined.reject);
    await client.#write(`NICK ${nick}\r\nUSER ${nick} 0 * :${nick}`);
    await joined.promise;
    return client;
  }

  async say(text: string): Promise<void> {
    await this.#write(`PRIVMSG ${CHANNEL} :${text}`);
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }

  async #write(line: string): Promise<void> {
    const bytes = new TextEncoder().encode(`${line}\r\n`);
    for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
  }

  async #read(joined: PromiseWithResolvers<void>): Promise<void> {
    const lines = this.#connection.readable.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    const said = `PRIVMSG ${CHANNEL} :`;
    for await (const line of lines) {
      const [prefix, command = ""] = line.trimEnd().split(" ");
      const at = line.indexOf(said);
      if (prefix === "PING") await this.#write(`PONG ${command}`);
      else if (command === "001") await this.#write(`JOIN ${CHANNEL}`);
      else if (command === "366") joined.resolve();
      else if (at > 0) this.onMessage(line.slice(at + said.length).trimEnd());
      else if (/^[45]\d\d$/.test(command) && command !== "422") {
        joined.reject(new Error(`The IRC server refused: ${line.trimEnd()}`));
      }
    }
    joined.reject(new Error("The IRC server went away"));
  }
}

/** The server takes a moment to listen. */
async function connect(port: number): Promise<Deno.TcpConn> {
  const end = performance.now() + CONNECT_MS;
  for (;;) {
    try {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      connection.setNoDelay();
      return connection;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused) || performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
