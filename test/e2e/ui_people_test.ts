/** People, their keys and notices in the web UI in Chromium, on a fake node. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browserTest } from "./chromium.ts";
import { UiPage } from "./ui_page.ts";

function row(page: Page, name: string | RegExp) {
  return page.getByRole("region", { name: "People" }).getByRole("button", { name });
}

const card = (page: Page, name: string) =>
  page.getByRole("dialog", { name: `\u2068${name}\u2069`, exact: true });

browserTest(
  "a card opens from the list and from a message; matching words verify",
  async (browser) => {
    await using ui = await UiPage.open(browser, "busy");
    const { page, harness: { node } } = ui;
    await row(page, "Ana Belén").click();
    const words = card(page, "Ana Belén").getByRole("list", { name: "Five words, in this order" });
    assert.deepEqual(
      await words.getByRole("listitem").allInnerTexts(),
      node.words(node.peerId(1)),
    );
    await page.getByRole("button", { name: "They match" }).click();
    await page.getByText("Verified: you compared the words").waitFor();
    await page.keyboard.press("Escape");
    await row(page, "Ana Belén verified").waitFor();
    const author = ui.message("Train is late").getByRole("button", { name: "Ana Belén verified" });
    await author.click();
    await page.getByRole("button", { name: "Take “verified” back" }).click();
    await page.getByRole("button", { name: "They match" }).waitFor();
    await page.keyboard.press("Escape");
    const unverified = ui.message("Train is late").getByRole("button", { name: "Ana Belén" });
    assert.ok(await unverified.evaluate((element) => element === document.activeElement));
    assert.equal(
      await ui.message("No rush").getByRole("button", { name: "Robin Lund" }).count(),
      0,
      "one's own has no card",
    );
  },
);

browserTest(
  "two people of one name are told apart by key, in list, talk and card",
  async (browser) => {
    await using ui = await UiPage.open(browser, "doubt");
    const { page, harness: { node } } = ui;
    const key = (n: number) => `${node.peerId(n).slice(0, 4)}…${node.peerId(n).slice(-4)}`;
    assert.notEqual(key(5), key(6));
    await row(page, `Ben ${key(5)}`).waitFor();
    await ui.message("I have the projector").getByText(key(5)).first().waitFor();
    await ui.message("No, I have").getByText(key(6)).waitFor();
    const ring = (n: number) => row(page, `Ben ${key(n)}`).locator("path").getAttribute("d");
    assert.notEqual(await ring(5), await ring(6));
    await row(page, `Ben ${key(5)}`).click();
    await page.getByText("Not the only one with such a name").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: `Ben ${key(6)}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: `Ben ${key(5)}` }).waitFor();
  },
);

browserTest(
  "a new key under a known name warns beside it, above its words, in the card",
  async (browser) => {
    await using ui = await UiPage.open(browser, "doubt");
    const { page, harness: { node } } = ui;
    const name = "小林 さくら";
    const warning = `This is not the key that \u2068${name}\u2069 had before.`;
    await ui.message("Please send me the door code").getByText(warning).waitFor();
    await row(page, `${name} new key`).click();
    await card(page, name).getByRole("alert").filter({ hasText: warning }).waitFor();
    await page.keyboard.press("Escape");
    node.setPerson(3, { newKey: false });
    await page.getByText(warning).first().waitFor({ state: "detached" });
    await row(page, "Ana Belén").click();
    await page.getByText("device has a new key, signed by the old one").waitFor();
    await page.keyboard.press("Escape");
    await row(page, "Tomasz").click();
    await page.getByText("Two different changes were signed for one place").waitFor();
  },
);

browserTest("who is muted with one click says nothing more, until one looks", async (browser) => {
  await using ui = await UiPage.open(browser, "busy");
  const { page, harness: { node } } = ui;
  await row(page, "Ana Belén").click();
  await page.getByRole("button", { name: "Mute \u2068Ana Belén\u2069" }).click();
  await page.getByRole("button", { name: "Unmute \u2068Ana Belén\u2069" }).waitFor();
  await page.keyboard.press("Escape");
  await row(page, "Ana Belén muted").waitFor();
  await page.getByText("2 messages by \u2068Ana Belén\u2069, muted").waitFor();
  assert.equal(await ui.message("Train is late").count(), 0);
  node.say(1, "general", "said while muted");
  await page.getByText("1 message by \u2068Ana Belén\u2069, muted").waitFor();
  assert.equal(await page.getByRole("status").filter({ hasText: "said while muted" }).count(), 0);
  node.typing("general", 1);
  node.typing("general", 1, 2);
  await page.getByText("Tomasz\u2069 is typing…").waitFor();
  await page.getByRole("button", { name: "Show", exact: true }).first().click();
  await ui.message("Train is late").waitFor();
  await ui.message("Train is late").getByRole("button", { name: "Ana Belén" }).click();
  await page.getByRole("button", { name: "Unmute" }).click();
  await page.keyboard.press("Escape");
  await ui.message("said while muted").waitFor();
});

browserTest(
  "who is asked for a private space sees the words, and accepts or not",
  async (browser) => {
    await using ui = await UiPage.open(browser, "busy");
    const { page, harness: { node } } = ui;
    await ui.composer.waitFor();
    node.askedBy(1, "Ana Belén");
    await page.getByRole("status").filter({ hasText: "asks you for a private space" }).waitFor({
      state: "attached",
    });
    await page.getByRole("button", { name: "See the words and answer" }).click();
    await page.getByRole("list", { name: "Five words, in this order" }).waitFor();
    await page.getByRole("button", { name: "Decline" }).click();
    await page.getByRole("button", { name: /^Start a private space/ }).waitFor();
    assert.deepEqual(node.asks, []);
    await page.keyboard.press("Escape");
    node.askedBy(1, "Ana Belén");
    await page.getByRole("button", { name: "See the words and answer" }).click();
    await page.getByRole("button", { name: "Accept" }).click();
    await page.getByText("Only the two of you can read this channel.").waitFor();
    await page.locator(".space-label", { hasText: "only you and \u2068Ana Belén\u2069" }).waitFor();
  },
);

browserTest(
  "who asks waits with the words, takes it back, or goes there when accepted",
  async (browser) => {
    await using ui = await UiPage.open(browser, "busy");
    const { page, harness: { node } } = ui;
    await row(page, "Tomasz").click();
    const start = page.getByRole("button", {
      name: "Start a private space with \u2068Tomasz\u2069",
    });
    node.refuse("direct.ask", "Tomasz is not linked now: try again when he is here.");
    await start.click();
    await page.getByRole("alert").filter({ hasText: "not linked now" }).waitFor();
    node.refuse("direct.ask", null);
    await start.click();
    await page.getByText("Waiting for \u2068Tomasz\u2069 to accept.").waitFor();
    await page.getByRole("list", { name: "Five words, in this order" }).waitFor();
    await page.getByRole("button", { name: "Take it back" }).click();
    await start.click();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Show the words" }).click();
    node.acceptedBy(2, "Tomasz");
    await page.getByText("Only the two of you can read this channel.").waitFor();
    assert.equal(await page.getByRole("dialog").count(), 0);
    await page.keyboard.press("Alt+1");
    await row(page, "Tomasz").click();
    await page.getByRole("button", { name: "Open your private space" }).click();
    await page.getByText("Only the two of you can read this channel.").waitFor();
    assert.ok(await row(page, "Ben").first().isHidden());
  },
);

browserTest("who is away cannot be asked, and the card says so", async (browser) => {
  await using ui = await UiPage.open(browser, "busy");
  const { page } = ui;
  await row(page, /^Ben/).first().click();
  await page.getByText("is away: both of you have to be here").waitFor();
  assert.ok(await page.getByRole("button", { name: /^Start a private/ }).isDisabled());
});

browserTest(
  "the card of one who is away says what is kept for them, and where",
  async (browser) => {
    await using ui = await UiPage.open(browser, "busy");
    const { page, harness: { node } } = ui;
    const ana = node.peerId(1);
    node.lobby.waiting = { messages: 3, more: false, keepers: [{ peer: ana, messages: 1 }] };
    await row(page, /^Ben/).first().click();
    const section = page.getByRole("region", { name: "What waits" });
    await section.waitFor();
    const lines = await section.getByRole("listitem").allTextContents();
    assert.deepEqual(lines.map((line) => line.replace(/[\u2068\u2069]/g, "")), [
      "This machine is keeping 3 messages for Ben",
      "Ana Belén’s machine is keeping 1 message for Ben",
    ]);
    await page.keyboard.press("Escape");
    node.lobby.waiting = { messages: 0, more: false, keepers: [] };
    await row(page, /^Ben/).first().click();
    await page.getByRole("heading", { name: /^Nothing waits for/ }).waitFor();
    await page.keyboard.press("Escape");
    await row(page, /^Ana/).first().click();
    await page.getByRole("dialog").getByText("Here now").waitFor();
    assert.equal(await section.count(), 0, "who is here has it in a moment");
  },
);

browserTest(
  "notices are read out once, tell more on demand, and go when dismissed",
  async (browser) => {
    await using ui = await UiPage.open(browser, "busy");
    const { page, harness: { node } } = ui;
    await ui.composer.waitFor();
    node.addNotice("rebuilt", "All was made anew.");
    node.addNotice("note-copy", "A note as it was before a dispute was kept.", {
      detail: "- olives",
    });
    node.addNotice("equivocation", "Tomasz signed two different changes.");
    const notices = page.getByRole("region", { name: "Notices" });
    await notices.getByText("Tomasz signed two").waitFor();
    await page.getByRole("status").filter({ hasText: /^Tomasz signed two/ }).waitFor({
      state: "attached",
    });
    await page.getByRole("button", { name: "Show 2 more" }).click();
    await notices.getByText("Show the text").click();
    await notices.getByText("- olives").waitFor();
    for (let left = 3; left > 0; left--) {
      assert.equal(node.notices.length, left);
      await page.getByRole("button", { name: "Dismiss this notice" }).first().click();
      await page.waitForFunction(
        (wanted) => document.querySelectorAll("li.notice").length === wanted,
        left - 1,
      );
    }
    assert.equal(await notices.count(), 0);
  },
);

browserTest("names, notices and words of others stay text wherever they stand", async (browser) => {
  await using ui = await UiPage.open(browser, "rough");
  const { page, harness: { node } } = ui;
  await ui.composer.waitFor();
  const hostile = `<img src=x onerror=alert(1)>`;
  node.askedBy(3, hostile);
  node.addSpace(`${hostile} javascript:alert(1)`);
  node.setPerson(8, { name: hostile, newKey: true, disputed: true, alike: [node.peerId(7)] });
  node.say(8, "general", "hello");
  await page.getByRole("button", { name: "See the words and answer" }).waitFor();
  await page.getByText("Show the text").click();
  await row(page, hostile).click();
  await page.getByRole("list", { name: "Five words, in this order" }).waitFor();
  await ui.assertFits();
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("body :is(img, iframe, script[src^='x'])").count(), 0);
  const foreign = await page.locator("a[href]").evaluateAll((all) =>
    all.map((a) => (a as HTMLAnchorElement).href)
      .filter((href) => !/^https?:/.test(href))
  );
  assert.deepEqual(foreign, []);
});
