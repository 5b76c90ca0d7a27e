/**
 * The real pages, islands, routes and guard on a fake node, for browser tests and for looking at the page:
 * `deno run -P=test test/e2e/ui_harness.ts [busy|rough|spaces|doubt|alone|first|closed] [PORT]`.
 */
import { fileURLToPath } from "node:url";
import { Access } from "../../core/access.ts";
import { systemClock } from "../../core/base/clock.ts";
import { randomBytes } from "../../core/base/random.ts";
import { buildUi, serveUi, type Ui, type UiServer } from "../../core/cli/ui.ts";
import { FakeNode } from "../fakes/node.ts";
import { busyScene, doubtScene, roughScene, spacesScene } from "../fakes/scene.ts";

const ROOT = new URL("../../", import.meta.url);

/** What a page can be opened on. */
export const SCENES = {
  busy: busyScene,
  rough: roughScene,
  spaces: spacesScene,
  doubt: doubtScene,
  alone: (node: FakeNode) => void (node.self = { ...node.self, name: "Robin" }),
  first: () => {},
  closed: (node: FakeNode) => node.closeLobby(),
};
export type SceneName = keyof typeof SCENES;

let built: Promise<Ui> | undefined;

/** A fake node and its page on 127.0.0.1. */
export class UiHarness implements AsyncDisposable {
  readonly node: FakeNode;
  readonly #ui: Ui;
  readonly #keys = new Map<string, Uint8Array>();
  #access: Access;
  #server: UiServer;

  private constructor(ui: Ui, node: FakeNode, port: number) {
    this.node = node;
    this.#ui = ui;
    this.#access = this.#newAccess();
    this.#server = this.#serve(port);
  }

  static async open(scene: SceneName, port = 0): Promise<UiHarness> {
    const node = new FakeNode();
    SCENES[scene](node);
    return new UiHarness(await (built ??= buildUi(ROOT)), node, port);
  }

  /** The plain address, as in a bookmark. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.port}/`;
  }

  /** The address with this start's token. */
  get link(): string {
    return `${this.url}#t=${this.#access.linkToken}`;
  }

  /** Ends the server and every socket, as when the node stops. */
  async stop(): Promise<void> {
    await this.#server.close();
  }

  /** Starts again at the same port, with a new link token, as a new start of the node. */
  start(): void {
    this.#access = this.#newAccess();
    this.#server = this.#serve(this.#server.port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #newAccess(): Access {
    const keys = this.#keys;
    return new Access({
      keys: { add: (id, key) => void keys.set(id, key), get: (id) => keys.get(id) },
      clock: systemClock,
      random: randomBytes,
    });
  }

  #serve(port: number): UiServer {
    return serveUi(this.#ui, { node: this.node, access: this.#access }, port);
  }
}

if (import.meta.main) {
  const [scene = "busy", port = "4790"] = Deno.args;
  const harness = await UiHarness.open(scene as SceneName, Number(port));
  // deno-lint-ignore no-console -- a tool for looking at the page
  console.log(`${fileURLToPath(ROOT)}: ${harness.link}`);
}
