/** Private doors between real processes: who has none of them hears nothing, and broadcasts tell nobody who is there. */
import assert from "node:assert/strict";
import { Capture, type Captured, captureMissing } from "./capture.ts";
import { MeshProcess } from "./mesh_process.ts";
import { type Host, netnsMissing, Network } from "./netns.ts";

const missing = await netnsMissing();
const noCapture = missing ?? await captureMissing();
/** How long a node goes by one name in the test that waits for another. */
const NAME_MS = 4_000;

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

/** What a host said on UDP. */
function saidBy(host: Host, frames: readonly Captured[]): Captured[] {
  const address6 = host.address6.split(":").slice(-4).map((part) => part.padStart(4, "0")).join("");
  return frames.filter(({ from, protocol }) =>
    protocol === "udp" && (from === host.address || from.endsWith(address6))
  );
}

/** Names of instances, and tags, in packets. */
function marks(frames: readonly Captured[]): Set<string> {
  const text = frames.map(({ payload }) => payload.toString("latin1")).join("\n");
  const tags = [...text.matchAll(/t=([\w-]+)/g)].flatMap(([, all = ""]) =>
    all.match(/.{8}/g) ?? []
  );
  return new Set([...text.match(/(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])/g) ?? [], ...tags]);
}

onHosts(
  "doors: two who share a private door link, a stranger with the lobby's gets silence",
  3,
  async (network) => {
    const [one, two, third] = network.hosts;
    await using stranger = await MeshProcess.start(third!, 3);
    await using first = await MeshProcess.start(one!, 1, ["--door=club", "--door=choir"]);
    await using second = await MeshProcess.start(two!, 2, ["--door=crew", "--door=club"]);
    const [linked] = await Promise.all([first.linked(second), second.linked(first)]);
    assert.equal(linked.door, "club");
    // It finds both, dials both, and by the time they answer each other for seconds nobody let it in.
    const names = new Set([first.open.instance, second.open.instance]);
    const found = ({ event, instance }: { event: string; instance?: string }) =>
      event === "found" && names.delete(instance) && names.size === 0;
    if (!stranger.said.some(found)) await stranger.line(found);
    await Promise.all([first, second].map((node) => node.line(({ event }) => event === "heard")));
    for (const { open } of [first, second]) {
      const at = { hostname: open === first.open ? one!.address : two!.address, port: open.port };
      const script =
        `exec 3<>/dev/tcp/${at.hostname}/${at.port}; head -c 48 /dev/urandom >&3; wc -c <&3`;
      assert.equal((await third!.run("bash", "-c", script)).trim(), "0", "not a byte");
    }
    await Promise.all([first.stop(), second.stop(), stranger.stop()]);
    for (const node of [first, second]) {
      const peers = node.said.filter(({ event }) => event === "linked").map(({ peer }) => peer);
      assert.ok(!peers.includes(stranger.open.peer));
    }
    assert.deepEqual(stranger.said.filter(({ event }) => event === "linked"), []);
  },
);

onHosts(
  "doors: what is broadcast over a change of names shows the service and addresses, and nothing twice",
  3,
  async (network) => {
    const [one, two, third] = network.hosts;
    const capture = await Capture.start(third!);
    await using _ = capture;
    const options = ["--door=the members of the club"];
    await using first = await MeshProcess.start(one!, 1, [...options, `--name-ms=${NAME_MS}`]);
    await using second = await MeshProcess.start(two!, 2, options);
    await Promise.all([first.linked(second), second.linked(first)]);
    const names: string[] = [];
    for (const { event, instance } of second.said) if (event === "found") names.push(instance!);
    while (new Set(names).size < 3) {
      names.push((await second.line(({ event }) => event === "found")).instance!);
    }
    await Promise.all([first.stop(), second.stop()]);
    for (const node of [first, second]) {
      const links = node.said.filter(({ event }) => event === "linked");
      assert.equal(links.length, 1, "the link stays, and is not dialled again");
    }

    const frames = await capture.stop();
    const said = saidBy(one!, frames);
    assert.ok(said.length > 4 && said.every(({ to }) => /^224\.0\.0\.251$|^ff02/.test(to)));
    const own = [...new Set(names)];
    // Each time is what was said from the first of a name up to its goodbye.
    const last = own.map((name) => said.findLastIndex(({ payload }) => payload.includes(name)));
    const times = last.slice(0, 2).map((end, index) =>
      said.slice(index === 0 ? 0 : last[index - 1]! + 1, end + 1)
    );
    const [before, after] = times.map((time) => {
      const all = marks(time);
      all.delete(second.open.instance!); // As a known answer.
      return all;
    });
    assert.deepEqual([before!.size, after!.size], [1 + 8, 1 + 8], "a name and eight tags");
    assert.deepEqual([...before!].filter((mark) => after!.has(mark)), []);

    const known = /_earshot|_tcp|local|[0-9a-f]{16}|v=1|t=[\w-]{64}(?![\w-])/g;
    const text = said.map(({ payload }) => payload.toString("latin1"));
    assert.ok(text.some((packet) => packet.includes("_earshot")));
    const rest = text.flatMap((packet) =>
      packet.replace(known, "\0").match(/[\x20-\x7e]{4,}/g) ?? []
    );
    assert.deepEqual(rest, [], "nothing else that can be read");
    const secrets = [first.open.peer!, second.open.peer!, one!.hostname, "club", "members"];
    for (const secret of secrets) assert.ok(!text.join("").includes(secret), secret);
  },
  noCapture,
);
