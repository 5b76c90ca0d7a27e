/** Two people, each in a real browser on a real node: the whole of Earshot as they meet it. */
import assert from "node:assert/strict";
import { leadingPage } from "../../core/cli/browser.ts";
import { browserTest } from "./chromium.ts";
import { loopback } from "./place.ts";
import { Person } from "./person.ts";
import { RunningNode } from "./running_node.ts";
import { Tab } from "./tab.ts";
import { tempFolder } from "./temp_folder.ts";

/** Text that is nowhere shown as anything but text. */
const HOSTILE = `<img src=x onerror="document.title='owned'"> [a](javascript:alert(1)) \u202e`;

browserTest("two people meet, chat both ways, and nothing foreign comes alive", async (browser) => {
  await using folder = await tempFolder();
  await using ana = await Person.meet(browser, folder.path, "Ana");
  await using ben = await Person.meet(browser, folder.path, `Ben ${HOSTILE.slice(0, 28)}`, ana);
  await ana.page.getByText("open to everyone on this network").first().waitFor();

  await ana.says("hello **Ben**, see https://example.org/");
  await ben.sees("hello Ben");
  assert.equal(await ben.page.locator(".message strong").first().textContent(), "Ben");
  const link = ben.page.getByRole("link", { name: "https://example.org/" });
  assert.equal(await link.getAttribute("rel"), "noopener noreferrer");
  await ben.says(HOSTILE);
  await ana.sees("[a](javascript:alert(1))");
  await ana.page.getByText("held by 1", { exact: false }).first().waitFor();
  assert.equal(await ana.page.locator(".message img, a[href^='javascript']").count(), 0);

  await ana.composer.fill("a line");
  await ana.composer.press("Shift+Enter");
  await ana.composer.pressSequentially("and another");
  await ana.composer.press("Enter");
  await ben.sees("and another");

  await ben.composer.pressSequentially("typ");
  await ana.page.getByText(/typing/).first().waitFor();
  await ben.page.reload();
  await ben.composer.waitFor();
  assert.equal(await ben.composer.inputValue(), "typ", "the draft survives a reload");
  assert.deepEqual([ana.problems, ben.problems], [[], []]);
});

browserTest("one note, two people, a reload and a restart in the middle", async (browser) => {
  await using folder = await tempFolder();
  await using ana = await Person.meet(browser, folder.path, "Ana");
  await using ben = await Person.meet(browser, folder.path, "Ben", ana);
  await ana.page.getByRole("button", { name: "New note" }).click();
  await ana.page.getByLabel("Title").fill("Voyage");
  await ana.page.getByLabel("Title").press("Enter");
  await ana.note.waitFor();
  await ana.note.click();
  await ana.page.keyboard.type("top\n\nbottom");
  await ben.page.getByRole("link", { name: "Voyage" }).click();
  await ben.reads("top\n\nbottom");

  await ana.page.keyboard.press("Control+Home");
  await ben.note.click();
  await ben.page.keyboard.press("Control+End");
  const [above, below] = ["Ana writes above. ", ", and Ben below it"];
  await Promise.all([
    ana.page.keyboard.type(above, { delay: 12 }),
    ben.page.keyboard.type(below, { delay: 15 }),
  ]);
  await ana.reads(`${above}top\n\nbottom${below}`);
  await ben.reads(`${above}top\n\nbottom${below}`);

  await ana.page.keyboard.type("before the reload, ");
  await ana.page.reload();
  await ana.reads(`${above}before the reload, top\n\nbottom${below}`);

  const restarting = ben.restart();
  await ben.page.keyboard.type(" while away");
  await ana.note.click();
  await ana.page.keyboard.press("Control+Home");
  await ana.page.keyboard.type("meanwhile: ");
  await restarting;
  const whole = `meanwhile: ${above}before the reload, top\n\nbottom${below} while away`;
  await ana.reads(whole);
  await ben.reads(whole);
  assert.deepEqual([ana.problems, ben.problems], [[], []]);
});

browserTest("a browser once let in stays in; any other is told how to open it", async (browser) => {
  await using folder = await tempFolder();
  await using ana = await Person.meet(browser, folder.path, "Ana");
  const address = new URL(ana.node.ready.url).origin;
  assert.equal(new URL(ana.page.url()).hash, "", "the token leaves the address at once");

  await ana.says("before the restart");
  await ana.sees("before the restart");
  await ana.restart();
  const tab = await ana.context.newPage();
  ana.watch(tab);
  await tab.goto(`${address}/`);
  await tab.locator(".message", { hasText: "before the restart" }).waitFor();
  await ana.says("after it, in the old tab");
  await tab.locator(".message", { hasText: "after it" }).waitFor();

  const stranger = await browser.newContext();
  const page = await stranger.newPage();
  await page.goto(`${address}/`);
  await page.getByLabel("Or paste the link").waitFor();
  assert.equal(await page.getByText("before the restart").count(), 0);
  await page.goto(ana.node.ready.url);
  await page.locator(".message", { hasText: "before the restart" }).waitFor();
  await stranger.close();
  assert.deepEqual(ana.problems, []);
});

browserTest("the file that a desktop is given to open leads in", async (browser) => {
  await using folder = await tempFolder();
  await using node = await RunningNode.start(loopback, `${folder.path}/node`, ["--no-discovery"]);
  const file = `${folder.path}/open.html`;
  await Deno.writeTextFile(file, leadingPage(node.ready.url));
  const page = await browser.newPage();
  await page.goto(`file://${file}`);
  await page.getByLabel("Your name").waitFor();
});

browserTest("a long channel is read back to its beginning by scrolling up", async (browser) => {
  await using folder = await tempFolder();
  await using ana = await Person.meet(browser, folder.path, "Ana");
  using tab = await Tab.open(ana.node.ready.url);
  const { space, channels: [channel] } = await tab.ask({ type: "snapshot" });
  assert(space && channel);
  const place = { space: space.id, channel: channel.id };
  for (let n = 0; n < 300; n++) {
    await tab.ask({ type: "message.send", ...place, text: `message ${n}` });
  }
  await ana.sees("message 299");
  await ana.page.reload();
  await ana.sees("message 299");
  const list = ana.page.getByRole("region", { name: "Messages in general" });
  const older = ana.page.getByRole("button", { name: "Earlier messages" });
  while (await older.count() > 0) {
    const before = await ana.page.locator(".message").count();
    await list.hover();
    await ana.page.mouse.wheel(0, -100_000);
    await ana.page.waitForFunction(
      (count) =>
        document.querySelectorAll(".message").length > count || !document.querySelector(".older"),
      before,
    );
  }
  await ana.page.getByText("The beginning of #general").waitFor();
  assert.equal(await ana.page.locator(".message").count(), 300);
  await ana.page.getByRole("button", { name: "To the newest" }).click();
  await ana.page.locator(".message", { hasText: "message 299" }).waitFor();
  assert.deepEqual(ana.problems, []);
});

browserTest("another site, and another port of this machine, get nothing", async (browser) => {
  await using folder = await tempFolder();
  await using ana = await Person.meet(browser, folder.path, "Ana");
  const target = new URL(ana.node.ready.url);
  const page = "<!doctype html><title>elsewhere</title>";
  const html = { headers: { "content-type": "text/html" } };
  const elsewhere = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(page, html),
  );
  try {
    const attacker = await ana.context.newPage();
    await attacker.goto(`http://127.0.0.1:${elsewhere.addr.port}/`);
    const outcomes = await attacker.evaluate(async (host) => {
      const attempt = (promise: Promise<unknown>) => promise.then(() => "got it", () => "refused");
      const command = JSON.stringify({ id: "x", command: { type: "snapshot" } });
      const socket = new Promise((resolve, reject) => {
        const opened = new WebSocket(`ws://${host}/api/socket`, ["earshot", "t.guess"]);
        opened.onopen = resolve;
        opened.onerror = reject;
      });
      const script = new Promise((resolve, reject) => {
        const element = document.createElement("script");
        element.src = `http://${host}/api/command`;
        element.onload = resolve;
        element.onerror = reject;
        document.head.append(element);
      });
      const post = { method: "POST", body: command } as const;
      return await Promise.all([
        attempt(fetch(`http://${host}/api/challenge`)),
        attempt(fetch(`http://${host}/api/command`, post)),
        attempt(socket),
        attempt(script),
      ]);
    }, target.host);
    assert.deepEqual(outcomes, ["refused", "refused", "refused", "refused"]);
    const frame = await attacker.evaluate(async (host) => {
      const element = document.createElement("iframe");
      element.src = `http://${host}/`;
      const loaded = new Promise((resolve) => element.onload = resolve);
      document.body.append(element);
      await loaded;
      return element.contentDocument === null;
    }, target.host);
    assert.equal(frame, true);
  } finally {
    await elsewhere.shutdown();
  }
});
