import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Discovery } from "../../core/net/discovery.ts";
import { answer, goodbye } from "../../core/net/mdns_records.ts";
import { OwnInstance } from "../../core/net/own_instance.ts";
import { MAX_INSTANCES, MAX_INSTANCES_PER_SOURCE } from "../../core/net/sightings.ts";
import { FakeClock } from "../fakes/clock.ts";
import { Cable, fakeInterface } from "../fakes/multicast.ts";
import { seededBytes } from "../fakes/random.ts";
import { forged, instanceOf, Segment } from "../fakes/segment.ts";
import recorded from "./mdns_packets.json" with { type: "json" };

const everything = { self: true, service: false };

Deno.test("discovery: two nodes find each other at once, and neither finds itself", async () => {
  const segment = new Segment();
  const one = await segment.open(1);
  await segment.run(10_000);
  const two = await segment.open(2);
  await segment.run(200);
  assert.deepEqual(one.found.map(({ instance, addresses }) => ({ instance, addresses })), [{
    instance: instanceOf(2),
    addresses: [{ host: "10.77.0.2", port: 4_002 }, { host: "fe80::2%eth0", port: 4_002 }],
  }]);
  assert.equal(one.found[0]!.ms, 10_001, "by the announcement");
  assert.equal(two.found.length, 1);
  assert.ok(
    two.found[0]!.ms >= 20 && two.found[0]!.ms <= 125,
    `answered in ${two.found[0]!.ms} ms`,
  );
  await one.discovery.close();
  await two.discovery.close();
  await segment.run(10);
  assert.equal(segment.cable.open, 0);
  assert.equal(segment.clock.waiting, 0, "no timer is left");
});

Deno.test("discovery: a goodbye is said at the end and heard by the others", async () => {
  const segment = new Segment();
  const one = await segment.open(1);
  const two = await segment.open(2);
  await segment.run(2_000);
  await two.discovery.close();
  await two.discovery.close();
  await segment.run(10);
  assert.deepEqual(one.lost, [instanceOf(2)]);
  await one.discovery.close();
});

Deno.test("discovery: who is silent for two minutes is lost; who is there stays", async () => {
  const segment = new Segment();
  const one = await segment.open(1);
  const two = await segment.open(2);
  segment.cable.inject(
    await forged(answer({ ...elsewhere(3), addresses: ["10.77.0.3"] }, everything)),
    "10.77.0.3",
  );
  await segment.run(119_000);
  assert.deepEqual(one.lost, []);
  await segment.run(10_000);
  assert.deepEqual(one.lost, [instanceOf(3)]);
  await segment.run(2_700_000);
  assert.deepEqual(one.lost, [instanceOf(3)], "two is heard all the time");
  await one.discovery.close();
  await two.discovery.close();
});

function elsewhere(index: number) {
  return { instance: instanceOf(index), port: 4_000, addresses: [] as string[], hints: [] };
}

Deno.test("discovery: at rest it says little: one answer a minute each, questions a minute apart", async () => {
  const segment = new Segment();
  const nodes = [];
  for (let i = 1; i <= 5; i++) nodes.push(await segment.open(i));
  await segment.run(300_000);
  segment.cable.packets.length = 0;
  await segment.run(600_000);
  // In ten minutes: 5 nodes, 2 families, 10 questions and no more than 10 answers each.
  assert.ok(segment.cable.packets.length <= 200, `${segment.cable.packets.length} packets`);
  assert.ok(segment.cable.packets.every(({ bytes }) => bytes.length < 1_500));
  for (const { found } of nodes) {
    assert.equal(new Set(found.map(({ instance }) => instance)).size, 4);
  }
  for (const { discovery } of nodes) await discovery.close();
});

Deno.test("discovery: a flood of questions gets one answer a second", async () => {
  const segment = new Segment();
  const one = await segment.open(1, { on: [fakeInterface("eth0", ["10.77.0.1/24"])] });
  await segment.run(2_000);
  segment.cable.packets.length = 0;
  for (let i = 0; i < 400; i++) {
    segment.cable.inject(Buffer.from(recorded.avahiBrowse, "hex"), "10.77.0.7");
    await segment.run(25);
  }
  const answers = segment.cable.packets.filter(({ bytes }) => bytes[2]! & 0x80);
  assert.ok(answers.length >= 9 && answers.length <= 11, `${answers.length} answers in 10 s`);
  await one.discovery.close();
});

Deno.test("discovery: a one-shot asker is answered alone, with its id and question", async () => {
  const segment = new Segment();
  const one = await segment.open(1, { on: [fakeInterface("eth0", ["10.77.0.1/24"])] });
  await segment.run(2_000);
  segment.cable.packets.length = 0;
  const question = Buffer.from(recorded.avahiBrowse, "hex");
  question.writeUInt16BE(0x1234, 0);
  segment.cable.inject(question, "10.77.0.7", 40_000);
  await segment.run(10);
  assert.equal(segment.cable.packets.length, 1);
  const { bytes, to } = segment.cable.packets[0]!;
  assert.equal(to, "10.77.0.7");
  assert.equal(bytes.readUInt16BE(0), 0x1234);
  assert.equal(bytes.readUInt16BE(4), 1, "the question again");
  await one.discovery.close();
});

Deno.test("hostile 30: 10,000 false instances, from one or many, stay within bounds", async () => {
  const segment = new Segment();
  const one = await segment.open(1);
  const two = await segment.open(2);
  await segment.run(2_000);
  const flood = async (from: (index: number) => string) => {
    for (let i = 0; i < 10_000; i++) {
      const self = { ...elsewhere(i + 1_000), addresses: ["10.77.0.9"] };
      segment.cable.inject(await forgedFast(self), from(i));
      if (i % 40 === 0) await segment.run(1_000 / 3);
    }
  };
  await flood(() => "10.77.0.9");
  const fromOne = new Set(one.found.map(({ instance }) => instance)).size;
  assert.ok(fromOne <= MAX_INSTANCES_PER_SOURCE + 1, `${fromOne} of one source`);
  await segment.run(200_000);
  one.found.length = 0;
  await flood((index) => `10.77.0.${10 + index % 200}`);
  const known = new Set<string>();
  for (const { instance } of one.found) known.add(instance);
  assert.ok(known.size > MAX_INSTANCES_PER_SOURCE);
  assert.ok(!one.lost.includes(instanceOf(2)), "a real one stays");
  // What was found and is not lost is what is remembered.
  assert.ok(known.size - new Set(one.lost).size <= MAX_INSTANCES);
  await one.discovery.close();
  await two.discovery.close();
});

/** The same packet again and again with another name, without encoding it each time. */
async function forgedFast(self: ReturnType<typeof elsewhere>): Promise<Uint8Array> {
  template ??= Buffer.from(await forged(answer({ ...self, instance: "e".repeat(16) }, everything)));
  const bytes = Buffer.from(template);
  const wanted = Buffer.from("e".repeat(16));
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 16)) {
    bytes.write(self.instance, at);
  }
  return bytes;
}
let template: Buffer | undefined;

Deno.test("hostile 30: addresses that are no neighbours never get through", async () => {
  const segment = new Segment();
  const one = await segment.open(1);
  const addresses = ["8.8.8.8", "127.0.0.1", "10.78.0.9", "::1", "2001:db8::1", "172.17.0.1"];
  const bytes = await forged(answer({ ...elsewhere(9), addresses }, everything));
  segment.cable.inject(bytes, "10.77.0.9");
  const mixed = await forged(
    answer({ ...elsewhere(8), addresses: [...addresses, "10.77.0.8"] }, everything),
  );
  segment.cable.inject(mixed, "10.77.0.9");
  await segment.run(100);
  assert.deepEqual(one.found.map(({ addresses }) => addresses), [
    [{ host: "10.77.0.8", port: 4_000 }],
  ]);
  await one.discovery.close();
});

Deno.test("discovery: the same sighting is told again only after a while", async () => {
  const segment = new Segment();
  const one = await segment.open(1, { on: [fakeInterface("eth0", ["10.77.0.1/24"])] });
  const bytes = await forged(answer({ ...elsewhere(9), addresses: ["10.77.0.9"] }, everything));
  for (let i = 0; i < 40; i++) {
    segment.cable.inject(bytes, "10.77.0.9");
    await segment.run(100);
  }
  assert.equal(one.found.length, 1);
  await segment.run(5_000);
  segment.cable.inject(bytes, "10.77.0.9");
  await segment.run(10);
  assert.equal(one.found.length, 2);
  const moved = await forged(answer({ ...elsewhere(9), addresses: ["10.77.0.7"] }, everything));
  await segment.run(1_000);
  segment.cable.inject(moved, "10.77.0.9");
  await segment.run(10);
  assert.equal(one.found.at(-1)?.addresses[0]?.host, "10.77.0.7", "another address at once");
  segment.cable.inject(await forged(goodbye(elsewhere(9))), "10.77.0.9");
  await segment.run(10);
  assert.deepEqual(one.lost, [instanceOf(9)]);
  await one.discovery.close();
});

Deno.test("discovery: interfaces come and go; on a new one it tells and asks anew", async () => {
  const segment = new Segment();
  const eth0 = fakeInterface("eth0", ["10.77.0.1/24"]);
  const one = await segment.open(1, { on: [] });
  const two = await segment.open(2);
  await segment.run(30_000);
  assert.equal(one.found.length, 0);
  await one.discovery.setInterfaces([eth0]);
  await segment.run(200);
  assert.equal(one.found.length, 1);
  assert.equal(two.found.length, 1);
  await one.discovery.setInterfaces([]);
  await segment.run(10);
  assert.deepEqual(one.lost, [instanceOf(2)], "nobody hears it any more");
  // The same cable with another address: announced at once, so that others do not dial the old one.
  await one.discovery.setInterfaces([fakeInterface("eth0", ["10.77.0.77/24"])]);
  await segment.run(2_000);
  assert.equal(two.found.at(-1)?.addresses[0]?.host, "10.77.0.77");
  await one.discovery.close();
  await two.discovery.close();
});

Deno.test("discovery: an interface that cannot be joined costs only itself", async () => {
  const clock = new FakeClock();
  const cable = new Cable(clock);
  const lines: string[] = [];
  const discovery = await Discovery.open({
    instance: new OwnInstance(seededBytes(1)),
    doors: () => [],
    port: () => 4_000,
    interfaces: [fakeInterface("bad", ["10.1.0.1/24"]), fakeInterface("good", ["10.2.0.1/24"])],
    clock,
    log: (level, text) => lines.push(`${level}: ${text}`),
    random: seededBytes(1),
    openDatagram: (on, family, failed) =>
      on.name === "bad"
        ? Promise.reject(new Error("the port is taken"))
        : cable.plug(on, family, failed),
    found: () => {},
    lost: () => {},
  });
  assert.equal(cable.open, 1);
  assert.deepEqual(lines, ["warn: Cannot discover peers on bad (IPv4): the port is taken"]);
  await discovery.close();
  assert.equal(cable.open, 0);
});

Deno.test("discovery: two nodes on one machine, and on the loopback alone, find each other", async () => {
  const segment = new Segment();
  const lo = fakeInterface("lo", ["127.0.0.1/8", "::1/128"], { loopback: true });
  const one = await segment.open(1, { on: [lo] });
  const two = await segment.open(2, { on: [lo] });
  await segment.run(2_000);
  assert.deepEqual(one.found[0]?.addresses[0], { host: "127.0.0.1", port: 4_002 });
  assert.deepEqual(two.found[0]?.addresses[0], { host: "127.0.0.1", port: 4_001 });
  await one.discovery.close();
  await two.discovery.close();
});

Deno.test("discovery: a storm of strange packets changes nothing", async () => {
  const segment = new Segment();
  const one = await segment.open(1);
  for (const [name, hex] of Object.entries(recorded)) {
    if (name.startsWith("avahi")) segment.cable.inject(Buffer.from(hex, "hex"), "10.77.0.9");
  }
  for (let i = 0; i < 500; i++) segment.cable.inject(seededBytes(i)(i), "10.77.0.9");
  await segment.run(5_000);
  assert.deepEqual(one.found.map(({ instance }) => instance), ["0011223344556677"]);
  await one.discovery.close();
});

Deno.test("discovery: a socket that is closed already, its interface gone, hinders nothing", async () => {
  const segment = new Segment();
  const eth0 = fakeInterface("eth0", ["10.77.0.1/24"]);
  const { discovery } = await segment.open(1, { on: [eth0] });
  segment.cable.tearOut();
  await discovery.setInterfaces([]);
  await discovery.setInterfaces([eth0]);
  assert.equal(segment.cable.open, 1);
  await discovery.close();
});
