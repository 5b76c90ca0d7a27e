/**
 * A member of the lobby that floods it, for flood_test.ts: `flooder.ts COUNT WAY PORT...`. It has a key and the
 * protocol, and neither disk nor manners: messages in due form are made as fast as they go, and sent to every
 * node at those ports of the loopback. WAY is "pushed", as one sends what one just wrote, or "streamed", as one
 * answers who asked for what is missing: it says that it holds other things, and is asked. It says its peer id, and when all is sent or a link
 * is closed, one JSON object per line.
 *
 * @module
 */
import { systemClock as clock } from "../../core/base/clock.ts";
import { silentLog as log } from "../../core/base/log.ts";
import { randomBytes as random } from "../../core/base/random.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { type Link, MAX_MESSAGE_BYTES } from "../../core/net/link.ts";
import { openLink } from "../../core/net/secure_link.ts";
import { tcpTransport } from "../../core/net/tcp.ts";
import { LOBBY_DOOR, meetTag } from "../../core/trust/door.ts";
import type { Envelope } from "../../core/trust/envelope.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { encodeMessage } from "../../core/wire/encode.ts";
import { MESSAGE_TYPES } from "../../core/wire/message.ts";
import { packEnvelopes } from "../../core/wire/pack.ts";
import { FakeClock } from "../fakes/clock.ts";
import { turn } from "../fakes/turn.ts";
import { Author } from "../sync/author.ts";
import { writeLine } from "./write_line.ts";

/** The most that one document takes without getting slow: who floods would do the same. */
const SEGMENT_MESSAGES = 1000;
/** Messages sent at once. */
const BATCH = 200;

const [count, way, ...ports] = Deno.args;
const total = Number(count);
const author = await Author.open(29, LOBBY, new FakeClock(clock.now()));
const general = channelIdOf(LOBBY, "general");
const made: Envelope[] = [];
let making = Promise.resolve();

/** Makes as many messages as are wanted; those are the same for every node. */
function make(wanted: number): Promise<void> {
  making = making.then(async () => {
    // What comes from the nodes is to be read, too.
    await turn();
    while (made.length < wanted) {
      const doc = segmentDoc(general, Math.floor(made.length / SEGMENT_MESSAGES));
      made.push(await author.post(doc, `flood ${made.length}`));
    }
  });
  return making;
}

async function open(port: number): Promise<Link> {
  const address = { host: "127.0.0.1", port };
  const connection = await tcpTransport.dial(address, AbortSignal.timeout(10_000));
  const { keys } = author;
  const parts = { keys, clock, log, random, initiator: true, door: LOBBY_DOOR } as const;
  const link = await openLink(connection, parts);
  void link.closed.then((reason) => writeLine({ event: "closed", port, reason }));
  const asked = Promise.withResolvers<void>();
  link.start((messages) => {
    if (messages.some(([type]) => type === MESSAGE_TYPES.vectors)) asked.resolve();
  });
  link.send(encodeMessage({ type: "meet", tags: [meetTag(LOBBY_DOOR, link.binding, keys.peer)] }));
  link.send(encodeMessage({ type: "digest", space: LOBBY, digest: random(32) }));
  if (way === "streamed") await asked.promise;
  return link;
}

async function flood(link: Link): Promise<void> {
  for (let sent = 0; sent < total; sent += BATCH) {
    await make(Math.min(total, sent + BATCH));
    const items = made.slice(sent, sent + BATCH);
    for (const message of packEnvelopes(LOBBY, way === "pushed", items, MAX_MESSAGE_BYTES)) {
      link.send(message, "bulk");
    }
    if (!await link.drained()) return;
  }
  writeLine({ event: "sent", port: link.remote.port });
}

const links = await Promise.all(ports.map((port) => open(Number(port))));
writeLine({ event: "open", peer: author.keys.peer });
await Promise.all(links.map(flood));
