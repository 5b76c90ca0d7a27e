import { tcpTransport } from "../../core/net/tcp.ts";
import type { Connection } from "../../core/net/transport.ts";

/** Both ends of a TCP connection over loopback, the dialled one first. */
export async function loopbackPair(): Promise<[Connection, Connection]> {
  const accepted = Promise.withResolvers<Connection>();
  const host = "127.0.0.1";
  const listener = await tcpTransport.listen([host], 0, accepted.resolve);
  const signal = new AbortController().signal;
  const dialled = await tcpTransport.dial({ host, port: listener.port }, signal);
  await listener.close();
  return [dialled, await accepted.promise];
}
