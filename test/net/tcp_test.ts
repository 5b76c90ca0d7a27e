import assert from "node:assert/strict";
import { systemClock } from "../../core/base/clock.ts";
import { silentLog } from "../../core/base/log.ts";
import { randomBytes } from "../../core/base/random.ts";
import { openLink, type SecureLink } from "../../core/net/secure_link.ts";
import { tcpTransport } from "../../core/net/tcp.ts";
import type { Connection } from "../../core/net/transport.ts";
import { deviceKeys } from "../fakes/device.ts";
import { sideOf } from "../fakes/sides.ts";

const never = new AbortController().signal;
const MESSAGE_BYTES = 60_000;
const TOTAL_BYTES = 64 * 1024 * 1024;

function hasHost(host: string): boolean {
  try {
    Deno.listen({ hostname: host, port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

/** Both ends of a connection over loopback. */
async function connect(host: string): Promise<[Connection, Connection]> {
  const accepted = Promise.withResolvers<Connection>();
  const listener = await tcpTransport.listen([host], 0, accepted.resolve);
  const dialled = await tcpTransport.dial({ host, port: listener.port }, never);
  const both: [Connection, Connection] = [dialled, await accepted.promise];
  await listener.close();
  return both;
}

function link(connection: Connection, device: number): Promise<SecureLink> {
  return openLink(connection, {
    keys: deviceKeys(device),
    ...sideOf(device === 1),
    clock: systemClock,
    log: silentLog,
    random: randomBytes,
  });
}

/** Sends messages that tell their number and checks those that come, until all went both ways. */
async function exchange(own: SecureLink): Promise<void> {
  const count = Math.ceil(TOTAL_BYTES / MESSAGE_BYTES);
  const all = Promise.withResolvers<void>();
  let received = 0;
  own.start((messages) => {
    for (const message of messages) {
      assert.equal(message.length, MESSAGE_BYTES);
      assert.equal(new DataView(message.buffer, message.byteOffset).getUint32(0), received++);
    }
    if (received === count) all.resolve();
  });
  for (let index = 0; index < count; index++) {
    const message = new Uint8Array(MESSAGE_BYTES);
    new DataView(message.buffer).setUint32(0, index);
    own.send(message, "bulk");
    if (own.queuedBytes > 1024 * 1024) await own.drained();
  }
  const broken = own.closed.then((reason) => Promise.reject(new Error(reason)));
  await Promise.race([all.promise, broken]);
  broken.catch(() => {});
  await own.drained();
}

Deno.test("tcp: links carry 64 MiB both ways at once over loopback", async () => {
  const [dialled, accepted] = await connect("127.0.0.1");
  const [a, b] = await Promise.all([link(dialled, 1), link(accepted, 2)]);
  assert.deepEqual([a.peer, b.peer], [deviceKeys(2).peer, deviceKeys(1).peer]);
  await Promise.all([exchange(a), exchange(b)]);
  a.close("done");
  assert.equal(await a.closed, "done");
  await b.closed;
});

Deno.test("tcp: what one side closes ends for the other, and twice does nothing", async () => {
  const [dialled, accepted] = await connect("127.0.0.1");
  await dialled.write(new Uint8Array(3));
  dialled.close();
  dialled.close();
  assert.equal(await accepted.read(new Uint8Array(10)), 3);
  assert.equal(await accepted.read(new Uint8Array(10)), null);
  accepted.close();
});

Deno.test("tcp: closing ends a read and a write that wait", async () => {
  const [dialled, accepted] = await connect("127.0.0.1");
  const read = dialled.read(new Uint8Array(1));
  const writing = (async () => {
    for (;;) await dialled.write(new Uint8Array(1024 * 1024));
  })();
  // One whole buffer has gone: the writer is at work, and nobody reads.
  await accepted.read(new Uint8Array(1024));
  dialled.close();
  assert.equal(await read.catch(() => null), null);
  await assert.rejects(writing);
  accepted.close();
});

Deno.test("tcp: a dial that nobody answers or that is given up rejects", async () => {
  const listener = await tcpTransport.listen(["127.0.0.1"], 0, (connection) => connection.close());
  const address = { host: "127.0.0.1", port: listener.port };
  const abort = new AbortController();
  const dial = tcpTransport.dial(address, abort.signal);
  abort.abort();
  await assert.rejects(dial, { name: "AbortError" });
  await assert.rejects(tcpTransport.dial(address, abort.signal), { name: "AbortError" });
  await listener.close();
  await listener.close();
  await assert.rejects(tcpTransport.dial(address, never), Deno.errors.ConnectionRefused);
});

Deno.test("tcp: a taken port and a foreign host are errors, and nothing stays open", async () => {
  const listener = await tcpTransport.listen(["127.0.0.1"], 0, () => {});
  const again = tcpTransport.listen(["127.0.0.2", "127.0.0.1"], listener.port, () => {});
  await assert.rejects(again, Deno.errors.AddrInUse);
  await assert.rejects(
    tcpTransport.listen(["192.0.2.1"], 0, () => {}),
    Deno.errors.AddrNotAvailable,
  );
  await assert.rejects(tcpTransport.listen([], 0, () => {}), RangeError);
  await listener.close();
});

Deno.test("tcp: callers that hang up at once do not close the door", async () => {
  const accepted = Promise.withResolvers<Connection>();
  const listener = await tcpTransport.listen(["127.0.0.1"], 0, (connection) => {
    connection.read(new Uint8Array(1)).then(
      (count) => count === null ? connection.close() : accepted.resolve(connection),
      () => connection.close(),
    );
  });
  const address = { host: "127.0.0.1", port: listener.port };
  for (let caller = 0; caller < 50; caller++) (await tcpTransport.dial(address, never)).close();
  const last = await tcpTransport.dial(address, never);
  await last.write(new Uint8Array(1));
  (await accepted.promise).close();
  last.close();
  await listener.close();
});

Deno.test({
  name: "tcp: several hosts share one port, IPv4 and IPv6",
  ignore: !hasHost("::1"),
  async fn() {
    for (const hosts of [["127.0.0.1", "::1", "127.0.0.1"], ["0.0.0.0", "::"], ["::"]]) {
      const remotes: string[] = [];
      const listener = await tcpTransport.listen(hosts, 0, (connection) => {
        remotes.push(connection.remote.host);
        connection.close();
      });
      for (const host of ["127.0.0.1", "::1"]) {
        const dialled = await tcpTransport.dial({ host, port: listener.port }, never);
        assert.equal(dialled.remote.host, host);
        assert.equal(await dialled.read(new Uint8Array(1)), null);
        dialled.close();
      }
      await listener.close();
      assert.deepEqual(remotes, ["127.0.0.1", "::1"], `on ${hosts}`);
    }
  },
});

Deno.test("tcp: a system without IPv6 is listened on all the same", async () => {
  const { listen } = Deno;
  Deno.listen = ((options: Deno.ListenOptions & { transport?: "tcp" }) => {
    if (options.hostname === "::") throw new Error("Address family not supported (os error 97)");
    return listen(options);
  }) as typeof Deno.listen;
  try {
    const listener = await tcpTransport.listen(["0.0.0.0", "::"], 0, (call) => call.close());
    const address = { host: "127.0.0.1", port: listener.port };
    (await tcpTransport.dial(address, never)).close();
    await listener.close();
    await assert.rejects(tcpTransport.listen(["::"], 0, () => {}));
  } finally {
    Deno.listen = listen;
  }
});
