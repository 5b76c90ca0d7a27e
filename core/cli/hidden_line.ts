import { complainPart } from "./terminal.ts";

/** The person asked to stop: Ctrl-C, or the end of the input. */
export class Cancelled extends Error {
  override name = "Cancelled";
}

const [INTERRUPT, END, TAB, LINE_FEED, RETURN, CLEAR, ESCAPE] = [
  "\u0003",
  "\u0004",
  "\t",
  "\n",
  "\r",
  "\u0015",
  "\u001b",
];
const BACKSPACES = ["\b", "\u007f"];

/** A line as it is typed into a terminal in raw mode, where every key comes as it is. */
export class HiddenLine {
  readonly #decoder = new TextDecoder();
  #letters: string[] = [];
  /** What came of a key that sends several characters, an arrow say. */
  #key = "";

  get text(): string {
    return this.#letters.join("");
  }

  /** Takes bytes of UTF-8; a character may come in parts. What comes after the end does not count. */
  feed(bytes: Uint8Array): "more" | "done" | "cancelled" {
    for (const letter of this.#decoder.decode(bytes, { stream: true })) {
      if (letter === INTERRUPT) return "cancelled";
      if (this.#isOfKey(letter)) continue;
      if (letter === LINE_FEED || letter === RETURN) return "done";
      if (letter === END && this.#letters.length === 0) return "cancelled";
      if (BACKSPACES.includes(letter)) this.#letters.pop();
      else if (letter === CLEAR) this.#letters = [];
      else if (letter === TAB || letter >= " ") this.#letters.push(letter);
    }
    return "more";
  }

  /** ECMA-48, 5.4: `ESC [`, parameters, and a letter or `~` that ends it; `ESC O` and one letter. */
  #isOfKey(letter: string): boolean {
    if (this.#key === "" && letter !== ESCAPE) return false;
    this.#key += letter;
    // deno-lint-ignore no-control-regex -- keys begin with one
    if (!/^\u001b(O|\[[ -?]*)?$/.test(this.#key)) this.#key = "";
    return true;
  }
}

/**
 * Asks for a line in the terminal and does not show it.
 *
 * @throws {Cancelled} at Ctrl-C, at the end of the input, and when `signal` aborts.
 */
export async function askHidden(prompt: string, signal: AbortSignal): Promise<string> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const cancel = () => reject(new Cancelled());
  signal.addEventListener("abort", cancel, { once: true });
  if (signal.aborted) throw new Cancelled();
  Deno.stdin.setRaw(true);
  try {
    // Once it is seen, nothing that is typed is shown.
    complainPart(prompt);
    const line = new HiddenLine();
    // One by one: what was typed ahead is the next line's.
    const byte = new Uint8Array(1);
    for (let state = "more"; state !== "done";) {
      const read = await Promise.race([Deno.stdin.read(byte), stopped]);
      state = read === null ? "cancelled" : line.feed(byte);
      if (state === "cancelled") throw new Cancelled();
    }
    return line.text;
  } finally {
    Deno.stdin.setRaw(false);
    signal.removeEventListener("abort", cancel);
    complainPart("\n");
  }
}
