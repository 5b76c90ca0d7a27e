/** Private spaces among real processes: strangers, two ways in, and the way out. */
import assert from "node:assert/strict";
import { netnsMissing } from "./netns.ts";
import { openPlaces } from "./place.ts";
import { runMain, RunningNode } from "./running_node.ts";
import { includesAll, startAll, textsUntil } from "./talk.ts";
import { tempFolder } from "./temp_folder.ts";

interface SpaceFacts {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly role: string | null;
  readonly unheard: number;
}

const CREW = "Crew";

async function inviteLink(node: RunningNode, ...more: string[]): Promise<string> {
  const [made] = await node.facts<{ link: string }>(["invite", "--space", CREW, ...more]);
  assert(made);
  return made.link;
}

async function inviteCode(node: RunningNode): Promise<string> {
  const [shown] = await node.facts<{ code: string }>(["invite", "--space", CREW, "--code"]);
  assert(shown);
  return shown.code;
}

/** Runs a command that must fail, and gives what it says. */
async function refusal(node: RunningNode, args: readonly string[]): Promise<string> {
  const { code, err } = await runMain(node.place, [...args, "--data", node.data]);
  assert.equal(code, 1, args.join(" "));
  return err;
}

async function crewOf(node: RunningNode): Promise<SpaceFacts | undefined> {
  const spaces = await node.facts<SpaceFacts>(["spaces"]);
  return spaces.find(({ name }) => name === CREW);
}

async function texts(node: RunningNode): Promise<string[]> {
  const messages = await node.facts<{ text: string }>(["read", "--space", CREW]);
  return messages.map(({ text }) => text);
}

const send = (node: RunningNode, text: string) => node.ask(["send", "--space", CREW, text]);

Deno.test("hostile 11, 23: who is invited by link or code talks, a stranger sees nothing, who is removed no more", async () => {
  await using folder = await tempFolder();
  await using net = await openPlaces(4);
  const names = ["Ana", "Ben", "Cleo", "Dan"];
  await using all = await startAll(net.places, folder.path, names);
  const [ana, ben, cleo, dan] = all.nodes;
  assert(ana && ben && cleo && dan);
  for (const other of [ben, cleo, dan]) await ana.linkedTo(other.ready.peer);

  await ana.ask(["space", "create", CREW]);
  await send(ana, "before anyone");
  const link = await inviteLink(ana);
  await ben.ask(["join", link]);
  await cleo.ask(["join", await inviteCode(ana)]);
  await send(ben, "from Ben");
  await send(cleo, "from Cleo");
  const said = ["before anyone", "from Ben", "from Cleo"];
  for (const node of [ana, ben, cleo]) await textsUntil(node, includesAll(said), CREW);
  const members = await cleo.facts<{ name: string }>(["members", "--space", CREW]);
  assert.deepEqual(members.map(({ name }) => name).sort(), ["Ana", "Ben", "Cleo"]);

  assert.match(await refusal(dan, ["join", link]), /used/);
  assert.match(await refusal(dan, ["join", link.slice(0, -3)]), /.+/);
  assert.match(await refusal(dan, ["join", "00000000"]), /.+/);
  assert.deepEqual((await dan.facts<SpaceFacts>(["spaces"])).map(({ kind }) => kind), ["lobby"]);

  await ana.ask(["remove", "Ben", "--space", CREW]);
  await send(ana, "after Ben");
  await textsUntil(cleo, includesAll(["after Ben"]), CREW);
  // What is said later on the same link has come: so would what was said before it.
  await ana.ask(["send", "to all"]);
  await textsUntil(ben, includesAll(["to all"]));
  assert.equal((await crewOf(ben))?.role, null);
  assert.deepEqual((await texts(ben)).sort(), said.toSorted());
  assert.match(await refusal(ben, ["send", "--space", CREW, "let me in"]), /.+/);
  await send(cleo, "still here");
  await textsUntil(ana, includesAll(["still here"]), CREW);
});

Deno.test("with no lobby anywhere, members find each other again, and others get silence", async () => {
  await using folder = await tempFolder();
  await using net = await openPlaces(3);
  const [here, there, elsewhere] = net.places;
  assert(here && there && elsewhere);
  await using all = await startAll([here, there], folder.path, ["Ana", "Ben"], ["--no-lobby"]);
  const [ana, ben] = all.nodes;
  assert(ana && ben);
  await using dan = await RunningNode.start(elsewhere, `${folder.path}/Dan`, ["--name", "Dan"]);
  await ana.ask(["space", "create", CREW]);
  await ben.ask(["join", await inviteLink(ana, "--role", "reader")]);
  await send(ana, "before the night");
  await textsUntil(ben, includesAll(["before the night"]), CREW);
  assert.match(await refusal(ben, ["send", "--space", CREW, "may I"]), /read/);

  for (const node of all.nodes) await node.stop();
  await using again = await startAll([here, there], folder.path, ["Ana", "Ben"], ["--no-lobby"]);
  const [ana2, ben2] = again.nodes;
  assert(ana2 && ben2);
  await ana2.linkedTo(ben.ready.peer);
  await send(ana2, "after the night");
  await textsUntil(ben2, includesAll(["before the night", "after the night"]), CREW);
  const found = await dan.facts<{ state: string }>(["peers"]);
  assert.deepEqual(found.filter(({ state }) => state === "linked"), []);
});

const noCapture = await netnsMissing() ?? await tcpdumpMissing();

Deno.test({
  name: `what goes over the cable is not readable${noCapture ? ` [skipped: ${noCapture}]` : ""}`,
  ignore: noCapture !== undefined,
  fn: async () => {
    await using folder = await tempFolder();
    await using net = await openPlaces(2);
    const [here] = net.places;
    assert(here);
    const file = `${folder.path}/cable.pcap`;
    const capture = here.command("tcpdump", ["-i", "eth0", "-U", "-w", file], {
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const words = capture.stderr.pipeThrough(new TextDecoderStream()).getReader();
    while (!(await words.read()).value?.includes("listening on"));
    await using all = await startAll(net.places, folder.path, ["Anastasia", "Bartholomew"]);
    const [ana, ben] = all.nodes;
    assert(ana && ben);
    await ana.linkedTo(ben.ready.peer);
    await ana.ask(["space", "create", CREW]);
    await ben.ask(["join", await inviteCode(ana)]);
    await send(ana, "meet at the lighthouse");
    await textsUntil(ben, includesAll(["meet at the lighthouse"]), CREW);
    const id = (await crewOf(ana))?.id ?? "";
    for (const node of all.nodes) await node.stop();
    capture.kill("SIGINT");
    await words.cancel();
    await capture.status;
    const bytes = await Deno.readFile(file);
    const seen = new TextDecoder("latin1").decode(bytes);
    assert(seen.includes("_earshot"), "the capture has what is broadcast");
    const secrets = [CREW, "lighthouse", "Anastasia", "Bartholomew", "general", '{"text"'];
    for (const secret of secrets) assert(!seen.includes(secret), secret);
    for (const hex of [id, ana.ready.peer, ben.ready.peer]) {
      assert(!seen.includes(hex), "an id as text");
      assert(!seen.includes(String.fromCharCode(...Uint8Array.fromHex(hex))), "an id as bytes");
    }
  },
});

async function tcpdumpMissing(): Promise<string | undefined> {
  try {
    await new Deno.Command("tcpdump", { args: ["--version"] }).output();
    return undefined;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return "needs tcpdump";
  }
}
