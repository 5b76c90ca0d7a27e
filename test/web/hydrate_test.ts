import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browserTest } from "../e2e/chromium.ts";
import { fixtureApp, serveGuarded } from "./site.ts";

/** Opens a page; `problems` fills with what the browser complains of. */
async function open(page: Page, url: string): Promise<string[]> {
  const problems: string[] = [];
  page.on("console", (message) => {
    if (/error|warning/.test(message.type())) problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.goto(url);
  // Each island's end mark goes when the island comes to life.
  await page.waitForFunction(() => !document.body.innerHTML.includes("<!--/frsh:island-->"));
  return problems;
}

browserTest("islands come to life under the guard's policy", async (browser) => {
  await using site = serveGuarded((await fixtureApp()).handler());
  const page = await browser.newPage();

  const problems = await open(page, site.url);
  await page.click("#one");
  await page.click("#two");
  // One signal in two islands is one signal.
  await page.waitForFunction(() => document.querySelector("#one")?.textContent === "one 5");
  assert.equal(await page.textContent("#two"), "two 5");
  assert.equal(
    await page.evaluate(() => getComputedStyle(document.body).color),
    "rgb(1, 2, 3)",
  );
  assert.deepEqual(problems, []);
});

browserTest("what the server made stays in its island, alive", async (browser) => {
  await using site = serveGuarded((await fixtureApp()).handler());
  const page = await browser.newPage();

  const problems = await open(page, `${site.url}/nested`);
  await page.waitForFunction(() => document.querySelector("#other")?.textContent !== "waiting");
  assert.equal(await page.textContent("h2"), "doubled 2 in 2026");
  const made = await page.innerHTML("p.made");
  assert.match(made, /^made by the server .*inner 1/);
  assert.equal(await page.getAttribute("p.made", "title"), "by the server");
  assert.equal(await page.isDisabled("#box"), true);
  assert.equal(await page.isChecked("#box"), true);

  await page.click("#inner");
  await page.click("#toggle");
  await page.waitForSelector("aside");
  assert.equal(await page.textContent("aside"), "kept aside");
  // The render of the outer island kept the state of the inner one.
  assert.equal(await page.textContent("#inner"), "inner 2");
  assert.equal(await page.textContent("#other"), "heavy in browser");
  await page.click("#toggle");
  await page.waitForSelector("aside", { state: "detached" });
  assert.equal(await page.locator("section > *").count(), 6);
  assert.deepEqual(problems, []);
});

browserTest(
  "a page without islands has no script, an async page has its islands",
  async (browser) => {
    await using site = serveGuarded((await fixtureApp()).handler());
    const page = await browser.newPage();

    await open(page, `${site.url}/about`);
    assert.equal(await page.locator("script").count(), 0);
    assert.equal(await page.title(), "About");

    await open(page, `${site.url}/later`);
    await page.click("#late");
    await page.waitForFunction(() => document.querySelector("#late")?.textContent === "late 8");
  },
);
