import { Buffer } from "node:buffer";
import type { Host } from "./netns.ts";
import { TextLineStream } from "./text_lines.ts";

/** Says in plain words why nothing can be captured here; `undefined` when it can. */
export async function captureMissing(): Promise<string | undefined> {
  const command = new Deno.Command("sh", { args: ["-c", "command -v tcpdump"], stdout: "null" });
  return (await command.output()).success ? undefined : "needs tcpdump";
}

/** A frame that went over a cable. */
export interface Captured {
  /** The source in the IP header. */
  readonly from: string;
  readonly to: string;
  /** What UDP or TCP carried. */
  readonly payload: Buffer;
  readonly protocol: "udp" | "tcp";
}

/** A `tcpdump` that listens on a host. */
export class Capture implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #file: string;

  private constructor(child: Deno.ChildProcess, file: string) {
    this.#child = child;
    this.#file = file;
  }

  /** Starts to listen to what arrives at the host's cable. */
  static async start(host: Host): Promise<Capture> {
    const file = await Deno.makeTempFile({ suffix: ".pcap" });
    const args = ["-i", "eth0", "-U", "-Z", "root", "-w", file];
    const child = host.command("tcpdump", args, { stdin: "null", stdout: "null", stderr: "piped" })
      .spawn();
    const lines = child.stderr.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream()).getReader();
    for (;;) {
      const { value } = await lines.read();
      if (value === undefined) throw new Error("Cannot capture: tcpdump ended");
      if (value.includes("listening on")) break;
    }
    void (async () => {
      while (!(await lines.read()).done);
    })();
    return new Capture(child, file);
  }

  /** Ends it and gives what it heard. */
  async stop(): Promise<Captured[]> {
    this.#child.kill("SIGINT");
    await this.#child.status;
    return frames(Buffer.from(await Deno.readFile(this.#file)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // It has ended.
    }
    await this.#child.status;
    await Deno.remove(this.#file);
  }
}

/** Reads a file of `pcap` (a header of 24 bytes, then per frame one of 16) with frames of Ethernet. */
function frames(file: Buffer): Captured[] {
  const found: Captured[] = [];
  for (let at = 24; at < file.length;) {
    const length = file.readUInt32LE(at + 8);
    const frame = readFrame(file.subarray(at + 16, at + 16 + length));
    if (frame) found.push(frame);
    at += 16 + length;
  }
  return found;
}

function readFrame(frame: Buffer): Captured | undefined {
  const type = frame.readUInt16BE(12);
  const ip = frame.subarray(14);
  if (type === 0x0800) {
    const header = (ip[0]! & 15) * 4;
    const [from, to] = [ip.subarray(12, 16), ip.subarray(16, 20)].map((part) => part.join("."));
    return readPayload(ip[9]!, ip.subarray(header, ip.readUInt16BE(2)), from!, to!);
  }
  if (type !== 0x86dd) return undefined;
  const [from, to] = [ip.subarray(8, 24), ip.subarray(24, 40)].map((part) => part.toString("hex"));
  return readPayload(ip[6]!, ip.subarray(40, 40 + ip.readUInt16BE(4)), from!, to!);
}

function readPayload(
  protocol: number,
  segment: Buffer,
  from: string,
  to: string,
): Captured | undefined {
  if (protocol === 17) return { from, to, payload: segment.subarray(8), protocol: "udp" };
  if (protocol !== 6) return undefined;
  return { from, to, payload: segment.subarray((segment[12]! >> 4) * 4), protocol: "tcp" };
}
