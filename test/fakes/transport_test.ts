import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Connection } from "../../core/net/transport.ts";
import { seededBytes } from "./random.ts";
import { settle } from "./settle.ts";
import { FakeNetwork } from "./transport.ts";

const never = new AbortController().signal;

async function pair(network: FakeNetwork): Promise<[Connection, Connection]> {
  const accepted = Promise.withResolvers<Connection>();
  const listener = await network.host("b").listen(["b"], 0, accepted.resolve);
  const near = await network.host("a").dial({ host: "b", port: listener.port }, never);
  return [near, await accepted.promise];
}

async function writeAll(connection: Connection, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

async function readAll(connection: Connection): Promise<{ bytes: Uint8Array; reads: number }> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const into = new Uint8Array(10_000);
    const count = await connection.read(into);
    if (count === null) return { bytes: Buffer.concat(chunks), reads: chunks.length };
    chunks.push(into.subarray(0, count));
  }
}

Deno.test("fake transport: bytes arrive whole and in order, however reads and writes split", async () => {
  const sent = seededBytes(1)(1_000_000);
  for (const seed of [undefined, 1, 2]) {
    const [a, b] = await pair(new FakeNetwork(seed));
    const reading = readAll(b);
    await writeAll(a, sent);
    a.close();
    const { bytes, reads } = await reading;
    assert.ok(Buffer.from(sent).equals(bytes));
    assert.ok(seed === undefined || reads > 100, "a seed splits");
    await assert.rejects(b.write(sent), /reset/);
    b.close();
  }
});

Deno.test("fake transport: a writer waits for its reader", async () => {
  const [a, b] = await pair(new FakeNetwork());
  let written = false;
  const writing = writeAll(a, new Uint8Array(1_000_000)).then(() => (written = true));
  await settle();
  assert.equal(written, false);
  const reading = readAll(b);
  await writing;
  a.close();
  assert.equal((await reading).bytes.length, 1_000_000);
  b.close();
});

Deno.test("fake transport: a cut says nothing, a mended cable goes on, a reset is seen by both", async () => {
  const network = new FakeNetwork();
  const [a, b] = await pair(network);
  network.cut("b", "a");
  let arrived: number | null | undefined;
  const read = b.read(new Uint8Array(10)).then((count) => (arrived = count));
  await a.write(new Uint8Array(3));
  await settle();
  assert.equal(arrived, undefined);
  network.mend("a", "b");
  await read;
  assert.equal(arrived, 3);
  const pending = a.read(new Uint8Array(1));
  network.reset("a", "b");
  await assert.rejects(pending, /reset/);
  await assert.rejects(b.read(new Uint8Array(1)), /reset/);
  a.close();
  b.close();
  assert.equal(network.openSides, 0);
});

Deno.test("fake transport: dials are refused without a door, and hang on a cut until aborted", async () => {
  const network = new FakeNetwork();
  const a = network.host("a");
  const listener = await network.host("b").listen(["b"], 7, (connection) => connection.close());
  await assert.rejects(a.dial({ host: "b", port: 8 }, never), Deno.errors.ConnectionRefused);
  await assert.rejects(a.dial({ host: "c", port: 7 }, never), /no such host/);
  network.cut("a", "b");
  const abort = new AbortController();
  const hanging = a.dial({ host: "b", port: 7 }, abort.signal);
  await settle();
  abort.abort(new Error("given up"));
  await assert.rejects(hanging, /given up/);
  const waiting = a.dial({ host: "b", port: 7 }, never);
  await settle();
  network.mend("a", "b");
  (await waiting).close();
  await listener.close();
  await assert.rejects(a.dial({ host: "b", port: 7 }, never), Deno.errors.ConnectionRefused);
  assert.equal(network.openSides, 0);
});

Deno.test("fake transport: a closed connection gives its own pending read null", async () => {
  const [a, b] = await pair(new FakeNetwork());
  const read = a.read(new Uint8Array(1));
  a.close();
  a.close();
  assert.equal(await read, null);
  await assert.rejects(a.write(new Uint8Array(1)), /closed/);
  b.close();
});
