/** Strangers at the port that peers connect to: each costs its own connection only. */
import assert from "node:assert/strict";
import { transcript } from "../net/handshake_sides.ts";
import { loopback } from "./place.ts";
import { RunningNode } from "./running_node.ts";
import { tempFolder } from "./temp_folder.ts";

/** What a stranger may send first; none of it is a first message of a handshake. */
const JUNK: readonly (readonly [string, Uint8Array<ArrayBuffer>])[] = [
  ["48 bytes of noise", crypto.getRandomValues(new Uint8Array(48))],
  ["zeros", new Uint8Array(48)],
  ["64 KiB of noise", crypto.getRandomValues(new Uint8Array(65_536))],
  ["a web browser", new TextEncoder().encode(`GET / HTTP/1.1\r\nHost: x\r\n\r\n${" ".repeat(48)}`)],
  ["TLS", new Uint8Array(64).fill(0x16)],
];

function connect(node: RunningNode): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname: "127.0.0.1", port: node.ready.port });
}

/** Reads to the end, which `ended` hears of; a reset is an end too. Gives the bytes that came. */
async function answered(connection: Deno.TcpConn, ended: () => void = () => {}): Promise<number> {
  const into = new Uint8Array(1024);
  let bytes = 0;
  try {
    for (let got = await connection.read(into); got; got = await connection.read(into)) {
      bytes += got;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  }
  ended();
  connection.close();
  return bytes;
}

async function write(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  try {
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  } catch (error) {
    // Cut off before it had said all.
    const cut = error instanceof Deno.errors.ConnectionReset ||
      error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.Interrupted;
    if (!cut) throw error;
  }
}

Deno.test("hostile 27: at a real node junk is cut off without an answer, and silence takes nobody's place", async () => {
  await using folder = await tempFolder();
  const start = (name: string, ...args: string[]) =>
    RunningNode.start(loopback, `${folder.path}/${name}`, ["--no-discovery", ...args]);
  await using ana = await start("ana", "--name", "Ana");
  const to = ["--peer", `127.0.0.1:${ana.ready.port}`];
  await using ben = await start("ben", "--name", "Ben", ...to);
  await ben.linkedTo(ana.ready.peer);

  const silent = await Promise.all(Array.from({ length: 100 }, () => connect(ana)));
  for (const [what, bytes] of JUNK) {
    const connection = await connect(ana);
    await write(connection, bytes);
    assert.equal(await answered(connection), 0, what);
  }
  const cut = await connect(ana);
  await write(cut, crypto.getRandomValues(new Uint8Array(20)));
  await cut.closeWrite();
  assert.equal(await answered(cut), 0, "a first message that ends early");

  await using cleo = await start("cleo", "--name", "Cleo", ...to);
  await cleo.linkedTo(ana.ready.peer);
  await ben.ask(["send", "still here"]);
  await using reading = cleo.follow(["read", "--follow", "--json"]);
  for await (const line of reading.lines) if (JSON.parse(line).text === "still here") break;
  const peers = await ana.facts<{ state: string }>(["peers"]);
  assert.deepEqual(peers.map(({ state }) => state), ["linked", "linked"]);
  for (const connection of silent) connection.close();
  assert.equal((await ana.stop()).err, "");
});

Deno.test("hostile 27: 500 who shake hands ever so slowly keep no member out, and are all let go", async () => {
  await using folder = await tempFolder();
  const start = (name: string, ...args: string[]) =>
    RunningNode.start(loopback, `${folder.path}/${name}`, ["--no-discovery", ...args]);
  await using ana = await start("ana", "--name", "Ana");
  const to = ["--peer", `127.0.0.1:${ana.ready.port}`];
  const [first] = await transcript();
  // Some say nothing, some a byte at a time, and some go as far as the answer and no further.
  const slow = await Promise.all(Array.from({ length: 500 }, async (_, i) => {
    const connection = await connect(ana);
    await write(connection, first.subarray(0, [0, 1, 40, first.length][i % 4]));
    return { connection, drips: i % 4 === 1 || i % 4 === 2, mute: i % 4 < 3 };
  }));
  const open = new Set(slow);
  const drip = async () => {
    for (const one of open) if (one.drips) await write(one.connection, new Uint8Array(1));
  };
  const ends = slow.map((one) => answered(one.connection, () => open.delete(one)));
  await drip();
  await using ben = await start("ben", "--name", "Ben", ...to);
  await ben.linkedTo(ana.ready.peer);
  await drip();
  await using cleo = await start("cleo", "--name", "Cleo", ...to);
  await cleo.linkedTo(ana.ready.peer);
  await ben.ask(["send", "nobody is in the way"]);
  await using reading = cleo.follow(["read", "--follow", "--json"]);
  for await (const line of reading.lines) {
    if (JSON.parse(line).text === "nobody is in the way") break;
  }
  const bytes = await Promise.all(ends);
  const told = slow.flatMap(({ mute }, i) => mute ? [bytes[i]] : []);
  assert(told.every((count) => count === 0), "who did not say its first word got none");
  assert.equal((await ana.stop()).err, "");
});
