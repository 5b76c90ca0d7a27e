import { Buffer } from "node:buffer";
import { silentLog } from "../../core/base/log.ts";
import { FRAME_OVERHEAD_BYTES, FrameReader, FrameWriter } from "../../core/net/frame.ts";
import { shakeHands } from "../../core/net/handshake.ts";
import { openLink, type SecureLink } from "../../core/net/secure_link.ts";
import type { Connection } from "../../core/net/transport.ts";
import { FakeClock } from "./clock.ts";
import { deviceKeys } from "./device.ts";
import { connectionPair } from "./link_pair.ts";
import { seededBytes } from "./random.ts";
import { sideOf } from "./sides.ts";
import { FakeNetwork } from "./transport.ts";

/** Device 2's real link, and as device 1 a peer that did the handshake and does what a test says. */
export interface RawPeer {
  link: SecureLink;
  clock: FakeClock;
  network: FakeNetwork;
  connection: Connection;
  /** Seals frames; gives their bytes. */
  seal(...frames: { type: number; body?: Uint8Array }[]): Uint8Array;
  /** Writes frames. */
  frames(...frames: { type: number; body?: Uint8Array }[]): Promise<void>;
  /** Writes bytes as they are. */
  write(bytes: Uint8Array): Promise<void>;
  /** Reads to the end; gives the types of the frames. */
  readTypes(): Promise<number[]>;
}

/** Opens a link, from host "a" to host "b", with a {@linkcode RawPeer}; each seed makes another session. */
export async function rawPeer(seed = 10): Promise<RawPeer> {
  const clock = new FakeClock();
  const network = new FakeNetwork();
  const [connection, accepted] = await connectionPair(network);
  const options = (device: number) => ({
    keys: deviceKeys(device),
    ...sideOf(device === 1),
    clock,
    log: silentLog,
    random: seededBytes(device + seed),
  });
  const [session, link] = await Promise.all([
    shakeHands(connection, options(1)),
    openLink(accepted, options(2)),
  ]);
  const writer = new FrameWriter(session.send);
  const seal: RawPeer["seal"] = (...frames) =>
    Buffer.concat(frames.map(({ type, body = new Uint8Array(0) }) => {
      const into = new Uint8Array(body.length + FRAME_OVERHEAD_BYTES);
      writer.write(type, body, into);
      return into;
    }));
  const write: RawPeer["write"] = async (bytes) => {
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  };
  const readTypes = async () => {
    const reader = new FrameReader(session.receive);
    const types: number[] = [];
    for (;;) {
      const count = await connection.read(reader.space);
      if (count === null) return types;
      types.push(...reader.take(count).map(({ type }) => type));
    }
  };
  return {
    link,
    clock,
    network,
    connection,
    seal,
    write,
    readTypes,
    frames: (...frames) => write(seal(...frames)),
  };
}
