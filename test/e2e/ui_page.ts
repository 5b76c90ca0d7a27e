import assert from "node:assert/strict";
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Locator,
  Page,
} from "playwright-core";
import { type SceneName, UiHarness } from "./ui_harness.ts";

/** A harness and one browser on it, which watches for everything that a page complains of. */
export class UiPage implements AsyncDisposable {
  readonly harness: UiHarness;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly problems: string[] = [];

  private constructor(harness: UiHarness, context: BrowserContext, page: Page) {
    this.harness = harness;
    this.context = context;
    this.page = page;
    this.watch(page);
  }

  /** Opens a scene by the link, in a fresh browser profile. */
  static async open(
    browser: Browser,
    scene: SceneName,
    options: BrowserContextOptions = {},
  ): Promise<UiPage> {
    const harness = await UiHarness.open(scene);
    const context = await browser.newContext({ locale: "en-GB", ...options });
    const ui = new UiPage(harness, context, await context.newPage());
    await ui.page.goto(harness.link);
    return ui;
  }

  /** Violations of the content security policy are console errors; that a node is away is none. */
  watch(page: Page): void {
    page.on("pageerror", (error) => this.problems.push(String(error)));
    page.on("dialog", (dialog) => this.problems.push(`dialog: ${dialog.message()}`));
    page.on("console", (message) => {
      const text = message.text();
      if (message.type() === "error" && !/ERR_CONNECTION|WebSocket|status of 40[13]/.test(text)) {
        this.problems.push(text);
      }
    });
  }

  get composer(): Locator {
    return this.page.getByRole("textbox", { name: "Message to" });
  }

  message(text: string): Locator {
    return this.page.locator(".message", { hasText: text });
  }

  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  /** Nothing reaches out of the page sideways. */
  async assertFits(): Promise<void> {
    const beyond = await this.page.evaluate(() =>
      [...document.querySelectorAll("body *")].filter((element) => {
        const { width, left, right } = element.getBoundingClientRect();
        const scrolls = element.closest("pre, .hidden, .skip");
        return !scrolls && width > 0 && (left < -1 || right > innerWidth + 1);
      }).map((element) => `${element.localName}.${element.className}`)
    );
    assert.deepEqual(beyond, []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
    await this.harness[Symbol.asyncDispose]();
    assert.deepEqual(this.problems, []);
  }
}
