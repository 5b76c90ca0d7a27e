import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { INSTANCE_MS } from "../../core/net/discovery.ts";
import { hintedDoors } from "../../core/net/hints.ts";
import { answer } from "../../core/net/mdns_records.ts";
import { type Door, doorOf } from "../../core/trust/door.ts";
import { seededBytes } from "../fakes/random.ts";
import { forged, instanceOf, Segment } from "../fakes/segment.ts";
import recorded from "./mdns_packets.json" with { type: "json" };

const doors = (count: number) =>
  Array.from({ length: count }, (_, index) => doorOf(seededBytes(index)(32), `door ${index}`));

/** What machine 1 said, as text. */
function saidBy({ cable }: Segment): string {
  return cable.packets.filter(({ from }) => from === "10.77.0.1" || from === "fe80::1")
    .map(({ bytes }) => bytes.toString("latin1")).join("\n");
}

/** Names and tags in packets. */
function marks(said: string): Set<string> {
  const tags = [...said.matchAll(/t=([\w-]+)/g)]
    .flatMap(([, text = ""]) => text.match(/.{8}/g) ?? []);
  return new Set([...said.match(/[0-9a-f]{16}(?=[^0-9a-f])/g) ?? [], ...tags]);
}

Deno.test("MDNS-12: about every hour a node says goodbye and is there under another name", async () => {
  const segment = new Segment();
  const one = await segment.open(1, { doors: doors(2) });
  const two = await segment.open(2);
  const names = [one.instance.current];
  for (let hour = 0; hour < 24; hour++) {
    await segment.run(INSTANCE_MS.max);
    if (one.instance.current !== names.at(-1)) names.push(one.instance.current);
  }
  assert.ok(names.length > 20, `${names.length} names in a day and four hours`);
  assert.equal(new Set(names).size, names.length);
  const told = new Set(two.found.map(({ instance }) => instance));
  assert.ok(names.every((name) => told.has(name)), "each was found by the other");
  assert.ok(names.slice(0, -1).every((name) => two.lost.includes(name)), "and lost again");
  assert.ok(!two.lost.includes(one.instance.current));
  assert.deepEqual(one.found.filter(({ instance }) => one.instance.has(instance)), []);
  await one.discovery.close();
  await two.discovery.close();
  await segment.run(10);
  assert.equal(segment.clock.waiting, 0, "no timer is left");
});

Deno.test("MDNS-12: a name lasts 50 to 70 minutes, by chance", async () => {
  const lasted: number[] = [];
  for (let index = 1; index <= 20; index++) {
    const segment = new Segment();
    const one = await segment.open(index);
    const [first, startedAt] = [one.instance.current, segment.clock.now()];
    while (one.instance.current === first) await segment.run(30_000);
    lasted.push(segment.clock.now() - startedAt);
    await one.discovery.close();
  }
  const minutes = lasted.map((ms) => ms / 60_000);
  assert.ok(minutes.every((time) => time >= 50 && time <= 70.5), `${minutes}`);
  assert.ok(new Set(minutes).size > 5, "by chance");
});

Deno.test("MDNS-12: nothing that is said before is said after, but for the address and the port", async () => {
  const segment = new Segment();
  const one = await segment.open(1, { doors: doors(3) });
  await segment.run(2_000);
  segment.cable.inject(Buffer.from(recorded.avahiBrowse, "hex"), "10.77.0.9");
  await segment.run(2_000);
  const before = marks(saidBy(segment));
  assert.equal(before.size, 1 + 8, "one name, eight tags");
  segment.cable.packets.length = 0;
  const first = one.instance.current;
  while (one.instance.current === first) await segment.run(10);
  // The goodbye is the last that is said of the name of before.
  const goodbye = segment.cable.packets.findLastIndex(({ bytes }) => bytes.includes(first));
  assert.ok(goodbye >= 0);
  segment.cable.packets.splice(0, goodbye + 1);
  await segment.run(2_000);
  segment.cable.inject(Buffer.from(recorded.avahiBrowse, "hex"), "10.77.0.9");
  await segment.run(70_000);
  const after = marks(saidBy(segment));
  assert.equal(after.size, 1 + 8);
  assert.deepEqual([...after].filter((mark) => before.has(mark)), []);
  for (const { bytes } of segment.cable.packets) assert.equal(bytes.readUInt16BE(0), 0, "no id");
  await one.discovery.close();
});

Deno.test("MDNS-12: what a node said under its name of before is not taken for another node", async () => {
  const segment = new Segment();
  const one = await segment.open(1);
  await segment.run(2_000);
  const echo = segment.cable.packets.find(({ bytes }) => bytes[2]! & 0x80)!.bytes;
  const first = one.instance.current;
  while (one.instance.current === first) await segment.run(30_000);
  segment.cable.inject(echo, "10.77.0.1");
  await segment.run(1_000);
  assert.deepEqual(one.found, []);
  await one.discovery.close();
});

Deno.test("MDNS-13: a new door is announced at once, to those who are there already", async () => {
  const segment = new Segment();
  const one = await segment.open(1, { doors: doors(1) });
  const two = await segment.open(2);
  await segment.run(200_000);
  const [added] = doors(2).slice(1) as [Door];
  const { instance, hints } = two.found.at(-1)!;
  assert.deepEqual(hintedDoors(doors(1), instance, hints).length, 1);
  assert.deepEqual(hintedDoors([added], instance, hints), []);
  one.doors.push(added);
  one.discovery.doorsChanged();
  await segment.run(50);
  const news = two.found.at(-1)!;
  assert.equal(news.instance, instance, "the name stays");
  assert.deepEqual(hintedDoors([added], instance, news.hints), [added]);
  segment.cable.packets.length = 0;
  for (let time = 0; time < 100; time++) one.discovery.doorsChanged();
  await segment.run(20_000);
  const said = segment.cable.packets.filter(({ from }) => from === "10.77.0.1");
  assert.ok(said.length <= 3, `${said.length} packets for nothing new`);
  await one.discovery.close();
  await two.discovery.close();
  one.discovery.doorsChanged();
  await segment.run(10);
  assert.equal(segment.clock.waiting, 0);
});

Deno.test("MDNS-13: of many doors the next ones are announced a minute later", async () => {
  const segment = new Segment();
  const own = doors(40);
  const one = await segment.open(1, { doors: own });
  const two = await segment.open(2);
  await segment.run(200_000);
  const seen = two.found.flatMap(({ instance, hints }) => hintedDoors(own, instance, hints));
  assert.equal(new Set(seen).size, own.length);
  await one.discovery.close();
  await two.discovery.close();
});

Deno.test("hostile 30: tags that are not as they must be cost a node its tags, not its sighting", async () => {
  const segment = new Segment();
  const one = await segment.open(1);
  const hints = Array.from({ length: 8 }, (_, index) => seededBytes(index)(6));
  for (const [index, text] of ["t=!!!", "t=", `t=${"A".repeat(251)}`, "tt", "\xff"].entries()) {
    const instance = instanceOf(100 + index);
    const self = { instance, port: 1, addresses: ["10.77.0.9"], hints };
    const packet = answer(self, { self: true, service: false });
    const answers = (packet.answers ?? []).map((record) =>
      record.type === "TXT" ? { ...record, data: ["x=1", text, "v=1"] } : record
    );
    segment.cable.inject(await forged({ ...packet, answers }), "10.77.0.9");
    await segment.run(10);
    assert.equal(one.found.at(-1)?.instance, instance, text);
    assert.deepEqual(one.found.at(-1)?.hints, []);
  }
  await one.discovery.close();
});
