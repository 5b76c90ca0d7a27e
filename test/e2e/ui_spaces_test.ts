/** Spaces in the web UI in Chromium, on a fake node: going, making, inviting, joining, leaving. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browserTest } from "./chromium.ts";
import { UiPage } from "./ui_page.ts";

const NARROW = { viewport: { width: 360, height: 740 } };

function rail(page: Page, name: string) {
  return page.getByRole("navigation", { name: "Spaces" }).getByRole("link", { name });
}

/** The space's name and who reads it, as the sidebar says. */
function head(page: Page) {
  return page.locator(".space-label");
}

/** Waits until the head of the sidebar says where one is. */
async function isAt(page: Page, words: string): Promise<void> {
  await head(page).filter({ hasText: words }).waitFor();
  assert.equal(await head(page).textContent(), words);
}

function focused(page: Page): Promise<string | null | undefined> {
  return page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute("aria-label") ?? (element?.id || element?.textContent);
  });
}

browserTest(
  "another space is one click away, and comes back where it was left",
  async (browser) => {
    await using ui = await UiPage.open(browser, "spaces");
    const { page, harness: { node } } = ui;
    await ui.composer.waitFor();
    await ui.composer.fill("half a thought");
    await rail(page, "Garden").click();
    await ui.message("Found it").waitFor();
    await isAt(page, "Garden — only its 4 members");
    assert.equal(await rail(page, "Garden").getAttribute("aria-current"), "true");
    assert.equal(await ui.composer.inputValue(), "", "drafts are kept by space");
    assert.match(page.url(), /\/space\/[0-9a-f]{32}\/channel\/general$/);
    assert.equal(await ui.message("Train is late").count(), 0);
    await page.getByRole("link", { name: "compost" }).click();
    await ui.message("Turned it this morning").waitFor();
    await ui.send("to the garden only");
    await ui.message("to the garden only").getByText("saved").waitFor();
    const sent = node.done.findLast(({ type }) => type === "message.send");
    assert.equal(sent && "space" in sent && sent.space, [...node.spaces.keys()][1]);

    await rail(page, "Lobby").click();
    await page.getByRole("heading", { name: "general", level: 1 }).waitFor();
    assert.equal(await ui.composer.inputValue(), "half a thought");
    await isAt(page, "Lobby — open to everyone on this network");
    await rail(page, "Garden").click();
    await page.getByRole("heading", { name: "compost", level: 1 }).waitFor();
    await page.reload();
    await ui.message("to the garden only").waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "general", level: 1 }).waitFor();
    await isAt(page, "Lobby — open to everyone on this network");
  },
);

browserTest("every space says what is unread, also those that are not shown", async (browser) => {
  await using ui = await UiPage.open(browser, "spaces");
  const { page, harness: { node } } = ui;
  await ui.composer.waitFor();
  const garden = [...node.spaces.values()][1]!;
  await rail(page, "Garden private space 2 unread").waitFor();
  garden.say(1, "general", "one more");
  await rail(page, "Garden private space 3 unread").waitFor();
  await page.waitForFunction(() => /^\(\d+\) #general — Earshot/.test(document.title));
  await rail(page, "Garden").click();
  await ui.message("one more").waitFor();
  await rail(page, "Garden private space 1 unread").waitFor();
  await page.waitForFunction(() => document.title.endsWith("#general — Garden — Earshot"));
  node.lobby.say(2, "plans", "in the lobby meanwhile");
  await rail(page, "Lobby open to the network 4 unread").waitFor();
});

browserTest("spaces by keyboard: a digit, the arrows, and by name", async (browser) => {
  await using ui = await UiPage.open(browser, "spaces");
  const { page } = ui;
  await ui.composer.waitFor();
  await page.keyboard.press("Alt+3");
  await ui.message("Found it").waitFor();
  assert.equal(await focused(page), "Message to general", "one can write at once");
  await page.keyboard.press("Alt+1");
  await ui.message("Train is late").waitFor();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("house");
  await page.keyboard.press("Enter");
  await ui.message("Minutes of last week").waitFor();

  await rail(page, "Lobby").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assert.match(await focused(page) ?? "", /^G?Garden/);
  await page.keyboard.press("End");
  assert.match(await focused(page) ?? "", /Make or join a space$/);
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await ui.message("Train is late").waitFor();
});

browserTest("on a narrow page the list of spaces stands beside that of rooms", async (browser) => {
  await using ui = await UiPage.open(browser, "spaces", NARROW);
  const { page } = ui;
  await rail(page, "Garden").click();
  await page.getByRole("link", { name: "compost" }).waitFor();
  await ui.assertFits();
  await page.getByRole("link", { name: "general" }).click();
  await ui.message("Found it").waitFor();
  await page.locator("#room").getByText("only its 4 members").waitFor();
  await ui.assertFits();
  await page.getByRole("link", { name: "Back to the list" }).click();
  await rail(page, "Ana Belén").click();
  await page.getByText("only you and").waitFor();
});

browserTest("a space is made by its name, and its maker is there alone", async (browser) => {
  await using ui = await UiPage.open(browser, "busy");
  const { page, harness: { node } } = ui;
  await page.getByRole("button", { name: "Make or join a space" }).click();
  await page.getByRole("button", { name: "Make space" }).click();
  await page.getByText("The name is empty").waitFor();
  await page.getByLabel("Name of the space").fill("Attic");
  await page.keyboard.press("Enter");
  await page.getByText("The beginning of").waitFor();
  await isAt(page, "Attic — only you");
  assert.equal(await page.getByRole("dialog").count(), 0);
  await page.getByRole("button", { name: "New note" }).click();
  await page.getByText("Everyone in \u2068Attic\u2069 can read it.").waitFor();
  await page.keyboard.press("Escape");
  assert.deepEqual(node.done.filter(({ type }) => type === "space.create").length, 1);
});

browserTest("an invitation by link: to copy, to scan, and for whom", async (browser) => {
  await using ui = await UiPage.open(browser, "spaces");
  const { page, context, harness: { node } } = ui;
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await rail(page, "Garden").click();
  await page.getByRole("button", { name: "Invite someone" }).click();
  await page.getByRole("radio", { name: /^Reader/ }).check();
  await page.getByRole("button", { name: "Make a link" }).click();
  await page.getByRole("img", { name: "The link as a QR code" }).waitFor();
  const link = await page.getByLabel("Invitation link").inputValue();
  assert.match(link, /^http:\/\/127\.0\.0\.1:4747\/join#/);
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.getByText("Copied").waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
  await page.getByText("Lets one person in, once").waitFor();
  const asked = node.done.findLast(({ type }) => type === "invite.link");
  assert.equal(asked?.type === "invite.link" && asked.role, "reader");
  const garden = [...node.spaces.values()][1]!;
  garden.setPerson(8, { name: "Yuki", role: "reader" });
  await page.getByRole("status").filter({ hasText: "Yuki\u2069 joined." }).waitFor();
});

browserTest(
  "an invitation by code: its digits, its end, and it ends when hidden",
  async (browser) => {
    await using ui = await UiPage.open(browser, "spaces");
    const { page, harness: { node } } = ui;
    await rail(page, "Garden").click();
    await page.getByRole("button", { name: "Invite someone" }).click();
    await page.getByRole("button", { name: "Show a code" }).click();
    await page.getByText("0471 7230", { exact: true }).waitFor();
    await page.getByText("3 tries are left").waitFor();
    await page.getByRole("status").filter({ hasText: "Counts for 5 more minutes" }).waitFor();
    assert.ok(node.code);
    node.setCode({ ...node.code, tries: 1 });
    await page.getByText("1 try is left").waitFor();
    node.setCode(null);
    await page.getByText("This code has ended").waitFor();
    await page.getByRole("button", { name: "Show a new code" }).click();
    await page.getByText("0471 7230", { exact: true }).waitFor();
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => !document.querySelector("dialog"));
    assert.equal(await focused(page), "Invite someone", "the focus goes back to where it was");
    await page.getByRole("status").filter({ hasText: "code" }).waitFor({ state: "detached" });
    assert.equal(node.code, null, "a code counts only while someone sees it");
  },
);

browserTest(
  "joining by code: what is refused is said as it comes, then one is in",
  async (browser) => {
    await using ui = await UiPage.open(browser, "busy");
    const { page, harness: { node } } = ui;
    await page.getByRole("button", { name: "Make or join a space" }).click();
    await page.getByRole("button", { name: "Join with a link or code" }).click();
    const field = page.getByLabel("Link or code");
    await field.fill("0471 723");
    await field.press("Enter");
    await page.getByText("A code has 8 digits: this one has 7").waitFor();
    node.refuse("join.code", "This code was mistyped three times: ask for a new one.");
    await field.fill("0471-7230");
    await field.press("Enter");
    await page.getByRole("alert").filter({ hasText: "mistyped three times" }).waitFor();
    assert.ok(await field.evaluate((element) => element === document.activeElement));
    node.refuse("join.code", null);
    const garden = node.addSpace("Garden", { role: "member" });
    node.onJoin = () => garden;
    const goOn = node.pause("join.code");
    await field.press("Enter");
    await page.getByRole("status").filter({ hasText: "Looking for the screen" }).waitFor();
    goOn();
    await page.getByRole("button", { name: "Garden — only you" }).waitFor();
    assert.equal(await page.getByRole("dialog").count(), 0);
    const done = node.done.findLast(({ type }) => type === "join.code");
    assert.equal(done?.type === "join.code" && done.code, "04717230");
  },
);

browserTest(
  "an invitation opened as a link is filled in, and leaves the address",
  async (browser) => {
    await using ui = await UiPage.open(browser, "busy");
    const { context, harness } = ui;
    await ui.composer.waitFor();
    const tab = await context.newPage();
    ui.watch(tab);
    const link = `${harness.url}join#${"Zm9vYmFy".repeat(12)}`;
    await tab.goto(link);
    await tab.getByRole("dialog", { name: "Join a space" }).waitFor();
    assert.equal(await tab.getByLabel("Link or code").inputValue(), link);
    assert.equal(new URL(tab.url()).hash, "");
    assert.equal(await tab.evaluate(() => history.length), 2, "no step back to the secret");
    assert.equal(
      harness.node.done.some(({ type }) => type === "join.link"),
      false,
      "nobody joins by opening",
    );
    assert.equal(await focused(tab), "Join");
    await tab.keyboard.press("Enter");
    await tab.getByText("Nobody who can let you in is near yet").waitFor();
    const garden = harness.node.addSpace("Garden");
    harness.node.onJoin = () => garden;
    await tab.getByRole("button", { name: "Try again" }).click();
    await tab.getByRole("button", { name: "Garden — only you" }).waitFor();
  },
);

browserTest("a member's role is changed, and removal says what it does not do", async (browser) => {
  await using ui = await UiPage.open(browser, "spaces");
  const { page, harness: { node } } = ui;
  const garden = [...node.spaces.values()][1]!;
  await rail(page, "Garden").click();
  await head(page).click();
  await page.getByLabel("Role of \u2068Tomasz\u2069").selectOption("reader");
  await page.waitForFunction(() =>
    [...document.querySelectorAll("select")].some((one) => one.value === "reader")
  );
  assert.equal(garden.people.find(({ name }) => name === "Tomasz")?.role, "reader");
  node.refuse("member.role", "The last admin makes another one first.");
  await page.getByLabel("Role of \u2068Ana Belén\u2069").selectOption("member");
  await page.getByRole("alert").filter({ hasText: "The last admin" }).waitFor();
  assert.equal(await page.getByLabel("Role of \u2068Ana Belén\u2069").inputValue(), "admin");

  await page.getByRole("button", { name: "Remove \u2068Ben\u2069" }).click();
  await page.getByText("already has stays with").waitFor();
  assert.equal(await focused(page), "Cancel");
  await page.getByRole("button", { name: "Remove \u2068Ben\u2069" }).click();
  await page.getByRole("dialog").getByText("2 devices have not heard of the last removal yet")
    .waitFor();
  await page.getByText("1 person was a member").click();
  assert.equal(garden.people.find(({ name }) => name === "Ben")?.role, null);
});

browserTest("a reader reads channels and notes, and is told why not more", async (browser) => {
  await using ui = await UiPage.open(browser, "spaces");
  const { page, harness: { node } } = ui;
  await rail(page, "House board").click();
  await page.getByText("You are a reader here: an admin can let you write.").waitFor();
  assert.equal(await ui.composer.count(), 0);
  assert.equal(await page.getByRole("button", { name: /^New|^Invite/ }).count(), 0);
  await page.getByRole("link", { name: "Minutes" }).click();
  const text = page.getByRole("textbox", { name: "Text of the note" });
  await text.click();
  await page.keyboard.type("not this");
  assert.equal(await text.innerText(), "1. The roof");
  assert.equal(await text.getAttribute("aria-readonly"), "true");
  assert.equal(await page.getByLabel("Title of the note").getAttribute("readonly"), "");
  const board = [...node.spaces.values()].find(({ view }) => view.role === "reader")!;
  board.change({ role: "member" });
  await page.getByText("You are a reader here").waitFor({ state: "detached" });
  await text.click();
  await page.keyboard.type("now: ");
  await page.locator(".cm-line", { hasText: "now:" }).waitFor();
});

browserTest("who was removed reads what is here, and can let go of it", async (browser) => {
  await using ui = await UiPage.open(browser, "spaces");
  const { page, harness: { node } } = ui;
  await rail(page, "Garden").click();
  await ui.composer.waitFor();
  const garden = [...node.spaces.values()][1]!;
  garden.change({ role: null });
  node.addNotice("removed", "You were removed from Garden.", { space: garden.id });
  await page.getByText("You were removed from this space. What is here stays on this device.")
    .waitFor();
  await ui.message("Found it").waitFor();
  assert.equal(await ui.composer.count(), 0);
  await page.getByRole("status").filter({ hasText: "You were removed from Garden." }).waitFor({
    state: "attached",
  });
  await head(page).click();
  await page.getByRole("button", { name: "Forget this space" }).click();
  await page.getByText("This cannot be undone").waitFor();
  await page.getByRole("button", { name: "Forget", exact: true }).click();
  await page.getByRole("heading", { name: "general", level: 1 }).waitFor();
  await rail(page, "Garden").waitFor({ state: "detached" });
  await isAt(page, "Lobby — open to everyone on this network");
});

browserTest("leaving a space keeps what is here, and says no more than that", async (browser) => {
  await using ui = await UiPage.open(browser, "spaces");
  const { page } = ui;
  await rail(page, "Ana Belén").click();
  await head(page).click();
  await page.getByRole("button", { name: "Leave this space" }).click();
  await page.getByText("You cannot come back by yourself").waitFor();
  await page.getByRole("button", { name: "Leave", exact: true }).click();
  await page.getByText("You are not in this space any more.").waitFor();
  await rail(page, "Ana Belén read-only").waitFor();
});

browserTest("while much comes from another machine a line says how far it is", async (browser) => {
  await using ui = await UiPage.open(browser, "busy");
  const { page, harness: { node } } = ui;
  await ui.composer.waitFor();
  const { lobby } = node;
  const ana = lobby.people[0]!;
  lobby.change({ progress: { peer: ana.peer, missing: 87_600, total: 100_000 } });
  await page.getByText(`Getting 12,400 of 100,000 changes from`).waitFor();
  const said = page.getByRole("status").filter({ hasText: `missing from ${ana.name}: 0 %` });
  await said.waitFor({ state: "attached" });
  lobby.change({ progress: { peer: ana.peer, missing: 40_000, total: 100_000 } });
  await page.getByText("Getting 60,000 of 100,000").waitFor();
  await page.getByRole("status").filter({ hasText: ": 50 %" }).waitFor({ state: "attached" });
  lobby.change({ progress: null });
  await page.locator(".banner-progress").waitFor({ state: "detached" });
});
