/** Messages about numbered documents over a connection: two numbers of 32 bits, then so many bytes. */
export class Wire {
  readonly #connection: Deno.TcpConn;
  #writing = Promise.resolve();
  bytesIn = 0;
  bytesOut = 0;

  constructor(connection: Deno.TcpConn) {
    connection.setNoDelay();
    this.#connection = connection;
  }

  /** Sends a message about a document after those before it. */
  send(doc: number, message: Uint8Array): void {
    const frame = new Uint8Array(8 + message.length);
    frame.set(new Uint8Array(new Uint32Array([doc, message.length]).buffer));
    frame.set(message, 8);
    this.bytesOut += frame.length;
    this.#writing = this.#writing.then(async () => {
      for (let at = 0; at < frame.length;) {
        at += await this.#connection.write(frame.subarray(at));
      }
    }).catch(passGone);
  }

  /** Gives each message until `take` gives true or the other end is gone. */
  each(take: (doc: number, message: Uint8Array) => boolean | void): Promise<void> {
    return this.#each(take).catch(passGone);
  }

  async #each(take: (doc: number, message: Uint8Array) => boolean | void): Promise<void> {
    let held = new Uint8Array();
    for await (const chunk of this.#connection.readable) {
      this.bytesIn += chunk.length;
      const all = new Uint8Array(held.length + chunk.length);
      all.set(held);
      all.set(chunk, held.length);
      let at = 0;
      while (all.length - at >= 8) {
        const view = new DataView(all.buffer, at);
        const [doc, length] = [view.getUint32(0, true), view.getUint32(4, true)];
        if (all.length - at - 8 < length) break;
        if (take(doc, all.subarray(at + 8, at + 8 + length))) return;
        at += 8 + length;
      }
      held = all.slice(at);
    }
  }
}

/** Whoever has all ends at once: that the other end hears of it in the midst of something is no fault. */
function passGone(error: unknown): void {
  const isGone = error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BrokenPipe;
  if (!isGone) throw error;
}
