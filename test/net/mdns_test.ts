import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Incoming, Source } from "../../core/net/mdns_packet.ts";
import { MAX_PACKET_BYTES, MAX_RECORDS, MdnsPort } from "../../core/net/mdns_port.ts";
import { readResponse } from "../../core/net/mdns_reading.ts";
import { answer, goodbye, query, wanted } from "../../core/net/mdns_records.ts";
import { MAX_PACKETS, MAX_PACKETS_PER_SOURCE } from "../../core/net/source_limit.ts";
import { doorOf, hintTag } from "../../core/trust/door.ts";
import { FakeClock } from "../fakes/clock.ts";
import { Cable, fakeInterface } from "../fakes/multicast.ts";
import { seededBytes, seededUnit } from "../fakes/random.ts";
import { forged } from "../fakes/segment.ts";
import recorded from "./mdns_packets.json" with { type: "json" };

/** The tags of PROTOCOL.md's example: the third is that of a door, the others are made up. */
const TAG = hintTag(doorOf(new Uint8Array(32).fill(1), "example"), "00000000000000aa");
const HINTS = Array.from(
  { length: 8 },
  (_, index) => index === 2 ? TAG : new Uint8Array(6).fill(0x11 * (index + 1)),
);
const ME = {
  instance: "00000000000000aa",
  port: 4_711,
  addresses: ["10.77.0.3", "fe80::3"],
  hints: HINTS,
};
const eth0 = fakeInterface("eth0", ["10.77.0.1/24", "fe80::1/64"]);

/** A port on a cable, and what came through it. */
async function openPort() {
  const clock = new FakeClock();
  const cable = new Cable(clock);
  const received: { packet: Incoming; source: Source }[] = [];
  const lines: string[] = [];
  const port = await MdnsPort.open({
    on: eth0,
    family: 4,
    open: cable.plug,
    clock,
    log: (level, text) => lines.push(`${level} ${text}`),
    receive: (packet, source) => received.push({ packet, source }),
  });
  const hear = (bytes: Uint8Array, from = "10.77.0.3") => {
    cable.inject(bytes, from);
    clock.advance(1);
    return received.at(-1)?.packet;
  };
  return { clock, cable, port, received, lines, hear };
}

async function decode(bytes: Uint8Array): Promise<Incoming> {
  const { port, hear } = await openPort();
  const packet = hear(bytes);
  await port.close();
  assert.ok(packet, "decoded");
  return packet;
}

Deno.test("mdns: what one node says another one reads", async () => {
  const packet = await decode(await forged(answer(ME, { self: true, service: true })));
  assert.deepEqual(readResponse(packet, eth0), {
    sightings: [{
      instance: ME.instance,
      addresses: [
        { host: "10.77.0.3", port: 4_711, rank: 0 },
        { host: "fe80::3%eth0", port: 4_711, rank: 2 },
      ],
      hints: HINTS,
      ttlMs: 120_000,
    }],
    goodbyes: [],
  });
  const left = await decode(await forged(goodbye(ME)));
  assert.deepEqual(readResponse(left, eth0), { sightings: [], goodbyes: [ME.instance] });
});

Deno.test("mdns: question, announcement and goodbye are the bytes of PROTOCOL.md", async () => {
  const hex = async (packet: Parameters<MdnsPort["send"]>[0]) =>
    (await forged(packet)).toString("hex");
  assert.equal(await hex(query([ME.instance])), recorded.ourQuery);
  assert.equal(await hex(answer(ME, { self: true, service: false })), recorded.ourAnnouncement);
  assert.equal(await hex(goodbye(ME)), recorded.ourGoodbye);
});

Deno.test("mdns: an announcement has five records, and says nothing personal", async () => {
  const bytes = await forged(answer(ME, { self: true, service: false }));
  assert.equal(bytes.readUInt16BE(2), 0x8400, "an authoritative response");
  const { answers } = await decode(bytes);
  assert.deepEqual(answers.map(({ name, type, ttl, flush }) => [name, type, ttl, flush]), [
    ["_earshot._tcp.local", "PTR", 120, false],
    ["00000000000000aa._earshot._tcp.local", "SRV", 120, true],
    ["00000000000000aa._earshot._tcp.local", "TXT", 120, true],
    ["00000000000000aa.local", "A", 120, true],
    ["00000000000000aa.local", "AAAA", 120, true],
  ]);
  assert.equal(Buffer.from((answers[2]!.data as Uint8Array[])[0]!).toString(), "v=1");
  assert.ok(bytes.length < 400);
});

Deno.test("mdns: an instance that avahi announces among other services is read, the rest is not", async () => {
  const packet = await decode(Buffer.from(recorded.avahiServices, "hex"));
  const { sightings, goodbyes } = readResponse(packet, eth0);
  assert.deepEqual(goodbyes, []);
  assert.deepEqual(sightings.map(({ instance, addresses }) => [instance, addresses]), [[
    "0011223344556677",
    [
      { host: "fe80::f0c1:4aff:fedc:83f2%eth0", port: 4_711, rank: 2 },
      { host: "10.77.0.3", port: 4_711, rank: 0 },
    ],
  ]]);
  const host = await decode(Buffer.from(recorded.avahiHost, "hex"));
  assert.deepEqual(readResponse(host, eth0), { sightings: [], goodbyes: [] });
});

Deno.test("mdns: questions of avahi-browse are understood", async () => {
  const asks = async (hex: string, self = ME) => {
    const { questions, answers } = await decode(Buffer.from(hex, "hex"));
    return wanted(self, questions, answers);
  };
  const shared = { self: true, service: false, shared: true };
  assert.deepEqual(await asks(recorded.avahiBrowse), shared);
  assert.deepEqual(
    await asks(recorded.avahiBrowseAll),
    shared,
    "the service itself is known to it",
  );
  const known = { ...ME, instance: "0011223344556677" };
  assert.equal(await asks(recorded.avahiBrowse, known), undefined, "a known answer");
  assert.equal(await asks(recorded.avahiHost), undefined);
  // Its own claim to a name asks for that name, in a probe.
  assert.deepEqual(await asks(recorded.avahiProbe), undefined);
  assert.equal((await asks(recorded.avahiProbe, known))?.self, true);
});

Deno.test("mdns: wants are told apart by name and type", () => {
  const ask = (name: string, type: string, answers: Parameters<typeof wanted>[2] = []) =>
    wanted(ME, [{ name, type }], answers);
  const instance = `${ME.instance}._earshot._tcp.local`;
  const unique = { self: true, service: false, shared: false };
  for (const type of ["SRV", "TXT", "ANY"]) assert.deepEqual(ask(instance, type), unique);
  for (const type of ["A", "AAAA", "ANY"]) {
    assert.deepEqual(ask(`${ME.instance}.local`, type), unique);
  }
  assert.deepEqual(ask("_EarShot._TCP.local", "PTR"), { ...unique, shared: true });
  assert.deepEqual(ask("_services._dns-sd._udp.local", "PTR"), {
    self: false,
    service: true,
    shared: true,
  });
  assert.equal(ask("_ipp._tcp.local", "PTR"), undefined);
  assert.equal(ask(instance, "A"), undefined);
  assert.equal(ask("_earshot._tcp.local", "SRV"), undefined);
  const half = { name: "_earshot._tcp.local", type: "PTR", data: instance };
  assert.equal(ask("_earshot._tcp.local", "PTR", [{ ...half, ttl: 60 }]), undefined);
  assert.ok(ask("_earshot._tcp.local", "PTR", [{ ...half, ttl: 59 }]), "soon over");
});

Deno.test("mdns: a query names itself and what it knows, in one frame", async () => {
  const known = Array.from({ length: 100 }, (_, i) => i.toString(16).padStart(16, "0"));
  const bytes = await forged(query([ME.instance, ...known]));
  assert.ok(bytes.length < 1_300, `${bytes.length} bytes`);
  const { questions, answers } = await decode(bytes);
  assert.equal(wanted(ME, questions, answers), undefined, "no answer to itself");
  assert.ok(wanted({ ...ME, instance: "f".repeat(16) }, questions, answers));
});

Deno.test("mdns: records that are not whole, not neighbours or of another version are no sighting", () => {
  const { answers = [] } = answer(ME, { self: true, service: false });
  const received = answers.map((record) => {
    const data = record.type === "TXT" ? [Buffer.from("v=1")] : record.data;
    return { ...record, class: "IN", data };
  });
  const read = (records: typeof received) =>
    readResponse(
      { type: "response", id: 0, questions: [], answers: records, additionals: [] },
      eth0,
    ).sightings;
  const change = (type: string, part: Partial<(typeof received)[number]>) =>
    received.map((record) => record.type === type ? { ...record, ...part } : record);
  assert.equal(read(received).length, 1);
  for (const type of ["SRV", "TXT"]) {
    assert.equal(read(received.filter((record) => record.type !== type)).length, 0, type);
  }
  assert.equal(read(received.filter(({ type }) => type !== "A" && type !== "AAAA")).length, 0);
  assert.equal(read(change("TXT", { data: [Buffer.from("v=2")] })).length, 0);
  assert.equal(read(change("TXT", { data: Buffer.from("v=10") as never })).length, 0);
  assert.equal(
    read(change("SRV", { data: { port: 0, target: `${ME.instance}.local` } })).length,
    0,
  );
  assert.equal(read(change("SRV", { data: null })).length, 0);
  assert.equal(read(change("SRV", { data: { port: 1, target: "other.local" } })).length, 0);
  assert.equal(read(change("SRV", { class: "CH" })).length, 0);
  assert.equal(read(change("SRV", { name: `../../x._earshot._tcp.local` })).length, 0);
  assert.equal(read(change("SRV", { ttl: 0 })).length, 0, "a goodbye");
  assert.equal(read(change("SRV", { ttl: 2 ** 31 }))[0]?.ttlMs, 120_000, "no one stays for ever");
  const foreign = change("A", { data: "8.8.8.8" }).filter(({ type }) => type !== "AAAA");
  assert.equal(read(foreign).length, 0);
  const many = Array.from(
    { length: 50 },
    (_, i) => ({ ...received[3]!, data: `10.77.0.${i + 10}` }),
  );
  assert.equal(read([...received.slice(0, 3), ...many])[0]?.addresses.length, 8);
});

Deno.test("hostile 30: size and number of records are bounded before anything is decoded", async () => {
  const { port, received, hear } = await openPort();
  const good = await forged(query([]));
  const padded = (length: number) => Buffer.concat([good, Buffer.alloc(length - good.length)]);
  hear(padded(MAX_PACKET_BYTES));
  assert.equal(received.length, 1);
  hear(padded(MAX_PACKET_BYTES + 1));
  // 9 KB of one question over and over, each 12 bytes by a pointer to the first name.
  const amplifier = Buffer.from(good);
  amplifier.writeUInt16BE(MAX_RECORDS + 1, 4);
  hear(padded(8_000));
  assert.equal(received.length, 2);
  hear(amplifier);
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(11), Buffer.alloc(9_000, 0xff)]) hear(bytes);
  assert.equal(received.length, 2);
  await port.close();
});

Deno.test("hostile 30: garbage, pointer loops and cut packets are dropped without harm", async () => {
  const { port, clock, received, hear, lines } = await openPort();
  const loop = Buffer.from("000084000000000100000000c00c000c000100000078000200000000", "hex");
  const twoLoops = Buffer.from("000000000002000000000000c00ec00c00010001c00c00010001", "hex");
  for (const bytes of [loop, twoLoops]) hear(bytes);
  const good = await forged(answer(ME, { self: true, service: true }));
  const unit = seededUnit(7);
  for (let round = 0; round < 3_000; round++) {
    const bytes = round % 3 === 0
      ? Buffer.from(seededBytes(round)(Math.floor(unit() * 400)))
      : Buffer.from(good);
    if (round % 3 === 1) bytes[Math.floor(unit() * bytes.length)]! ^= 1 << Math.floor(unit() * 8);
    const cut = round % 3 === 2 ? bytes.subarray(0, Math.floor(unit() * bytes.length)) : bytes;
    if (round % 20 === 0) clock.advance(1_000);
    hear(cut);
    const last = received.at(-1);
    if (last?.packet.type !== "response") continue;
    for (const { addresses } of readResponse(last.packet, eth0).sightings) {
      for (const { host } of addresses) assert.match(host, /^10\.77\.0\.|^fe[89ab].*%eth0$/);
    }
  }
  assert.ok(lines.every((line) => line.startsWith("debug")));
  clock.advance(1_000);
  assert.ok(hear(good), "still there");
  await port.close();
});

Deno.test("hostile 30: only neighbours are heard, each 50 times in a second, all 500 times", async () => {
  const { port, clock, received, hear } = await openPort();
  const bytes = await forged(query([]));
  for (const from of ["8.8.8.8", "10.78.0.3", "127.0.0.1", "10.77.0.255"]) hear(bytes, from);
  assert.equal(received.length, 0);
  for (let i = 0; i < 60; i++) hear(bytes);
  assert.equal(received.length, MAX_PACKETS_PER_SOURCE);
  hear(bytes, "10.77.0.4");
  assert.equal(received.length, MAX_PACKETS_PER_SOURCE + 1, "others are heard");
  clock.advance(1_000);
  hear(bytes);
  assert.equal(received.length, MAX_PACKETS_PER_SOURCE + 2, "a second later again");
  clock.advance(2_000);
  received.length = 0;
  for (let i = 0; i < 900; i++) hear(bytes, `10.77.0.${10 + i % 200}`);
  assert.equal(received.length, MAX_PACKETS);
  await port.close();
});

Deno.test("mdns: an error of the socket is told once and harms nobody", async () => {
  const clock = new FakeClock();
  const lines: string[] = [];
  const cable = new Cable(clock);
  const port = await MdnsPort.open({
    on: eth0,
    family: 4,
    clock,
    log: (level, text) => lines.push(`${level}: ${text}`),
    receive: () => {},
    open: async (on, family, failed) => {
      const socket = await cable.plug(on, family, failed);
      socket.send = (_bytes, _offset, _length, _port, _address, callback) =>
        callback(Object.assign(new Error("network is unreachable"), { code: "ENETUNREACH" }));
      queueMicrotask(() => socket.emit("error", Object.assign(new Error("down"), { code: "X" })));
      return socket;
    },
  });
  await port.send(query([]));
  await port.send(query([]));
  assert.deepEqual(lines, [
    "warn: mDNS on eth0 (IPv4) failed: down",
    "warn: mDNS on eth0 (IPv4) failed: network is unreachable",
    "debug: mDNS on eth0 (IPv4) failed: network is unreachable",
  ]);
  await port.close();
});
