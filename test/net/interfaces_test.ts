import assert from "node:assert/strict";
import type { LogLevel } from "../../core/base/log.ts";
import { InterfaceWatch, WATCH_MS } from "../../core/net/interface_watch.ts";
import {
  listenHosts,
  MAX_INTERFACES,
  ownAddresses,
  selectInterfaces,
} from "../../core/net/interfaces.ts";
import { FakeClock } from "../fakes/clock.ts";
import { fakeInterface } from "../fakes/multicast.ts";

const lo = fakeInterface("lo", ["127.0.0.1/8", "::1/128"], { loopback: true });
const eth0 = fakeInterface("eth0", ["10.0.0.1/24", "fe80::1/64"]);
const wlan0 = fakeInterface("wlan0", ["192.168.1.2/24"]);
const docker0 = fakeInterface("docker0", ["172.17.0.1/16"], { virtual: true });
const bare = fakeInterface("eth9", []);
const names = (interfaces: readonly { name: string }[]) => interfaces.map(({ name }) => name);

Deno.test("interfaces: without a choice all but the loopback, virtual ones last", () => {
  assert.deepEqual(names(selectInterfaces([docker0, lo, bare, eth0, wlan0], [])), [
    "eth0",
    "wlan0",
    "docker0",
  ]);
  assert.deepEqual(names(selectInterfaces([lo, bare], [])), ["lo"], "alone on one machine");
  const many = Array.from({ length: 300 }, (_, i) => fakeInterface(`v${i}`, ["10.0.0.1/24"]));
  assert.equal(selectInterfaces(many, []).length, MAX_INTERFACES);
});

Deno.test("interfaces: a choice picks by name, or one address alone", () => {
  const all = [lo, eth0, wlan0];
  assert.deepEqual(selectInterfaces(all, ["eth0"]), [eth0]);
  const [picked] = selectInterfaces(all, ["127.0.0.1"]);
  assert.deepEqual(picked?.subnets.map(({ text }) => text), ["127.0.0.1"]);
  assert.deepEqual(names(selectInterfaces(all, ["192.168.1.2", "lo"])), ["lo", "wlan0"]);
  assert.deepEqual(selectInterfaces(all, ["eth7"]), []);
});

Deno.test("interfaces: listens everywhere, or on what was chosen, with a zone where one is needed", () => {
  assert.deepEqual(listenHosts([eth0], []), ["0.0.0.0", "::"]);
  assert.deepEqual(listenHosts([eth0, wlan0], ["eth0", "wlan0"]), [
    "10.0.0.1",
    "fe80::1%eth0",
    "192.168.1.2",
  ]);
  assert.deepEqual(listenHosts([], ["eth7"]), []);
});

Deno.test("interfaces: an invite lists where others may dial, the likeliest first, eight at most", () => {
  const tun = fakeInterface("tun0", ["10.8.0.1/24"], { virtual: true });
  const both = fakeInterface("eth1", ["2001:db8::1/64", "10.1.0.1/24", "fe80::9/64"]);
  const hosts = (interfaces: Parameters<typeof ownAddresses>[0]) =>
    ownAddresses(interfaces, 4_711).map(({ host, port }) => `${host} ${port}`);
  assert.deepEqual(hosts([lo, tun, eth0, both]), [
    "10.0.0.1 4711",
    "10.1.0.1 4711",
    "2001:db8::1 4711",
    "10.8.0.1 4711",
  ]);
  assert.deepEqual(hosts([lo]), ["127.0.0.1 4711", "::1 4711"]);
  assert.deepEqual(ownAddresses([eth0], 0), [], "nothing listens yet");
  const cidrs = Array.from({ length: 20 }, (_, index) => `10.2.0.${index + 1}/24`);
  assert.equal(hosts([fakeInterface("eth2", cidrs)]).length, 8);
});

Deno.test("interface watch: tells of changes, of waking up, and of nothing else", () => {
  const clock = new FakeClock();
  let there = [lo, eth0];
  const lines: string[] = [];
  const log = (_: LogLevel, text: string) => lines.push(text);
  const watch = InterfaceWatch.open({ selection: [], clock, log, read: () => there });
  let changes = 0;
  const before = there;
  there = [];
  clock.advance(2 * WATCH_MS);
  const early = watch.subscribe(() => changes++);
  clock.advance(WATCH_MS);
  assert.equal(changes, 1, "what changed before anyone listened");
  early();
  there = before;
  const again = watch.subscribe(() => {});
  clock.advance(WATCH_MS);
  again();
  changes = 0;
  const stop = watch.subscribe(() => changes++);
  clock.advance(10 * WATCH_MS);
  assert.equal(changes, 0);
  there = [lo, eth0, wlan0];
  clock.advance(WATCH_MS);
  assert.equal(changes, 1);
  assert.deepEqual(names(watch.current), ["eth0", "wlan0"]);
  there = [lo, fakeInterface("eth0", ["10.0.0.7/24"]), wlan0];
  clock.advance(WATCH_MS);
  assert.equal(changes, 2, "another address");
  stop();
  there = [];
  clock.advance(WATCH_MS);
  assert.equal(changes, 2);
  assert.deepEqual(watch.hosts, ["0.0.0.0", "::"]);
  watch.close();
  assert.equal(clock.waiting, 0);
  assert.deepEqual(lines, []);
});

Deno.test("interface watch: says which chosen interface is not there, and survives a failing read", () => {
  const clock = new FakeClock();
  const lines: string[] = [];
  let fails = false;
  const watch = InterfaceWatch.open({
    selection: ["eth0", "eth7"],
    clock,
    log: (_, text) => lines.push(text),
    read: () => {
      if (fails) throw new Error("no");
      return [eth0];
    },
  });
  assert.deepEqual(lines, ['No interface "eth7" is up: used as soon as it is']);
  watch.subscribe(() => {});
  fails = true;
  clock.advance(WATCH_MS);
  assert.deepEqual(names(watch.current), ["eth0"], "the last that is known");
  assert.deepEqual(lines.slice(1), ["Cannot read the network interfaces"]);
  watch.close();
});

Deno.test("interface watch: a machine that slept is told, though nothing else changed", () => {
  const clock = new FakeClock();
  let slept = 0;
  const time = { now: () => clock.now() + slept };
  const watch = InterfaceWatch.open({
    selection: [],
    clock: {
      ...time,
      after: (ms, callback) => clock.after(ms, callback),
      every: (ms, callback) => clock.every(ms, callback),
    },
    log: () => {},
    read: () => [eth0],
  });
  let changes = 0;
  watch.subscribe(() => changes++);
  clock.advance(3 * WATCH_MS);
  assert.equal(changes, 0);
  slept = 3_600_000;
  clock.advance(2 * WATCH_MS);
  assert.equal(changes, 1);
  watch.close();
});
