import assert from "node:assert/strict";
import { type Block, type Inline, richText } from "../../core/view/rich_text.ts";
import { isWebLink, linkAt } from "../../core/view/web_link.ts";
import { seededUnit } from "../fakes/random.ts";

/** Writes inlines as a short text for comparing. */
function brief(inlines: readonly Inline[]): string {
  return inlines.map((one) => {
    switch (one.type) {
      case "text":
        return one.text;
      case "code":
        return `{code ${one.text}}`;
      case "link":
        return `{link ${one.href}}`;
      default:
        return `{${one.type} ${brief(one.children)}}`;
    }
  }).join("");
}

function line(text: string): string {
  return richText(text).map((block) =>
    block.type === "lines" ? brief(block.children) : `{block ${block.text}}`
  ).join("|");
}

/** All text that a message shows, with its markers gone. */
function shown(blocks: readonly Block[]): string {
  const inline = (one: Inline): string =>
    "children" in one ? one.children.map(inline).join("") : one.text;
  return blocks.map((one) => one.type === "code" ? one.text : one.children.map(inline).join(""))
    .join("");
}

function links(blocks: readonly Block[]): string[] {
  const inline = (one: Inline): string[] =>
    one.type === "link" ? [one.href] : "children" in one ? one.children.flatMap(inline) : [];
  return blocks.flatMap((one) => one.type === "code" ? [] : one.children.flatMap(inline));
}

Deno.test("bold, italic and code", () => {
  assert.equal(line("a **b c** d"), "a {bold b c} d");
  assert.equal(line("*a* and _b_"), "{italic a} and {italic b}");
  assert.equal(line("`a *b*`"), "{code a *b*}");
  assert.equal(line("**a *b* c**"), "{bold a {italic b} c}");
  assert.equal(line("(*a*), *b*!"), "({italic a}), {italic b}!");
  assert.equal(line("***a***"), "{bold {italic a}}");
  assert.equal(line("*a\nb*"), "*a\nb*");
});

Deno.test("markers within words, alone or unclosed are text", () => {
  for (
    const text of [
      "2*3*4 = 24",
      "snake_case_name",
      "a * b * c",
      "**",
      "****",
      "* item",
      "*a",
      "**a*",
      "_a",
      "`a",
      "``",
      "*",
      "__init__.py",
    ]
  ) assert.equal(shown(richText(text)), text, text);
  assert.equal(line("snake_case_name"), "snake_case_name");
  assert.equal(line("2*3*4"), "2*3*4");
});

Deno.test("crossed markers close the outer and leave the inner as text", () => {
  assert.equal(line("*a **b* c**"), "{italic a **b} c**");
});

Deno.test("code blocks keep everything as it is", () => {
  assert.equal(line("see\n```ts\nlet *a* = `b`;\n\n```\nend"), "see|{block let *a* = `b`;\n}|end");
  assert.equal(line("```\na\n```\n```\nb\n```"), "{block a}|{block b}");
  assert.equal(line("```\nopen *a*"), "```\nopen {italic a}");
  assert.equal(line("```"), "```");
});

Deno.test("addresses become links, without the punctuation around them", () => {
  assert.equal(line("see https://a.b/c?d=1#e."), "see {link https://a.b/c?d=1#e}.");
  assert.equal(line("(http://a.b/x)"), "({link http://a.b/x})");
  assert.equal(line("http://a.b/x_(y)"), "{link http://a.b/x_(y)}");
  assert.equal(line("HTTPS://A.B"), "{link HTTPS://A.B}");
  assert.equal(line("mailto:a@b.c, bye"), "{link mailto:a@b.c}, bye");
  assert.equal(line("**https://a.b/**"), "{bold {link https://a.b/}}");
  assert.equal(line("http://127.0.0.1:4747/"), "{link http://127.0.0.1:4747/}");
  assert.equal(line("https://münchen.example/ü"), "{link https://münchen.example/ü}");
});

Deno.test("hostile 34: nothing else becomes a link", () => {
  for (
    const text of [
      "javascript:alert(1)",
      "JaVaScRiPt:alert(1)",
      "java\nscript:alert(1)",
      "data:text/html,<script>alert(1)</script>",
      "vbscript:x",
      "file:///etc/passwd",
      "ftp://a.b",
      "about:blank",
      "http://",
      "https:// a",
      "https:///",
      "mailto:",
      "xhttp://a.b",
      "http:/a.b",
      "ws://a.b",
      "[x](javascript:alert(1))",
      "&#106;avascript:alert(1)",
      "\u0001javascript:alert(1)",
    ]
  ) {
    assert.deepEqual(links(richText(text)), [], text);
    assert.equal(shown(richText(text)), text);
  }
});

Deno.test("a link stops before quotes, brackets and marks that turn text around", () => {
  for (const stop of ['"', "<", ">", "`", "\u202e", "\u2066", "\u200b", "\u0007", " ", "\n"]) {
    assert.deepEqual(links(richText(`http://a.b/c${stop}onmouseover=x`)), ["http://a.b/c"]);
  }
});

Deno.test("every link that is found is of an allowed scheme", () => {
  const corpus = [
    "http://a.b/javascript:alert(1)",
    "http://javascript:alert(1)@a.b/",
    "https://a.b/'onclick='x",
    "mailto:a@b.c?subject=<script>",
    "http://[::1]/x http://[evil/",
    "https://%00/ https://a.b:99999/",
    "<a href=http://a.b/x onclick=y>",
    "<img src=x onerror=alert(1)>http://a.b/<svg onload=x>",
  ];
  for (const text of corpus) {
    for (const href of links(richText(text))) {
      assert.match(new URL(href).protocol, /^(https?|mailto):$/);
      assert.ok(isWebLink(href));
      assert.doesNotMatch(href, /[<>"\s]/);
    }
  }
  assert.equal(linkAt("x http://a.b", 0), null);
});

Deno.test("HTML stays the text it is", () => {
  const text = "<script>alert(1)</script><b onclick='x'>&amp;</b>";
  assert.deepEqual(richText(text), [{ type: "lines", children: [{ type: "text", text }] }]);
});

Deno.test("no character of a text is lost or made up", () => {
  const unit = seededUnit(11);
  const pieces = [
    "*",
    "**",
    "_",
    "`",
    "```\n",
    "\n",
    " ",
    "a",
    "é",
    "😀",
    "http://a.b",
    "(",
    ")",
    ".",
  ];
  for (let round = 0; round < 3000; round++) {
    let text = "x";
    const length = 1 + unit() * 30;
    for (let i = 0; i < length; i++) text += pieces[Math.floor(unit() * pieces.length)];
    const keep = (one: string) => one.replace(/[*_`\n\u200b]/g, "");
    assert.equal(keep(shown(richText(text))), keep(text), JSON.stringify(text));
  }
});

Deno.test("the worst 16 KiB take time in proportion, not its square", () => {
  const worst = [
    "*",
    "**",
    "_",
    "*a ",
    "*a",
    "a*",
    "**a*",
    "_a *b ",
    "`",
    "`a",
    "```\n",
    "\n",
    "http://",
    "http://a",
    "http://a.b/ ",
    "http://a.b/(",
    "http://a.b/)",
    ")",
    "mailto:",
    "h",
    "[",
    "<",
    "**_*",
  ];
  const cost = (text: string): number => {
    let best = Infinity;
    for (let i = 0; i < 3; i++) {
      const from = performance.now();
      richText(text);
      best = Math.min(best, performance.now() - from);
    }
    return best;
  };
  for (const piece of worst) {
    const whole = piece.repeat(16 * 1024 / piece.length);
    richText(whole);
    // A square would take seconds; in proportion it is some milliseconds even on a slow machine.
    assert.ok(cost(whole) < 200, JSON.stringify(piece));
    assert.ok(cost(`http://a.b/${whole}`) < 200, JSON.stringify(piece));
  }
});
