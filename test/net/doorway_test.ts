import assert from "node:assert/strict";
import { parsePeerId, type PeerId } from "../../core/base/ids.ts";
import { silentLog } from "../../core/base/log.ts";
import {
  ConnectionCount,
  MAX_CONNECTIONS,
  MAX_CONNECTIONS_PER_HOST,
} from "../../core/net/connection_count.ts";
import { Doorway, MAX_STRANGERS, MAX_STRANGERS_PER_HOST } from "../../core/net/doorway.ts";
import type { Link } from "../../core/net/link.ts";
import type { Connection } from "../../core/net/transport.ts";
import { LOBBY_DOOR } from "../../core/trust/door.ts";
import { FakeClock } from "../fakes/clock.ts";
import { openFakeLink } from "../fakes/fake_link.ts";
import { settle } from "../fakes/settle.ts";
import { FakeHost, FakeNetwork } from "../fakes/transport.ts";

const SELF = parsePeerId("5".repeat(64));
const never = new AbortController().signal;

class Door {
  readonly network = new FakeNetwork();
  readonly hosts = new Map<string, FakeHost>();
  readonly links: Link[] = [];
  readonly releases: (() => void)[] = [];
  readonly doorway = new Doorway({
    openLink: (connection, door) => openFakeLink(connection, SELF, door),
    clock: new FakeClock(),
    log: silentLog,
    count: new ConnectionCount(),
    enter: (link, _, release) => {
      this.links.push(link);
      this.releases.push(release);
      void link.closed.then(release);
    },
  });

  async open(): Promise<void> {
    await this.network.host("door").listen(["door"], 1, (one) => this.doorway.accept(one));
  }

  async knock(host: string): Promise<Connection> {
    if (!this.hosts.has(host)) this.hosts.set(host, this.network.host(host));
    return await this.hosts.get(host)!.dial({ host: "door", port: 1 }, never);
  }

  async enter(host: string): Promise<Link> {
    const peer = this.links.length.toString(16).padStart(64, "0") as PeerId;
    const link = await openFakeLink(await this.knock(host), peer, LOBBY_DOOR);
    await settle();
    return link;
  }
}

/** Whether the other side closed it. */
async function isClosed(connection: Connection): Promise<boolean> {
  const open = Symbol();
  const reading = connection.read(new Uint8Array(1)).then((count) => count, () => null);
  await settle();
  return await Promise.race([reading, Promise.resolve(open)]) === null;
}

async function countOpen(connections: readonly Connection[]): Promise<number> {
  let open = 0;
  for (const connection of connections) if (!await isClosed(connection)) open++;
  return open;
}

Deno.test("hostile 27: those who only stand in the doorway make room, and a real node always gets in", async () => {
  const door = new Door();
  await door.open();
  const blockers: Connection[] = [];
  for (let i = 0; i < 200; i++) blockers.push(await door.knock(`10.0.0.${i % 50}`));
  assert.equal(await countOpen(blockers), MAX_STRANGERS);
  await door.enter("10.0.1.1");
  assert.equal(door.links.length, 1);
  for (let i = 0; i < 20; i++) blockers.push(await door.knock("10.0.0.1"));
  await door.enter("10.0.0.1");
  assert.equal(door.links.length, 2, "even from an address that blocks");
  await door.doorway.close();
  assert.equal(await countOpen(blockers), 0);
});

Deno.test("doorway: one address has four strangers at most; the loopback has all of them", async () => {
  const door = new Door();
  await door.open();
  const outside: Connection[] = [];
  for (let i = 0; i < 10; i++) outside.push(await door.knock("10.0.0.1"));
  assert.equal(await countOpen(outside), MAX_STRANGERS_PER_HOST);
  await door.doorway.close();
  const inner = new Door();
  await inner.open();
  const inside: Connection[] = [];
  for (let i = 0; i < 10; i++) inside.push(await inner.knock("127.0.0.1"));
  assert.equal(await countOpen(inside), MAX_STRANGERS);
  await inner.doorway.close();
});

Deno.test("doorway: one address has a share of all connections, and places come back", async () => {
  const door = new Door();
  await door.open();
  const links: Link[] = [];
  for (let i = 0; i < MAX_CONNECTIONS_PER_HOST; i++) links.push(await door.enter("10.0.0.1"));
  await assert.rejects(() => door.enter("10.0.0.1"));
  for (let i = 0; i < MAX_CONNECTIONS - MAX_CONNECTIONS_PER_HOST; i++) {
    links.push(await door.enter(`10.0.1.${i}`));
  }
  await assert.rejects(() => door.enter("10.0.2.1"));
  links[0]!.close("done");
  await settle();
  links.push(await door.enter("10.0.2.1"));
  for (const link of links) link.close("done");
  await settle();
  await door.doorway.close();
  assert.equal(door.network.openSides, 0);
});
