import { systemClock } from "../../core/base/clock.ts";
import { silentLog } from "../../core/base/log.ts";
import { randomBytes } from "../../core/base/random.ts";
import { HANDSHAKE_BYTES, HandshakeError, shakeHands } from "../../core/net/handshake.ts";
import { openLink } from "../../core/net/secure_link.ts";
import { createDeviceKeys } from "../../core/trust/device_keys.ts";
import { doorOf } from "../../core/trust/door.ts";
import { connectionPair } from "../fakes/link_pair.ts";
import { sideOf } from "../fakes/sides.ts";
import { ScriptedConnection } from "../fakes/scripted_connection.ts";
import { FakeNetwork } from "../fakes/transport.ts";
import { loopbackPair } from "./loopback_pair.ts";
import { report } from "./stats.ts";

const HANDSHAKES = 1_000;
const JUNK = 20_000;
/** Doors of a node: the lobby's alone, and that of one who is in several spaces. */
const DOORS = [1, 8] as const;
const TOTAL_BYTES = 512 * 1024 * 1024;
const BLOCK_BYTES = 60_000;
const SMALL_BYTES = 250;
const SMALL_MESSAGES = 200_000;
const QUEUE_BYTES = 1024 * 1024;

const [one, two] = [createDeviceKeys(), createDeviceKeys()];

function options(initiator: boolean) {
  const keys = initiator ? one : two;
  return {
    keys,
    ...sideOf(initiator),
    clock: systemClock,
    log: silentLog,
    random: randomBytes,
  };
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Whole handshakes in memory, both ends in this thread. */
export async function benchHandshakes(): Promise<void> {
  const took = await seconds(async () => {
    for (let round = 0; round < HANDSHAKES; round++) {
      const [a, b] = await connectionPair(new FakeNetwork());
      await Promise.all([shakeHands(a, options(true)), shakeHands(b, options(false))]);
      a.close();
      b.close();
    }
  });
  report("handshakes, both ends", { unit: "1/s", value: Math.round(HANDSHAKES / took) });
}

/** Strangers' first messages, turned away without an answer. */
export async function benchJunk(): Promise<void> {
  for (const count of DOORS) await benchJunkAt(count);
}

async function benchJunkAt(count: number): Promise<void> {
  const doors = Array.from({ length: count }, () => doorOf(randomBytes(32), "a space"));
  const took = await seconds(async () => {
    for (let round = 0; round < JUNK; round++) {
      const connection = new ScriptedConnection(randomBytes(HANDSHAKE_BYTES[0]));
      try {
        await shakeHands(connection, { ...options(false), ...sideOf(false, doors) });
      } catch (error) {
        if (!(error instanceof HandshakeError) || error.failure !== "refused") throw error;
      }
      if (connection.written.length > 0) throw new Error("Cannot measure: junk got an answer");
    }
  });
  report("junk first messages refused", {
    unit: "1/s",
    value: Math.round(JUNK / took),
    doors: count,
  });
}

/** One direction of a link over loopback beside plain TCP, both ends in this thread. */
export async function benchThroughput(): Promise<void> {
  const plain = TOTAL_BYTES / await plainSeconds() / 1e6;
  const blocks = Math.ceil(TOTAL_BYTES / BLOCK_BYTES);
  const sealed = TOTAL_BYTES / await linkSeconds(BLOCK_BYTES, blocks) / 1e6;
  const small = SMALL_MESSAGES / await linkSeconds(SMALL_BYTES, SMALL_MESSAGES);
  report("link, one direction", {
    unit: "MB/s",
    value: Math.round(sealed),
    plainTcp: Math.round(plain),
    ratio: Math.round(sealed / plain * 100) / 100,
    smallMessagesPerSecond: Math.round(small),
  });
}

/** Everything about the link. */
export async function benchLink(): Promise<void> {
  await benchHandshakes();
  await benchJunk();
  await benchThroughput();
}

async function plainSeconds(): Promise<number> {
  const [a, b] = await loopbackPair();
  const block = new Uint8Array(64 * 1024);
  const took = await seconds(async () => {
    const writing = (async () => {
      for (let sent = 0; sent < TOTAL_BYTES;) {
        sent += await a.write(block.subarray(0, TOTAL_BYTES - sent));
      }
      a.close();
    })();
    const into = new Uint8Array(128 * 1024);
    while (await b.read(into) !== null);
    await writing;
  });
  b.close();
  return took;
}

async function linkSeconds(bytes: number, messages: number): Promise<number> {
  const [dialled, accepted] = await loopbackPair();
  const [a, b] = await Promise.all([
    openLink(dialled, options(true)),
    openLink(accepted, options(false)),
  ]);
  const message = new Uint8Array(bytes);
  const took = await seconds(async () => {
    const all = Promise.withResolvers<void>();
    let received = 0;
    b.start((batch) => {
      received += batch.length;
      if (received === messages) all.resolve();
    });
    for (let sent = 0; sent < messages; sent++) {
      a.send(message, "bulk");
      if (a.queuedBytes > QUEUE_BYTES) await a.drained();
    }
    await all.promise;
  });
  a.close("done");
  await Promise.all([a.closed, b.closed]);
  return took;
}
