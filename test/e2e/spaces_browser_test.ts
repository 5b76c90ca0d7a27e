/** Two people in real browsers on real nodes: a private space from its making to a removal. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browserTest } from "./chromium.ts";
import { Person } from "./person.ts";
import { tempFolder } from "./temp_folder.ts";

/** Where pictures go for a person to look at; nowhere unless asked for. */
const SHOTS = Deno.env.get("EARSHOT_SHOTS");

async function shot(page: Page, name: string): Promise<void> {
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png` });
}

const rail = (person: Person) => person.page.getByRole("navigation", { name: "Spaces" });

/** Opens the dialog that makes and joins spaces. */
async function openNew({ page }: Person): Promise<void> {
  await page.getByRole("button", { name: "Make or join a space" }).click();
}

async function join(person: Person, invitation: string): Promise<void> {
  await openNew(person);
  await person.page.getByRole("button", { name: "Join with a link or code" }).click();
  await person.page.getByLabel("Link or code").fill(invitation);
  await person.page.getByRole("button", { name: "Join", exact: true }).click();
}

browserTest("a space is made, joined by a code, talked in, and one is removed", async (browser) => {
  await using folder = await tempFolder();
  await using ana = await Person.meet(browser, folder.path, "Ana");
  await using ben = await Person.meet(browser, folder.path, "Ben", ana);
  await openNew(ana);
  await ana.page.getByLabel("Name of the space").fill("Night watch");
  await shot(ana.page, "real-1-new");
  await ana.page.getByRole("button", { name: "Make space" }).click();
  await ana.page.getByText("Only the members of this space").waitFor();
  await ana.says("the password is swordfish");
  await ana.page.getByRole("button", { name: "Invite someone" }).first().click();
  await ana.page.getByRole("button", { name: "Show a code" }).click();
  const digits = await ana.page.locator(".code-digits [aria-hidden]").textContent() ?? "";
  assert.match(digits.replace(/\D/g, ""), /^\d{8}$/);
  await shot(ana.page, "real-2-code");

  const wrong = digits.replace(/\D/g, "") === "12345678" ? "87654321" : "12345678";
  await join(ben, wrong);
  await ben.page.getByRole("alert").filter({ hasText: /wrong|digits|code/i }).waitFor();
  await shot(ben.page, "real-3-wrong");
  await ana.page.getByText("2 tries are left").waitFor();
  await ben.page.getByLabel("Link or code").fill(digits);
  await ben.page.getByRole("button", { name: "Join", exact: true }).click();
  await ben.sees("the password is swordfish");
  await shot(ben.page, "real-4-joined");
  await ana.page.getByText("joined.").waitFor();
  await ana.page.keyboard.press("Escape");
  await ben.says("nobody else can read this");
  await ana.sees("nobody else can read this");
  await shot(ana.page, "real-5-talk");

  // A word in another space is counted there, and one click leads to it.
  await ben.page.keyboard.press("Alt+1");
  await ben.page.getByText("open to everyone on this network").first().waitFor();
  await ana.says("are you there?");
  await rail(ben).getByRole("link", { name: /Night watch.*1 unread/ }).click();
  await ben.sees("are you there?");

  await ana.page.getByRole("button", { name: /Night watch/ }).first().click();
  await ana.page.getByRole("button", { name: /^Remove/ }).click();
  await shot(ana.page, "real-6-remove");
  await ana.page.getByRole("button", { name: /^Remove/ }).last().click();
  await ana.page.getByText("was a member", { exact: false }).first().waitFor();
  await ana.page.keyboard.press("Escape");
  await ana.says("now it is only me");
  await ana.sees("now it is only me");
  await ben.page.getByText("You were removed from", { exact: false }).first().waitFor();
  await shot(ben.page, "real-7-removed");
  assert.equal(await ben.composer.count(), 0, "who was removed has nothing to write with");
  await ben.page.keyboard.press("Alt+1");
  await ben.says("still friends");
  await ana.page.keyboard.press("Alt+1");
  await ana.sees("still friends");
  await rail(ben).getByRole("link", { name: /Night watch/ }).click();
  await ben.sees("are you there?");
  assert.equal(await ben.page.getByText("now it is only me").count(), 0);
  assert.deepEqual([ana.problems, ben.problems], [[], []]);
});

browserTest("two people compare words and begin a private space of two", async (browser) => {
  await using folder = await tempFolder();
  await using ana = await Person.meet(browser, folder.path, "Ana");
  await using ben = await Person.meet(browser, folder.path, "Ben", ana);
  await ana.page.getByRole("button", { name: "Ben" }).first().click();
  const words = async ({ page }: Person) =>
    await page.getByRole("region", { name: "Words to compare" }).locator("li").allTextContents();
  await ana.page.getByRole("button", { name: "Start a private space with" }).click();
  await ben.page.getByRole("button", { name: "See the words and answer" }).click();
  await shot(ben.page, "real-8-ask");
  const [hers, his] = [await words(ana), await words(ben)];
  assert.equal(hers.length, 5);
  assert.deepEqual(hers, his);
  await ben.page.getByRole("button", { name: "They match" }).click();
  await ben.page.getByText("Verified: you compared the words").waitFor();
  await ben.page.getByRole("button", { name: "Accept" }).click();
  await ben.page.waitForURL(/\/space\//);
  await ben.page.getByText("Only the two of you", { exact: false }).first().waitFor();
  await ben.says("just us");
  await ana.sees("just us");
  await shot(ana.page, "real-9-direct");
  assert.deepEqual([ana.problems, ben.problems], [[], []]);
});
