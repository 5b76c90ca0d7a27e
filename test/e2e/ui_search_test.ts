/** Finding messages on the page, in Chromium, on a fake node. */
import assert from "node:assert/strict";

import { browserTest } from "./chromium.ts";
import { UiPage } from "./ui_page.ts";

const NARROW = { viewport: { width: 360, height: 740 } };

/** A channel with 400 messages besides, one of which is about a lighthouse. */
function fill({ node }: UiPage["harness"]): void {
  for (let n = 0; n < 400; n++) {
    const text = n === 100 ? "The lighthouse keeper's phone number" : `talk number ${n}`;
    node.say(1, "plans", text, (400 - n) * 60_000);
  }
}

const focusedText = ({ page }: UiPage) =>
  page.evaluate(() => document.activeElement?.querySelector(".message-body")?.textContent ?? "");

browserTest(
  "a message far back is found by its words, gone to, and left again",
  async (browser) => {
    await using ui = await UiPage.open(browser, "busy");
    const { page, composer, harness } = ui;
    await composer.waitFor();
    fill(harness);
    await page.getByRole("region", { name: "Messages in general" }).focus();
    await page.keyboard.press("/");
    await page.keyboard.type("Lighthouse");
    const hit = page.getByRole("option", { name: /lighthouse keeper/ });
    await hit.waitFor();
    assert.equal(await hit.locator("mark").textContent(), "lighthouse");
    await page.keyboard.press("Enter");

    await page.getByRole("heading", { name: "plans", level: 1 }).waitFor();
    const found = ui.message("keeper's phone number");
    await found.waitFor();
    await page.waitForFunction(() => document.activeElement?.matches(".message"));
    assert.match(await focusedText(ui), /keeper's phone number/, "the keyboard reads on there");
    assert.ok(await found.isVisible());
    assert.ok(
      await ui.message("talk number 99").isVisible(),
      "what was said before it is there too",
    );
    assert.equal(await page.getByRole("dialog").count(), 0);
    // What is said meanwhile belongs to the end, which is not here.
    harness.node.say(2, "plans", "said just now");
    assert.equal(await ui.message("said just now").count(), 0);

    const region = page.getByRole("region", { name: "Messages in plans" });
    const top = await region.evaluate((element) => element.scrollTop);
    await region.evaluate((element) => element.scrollTop = element.scrollHeight);
    await ui.message("talk number 200").first().waitFor({ state: "attached" });
    assert.ok(await region.evaluate((element) => element.scrollTop) > top);
    await page.getByRole("button", { name: /To the newest|new messages?$/ }).click();
    await ui.message("said just now").waitFor();
    assert.equal(
      await ui.message("keeper's phone number").count(),
      0,
      "what lies between is not loaded",
    );
    await ui.send("answer");
    await ui.message("answer").waitFor();
  },
);

browserTest("a message that is loaded already is gone to at once", async (browser) => {
  await using ui = await UiPage.open(browser, "busy");
  const { page, composer, harness: { node } } = ui;
  await composer.waitFor();
  for (let n = 0; n < 50; n++) node.say(1, "general", n === 2 ? "the zebra" : `filler ${n}`);
  await ui.message("filler 49").waitFor();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("zeb");
  await page.getByRole("option", { name: /the zebra/ }).click();
  await page.waitForFunction(() => document.activeElement?.matches(".message"));
  assert.match(await focusedText(ui), /the zebra/);
});

browserTest("a slash is a slash where one writes", async (browser) => {
  await using ui = await UiPage.open(browser, "busy");
  await ui.composer.pressSequentially("and/or");
  assert.equal(await ui.composer.inputValue(), "and/or");
  assert.equal(await ui.page.getByRole("dialog").count(), 0);
});

browserTest("what nothing has is said, what the muted say is not found", async (browser) => {
  await using ui = await UiPage.open(browser, "busy");
  const { page, composer, harness: { node } } = ui;
  await composer.waitFor();
  const { peer } = node.say(3, "general", "xylophone for sale") && node.lobby.setPerson(3);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("xylophone");
  await page.getByRole("option", { name: /for sale/ }).waitFor();
  node.changePerson(peer, { muted: true });
  await page.getByText("Nothing of that name or those words here").waitFor();
  assert.equal(await page.getByRole("option").count(), 0);
});

browserTest("what is found fits a narrow page", async (browser) => {
  await using ui = await UiPage.open(browser, "busy", NARROW);
  const { page, harness: { node } } = ui;
  await page.getByRole("button", { name: /^Go to a channel/ }).waitFor();
  node.say(1, "general", `lighthouse ${"long".repeat(200)}`);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("lighthouse");
  await page.getByRole("option", { name: /longlong/ }).waitFor();
  await ui.assertFits();
});
