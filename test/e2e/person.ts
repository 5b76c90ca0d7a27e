import type { Browser, BrowserContext, Page } from "playwright-core";
import { loopback } from "./place.ts";
import { RunningNode } from "./running_node.ts";

/** One person: a node and a browser of their own. */
export class Person implements AsyncDisposable {
  readonly problems: string[] = [];

  private constructor(
    public node: RunningNode,
    readonly options: readonly string[],
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    this.watch(page);
  }

  /**
   * Starts a node, opens its link in a fresh browser and answers the first question. It links with `other`
   * and with nobody else on this machine.
   */
  static async meet(
    browser: Browser,
    folder: string,
    name: string,
    other?: Person,
  ): Promise<Person> {
    const peer = other ? ["--peer", `127.0.0.1:${other.node.ready.port}`] : [];
    const options = ["--no-discovery", ...peer];
    const node = await RunningNode.start(loopback, `${folder}/${name.slice(0, 3)}`, options);
    const context = await browser.newContext();
    const person = new Person(node, options, context, await context.newPage());
    await person.page.goto(node.ready.url);
    await person.page.getByLabel("Your name").fill(name);
    await person.page.getByRole("button", { name: "Start" }).click();
    await person.composer.waitFor();
    return person;
  }

  /** Takes note of what the page complains of; that a node is away is none of that. */
  watch(page: Page): void {
    page.on("pageerror", (error) => this.problems.push(String(error)));
    page.on("console", (message) => {
      if (message.type() !== "error" || /ERR_CONNECTION|WebSocket/.test(message.text())) return;
      this.problems.push(message.text());
    });
  }

  get composer() {
    return this.page.getByRole("textbox", { name: "Message to" });
  }

  get note() {
    return this.page.locator(".cm-content");
  }

  async says(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  async sees(text: string): Promise<void> {
    await this.page.locator(".message", { hasText: text }).first().waitFor();
  }

  /** Waits until the note shows exactly this. */
  async reads(text: string): Promise<void> {
    await this.page.waitForFunction((wanted) => {
      const lines = [...document.querySelectorAll(".cm-line")].map((line) => {
        const copy = line.cloneNode(true) as HTMLElement;
        for (const caret of copy.querySelectorAll(".note-caret")) caret.remove();
        return copy.textContent;
      });
      return lines.join("\n") === wanted;
    }, text);
  }

  /** The node stops and starts again where its browser expects it. */
  async restart(): Promise<void> {
    const port = new URL(this.node.ready.url).port;
    await this.node.stop();
    this.node = await RunningNode.start(loopback, this.node.data, [
      ...this.options,
      ...["--port", port],
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
    await this.node[Symbol.asyncDispose]();
  }
}
