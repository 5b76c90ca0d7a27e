import { linkAt } from "./web_link.ts";

/** A piece of a line. `href` is only ever http, https or mailto. */
export type Inline =
  | { readonly type: "text" | "code"; readonly text: string }
  | { readonly type: "link"; readonly text: string; readonly href: string }
  | { readonly type: "bold" | "italic"; readonly children: readonly Inline[] };

/** A part of a message: lines of text with their breaks, or a block of code as it is. */
export type Block =
  | { readonly type: "lines"; readonly children: readonly Inline[] }
  | { readonly type: "code"; readonly text: string };

type Marker = "**" | "*" | "_";

interface Frame {
  readonly marker: Marker | null;
  readonly children: Inline[];
}

const WORD = /[\p{L}\p{N}]/u;
const FENCE = /^```[\w+-]*$/;

function addText(children: Inline[], text: string): void {
  const last = children.at(-1);
  if (last?.type === "text") {
    children[children.length - 1] = { type: "text", text: last.text + text };
  } else if (text !== "") children.push({ type: "text", text });
}

function addAll(children: Inline[], added: readonly Inline[]): void {
  for (const one of added) {
    if (one.type === "text") addText(children, one.text);
    else children.push(one);
  }
}

/** Reads one line from left to right; each unit is looked at a bounded number of times. */
class LineReader {
  readonly #line: string;
  readonly #frames: Frame[] = [{ marker: null, children: [] }];
  #at = 0;
  #plainFrom = 0;

  constructor(line: string) {
    this.#line = line;
  }

  read(): readonly Inline[] {
    while (this.#at < this.#line.length) {
      if (!this.#code() && !this.#link() && !this.#marker()) this.#at++;
    }
    this.#flush();
    while (this.#frames.length > 1) this.#dropTop();
    return this.#top.children;
  }

  get #top(): Frame {
    return this.#frames.at(-1) as Frame;
  }

  #flush(): void {
    addText(this.#top.children, this.#line.slice(this.#plainFrom, this.#at));
  }

  /** Goes on behind what was read as something else than plain text. */
  #skip(length: number): void {
    this.#at += length;
    this.#plainFrom = this.#at;
  }

  #code(): boolean {
    if (this.#line[this.#at] !== "`") return false;
    // Without a second one the rest of the line has none, so this search fails once at most.
    const end = this.#line.indexOf("`", this.#at + 1);
    if (end <= this.#at + 1) return false;
    this.#flush();
    this.#top.children.push({ type: "code", text: this.#line.slice(this.#at + 1, end) });
    this.#skip(end + 1 - this.#at);
    return true;
  }

  #link(): boolean {
    if (!/[hm]/i.test(this.#line[this.#at] ?? "") || WORD.test(this.#line[this.#at - 1] ?? "")) {
      return false;
    }
    const href = linkAt(this.#line, this.#at);
    if (!href) return false;
    this.#flush();
    this.#top.children.push({ type: "link", text: href, href });
    this.#skip(href.length);
    return true;
  }

  #marker(): boolean {
    const char = this.#line[this.#at];
    if (char !== "*" && char !== "_") return false;
    const marker: Marker = char === "*" && this.#line[this.#at + 1] === "*" &&
        !(this.#top.marker === "*" && this.#line[this.#at + 2] === "*")
      ? "**"
      : char;
    const before = this.#line[this.#at - 1] ?? " ";
    const after = this.#line[this.#at + marker.length] ?? " ";
    if (char === "_" && (before === "_" || after === "_")) return false;
    const open = this.#frames.findLastIndex((frame) => frame.marker === marker);
    const closes = open > 0 && !/\s/.test(before) && !WORD.test(after);
    const opens = open < 0 && !/\s/.test(after) && !WORD.test(before);
    if (!closes && !opens) return false;
    this.#flush();
    if (closes) this.#close(open, marker);
    else this.#frames.push({ marker, children: [] });
    this.#skip(marker.length);
    return true;
  }

  #close(open: number, marker: Marker): void {
    while (this.#frames.length - 1 > open) this.#dropTop();
    const { children } = this.#frames.pop() as Frame;
    if (children.length === 0) addText(this.#top.children, marker + marker);
    else this.#top.children.push({ type: marker === "**" ? "bold" : "italic", children });
  }

  /** A marker that was never closed is text. */
  #dropTop(): void {
    const { marker, children } = this.#frames.pop() as Frame;
    addText(this.#top.children, marker ?? "");
    addAll(this.#top.children, children);
  }
}

/**
 * Reads a message's text: `**bold**`, `*italic*` or `_italic_`, `` `code` ``, blocks between lines of three
 * backticks, and bare addresses. Markers work within one line and at the edges of words. Everything else is
 * text as it is. Time grows in proportion to the text.
 */
export function richText(text: string): readonly Block[] {
  const lines = text.split("\n");
  let lastFence = lines.findLastIndex((line) => line.trimEnd() === "```");
  const blocks: Block[] = [];
  let inlines: Inline[] = [];
  const endLines = () => {
    if (inlines.length > 0) blocks.push({ type: "lines", children: inlines });
    inlines = [];
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (at < lastFence && FENCE.test(line.trimEnd())) {
      endLines();
      const begin = at + 1;
      while (++at < lastFence && lines[at]?.trimEnd() !== "```");
      blocks.push({ type: "code", text: lines.slice(begin, at).join("\n") });
      if (at === lastFence) lastFence = -1;
      continue;
    }
    if (inlines.length > 0) addText(inlines, "\n");
    addAll(inlines, new LineReader(line).read());
    if (line === "" && inlines.length === 0) addText(inlines, "\u200b");
  }
  endLines();
  return blocks;
}
