/** A member of the lobby floods it: others go on talking, and need not see it. */
import assert from "node:assert/strict";
import { type MessageId, parsePeerId, type PeerId } from "../../core/base/ids.ts";
import { messageRows } from "../../core/view/message_rows.ts";
import type { MessageView } from "../../core/view/view.ts";
import { loopback } from "./place.ts";
import { LineProcess, RunningNode } from "./running_node.ts";
import { eventOf, lookUntil, Tab } from "./tab.ts";
import { tempFolder } from "./temp_folder.ts";

const FLOODER = new URL("flooder.ts", import.meta.url).pathname;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;
/** What the flooder means to send. */
const MESSAGES = 100_000;
/** The flood has begun in earnest: more came than may come at once. */
const BEGUN = 1_500;
/** Messages of another member, each sent when the one before it had arrived. */
const CALM = 20;

class Flooder implements AsyncDisposable {
  readonly #process: LineProcess;
  /** That it was done or cut off, if so. */
  readonly ends: string[] = [];
  readonly peer: Promise<PeerId>;

  constructor(way: string, nodes: readonly RunningNode[]) {
    const ports = nodes.map(({ ready }) => String(ready.port));
    const args = ["run", `--config=${CONFIG}`, "-P=test", "--quiet", FLOODER];
    this.#process = new LineProcess(
      loopback.command(Deno.execPath(), [...args, String(MESSAGES), way, ...ports], {
        stdin: "null",
        stdout: "piped",
      }),
    );
    const { promise, resolve } = Promise.withResolvers<PeerId>();
    this.peer = promise;
    void this.#read(resolve);
  }

  async #read(open: (peer: PeerId) => void): Promise<void> {
    for await (const line of this.#process.lines) {
      const { event, peer } = JSON.parse(line);
      if (event === "open") open(parsePeerId(peer));
      else this.ends.push(line);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#process[Symbol.asyncDispose]();
  }
}

for (const way of ["pushed", "streamed"]) {
  Deno.test(`hostile 29: 100,000 messages of one member, ${way}: another's arrive meanwhile, a mute folds them`, async () => {
    await using folder = await tempFolder();
    const start = (name: string, ...args: string[]) =>
      RunningNode.start(loopback, `${folder.path}/${name}`, [
        ...["--no-discovery", "--name", name],
        ...args,
      ]);
    await using ana = await start("Ana");
    await using ben = await start("Ben", "--peer", `127.0.0.1:${ana.ready.port}`);
    await ben.linkedTo(ana.ready.peer);
    using from = await Tab.open(ana.ready.url);
    using to = await Tab.open(ben.ready.url);
    const { space: lobby, channels: [general] } = await to.ask({ type: "snapshot" });
    assert(lobby && general);
    const [space, channel] = [lobby.id, general.id];

    await using flooder = new Flooder(way, [ana, ben]);
    const peer = await flooder.peer;
    let flooded = 0;
    to.onEvent = (event) => {
      if (event.type === "message" && event.message.author === peer) flooded++;
    };
    await lookUntil(to, () => {
      assert.deepEqual(flooder.ends, [], "it is not cut off");
      return Promise.resolve(flooded >= BEGUN);
    });
    const say = async (text: string) => {
      const arrived = eventOf(to, "message", ({ message }) => message.text === text);
      await from.ask({ type: "message.send", space, channel, text });
      await arrived;
    };
    for (let n = 0; n < CALM; n++) await say(`calm ${n}`);
    assert.deepEqual(flooder.ends, [], "it still floods");
    assert(flooded < MESSAGES / 2, "nobody waits until a flood is over");

    await to.ask({ type: "person.mute", peer, muted: true });
    await say("after the mute");
    const { people, channels } = await to.ask({ type: "snapshot", space });
    assert(people.find((person) => person.peer === peer)?.muted);
    assert.equal(channels[0]?.unread, CALM + 1, "what counts as new is what others said");
    // A flooder whose clock runs ahead fills the newest pages: read back to where the calm ones are.
    const list = (before?: MessageId) =>
      to.ask({ type: "message.list", space, channel, ...(before && { before }) });
    const shown: MessageView[] = [];
    let folded = 0;
    for (let page = await list(); shown.length <= CALM; page = await list(page.messages[0]?.id)) {
      assert(page.messages.length > 0, "all is read and some were not shown");
      for (const row of messageRows(page.messages, null, () => "", new Set([peer]))) {
        if (row.type === "message") shown.push(row.message);
        else if (row.type === "muted") folded += row.messages.length;
      }
    }
    assert(folded > 0);
    assert(shown.every(({ author }) => author === parsePeerId(ana.ready.peer)));
    for (const node of [ana, ben]) assert.equal((await node.stop()).code, 0);
  });
}
