/** The note editor in a real browser, two tabs on two nodes. */
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { browserTest } from "./chromium.ts";
import { NOTE_SPACE } from "../fakes/note_node.ts";
import { BenchNode, NoteBench } from "./note_bench.tsx";

/** One person's page; `problems` fills with what the browser complains of. */
interface Desk {
  readonly node: BenchNode;
  readonly page: Page;
  readonly problems: string[];
}

async function open(browser: Browser, bench: NoteBench, index: number): Promise<Desk> {
  const node = bench.nodes[index];
  assert.ok(node);
  const page = await (await browser.newContext()).newPage();
  const problems: string[] = [];
  page.on("console", (message) => {
    // Of a node that is down the browser says so each time, and of an icon that the bench lacks.
    if (/error|warning/.test(message.type()) && !/WebSocket|404/.test(message.text())) {
      problems.push(message.text());
    }
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.goto(bench.url(index));
  await page.waitForSelector(".cm-content");
  return { node, page, problems };
}

/** A bench whose note begins with this text, and a page on each node. */
async function both(browser: Browser, bench: NoteBench, text: string): Promise<[Desk, Desk]> {
  write(bench.nodes[0]!, { at: 0, remove: 0, insert: text });
  return [await open(browser, bench, 0), await open(browser, bench, 1)];
}

/** An edit at a node that no tab here made. */
function write(node: BenchNode, splice: { at: number; remove: number; insert: string }): void {
  const { heads, note } = node.note;
  const command = { type: "note.edit", space: NOTE_SPACE, note, heads, splices: [splice] } as const;
  node.answer({ id: crypto.randomUUID(), command });
}

/** The editor's text: its lines, as the page has them. */
function textOf(page: Page): Promise<string> {
  return page.evaluate(() =>
    [...document.querySelectorAll(".cm-line")].map((line) => {
      const copy = line.cloneNode(true) as HTMLElement;
      for (const caret of copy.querySelectorAll(".note-caret")) caret.remove();
      return copy.textContent;
    }).join("\n")
  );
}

/** Waits until a page shows a text: after a cut it tries again every four seconds, then looks every two. */
async function shows(page: Page, text: string): Promise<void> {
  for (let round = 0; await textOf(page) !== text; round++) {
    assert.ok(round < 1_000, `the page shows ${JSON.stringify(await textOf(page))}`);
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 25)));
  }
}

/** Waits until a page says how its note stands. */
async function standing(page: Page, words: string): Promise<void> {
  await page.locator(".note-standing", { hasText: words }).waitFor();
  if (words === "Saved") await page.locator(".note[data-standing=saved]").waitFor();
}

browserTest(
  "note: two people type at two places at once, and both texts are whole",
  async (browser) => {
    await using bench = await NoteBench.open();
    const [ana, ben] = await both(browser, bench, "first\n\nlast");
    await ana.page.click(".cm-line >> nth=0");
    await ana.page.keyboard.press("Home");
    await ben.page.click(".cm-line >> nth=2");
    await ben.page.keyboard.press("End");
    const [one, other] = [
      "What Ana writes goes to the start. ",
      ", and what Ben writes to the end",
    ];
    await Promise.all([
      ana.page.keyboard.type(one, { delay: 9 }),
      ben.page.keyboard.type(other, { delay: 7 }),
    ]);
    const text = `${one}first\n\nlast${other}`;
    for (const { page, node, problems } of [ana, ben]) {
      await shows(page, text);
      await standing(page, "Saved");
      assert.equal(node.note.text, text);
      assert.deepEqual(problems, []);
    }
  },
);

browserTest(
  "note: a reload and a restart of the node in the middle lose nothing",
  async (browser) => {
    await using bench = await NoteBench.open();
    const [ana, ben] = await both(browser, bench, "");
    await ana.page.click(".cm-content");
    await ana.page.keyboard.type("before the reload, ");
    await ana.page.reload();
    await shows(ana.page, "before the reload, ");

    await ana.page.click(".cm-content");
    await ana.page.keyboard.press("End");
    await ana.page.keyboard.type("before the restart, ");
    ana.node.down = true;
    ana.node.restart();
    await ana.page.keyboard.type("while it is down, ");
    await standing(ana.page, "Kept here until Earshot is back");
    // What the node has and the page does not know comes in when it is back.
    write(ben.node, { at: 0, remove: 0, insert: "Ben too: " });
    assert.equal(
      await textOf(ana.page),
      "before the reload, before the restart, while it is down, ",
    );
    ana.node.down = false;
    await standing(ana.page, "Saved");
    const text = "Ben too: before the reload, before the restart, while it is down, ";
    for (const { page, node, problems } of [ana, ben]) {
      await shows(page, text);
      assert.equal(node.note.text, text);
      assert.deepEqual(problems, []);
    }
    // Nothing is left behind in the browser.
    const another = await ana.page.context().newPage();
    await another.goto(bench.url(0));
    await ana.page.close({ runBeforeUnload: true });
    await another.waitForFunction(() => localStorage.length === 0);
  },
);

browserTest(
  "note: keys of a tab that was closed while the node was down are sent by the next",
  async (browser) => {
    await using bench = await NoteBench.open();
    const [ana] = await both(browser, bench, "");
    const another = await ana.page.context().newPage();
    await another.goto(bench.url(0));
    await another.waitForSelector(".cm-content");
    ana.node.down = true;
    ana.node.restart();
    await standing(ana.page, "Saved");
    await ana.page.click(".cm-content");
    await ana.page.keyboard.type("not lost");
    await standing(ana.page, "Kept here until Earshot is back");
    await ana.page.close();
    ana.node.down = false;
    await shows(another, "not lost");
  },
);

browserTest("note: a composition is not broken by what others type", async (browser) => {
  await using bench = await NoteBench.open();
  const [ana, ben] = await both(browser, bench, "one\ntwo");
  await ana.page.click(".cm-line >> nth=1");
  await ana.page.keyboard.press("End");
  const devtools = await ana.page.context().newCDPSession(ana.page);
  const compose = (text: string) =>
    devtools.send("Input.imeSetComposition", {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    });
  await compose("に");
  await compose("にほ");
  // In another line at once; in the line of the composition when that is over.
  write(ben.node, { at: 0, remove: 0, insert: "X" });
  await shows(ana.page, "Xone\ntwoにほ");
  write(ben.node, { at: 5, remove: 0, insert: "Y" });
  await compose("にほん");
  await shows(ana.page, "Xone\ntwoにほん");
  await devtools.send("Input.insertText", { text: "日本" });
  await shows(ana.page, "Xone\nYtwo日本");
  await standing(ana.page, "Saved");
  for (const { node, page, problems } of [ana, ben]) {
    await shows(page, "Xone\nYtwo日本");
    assert.equal(node.note.text, "Xone\nYtwo日本");
    assert.deepEqual(problems, []);
  }
});

browserTest(
  "note: undo takes back one's own keys only, the others' leave cursor and scroll alone",
  async (browser) => {
    await using bench = await NoteBench.open();
    const lines = Array.from({ length: 200 }, (_, index) => `line ${index}`).join("\n");
    const [ana, ben] = await both(browser, bench, lines);
    await ana.page.click(".cm-content");
    await ana.page.keyboard.press("Control+End");
    await ana.page.keyboard.type("!");
    await standing(ana.page, "Saved");
    const last = ana.page.locator(".cm-line", { hasText: "line 199" });
    const before = await last.boundingBox();
    write(ben.node, { at: 0, remove: 0, insert: "much\n".repeat(40) });
    // What is above is not on the page; what Ben adds right here says that all came.
    write(ben.node, { at: ben.node.note.text.length, remove: 0, insert: " Ben" });
    await ana.page.locator(".cm-line", { hasText: "Ben" }).waitFor();
    const after = await last.boundingBox();
    assert.ok(before && after && Math.abs(before.y - after.y) < 2, "the text moved on the screen");
    await ana.page.keyboard.type("?");
    await ana.page.keyboard.press("Control+z");
    await ana.page.keyboard.press("Control+z");
    await standing(ana.page, "Saved");
    for (const { node } of [ana, ben]) {
      assert.equal(node.note.text, `${"much\n".repeat(40)}${lines} Ben`);
    }
  },
);

browserTest(
  "note: others' cursors have names and stay where they are in the text",
  async (browser) => {
    await using bench = await NoteBench.open();
    const [ana, ben] = await both(browser, bench, "one two three");
    await ben.page.click(".cm-content");
    await ben.page.keyboard.press("Home");
    for (let step = 0; step < 4; step++) await ben.page.keyboard.press("ArrowRight");
    for (let step = 0; step < 3; step++) await ben.page.keyboard.press("Shift+ArrowRight");
    const selection = ana.page.locator(".note-selection");
    await ana.page.waitForFunction(() =>
      document.querySelector(".note-selection")?.textContent === "two"
    );
    assert.equal(await ana.page.textContent(".note-caret-name"), "Ben");
    assert.equal(await ana.page.locator(".note-caret.hue-4").count(), 1);
    await ana.page.click(".cm-content");
    await ana.page.keyboard.press("Home");
    await ana.page.keyboard.type("zero ");
    await standing(ana.page, "Saved");
    assert.equal(await selection.textContent(), "two");
    await ben.page.close();
    assert.deepEqual(ana.problems, []);
  },
);

browserTest("note: the title, the keyboard, odd line ends and long lines", async (browser) => {
  await using bench = await NoteBench.open();
  const [ana, ben] = await both(browser, bench, "a\r\nb\rc 😀");
  const title = ana.page.getByLabel("Title of the note");
  await title.fill("x".repeat(65));
  await title.press("Enter");
  await ana.page.locator(".note-problem", { hasText: "too long" }).waitFor();
  await title.fill("  New   plans ");
  await title.press("Enter");
  await ana.page.waitForFunction(() => document.activeElement?.className.includes("cm-content"));
  await ana.page.waitForFunction(() => document.querySelector("input")?.value === "New plans");
  assert.equal(ana.node.view.title, "New plans");

  await ana.page.keyboard.press("Control+End");
  await ana.page.keyboard.type("!");
  await standing(ana.page, "Saved");
  assert.equal(ana.node.note.text, "a\r\nb\rc 😀!");
  // The page's own keys are not the editor's: this line would change its place.
  await ana.page.keyboard.press("Alt+ArrowUp");
  await ana.page.keyboard.press("Shift+Tab");
  assert.equal(await title.evaluate((input) => input === document.activeElement), true);

  assert.equal(ana.node.note.text, "a\r\nb\rc 😀!");

  write(ben.node, { at: 0, remove: 0, insert: "שלום\n" });
  await ana.page.waitForFunction(() => {
    const line = document.querySelector(".cm-line");
    return line?.textContent === "שלום" && getComputedStyle(line).direction === "rtl";
  });

  // A line of half a megabyte is neither all on the page nor in the way.
  write(ben.node, { at: 0, remove: 0, insert: "word ".repeat(100_000) });
  await ana.page.locator(".cm-line", { hasText: "word word" }).waitFor();
  await ana.page.locator(".cm-content").click({ position: { x: 100, y: 60 } });
  await ana.page.keyboard.type("#");
  await standing(ana.page, "Saved");
  assert.equal(ana.node.note.text.length, 500_000 + "שלום\na\r\nb\rc 😀!#".length);
  assert.ok((await textOf(ana.page)).length < 100_000);
  assert.deepEqual([...ana.problems, ...ben.problems], []);
});
