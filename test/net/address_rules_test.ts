import assert from "node:assert/strict";
import { addressRank, admitAddress } from "../../core/net/address_rules.ts";
import { parseIp, sharesPrefix } from "../../core/net/ip_address.ts";
import { fakeInterface } from "../fakes/multicast.ts";

const eth0 = fakeInterface("eth0", ["10.77.0.1/24", "fe80::1/64", "fd00:1::1/64"]);
const lo = fakeInterface("lo", ["127.0.0.1/8", "::1/128"], { loopback: true });

Deno.test("ip address: reads what is one, and nothing else", () => {
  const hex = (text: string) => {
    const ip = parseIp(text);
    return ip && Array.from(ip.bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  assert.equal(hex("10.77.0.1"), "0a4d0001");
  assert.equal(hex("::"), "0".repeat(32));
  assert.equal(hex("::1"), "0".repeat(31) + "1");
  assert.equal(hex("fe80::"), "fe80" + "0".repeat(28));
  assert.equal(hex("1:2:3:4:5:6:7:8"), "00010002000300040005000600070008");
  assert.equal(hex("1::3:4:5:6:7:8"), "00010000000300040005000600070008");
  assert.equal(hex("::ffff:10.0.0.1"), "00000000000000000000ffff0a000001");
  for (
    const text of [
      "",
      "1.2.3",
      "1.2.3.4.5",
      "256.1.1.1",
      "01.2.3.4",
      "1.2.3.4 ",
      ":",
      ":::",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      "1::2::3",
      "1:2:3:4::5:6:7:8",
      "12345::",
      "g::",
      "1.2.3.4::",
      "fe80::1%eth0",
      "0".repeat(100),
    ]
  ) assert.equal(hex(text), undefined, `"${text}"`);
});

Deno.test("ip address: prefixes are compared bit by bit", () => {
  const share = (one: string, other: string, bits: number) =>
    sharesPrefix(parseIp(one)!, parseIp(other)!, bits);
  assert.ok(share("10.77.0.1", "10.77.0.254", 24));
  assert.ok(!share("10.77.0.1", "10.77.1.1", 24));
  assert.ok(share("10.77.0.1", "10.77.1.1", 23));
  assert.ok(share("10.0.0.128", "10.0.0.129", 31));
  assert.ok(!share("10.0.0.128", "10.0.0.129", 32));
  assert.ok(share("1.2.3.4", "200.2.3.4", 0));
  assert.ok(!share("1.2.3.4", "::", 0));
  assert.ok(!share("fe80::1", "fec0::1", 10));
});

Deno.test("address rules: only neighbours on the interface are admitted (MDNS-9)", () => {
  assert.equal(admitAddress("10.77.0.9", eth0), "10.77.0.9");
  assert.equal(admitAddress("fe80::9", eth0), "fe80::9%eth0");
  assert.equal(admitAddress("fd00:1::9", eth0), "fd00:1::9");
  assert.equal(admitAddress("127.0.0.1", lo), "127.0.0.1");
  assert.equal(admitAddress("::1", lo), "::1");
  for (
    const text of [
      "8.8.8.8",
      "10.77.1.9",
      "192.168.1.1",
      "172.17.0.1",
      "169.254.1.1",
      "127.0.0.1",
      "127.0.0.2",
      "0.0.0.0",
      "10.77.0.0",
      "10.77.0.255",
      "224.0.0.251",
      "255.255.255.255",
      "::1",
      "::",
      "::ffff:10.77.0.9",
      "::10.77.0.9",
      "ff02::fb",
      "fd00:2::9",
      "2001:db8::1",
      "fec0::1",
      "not an address",
      "fe80::9%eth1",
    ]
  ) assert.equal(admitAddress(text, eth0), undefined, text);
  for (const text of ["10.77.0.9", "fe80::9", "8.8.8.8"]) {
    assert.equal(admitAddress(text, lo), undefined, text);
  }
  const noIpv6 = fakeInterface("eth1", ["10.1.0.1/16"]);
  assert.equal(admitAddress("fe80::9", noIpv6), undefined);
});

Deno.test("address rules: a subnet that is the whole world admits nobody", () => {
  const vpn = fakeInterface("tun0", ["10.8.0.2/0", "fd00::2/0"]);
  for (const text of ["8.8.8.8", "10.8.0.3", "2001:db8::1"]) {
    assert.equal(admitAddress(text, vpn), undefined, text);
  }
  const pointToPoint = fakeInterface("ppp0", ["10.8.0.2/31"]);
  assert.equal(admitAddress("10.8.0.3", pointToPoint), "10.8.0.3");
});

Deno.test("address rules: IPv4 goes first, link-local later, virtual interfaces last", () => {
  const docker = fakeInterface("docker0", ["172.17.0.1/16"], { virtual: true });
  const ranked = [
    addressRank("10.77.0.9", eth0),
    addressRank("fd00:1::9", eth0),
    addressRank("fe80::9%eth0", eth0),
    addressRank("172.17.0.2", docker),
  ];
  assert.deepEqual(ranked, ranked.toSorted((a, b) => a - b));
  assert.equal(new Set(ranked).size, ranked.length);
});
