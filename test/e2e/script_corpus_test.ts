/** Whatever others write anywhere, a browser shows it and does nothing of it. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browserTest } from "./chromium.ts";
import { CORPUS } from "./script_corpus.ts";
import { UiPage } from "./ui_page.ts";

/** Messages of one channel: as many as a page shows at once. */
const BATCH = 50;

/** Markdown's own marks, and white space, which a page shows in its own way. */
const bare = (text: string) => text.replace(/[*_`\s\u2068\u2069]/g, "").toWellFormed();

/** What of the page is more than text: elements that load or run, handlers, addresses that act. */
function alive(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    if ("owned" in globalThis || /owned/.test(document.title)) found.push("a script ran");
    // CodeMirror puts images of nothing beside its widgets.
    const loads =
      "img:not(.cm-widgetBuffer), img[src], image, iframe, object, embed, video, audio, base, form[action], math, " +
      "template, marquee, foreignObject, animate, use, style, meta[http-equiv]";
    for (const { outerHTML } of document.querySelectorAll(loads)) found.push(outerHTML);
    for (const element of document.querySelectorAll("*")) {
      for (const { name, value } of element.attributes) {
        if (/^on/i.test(name) || name === "srcdoc") found.push(`${element.localName} ${name}`);
        if (!/^(xlink:)?(href|src|action|formaction|data)$/i.test(name)) continue;
        const { protocol, origin } = new URL(value, location.href);
        const isOwn = origin === location.origin;
        const isLink = element.localName === "a" && /^(https?|mailto):$/.test(protocol);
        if (!isOwn && !isLink) found.push(`${element.localName} ${name}=${value}`);
      }
    }
    return found;
  });
}

/** A page with the corpus in every field there is, and what it asked for. */
class Hostile implements AsyncDisposable {
  readonly asked: string[] = [];
  readonly channels: string[] = [];

  constructor(readonly ui: UiPage) {
    ui.page.on("request", (request) => this.asked.push(request.url()));
    const { node } = ui.harness;
    for (const [i, text] of CORPUS.entries()) {
      const n = 10 + i;
      node.setPerson(n, { name: text, here: i % 2 === 0 });
      const channel = `batch-${Math.floor(i / BATCH)}`;
      if (!this.channels.includes(channel)) this.channels.push(channel);
      node.say(n, channel, text, CORPUS.length - i);
      if (i % 5 === 0) node.addChannel(text);
      if (i % 5 === 1) node.addNote(text, text);
      if (i % 10 === 2) node.addSpace(text);
      if (i % 10 === 3) node.addNotice("note-copy", text, { detail: text });
      if (i % 50 === 4) node.askedBy(n, text);
    }
    node.peers = CORPUS.map((text, i) => ({
      peer: i % 2 ? node.peerId(10 + i) : null,
      name: i % 3 ? text : null,
      address: text,
      state: "waiting",
      problem: text,
    }));
  }

  /** Nothing on the page does anything, reaches out of it, or has asked for anything elsewhere. */
  async assertInert(where: string): Promise<void> {
    assert.deepEqual(await alive(this.ui.page), [], where);
    await this.ui.assertFits();
    const own = this.ui.harness.url;
    const foreign = this.asked.filter((url) => !url.startsWith(own) && !/^(data|blob):/.test(url));
    assert.deepEqual(foreign, [], where);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ui[Symbol.asyncDispose]();
  }
}

async function readChannels({ ui, channels }: Hostile): Promise<string> {
  let shown = "";
  for (const [i, channel] of channels.entries()) {
    await ui.page.goto(`${ui.harness.url}channel/${channel}`);
    const count = Math.min(BATCH, CORPUS.length - i * BATCH);
    await ui.page.waitForFunction(
      (count) => document.querySelectorAll(".message").length === count,
      count,
    );
    shown += (await ui.page.locator(".message").allTextContents()).join("\n");
  }
  return bare(shown);
}

// Once as it is served; once without the policy, which must not be all that keeps scripts from running.
for (const bypassCSP of [false, true]) {
  const how = bypassCSP ? "even without a content policy" : "under the content policy";
  browserTest(`hostile 34: nothing that others write comes alive, ${how}`, async (browser) => {
    assert(CORPUS.length >= 300, `${CORPUS.length}`);
    await using hostile = new Hostile(await UiPage.open(browser, "alone", { bypassCSP }));
    const { ui } = hostile;
    const { page, harness: { node } } = ui;
    await ui.composer.waitFor();
    await hostile.assertInert("told as it happens");

    const shown = await readChannels(hostile);
    const missing = CORPUS.filter((text) => !shown.includes(bare(text)));
    assert.deepEqual(missing, [], "all of it is shown as the text it is");
    await hostile.assertInert("messages and names");
    node.typing("batch-0", 10, 11);
    await page.getByRole("link", { name: "batch-0" }).first().click();
    await page.getByText("are typing…").waitFor();
    await hostile.assertInert("who types");

    await page.getByRole("button", { name: /others? here now/ }).click();
    await page.locator(".connection").nth(CORPUS.length - 1).waitFor({ state: "attached" });
    await hostile.assertInert("people and machines");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("script");
    await page.getByRole("option").first().waitFor();
    await hostile.assertInert("the switcher");
    await page.keyboard.press("Escape");

    await page.getByRole("button", { name: /^Show \d+ more$/ }).click();
    await page.getByText("Show the text").first().click();
    await hostile.assertInert("notices");
    await page.locator("button.person").first().click();
    await page.getByRole("region", { name: "Words to compare" }).waitFor();
    await hostile.assertInert("a person's card");
    await page.keyboard.press("Escape");

    const note = node.addNote("The note", CORPUS.join("\n"));
    await page.getByRole("link", { name: "The note" }).click();
    await page.locator(".cm-line", { hasText: "globalThis" }).first().waitFor();
    const cursors = [10, 11, 12].map((n) => ({ peer: node.peerId(n), anchor: n, head: n }));
    node.tell({ type: "cursors", space: node.lobby.id, note: note.id, heads: [], cursors });
    await hostile.assertInert("a note");

    for (const text of CORPUS.filter((_, i) => i % 10 === 0)) {
      node.setFault(text);
      await page.locator(".banner-fault p", { hasText: text.trim().split(/\s/)[0] ?? "" })
        .waitFor();
      await hostile.assertInert(`the fault ${text}`);
    }
    node.setFault(null);
    await page.goto(`${ui.harness.url}channel/batch-0`);
    node.refuse("message.send", `Not: ${CORPUS[5]}`);
    await ui.send("refused");
    await page.getByText("Not sent. Not:").waitFor();
    await hostile.assertInert("a refusal");
    if (!bypassCSP) return;
    await page.evaluate(() => document.body.insertAdjacentHTML("beforeend", "<math></math>"));
    assert.deepEqual(await alive(page), ["<math></math>"], "what comes alive would be seen");
  });
}
