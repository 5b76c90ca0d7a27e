import type { Address, Connection } from "../../core/net/transport.ts";

/** A connection whose other side says what it was told to, then ends, and whose answers are kept. */
export class ScriptedConnection implements Connection {
  readonly remote: Address = { host: "script", port: 1 };
  readonly written: Uint8Array[] = [];
  closed = false;
  #rest: Uint8Array;
  readonly #atEnd: "end" | "silence";
  readonly #silence = Promise.withResolvers<null>();

  /** With `silence` reads hang at the end of the script, until the connection is closed. */
  constructor(script: Uint8Array, atEnd: "end" | "silence" = "end") {
    this.#rest = script;
    this.#atEnd = atEnd;
  }

  get unread(): number {
    return this.#rest.length;
  }

  read(into: Uint8Array): Promise<number | null> {
    if (this.closed) return Promise.resolve(null);
    const count = Math.min(into.length, this.#rest.length);
    if (count === 0) return this.#atEnd === "end" ? Promise.resolve(null) : this.#silence.promise;
    into.set(this.#rest.subarray(0, count));
    this.#rest = this.#rest.subarray(count);
    return Promise.resolve(count);
  }

  write(bytes: Uint8Array): Promise<number> {
    if (this.closed) return Promise.reject(new Error("Cannot write: closed"));
    this.written.push(bytes.slice());
    return Promise.resolve(bytes.length);
  }

  close(): void {
    this.closed = true;
    this.#silence.resolve(null);
  }
}
