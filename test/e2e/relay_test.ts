/** Real nodes of which not each is linked with each: what one says reaches all, over those in between. */
import assert from "node:assert/strict";
import { Chain } from "./chain.ts";
import { eventOf } from "./tab.ts";
import { tempFolder } from "./temp_folder.ts";

const NAMES = ["Ana", "Ben", "Cem", "Dia"];

Deno.test("a chain of nodes: each message reaches all, both ways, though the ends are not linked", async () => {
  await using folder = await tempFolder();
  await using chain = await Chain.open(folder.path, NAMES);
  const nodes = chain.nodes.map(({ node }) => node);
  const tabs = chain.nodes.map(({ tab }) => tab);
  const { space: lobby, channels: [general] } = await tabs[0]!.ask({ type: "snapshot" });
  assert(lobby && general);
  for (let round = 0; round < 3; round++) {
    for (const [i, from] of tabs.entries()) {
      const text = `round ${round} of ${NAMES[i]}`;
      const arrived = tabs.filter((tab) => tab !== from).map((tab) =>
        eventOf(tab, "message", ({ message }) => message.text === text)
      );
      await from.ask({ type: "message.send", space: lobby.id, channel: general.id, text });
      for (const { message } of await Promise.all(arrived)) {
        assert.equal(message.author, nodes[i]!.ready.peer, "whoever brought it");
      }
    }
  }
  const pages = await Promise.all(
    tabs.map((tab) => tab.ask({ type: "message.list", space: lobby.id, channel: general.id })),
  );
  const texts = pages.map(({ messages }) => messages.map(({ text }) => text));
  assert.equal(texts[0]!.length, 3 * NAMES.length);
  for (const other of texts) assert.deepEqual(other, texts[0], "in the same order, each once");
  const { people } = await tabs[0]!.ask({ type: "snapshot", space: lobby.id });
  assert.deepEqual(people.filter(({ here }) => here).map(({ name }) => name), ["Ben"]);
});
