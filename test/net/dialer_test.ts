import assert from "node:assert/strict";
import { parsePeerId } from "../../core/base/ids.ts";
import { silentLog } from "../../core/base/log.ts";
import {
  type Candidate,
  Candidates,
  MAX_CANDIDATES,
  MAX_REMEMBERED,
} from "../../core/net/candidates.ts";
import { CIRCLE_PLACES } from "../../core/net/choice.ts";
import { YIELD_MS } from "../../core/net/dial_pause.ts";
import { MAX_DIALS } from "../../core/net/dial_room.ts";
import { Mesh, type MeshOptions } from "../../core/net/mesh.ts";
import { OwnInstance } from "../../core/net/own_instance.ts";
import type { Address, Transport } from "../../core/net/transport.ts";
import { LOBBY_DOOR } from "../../core/trust/door.ts";
import { FakeClock } from "../fakes/clock.ts";
import { openFakeLink } from "../fakes/fake_link.ts";
import { quiet } from "../fakes/quiet.ts";
import { seededBytes } from "../fakes/random.ts";
import { FakeNetwork } from "../fakes/transport.ts";

const SELF = parsePeerId("5".repeat(64));
const OWN = "5555555555555555";
const OWN_BYTES = new Uint8Array(8).fill(0x55);
/** Of these two this node leaves the first dial to the lower one. */
const LOWER = "1111111111111111";
const HIGHER = "9999999999999999";

/** Dials as they were asked for; each is answered as `answer` says. */
class Dials implements Transport {
  readonly at: { host: string; ms: number }[] = [];
  inFlight = 0;
  most = 0;
  answer: "refuse" | "silence" = "refuse";

  constructor(readonly clock: FakeClock, readonly startedAt = clock.now()) {}

  async dial({ host }: Address, signal: AbortSignal): Promise<never> {
    this.at.push({ host, ms: this.clock.now() - this.startedAt });
    this.most = Math.max(this.most, ++this.inFlight);
    try {
      if (this.answer === "silence") {
        await new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
        });
      }
      throw new Deno.errors.ConnectionRefused("refused");
    } finally {
      this.inFlight--;
    }
  }

  listen() {
    return Promise.resolve({ port: 4_000, close: () => Promise.resolve() });
  }
}

async function openMesh(clock: FakeClock, options: Partial<MeshOptions>): Promise<Mesh> {
  return await Mesh.open({
    self: SELF,
    instance: new OwnInstance(() => OWN_BYTES),
    doors: () => [LOBBY_DOOR],
    admits: () => true,
    circles: () => [],
    seeks: () => false,
    transport: new Dials(clock),
    openLink: (connection, door) => openFakeLink(connection, SELF, door),
    hosts: () => ["0.0.0.0"],
    port: 0,
    clock,
    log: silentLog,
    random: seededBytes(1),
    onLink: () => {},
    ...options,
  });
}

async function run(clock: FakeClock, ms: number, step = 10): Promise<void> {
  for (let at = 0; at < ms; at += step) {
    clock.advance(step);
    await quiet();
  }
}

const at = (host: string, port = 4_000): Address => ({ host, port });

Deno.test("dialer: pauses double from 0.1 s to 30 s, are jittered, and begin anew with the network", async () => {
  const clock = new FakeClock();
  const dials = new Dials(clock);
  const mesh = await openMesh(clock, { transport: dials, peers: [at("10.0.0.1")] });
  await quiet();
  await run(clock, 180_000, 50);
  const pauses = dials.at.slice(1).map(({ ms }, index) => ms - dials.at[index]!.ms);
  for (const [index, pause] of pauses.entries()) {
    const full = Math.min(100 * 2 ** index, 30_000);
    // Time goes in steps of 50 ms here.
    assert.ok(pause >= full / 2 - 50 && pause <= full + 50, `pause ${index} of ${pause} ms`);
  }
  assert.ok(new Set(pauses.slice(-4)).size > 1, "jitter");
  const before = dials.at.length;
  mesh.networkChanged();
  await quiet();
  assert.equal(dials.at.length, before + 1, "dialled at once");
  await run(clock, 2_000);
  assert.ok(dials.at.length >= before + 4, "short pauses again");
  await mesh.close();
});

Deno.test("dialer: the lower nonce dials at once, the higher one yields; both dial in the end", async () => {
  const clock = new FakeClock();
  const dials = new Dials(clock);
  const mesh = await openMesh(clock, { transport: dials });
  mesh.found({ instance: HIGHER, addresses: [at("10.0.0.9")], hints: [] });
  mesh.found({ instance: LOWER, addresses: [at("10.0.0.1")], hints: [] });
  mesh.found({ instance: OWN, addresses: [at("10.0.0.5")], hints: [] });
  await run(clock, YIELD_MS - 10);
  assert.ok(dials.at.every(({ host }) => host === "10.0.0.9"));
  await run(clock, 20);
  assert.equal(dials.at.find(({ host }) => host === "10.0.0.1")?.ms, YIELD_MS);
  assert.ok(!dials.at.some(({ host }) => host === "10.0.0.5"), "never itself");
  await mesh.close();
});

Deno.test("hostile 30: 10,000 found nodes keep nobody busier than others do, and a real one is dialled", async () => {
  const clock = new FakeClock();
  const dials = new Dials(clock);
  dials.answer = "silence";
  const mesh = await openMesh(clock, { transport: dials });
  for (let i = 0; i < 10_000; i++) {
    const instance = (0x6000_0000_0000_0000n + BigInt(i)).toString(16);
    mesh.found({ instance, addresses: [at(`10.0.${i >> 8}.${i & 255}`)], hints: [] });
    if (i % 1_000 === 0) await quiet();
  }
  await run(clock, 60_000, 100);
  assert.ok(dials.most <= MAX_DIALS, `${dials.most} dials at once`);
  mesh.found({ instance: HIGHER, addresses: [at("10.9.9.9")], hints: [] });
  await run(clock, 30_000, 100);
  assert.ok(dials.at.some(({ host }) => host === "10.9.9.9"), "one that failed made room");
  await mesh.close();
});

Deno.test("candidates: of 10,000 the first in a node's own order stay, and some of each circle", () => {
  const circlesOf = ({ instance }: Candidate) =>
    Number(instance) % 100 === 0 ? ["all", "space"] : ["all"];
  const candidates = new Candidates({ isLinked: () => false, circlesOf });
  for (let n = 0; n < 10_000; n++) {
    const made = { source: "discovery", addresses: [], dueAt: 0, instance: String(n) } as const;
    candidates.add(String(n), { ...made, rank: 10_000 - n }, () => [LOBBY_DOOR]);
  }
  const all = candidates.inOrder();
  assert.equal(all.length, MAX_CANDIDATES);
  const isKept = (n: number) => all.some(({ instance }) => instance === String(n));
  assert.ok(isKept(9_999) && isKept(9_950) && !isKept(5_001), "the first in order");
  const inSpace = all.filter((one) => circlesOf(one).includes("space"));
  assert.equal(inSpace.length, CIRCLE_PLACES, "and so many of the space, though few are ahead");
});

Deno.test("dialer: nodes of earlier days do not keep those who are here waiting", async () => {
  const clock = new FakeClock();
  const dials = new Dials(clock);
  dials.answer = "silence";
  const known = Array.from({ length: 100 }, (_, index) => ({
    peer: parsePeerId(index.toString(16).padStart(64, "0")),
    addresses: [at(`10.1.0.${index}`)],
  }));
  const mesh = await openMesh(clock, { transport: dials, known });
  assert.equal(mesh.status().length, MAX_REMEMBERED);
  mesh.found({ instance: HIGHER, addresses: [at("10.0.0.9")], hints: [] });
  await quiet();
  assert.ok(dials.at.some(({ host }) => host === "10.0.0.9"), "dialled at once");
  assert.ok(dials.inFlight <= 5);
  await mesh.close();
});

Deno.test("dialer: four dials at once to one address at most", async () => {
  const clock = new FakeClock();
  const dials = new Dials(clock);
  dials.answer = "silence";
  const peers = Array.from({ length: 10 }, (_, index) => at("10.0.0.1", 4_000 + index));
  const mesh = await openMesh(clock, { transport: dials, peers });
  await run(clock, 60_000, 100);
  assert.equal(dials.most, 4);
  await mesh.close();
});

Deno.test("dialer: this very node, reached by --peer, is dialled once and never again", async () => {
  const clock = new FakeClock();
  const network = new FakeNetwork();
  let handshakes = 0;
  const mesh = await openMesh(clock, {
    transport: network.host("10.0.0.5"),
    port: 4_000,
    peers: [at("10.0.0.5")],
    openLink: (connection, door) => {
      handshakes++;
      return openFakeLink(connection, SELF, door);
    },
  });
  await run(clock, 1_000);
  mesh.networkChanged();
  await run(clock, 60_000, 100);
  assert.equal(handshakes, 2, "one at each end");
  assert.equal(mesh.status()[0]?.state, "self");
  assert.equal(network.openSides, 0);
  await mesh.close();
});

Deno.test("dialer: a lost node is dialled no more; --peer is dialled for ever", async () => {
  const clock = new FakeClock();
  const dials = new Dials(clock);
  const mesh = await openMesh(clock, { transport: dials, peers: [at("10.0.0.1")] });
  mesh.found({ instance: HIGHER, addresses: [at("10.0.0.9")], hints: [] });
  await run(clock, 1_000);
  mesh.lost(HIGHER);
  mesh.lost(LOWER);
  dials.at.length = 0;
  await run(clock, 3_600_000, 5_000);
  assert.ok(!dials.at.some(({ host }) => host === "10.0.0.9"));
  assert.ok(dials.at.length > 100);
  await mesh.close();
});

Deno.test("dialer: the status says in plain words why a dial failed", async () => {
  const clock = new FakeClock();
  const dials = new Dials(clock);
  const mesh = await openMesh(clock, { transport: dials, peers: [at("fe80::1%eth0")] });
  await quiet();
  const [row] = mesh.status();
  assert.equal(row?.state, "waiting");
  assert.equal(row.failures, 1);
  assert.ok(row.nextDialMs! > 0);
  assert.match(row.lastError!, /^\[fe80::1%eth0\]:4000: the machine is there, but nobody listens/);
  dials.answer = "silence";
  mesh.networkChanged();
  await run(clock, 6_000, 100);
  assert.match(mesh.status()[0]!.lastError!, /no answer/);
  await mesh.close();
  assert.equal(clock.waiting, 0, "no timer is left");
});

Deno.test("dialer: an address of earlier days at which another peer answers now is forgotten", async () => {
  const clock = new FakeClock();
  const network = new FakeNetwork();
  const other = parsePeerId("7".repeat(64));
  const there = await openMesh(clock, {
    self: other,
    transport: network.host("10.0.0.7"),
    openLink: (connection, door) => openFakeLink(connection, other, door),
    port: 4_000,
  });
  const reached: string[] = [];
  const mesh = await openMesh(clock, {
    transport: network.host("10.0.0.5"),
    known: [{ peer: parsePeerId("6".repeat(64)), addresses: [at("10.0.0.7")] }],
    onReached: (peer, { host }) => reached.push(`${peer.slice(0, 1)} at ${host}`),
  });
  await run(clock, 1_000);
  assert.deepEqual([...mesh.links.keys()], [other]);
  assert.deepEqual(reached, ["7 at 10.0.0.7"]);
  assert.deepEqual(mesh.status().map(({ source }) => source), ["inbound"]);
  await mesh.close();
  await there.close();
});

Deno.test("mesh: listens where the interfaces are, at one port, and again when they change", async () => {
  const clock = new FakeClock();
  const host = new FakeNetwork().host("10.0.0.5", "10.0.1.5");
  let hosts: string[] = [];
  const mesh = await openMesh(clock, { transport: host, hosts: () => hosts });
  assert.equal(mesh.port, 0, "no interface is up");
  const change = async (next: string[]) => {
    hosts = next;
    mesh.networkChanged();
    await quiet();
    return [...host.doors].map((door) => [...door.hosts]);
  };
  assert.deepEqual(await change(["10.0.0.5"]), [["10.0.0.5"]]);
  const { port } = mesh;
  assert.ok(port > 0);
  assert.deepEqual(await change(["10.0.1.5"]), [["10.0.1.5"]]);
  assert.equal(mesh.port, port, "peers know it");
  assert.deepEqual(await change(["10.9.9.9"]), [], "not this machine's yet");
  assert.deepEqual(await change(["10.0.1.5"]), [["10.0.1.5"]]);
  await mesh.close();
  await mesh.close();
  assert.equal(host.doors.size, 0);
});

Deno.test("mesh: a taken port is an error at the start", async () => {
  const clock = new FakeClock();
  const host = new FakeNetwork().host("10.0.0.5");
  const mesh = await openMesh(clock, { transport: host, port: 4_000 });
  await assert.rejects(() => openMesh(clock, { transport: host, port: 4_000 }));
  await mesh.close();
});
