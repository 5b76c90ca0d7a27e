/** Discovery and mesh between real processes with real sockets, on hosts of their own. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Avahi, avahiMissing } from "./avahi.ts";
import { type MeshLine, MeshProcess } from "./mesh_process.ts";
import { netnsMissing, Network } from "./netns.ts";
import { loopback } from "./place.ts";

const ASKER = new URL("mdns_asker.ts", import.meta.url).pathname;
const missing = await netnsMissing();
const noAvahi = missing ?? await avahiMissing();

/** A test on `count` hosts, skipped with a plain word where there can be none. */
function onHosts(
  name: string,
  count: number,
  run: (network: Network) => Promise<void>,
  why = missing,
): void {
  Deno.test({
    name: why === undefined ? name : `${name} (skipped: ${why})`,
    ignore: why !== undefined,
    async fn() {
      await using network = await Network.open(count);
      await run(network);
    },
  });
}

onHosts(
  "discovery: two hosts find each other and link, over the cable alone",
  2,
  async (network) => {
    const [one, two] = network.hosts;
    await using first = await MeshProcess.start(one!, 1);
    await using second = await MeshProcess.start(two!, 2);
    await Promise.all([first.linked(second), second.linked(first)]);
    const found = first.said.find(({ event }) => event === "found");
    assert.equal(found?.instance, second.open.instance);
    assert.deepEqual(found?.addresses, [
      { host: two!.address, port: second.open.port },
      { host: `${two!.address6}%eth0`, port: second.open.port },
    ]);
    await second.stop();
    await first.line(({ event, instance }) =>
      event === "lost" && instance === second.open.instance
    );
    await first.stop();
    assert.deepEqual(
      first.said.filter(({ event }) => event === "log"),
      [],
      "nothing to complain of",
    );
  },
);

onHosts("discovery: a third host that asks by hand is answered by both", 3, async (network) => {
  const [one, two, third] = network.hosts;
  await using first = await MeshProcess.start(one!, 1);
  await using second = await MeshProcess.start(two!, 2);
  const args = ["run", "--allow-net", "--quiet", ASKER, third!.address, "2"];
  const out = await third!.run(Deno.execPath(), ...args);
  const answers = out.trim().split("\n").map((line) => JSON.parse(line));
  for (const [host, node] of [[one!, first], [two!, second]] as const) {
    const answer = answers.find(({ from }) => from === host.address);
    const bytes = Buffer.from(answer.hex, "hex").toString("latin1");
    assert.ok(bytes.includes(node.open.instance!) && bytes.includes("v=1"));
    assert.ok(!bytes.includes(host.hostname), "no machine's name");
  }
});

onHosts(
  "discovery: avahi-browse on a third host sees and resolves both",
  3,
  async (network) => {
    const [one, two, third] = network.hosts;
    await using avahi = await Avahi.start(third!);
    await using first = await MeshProcess.start(one!, 1);
    await using second = await MeshProcess.start(two!, 2);
    const all = [[one!, first], [two!, second]] as const;
    // The daemon needs a moment to start; until then there is no line.
    for (;;) {
      const lines = await avahi.browse("_earshot._tcp");
      // = ; interface ; family ; instance ; service ; domain ; host ; address ; port ; TXT
      const seen = all.map(([host, { open }]) =>
        lines.find(([, , family, instance, , , name, address, port, txt]) =>
          family === "IPv4" && instance === open.instance && name === `${open.instance}.local` &&
          address === host.address && port === String(open.port) && txt?.includes('"v=1"')
        )
      );
      if (seen.every((line) => line !== undefined)) break;
    }
    await Promise.all([first.stop(), second.stop()]);
    const leftAt = performance.now();
    while ((await avahi.browse("_earshot._tcp")).length > 0);
    // Without goodbyes it would list them for two minutes.
    assert.ok(performance.now() - leftAt < 60_000);
  },
  noAvahi,
);

onHosts(
  "mesh: a node next to Avahi, which holds the same port, is found too",
  2,
  async (network) => {
    const [one, two] = network.hosts;
    await using avahi = await Avahi.start(two!);
    while ((await avahi.browse("_none._tcp")).length > 0);
    await using first = await MeshProcess.start(one!, 1);
    await using second = await MeshProcess.start(two!, 2);
    await Promise.all([first.linked(second), second.linked(first)]);
  },
  noAvahi,
);

onHosts(
  "discovery: a host on two cables is found on each, by the address it has there",
  3,
  async (network) => {
    const [one, two, third] = network.hosts;
    await third!.unplug();
    await using middle = await MeshProcess.start(one!, 1);
    await using left = await MeshProcess.start(two!, 2);
    await network.addCable(one!, third!);
    // A new interface is joined while the node runs.
    await using right = await MeshProcess.start(third!, 3);
    await Promise.all([middle.linked(left, right), left.linked(middle), right.linked(middle)]);
    for (
      const [node, prefix, zone] of [[left, "10.77.0.", "eth0"], [
        right,
        "10.78.0.",
        "eth1",
      ]] as const
    ) {
      const found = ({ instance, event }: MeshLine) =>
        event === "found" && instance === middle.open.instance;
      if (!node.said.some(found)) await node.line(found);
      const hosts = node.said.flatMap(({ addresses = [] }) => addresses.map(({ host }) => host));
      assert.ok(hosts.length >= 2);
      for (const host of hosts) {
        assert.ok(
          host.startsWith(prefix) || host.endsWith(`%${zone}`),
          host,
        );
      }
      const linked = node.said.filter(({ event }) => event === "linked");
      assert.deepEqual(
        linked.map(({ peer }) => peer),
        [middle.open.peer],
        "no way to the other one",
      );
    }
  },
);

onHosts("mesh: after a cable was pulled and mended, both are heard again", 2, async (network) => {
  const [one, two] = network.hosts;
  await using first = await MeshProcess.start(one!, 1);
  await using second = await MeshProcess.start(two!, 2);
  const both = (wanted: string) =>
    Promise.all([first, second].map((node) => node.line(({ event }) => event === wanted)));
  await both("heard");
  await two!.unplug();
  await both("silent");
  await two!.plug();
  await both("heard");
  assert.ok(second.said.some(({ event }) => event === "changed"), "the carrier is watched");
});

onHosts("mesh: a killed node that starts again is linked again", 2, async (network) => {
  const [one, two] = network.hosts;
  await using first = await MeshProcess.start(one!, 1);
  {
    await using second = await MeshProcess.start(two!, 2);
    await first.linked(second);
    await second.kill();
  }
  await first.line(({ event }) => event === "closed");
  await using again = await MeshProcess.start(two!, 2);
  await Promise.all([first.linked(again), again.linked(first)]);
  assert.notEqual(again.open.instance, first.said.find(({ event }) => event === "found")?.instance);
});

Deno.test("mesh: three nodes on the loopback of one machine are linked, each with each", async () => {
  const only = ["127.0.0.1"];
  await using first = await MeshProcess.start(loopback, 1, only);
  await using second = await MeshProcess.start(loopback, 2, only);
  await using third = await MeshProcess.start(loopback, 3, only);
  await Promise.all([
    first.linked(second, third),
    second.linked(first, third),
    third.linked(first, second),
  ]);
  await Promise.all([first.stop(), second.stop(), third.stop()]);
});
