/** The answer to a request that was written by hand. */
export interface RawAnswer {
  /** 0 when there was none. */
  readonly status: number;
  readonly body: string;
}

/** Writes bytes to a port of 127.0.0.1 just as they are, and reads one answer. */
export async function rawRequest(
  port: number,
  request: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<RawAnswer> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  // Who refuses early reads no further, and hangs up.
  const writing = new Response(request).body?.pipeTo(connection.writable, { preventClose: true })
    .catch(ignoreGone);
  try {
    return await readAnswer(connection);
  } finally {
    connection.close();
    await writing;
  }
}

async function readAnswer(connection: Deno.TcpConn): Promise<RawAnswer> {
  const buffer = new Uint8Array(64 * 1024);
  let text = "";
  for (;;) {
    const [, head = "", body = ""] = /^(.*?)\r\n\r\n(.*)$/s.exec(text) ?? [];
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0);
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? NaN);
    if (status === 101 || body.length >= length) return { status, body };
    const count = await connection.read(buffer).catch(ignoreGone);
    if (!count) return { status, body };
    text += new TextDecoder("latin1").decode(buffer.subarray(0, count));
  }
}

function ignoreGone(error: unknown): void {
  const gone = [
    Deno.errors.BrokenPipe,
    Deno.errors.ConnectionReset,
    Deno.errors.BadResource,
    Deno.errors.Interrupted,
  ];
  if (!gone.some((kind) => error instanceof kind)) throw error;
}
