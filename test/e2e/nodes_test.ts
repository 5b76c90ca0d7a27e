/**
 * Real processes, real sockets, real SQLite, real mDNS: on hosts of their own where network namespaces can
 * be had, else on the loopback of this machine.
 */
import assert from "node:assert/strict";
import { netnsMissing } from "./netns.ts";
import { openPlaces } from "./place.ts";
import { runMain, RunningNode } from "./running_node.ts";
import { includesAll, type MessageFacts, startAll, textsUntil } from "./talk.ts";
import { tempFolder } from "./temp_folder.ts";

const noCables = await netnsMissing();

/** Reads a note until its text is content with `done`. */
async function noteUntil(
  node: RunningNode,
  title: string,
  done: (text: string) => boolean,
): Promise<string> {
  for (;;) {
    const notes = await node.facts<{ title: string }>(["notes"]);
    if (notes.some((note) => note.title === title)) {
      const [note] = await node.facts<{ text: string }>(["notes", "show", title]);
      if (note && done(note.text)) return note.text;
    }
  }
}

Deno.test("three nodes find each other, chat and write one note all ways", async () => {
  await using folder = await tempFolder();
  await using net = await openPlaces(3);
  await using all = await startAll(net.places, folder.path, ["Ana", "Ben", "Cleo"]);
  const [ana, ben, cleo] = all.nodes;
  assert(ana && ben && cleo);
  await Promise.all([ana.linkedTo(ben.ready.peer), cleo.linkedTo(ben.ready.peer)]);

  const texts = ["from Ana", "from Ben", "from Cleo"];
  for (const [index, node] of all.nodes.entries()) {
    const [sent] = await node.facts<MessageFacts>(["send", texts[index] ?? ""]);
    assert.deepEqual(
      [sent?.channel, sent?.author, sent?.text],
      ["general", { peer: node.ready.peer, name: node.ready.name }, texts[index]],
    );
  }
  for (const node of all.nodes) await textsUntil(node, includesAll(texts));
  const orders = await Promise.all(
    all.nodes.map(async (node) => (await node.facts<MessageFacts>(["read"])).map(({ id }) => id)),
  );
  assert.deepEqual(orders[1], orders[0]);
  assert.deepEqual(orders[2], orders[0]);
  const [first] = await cleo.facts<MessageFacts>(["read"]);
  assert.equal(first?.author.name, "Ana");

  await ana.ask(["notes", "write", "Log book"], "first line\n");
  await noteUntil(cleo, "Log book", (text) => text === "first line\n");
  await cleo.ask(["notes", "append", "Log book"], "from Cleo\n");
  await noteUntil(ben, "Log book", (text) => text === "first line\nfrom Cleo\n");
  await ben.ask(["notes", "append", "Log book"], "from Ben\n");
  const whole = "first line\nfrom Cleo\nfrom Ben\n";
  for (const node of all.nodes) await noteUntil(node, "Log book", (text) => text === whole);

  for (const node of all.nodes) {
    const { code, err } = await node.stop();
    assert.deepEqual([code, err], [0, ""]);
  }
});

Deno.test({
  name: `a cable is pulled, both sides write, and agree once it is mended${
    noCables ? ` [skipped: ${noCables}]` : ""
  }`,
  ignore: noCables !== undefined,
  fn: async () => {
    await using folder = await tempFolder();
    await using net = await openPlaces(3);
    await using all = await startAll(net.places, folder.path, ["Ana", "Ben", "Cleo"]);
    const [ana, ben, cleo] = all.nodes;
    assert(ana && ben && cleo);
    await Promise.all([ana.linkedTo(ben.ready.peer), cleo.linkedTo(ben.ready.peer)]);
    await ana.ask(["notes", "write", "Shared"], "middle\n");
    await noteUntil(cleo, "Shared", (text) => text === "middle\n");

    const cable = net.network?.hosts[2];
    await cable?.unplug();
    await ana.ask(["send", "on the ship"]);
    await cleo.ask(["send", "in the boat"]);
    await ben.ask(["notes", "write", "Shared"], "ship\nmiddle\n");
    await cleo.ask(["notes", "append", "Shared"], "boat\n");
    await cable?.plug();

    const wanted = includesAll(["on the ship", "in the boat"]);
    const reads = await Promise.all(all.nodes.map((node) => textsUntil(node, wanted)));
    assert.equal(reads.length, 3);
    const merged = "ship\nmiddle\nboat\n";
    for (const node of all.nodes) await noteUntil(node, "Shared", (text) => text === merged);
  },
});

Deno.test("killed while writing, a node has all that it acknowledged, and so has the other", async () => {
  await using folder = await tempFolder();
  await using net = await openPlaces(2);
  await using all = await startAll(net.places, folder.path, ["Ana", "Ben"]);
  const [ana, ben] = all.nodes;
  assert(ana && ben);
  await ana.linkedTo(ben.ready.peer);
  const acknowledged: string[] = [];
  let node = ana;
  for (let round = 0; round < 3; round++) {
    const enough = acknowledged.length + 20 + 15 * round;
    {
      await using flood = node.flood(`round ${round}`);
      for await (const text of flood.lines) {
        acknowledged.push(text);
        if (acknowledged.length === enough) await node.kill();
      }
    }
    node = all.use(await RunningNode.start(ana.place, ana.data));
    const messages = await node.facts<MessageFacts>(["read", "--limit", "100000"]);
    const texts = messages.map(({ text }) => text);
    assert.deepEqual(acknowledged.filter((text) => !texts.includes(text)), []);
  }
  await textsUntil(ben, includesAll(acknowledged));
});

Deno.test("who comes late gets everything from the one that is left, the author being gone", async () => {
  await using folder = await tempFolder();
  await using net = await openPlaces(3);
  await using all = await startAll(net.places, folder.path, ["Ana", "Ben"]);
  const [ana, ben] = all.nodes;
  assert(ana && ben);
  await ana.linkedTo(ben.ready.peer);
  const texts = Array.from({ length: 5 }, (_, index) => `before ${index}`);
  for (const text of texts) await ana.ask(["send", text]);
  await ana.ask(["notes", "write", "Will"], "all to Cleo");
  await textsUntil(ben, includesAll(texts));
  await noteUntil(ben, "Will", (text) => text === "all to Cleo");
  assert.equal((await ana.stop("SIGINT")).code, 0);

  const place = net.places[2];
  assert(place);
  const cleo = all.use(await RunningNode.start(place, `${folder.path}/Cleo`, ["--name", "Cleo"]));
  assert.deepEqual(await textsUntil(cleo, includesAll(texts)), texts);
  await noteUntil(cleo, "Will", (text) => text === "all to Cleo");
  const [message] = await cleo.facts<MessageFacts>(["read"]);
  assert.deepEqual(message?.author, { peer: ana.ready.peer, name: "Ana" });
});

Deno.test("a second start on the same data says where the first one is", async () => {
  await using folder = await tempFolder();
  await using net = await openPlaces(1);
  await using all = await startAll(net.places, folder.path, ["Ana"]);
  const [ana] = all.nodes;
  assert(ana);
  const second = await runMain(ana.place, ["--data", ana.data, "--no-open", ...ana.place.options]);
  assert.equal(second.code, 1);
  assert.match(second.err, /already runs/);
  assert(second.err.includes(ana.ready.url));
});

Deno.test("a command without a node is one clear line", async () => {
  await using folder = await tempFolder();
  await using net = await openPlaces(1);
  const place = net.places[0];
  assert(place);
  for (const command of [["status"], ["send", "x"], ["notes", "show", "x"], ["read"]]) {
    const { code, out, err } = await runMain(place, [...command, "--data", folder.path]);
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, /^No Earshot runs here: .+\n$/);
  }
});
