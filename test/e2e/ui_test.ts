/** The web UI in Chromium, on a fake node. */
import assert from "node:assert/strict";
import { browserTest } from "./chromium.ts";
import { UiPage } from "./ui_page.ts";

const NARROW = { viewport: { width: 360, height: 740 } };

browserTest("the first run asks for a name and colour, which change later", async (browser) => {
  await using ui = await UiPage.open(browser, "first");
  const { page, harness: { node } } = ui;
  const name = page.getByLabel("Your name");
  assert.equal(await name.inputValue(), "Robin", "the system's name is suggested");
  await name.fill("");
  await page.getByRole("button", { name: "Start" }).click();
  await page.getByText("The name is empty").waitFor();
  await name.fill("Ina");
  await page.getByRole("radio", { name: "Jade" }).check({ force: true });
  await page.keyboard.press("Enter");
  await page.getByText("No one else here yet").first().waitFor();
  assert.deepEqual([node.self.name, node.self.colour], ["Ina", 5]);
  assert.equal(
    await page.locator(".space-label").textContent(),
    "Lobby — open to everyone on this network",
  );

  await page.getByRole("button", { name: "You are Ina" }).click();
  await page.getByLabel("Your name").fill("Ina Ros");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "You are Ina Ros" }).waitFor();
  assert.equal(await page.getByRole("dialog").count(), 0);
});

browserTest("a message is sent with Enter, and says who holds it", async (browser) => {
  await using ui = await UiPage.open(browser, "busy");
  const { page, composer, harness: { node } } = ui;
  await composer.fill("first line");
  await composer.press("Shift+Enter");
  await composer.pressSequentially("second **line**");
  await composer.press("Enter");
  const sent = ui.message("first line");
  await sent.getByText("saved").waitFor();
  assert.equal(await sent.locator("p").innerText(), "first line\nsecond line");
  assert.equal(await composer.inputValue(), "");
  const done = node.done.findLast(({ type }) => type === "message.send");
  assert.equal(done?.type === "message.send" && done.text, "first line\nsecond **line**");
  const last = node.say(0, "general", "held elsewhere");
  node.hold(last, 2);
  await ui.message("held elsewhere").getByRole("button", { name: "held by 2" }).click();
  const dialog = page.getByRole("dialog", { name: "Who has this message" });
  await dialog.getByText("Saved on this machine, and on these:").waitFor();
  assert.equal(await dialog.getByRole("listitem").count(), 2);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });

  await composer.fill("   ");
  await composer.press("Enter");
  assert.ok(await page.getByRole("button", { name: "Send" }).isDisabled());
  await composer.fill("bell \u0007");
  await composer.press("Enter");
  await page.getByText("control characters").waitFor();
  assert.equal(await composer.inputValue(), "bell \u0007", "what was refused can be mended");
});

browserTest("keys that an input method takes do not send", async (browser) => {
  await using ui = await UiPage.open(browser, "busy");
  await ui.composer.fill("にほん");
  await ui.composer.dispatchEvent("keydown", { key: "Enter", isComposing: true, bubbles: true });
  assert.equal(await ui.composer.inputValue(), "にほん");
  await ui.composer.press("Enter");
  await ui.message("にほん").waitFor();
});

browserTest("drafts survive a reload, each in its channel", async (browser) => {
  await using ui = await UiPage.open(browser, "busy");
  const { page, composer } = ui;
  await composer.fill("half a thought");
  await page.getByRole("link", { name: "plans" }).click();
  await page.getByRole("heading", { name: "plans", level: 1 }).waitFor();
  assert.equal(await composer.inputValue(), "");
  await page.getByRole("link", { name: "general" }).click();
  await page.reload();
  await composer.waitFor();
  assert.equal(await composer.inputValue(), "half a thought");
});

browserTest("what is written while the node is away is sent once it is back", async (browser) => {
  await using ui = await UiPage.open(browser, "busy");
  const { page, harness } = ui;
  await ui.composer.waitFor();
  await harness.stop();
  await page.getByText("Earshot is not running on this machine").waitFor();
  await ui.send("written in between");
  await ui.message("written in between").getByText("kept here").waitFor();
  harness.start();
  await ui.message("written in between").getByText("saved").waitFor();
  await page.getByText("Earshot is not running").waitFor({ state: "detached" });
  assert.equal(harness.node.done.filter(({ type }) => type === "message.send").length, 1);
});

browserTest(
  "a message that was on its way at a reload is sent by the next page",
  async (browser) => {
    await using ui = await UiPage.open(browser, "busy");
    const { page, harness: { node } } = ui;
    node.failing = "The disk is full";
    await ui.send("must not be lost");
    await ui.message("must not be lost").getByText("The disk is full").waitFor();
    node.failing = null;
    await page.reload();
    await ui.message("must not be lost").getByText("saved").waitFor();
    assert.equal(await ui.message("must not be lost").count(), 1);
  },
);

browserTest("a message that the node refuses shows why and can be mended", async (browser) => {
  await using ui = await UiPage.open(browser, "busy");
  const { page, composer, harness: { node } } = ui;
  node.refuse("message.send", "Not in this channel");
  await ui.send("unwelcome");
  const refused = ui.message("unwelcome");
  await refused.getByText("Not sent. Not in this channel").waitFor();
  node.refuse("message.send", null);
  await composer.fill("typed since");
  await refused.getByRole("button", { name: "Edit" }).click();
  assert.equal(await composer.inputValue(), "unwelcome\ntyped since");
  assert.equal(await refused.count(), 0);
  await page.getByRole("button", { name: "Send" }).click();
  await ui.message("unwelcome").getByText("saved").waitFor();
});

browserTest(
  "hostile 33: the token leaves the address; a browser once let in stays in",
  async (browser) => {
    await using ui = await UiPage.open(browser, "busy");
    const { page, harness } = ui;
    await ui.composer.waitFor();
    assert.equal(page.url(), `${harness.url}channel/general`, "the token leaves the address");
    const tab = await ui.context.newPage();
    await tab.goto(harness.url);
    await tab.locator(".message").first().waitFor();
    await harness.stop();
    harness.start();
    const later = await ui.context.newPage();
    await later.goto(`${harness.url}channel/plans`);
    await later.getByText("Saturday works for me").waitFor();

    const stranger = await browser.newContext();
    const shut = await stranger.newPage();
    ui.watch(shut);
    await shut.goto(harness.url);
    const field = shut.getByLabel("Or paste the link");
    await field.fill("http://127.0.0.1/");
    await field.press("Enter");
    await shut.getByText("That is not a link of Earshot").waitFor();
    assert.equal(await shut.getByText("Ana").count(), 0);
    await field.fill(harness.link);
    await field.press("Enter");
    await shut.locator(".message").first().waitFor();
    await stranger.close();
  },
);

browserTest("a tab of a stranger enters when another tab of its browser did", async (browser) => {
  await using ui = await UiPage.open(browser, "busy");
  await ui.composer.waitFor();
  const context = await browser.newContext();
  const waiting = await context.newPage();
  await waiting.goto(ui.harness.url);
  await waiting.getByText("not let in yet").waitFor();
  const other = await context.newPage();
  await other.goto(ui.harness.link);
  await other.locator(".message").first().waitFor();
  await waiting.evaluate(() => dispatchEvent(new Event("focus")));
  await waiting.locator(".message").first().waitFor();
  await context.close();
});

browserTest(
  "older messages come on scrolling up, and the reader stays in place",
  async (browser) => {
    await using ui = await UiPage.open(browser, "rough");
    const { page, harness: { node } } = ui;
    await page.getByRole("link", { name: "plans" }).click();
    await ui.message("not before ten please").waitFor();
    const list = page.getByRole("region", { name: "Messages in plans" });
    const distance = () => list.evaluate((e) => e.scrollHeight - e.scrollTop - e.clientHeight);
    assert.ok(await distance() < 2, "opens at the newest");
    const before = await page.locator(".message").count();
    const top = ui.message("Line 56 of");
    await top.evaluate((element) => element.scrollIntoView({ block: "start" }));
    const place = await top.boundingBox();
    await page.waitForFunction((n) => document.querySelectorAll(".message").length > n, before);
    assert.ok(Math.abs((await top.boundingBox())!.y - place!.y) < 2, "the reader stays in place");

    node.say(1, "plans", "while you read");
    await page.getByRole("button", { name: "1 new message" }).waitFor();
    assert.ok(Math.abs((await top.boundingBox())!.y - place!.y) < 2);
    await page.getByRole("button", { name: "1 new message" }).click();
    await ui.message("while you read").waitFor();
    assert.ok(await distance() < 2);
    node.say(1, "plans", "and now followed");
    await ui.message("and now followed").waitFor();
    assert.ok(await distance() < 2, "stays at the end");
  },
);

browserTest(
  "unread channels are counted, marked at the first new message, and read",
  async (browser) => {
    await using ui = await UiPage.open(browser, "busy");
    const { page, harness: { node } } = ui;
    const plans = page.getByRole("link", { name: "plans" });
    await plans.click();
    await ui.message("not before ten").waitFor();
    await page.getByRole("link", { name: "general" }).click();
    await page.getByRole("heading", { name: "general", level: 1 }).waitFor();
    node.say(1, "plans", "new one");
    node.say(2, "plans", "new two");
    await page.getByRole("link", { name: "plans 2 unread" }).waitFor();
    await page.waitForFunction(() => /^\(2\) #general/.test(document.title));
    await plans.click();
    await ui.message("new two").waitFor();
    const rows = await page.locator("ol > li").evaluateAll((all) =>
      all.map((row) => row.className === "new-line" ? "NEW" : row.textContent ?? "")
    );
    const mark = rows.indexOf("NEW");
    assert.match(rows[mark + 1] ?? "", /new one/);
    await page.getByRole("link", { name: "plans", exact: true }).waitFor();
    await ui.send("an answer");
    await page.locator(".new-line").waitFor({ state: "detached" });
  },
);

browserTest(
  "hostile 34: nothing that others write comes alive or breaks the page",
  async (browser) => {
    await using ui = await UiPage.open(browser, "rough");
    const { page } = ui;
    await page.getByRole("link", { name: "rough" }).click();
    await ui.message("<script>alert(1)</script>").waitFor();
    assert.equal(await page.locator(".messages :is(img, script, iframe)").count(), 0);
    const links = await page.locator(".messages a").evaluateAll((all) =>
      all.map((a) => [(a as HTMLAnchorElement).protocol, (a as HTMLAnchorElement).rel])
    );
    assert.deepEqual(
      new Set(links.map(String)),
      new Set(["http:,noopener noreferrer", "https:,noopener noreferrer"]),
    );
    const long = ui.message("a line");
    assert.ok((await long.boundingBox())!.height < 400, "a long message is cut");
    await long.getByRole("button", { name: "Show all 2,001 lines" }).click();
    await long.getByText("the end").waitFor();
    await long.getByRole("button", { name: "Show less" }).click();
    assert.ok((await long.boundingBox())!.height < 400);
    await ui.assertFits();
  },
);

browserTest("a narrow page shows one pane at a time and everything fits", async (browser) => {
  await using ui = await UiPage.open(browser, "rough", NARROW);
  const { page } = ui;
  await page.getByRole("link", { name: "general" }).waitFor();
  await ui.assertFits();
  await page.getByRole("link", { name: "rough" }).click();
  await ui.message("a name of 64").waitFor();
  assert.deepEqual(await page.getByRole("navigation").count(), 0);
  await page.getByText("open to everyone here").waitFor();
  await ui.assertFits();
  await page.getByRole("link", { name: "Back to the list" }).click();
  const rough = page.getByRole("link", { name: "rough" });
  await rough.waitFor();
  assert.ok(await rough.evaluate((link) => link === document.activeElement));
  await page.getByRole("button", { name: "You are Robin Lund" }).click();
  await ui.assertFits();
});

browserTest("a narrow note says who can read it, and all of its head fits", async (browser) => {
  await using ui = await UiPage.open(browser, "busy", NARROW);
  const { page, harness: { node } } = ui;
  node.addNote("A note with quite a long title, longer than the page is wide", "text");
  await page.getByRole("link", { name: "A note with" }).click();
  await page.locator(".cm-content").waitFor();
  assert.ok(await page.getByText("open to everyone here").isVisible());
  assert.ok(await page.getByText("Saved", { exact: true }).isVisible());
  await ui.assertFits();
});

browserTest("the time beside a message has room, on a clock of twelve hours", async (browser) => {
  await using ui = await UiPage.open(browser, "busy", { locale: "en-US" });
  const { page } = ui;
  const message = page.locator(".message", { hasText: "should be there by" });
  await message.hover();
  const time = message.locator(".side-time");
  assert.match(await time.innerText(), /[AP]M$/);
  const clipped = await time.evaluate((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const [text, body] = [
      range.getBoundingClientRect(),
      element.nextElementSibling!.getBoundingClientRect(),
    ];
    return element.scrollWidth > element.clientWidth || text.right > body.left;
  });
  assert.equal(clipped, false);
});

browserTest(
  "a note that is opened while the node is away shows once it is back",
  async (browser) => {
    await using ui = await UiPage.open(browser, "busy");
    const { page, harness } = ui;
    await ui.composer.waitFor();
    await harness.stop();
    await page.getByText("Earshot is not running on this machine").waitFor();
    await page.getByRole("link", { name: "Shopping for Friday" }).click();
    await page.getByText("Opening…").waitFor();
    harness.start();
    await page.locator(".cm-line", { hasText: "olives" }).waitFor();
  },
);

browserTest(
  "a channel that is made long after one has gone on pulls nobody there",
  async (browser) => {
    await using ui = await UiPage.open(browser, "busy");
    const { page, harness } = ui;
    await ui.composer.waitFor();
    await harness.stop();
    await page.getByText("Earshot is not running on this machine").waitFor();
    await page.getByRole("button", { name: "New channel" }).click();
    await page.keyboard.type("later");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Waiting for Earshot…" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "You are Robin Lund" }).click();
    harness.start();
    await page.getByText("later", { exact: true }).waitFor({ state: "attached" });
    assert.ok(await page.getByRole("dialog", { name: "Your profile" }).isVisible());
    assert.equal(new URL(page.url()).pathname, "/channel/general");
  },
);

browserTest(
  "without a space the name is asked, then one makes a space or joins one",
  async (browser) => {
    await using ui = await UiPage.open(browser, "closed");
    const { page } = ui;
    await page.getByText("Next you make a private space, or join one").waitFor();
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByRole("heading", { name: "Make a space, or join one" }).waitFor();
    assert.equal(await page.getByRole("button", { name: /^New/ }).count(), 0);
    await page.setViewportSize(NARROW.viewport);
    assert.ok(await page.getByText("--no-lobby").isVisible());
    await ui.assertFits();
    await page.getByRole("button", { name: "Make a space" }).click();
    await page.getByLabel("Name of the space").fill("Attic");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Attic — only you" }).waitFor();
  },
);

browserTest("all of it by keyboard", async (browser) => {
  await using ui = await UiPage.open(browser, "busy");
  const { page } = ui;
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute("aria-label") ?? element?.id ?? element?.textContent;
    });
  await ui.composer.waitFor();
  assert.equal(await focused(), "Message to general", "one can write at once");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("pla");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "plans", level: 1 }).waitFor();
  assert.equal(await focused(), "Message to plans");
  await page.keyboard.press("Alt+ArrowUp");
  await page.getByRole("heading", { name: "kitchen-and-coffee", level: 1 }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "plans", level: 1 }).waitFor();

  for (let n = 0; n < 40; n++) ui.harness.node.say(1, "plans", `one more ${n}`);
  await ui.message("one more 39").waitFor();
  await page.getByRole("region", { name: "Messages in plans" }).focus();
  await page.keyboard.press("Home");
  const newest = page.getByRole("button", { name: /To the newest|new messages?$/ });
  await newest.focus();
  await page.keyboard.press("Enter");
  await newest.waitFor({ state: "detached" });
  assert.equal(await focused(), "Messages in plans", "the keyboard stays in the list");

  const skip = page.getByRole("link", { name: "Skip to the room" });
  await skip.focus();
  await page.keyboard.press("Enter");
  assert.equal(await focused(), "room");
  assert.equal(new URL(page.url()).hash, "");

  const add = page.getByRole("button", { name: "New channel" });
  await add.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "New channel" }).waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await focused(), "New channel", "the focus goes back to where it was");
  await page.keyboard.press("Enter");
  await page.keyboard.type("#Long Walks");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "long-walks", level: 1 }).waitFor();
  await page.getByText("The beginning of").waitFor();
  await page.getByRole("link", { name: "long-walks" }).waitFor();
});

browserTest("others are shown as they come, go and type", async (browser) => {
  await using ui = await UiPage.open(browser, "alone");
  const { page, harness: { node } } = ui;
  await page.getByRole("heading", { name: "No one else here yet" }).waitFor();
  node.setPerson(1, { name: "Ana" });
  await page.getByRole("button", { name: "1 other here now" }).waitFor();
  await page.getByRole("heading", { name: "No one else here yet" }).waitFor({ state: "detached" });
  node.typing("general", 1);
  await page.getByText("Ana\u2069 is typing…").waitFor();
  node.typing("general");
  await page.getByText("is typing…").waitFor({ state: "detached" });
  node.say(1, "general", "can you hear me?");
  await page.getByRole("status").filter({ hasText: "can you hear me?" }).waitFor({
    state: "attached",
  });
  node.setPerson(1, { here: false });
  await page.getByRole("button", { name: "No one else here now" }).waitFor();
  node.setFault("The disk is full");
  await page.getByRole("status").filter({ hasText: "The disk is full" }).waitFor();
});
