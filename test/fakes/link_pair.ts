import { silentLog } from "../../core/base/log.ts";
import type { SecureLink } from "../../core/net/secure_link.ts";
import { openLink } from "../../core/net/secure_link.ts";
import type { Connection } from "../../core/net/transport.ts";
import { FakeClock } from "./clock.ts";
import { deviceKeys } from "./device.ts";
import { seededBytes } from "./random.ts";
import { sideOf } from "./sides.ts";
import { FakeNetwork } from "./transport.ts";

/** Two devices with a real link between them, over a network in memory and a clock that stands still. */
export interface LinkPair {
  network: FakeNetwork;
  clock: FakeClock;
  /** The link of device 1, on host "a", which dialled. */
  a: SecureLink;
  /** The link of device 2, on host "b". */
  b: SecureLink;
}

/** Both ends of a connection from host "a" to host "b". */
export async function connectionPair(network: FakeNetwork): Promise<[Connection, Connection]> {
  const accepted = Promise.withResolvers<Connection>();
  const listener = await network.host("b").listen(["b"], 1, accepted.resolve);
  const signal = new AbortController().signal;
  const dialled = await network.host("a").dial({ host: "b", port: listener.port }, signal);
  return [dialled, await accepted.promise];
}

/** Links device 1 to device 2; `wrap` may look at or meddle with what their connections carry. */
export async function linkPair(
  wrap?: (connection: Connection, host: "a" | "b") => Connection,
  seed?: number,
): Promise<LinkPair> {
  const wrapped = wrap ?? ((connection: Connection) => connection);
  const network = new FakeNetwork(seed);
  const clock = new FakeClock();
  const [dialled, accepted] = await connectionPair(network);
  const open = (connection: Connection, device: number) =>
    openLink(connection, {
      keys: deviceKeys(device),
      ...sideOf(device === 1),
      clock,
      log: silentLog,
      random: seededBytes(device + 10),
    });
  const [a, b] = await Promise.all([
    open(wrapped(dialled, "a"), 1),
    open(wrapped(accepted, "b"), 2),
  ]);
  return { network, clock, a, b };
}
