import { loopback } from "../../e2e/place.ts";
import { RunningNode } from "../../e2e/running_node.ts";
import { isFault, Tab } from "../../e2e/tab.ts";
import { Echo } from "../echo_process.ts";
import { pause, quantile, report } from "../stats.ts";
import { IrcClient, Ngircd } from "./irc.ts";

const MESSAGES = 500;
const WARM_UP = 20;
/** Mean of the exponentially distributed time between two of one path, in milliseconds. */
const GAP_MS = 30;
const TEXT = "x".repeat(100);

/** Brings one text from one to the other; resolves when it is seen there. */
type Path = (text: string) => Promise<unknown>;

/**
 * From who writes to who reads: two nodes of Earshot (signed, encrypted and on both disks when it is seen), two
 * clients of one ngircd, and a TCP echo there and back of as many bytes; in turn, so that all meet the same
 * noise.
 */
export async function benchMessagePath(folder: string): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const a = opened.use(await RunningNode.start(loopback, `${folder}/a`, ["--name", "Ana"]));
  const b = opened.use(await RunningNode.start(loopback, `${folder}/b`, ["--name", "Ben"]));
  await b.linkedTo(a.ready.peer);
  const paths = new Map<string, Path>([["earshot", await earshotPath(a, b, opened)]]);
  const ngircd = await Ngircd.start(folder);
  if (ngircd) {
    opened.use(ngircd);
    paths.set("ngircd", await ircPath(ngircd.port, opened));
  }
  const echo = opened.use(await Echo.start(TEXT.length));
  paths.set("tcpEcho", () => echo.roundTrip());

  const times = new Map([...paths.keys()].map((name) => [name, [] as number[]]));
  for (let n = 0; n < WARM_UP + MESSAGES; n++) {
    for (const [name, path] of paths) {
      await pause(GAP_MS / paths.size);
      const start = performance.now();
      const sent = path(`${n} ${TEXT}`.slice(0, TEXT.length));
      // What starts up on a busy machine may be too slow for its own deadlines.
      await (n < WARM_UP ? sent.catch(passFault) : sent);
      if (n >= WARM_UP) times.get(name)!.push(performance.now() - start);
    }
  }
  await a.stop();
  await b.stop();
  const round = (value: number) => Math.round(value * 100) / 100;
  const p50 = (name: string) => quantile(times.get(name) ?? [], 0.5);
  const row = (name: string) => ({
    p50: round(p50(name)),
    p99: round(quantile(times.get(name) ?? [], 0.99)),
  });
  report("peers: message path", {
    unit: "ms",
    messages: MESSAGES,
    bytes: TEXT.length,
    earshot: row("earshot"),
    ngircd: ngircd ? row("ngircd") : "not installed, apt-get install ngircd",
    tcpEcho: row("tcpEcho"),
    ...(ngircd ? { ratioToNgircd: round(p50("earshot") / p50("ngircd")) } : {}),
    ratioToEcho: round(p50("earshot") / p50("tcpEcho")),
  });
}

function passFault(error: unknown): void {
  if (!isFault(error)) throw error;
}

async function earshotPath(
  a: RunningNode,
  b: RunningNode,
  opened: AsyncDisposableStack,
): Promise<Path> {
  const from = opened.use(await Tab.open(a.ready.url));
  const to = opened.use(await Tab.open(b.ready.url));
  const { space, channels: [channel] } = await from.ask({ type: "snapshot" });
  if (!space || !channel) throw new Error("Cannot measure: the node has no channel");
  return async (text) => {
    const seen = new Promise<void>((resolve) => {
      to.onEvent = (event) => {
        if (event.type === "message" && event.message.text === text) resolve();
      };
    });
    const ask = { type: "message.send", space: space.id, channel: channel.id, text } as const;
    await Promise.all([from.ask(ask), seen]);
  };
}

async function ircPath(port: number, opened: AsyncDisposableStack): Promise<Path> {
  const from = opened.use(await IrcClient.join(port, "ana"));
  const to = opened.use(await IrcClient.join(port, "ben"));
  return async (text) => {
    const seen = new Promise<void>((resolve) => {
      to.onMessage = (heard) => {
        if (heard === text) resolve();
      };
    });
    await Promise.all([from.say(text), seen]);
  };
}
