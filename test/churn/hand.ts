/**
 * The hand of one person in a churn run: a small process on the host of a node, which only from there can be
 * asked. It writes to the lobby, one message at a time, each when the one before it was acknowledged; what a
 * node did not acknowledge before it went is sent to its next start under the same id. `hand.ts NAME PAUSE_MS`:
 * about so long between two. Orders come as lines of JSON, see {@linkcode Order}; it says each text that was
 * acknowledged, then answers, see {@linkcode Said}.
 *
 * @module
 */
import { allTexts } from "../e2e/all_texts.ts";
import { GoneError, isFault, lookUntil, Tab } from "../e2e/tab.ts";
import { TextLineStream } from "../e2e/text_lines.ts";
import { writeLine } from "../e2e/write_line.ts";

/** What a hand is told. */
export type Order =
  /** Its node runs, and is asked here. */
  | { readonly order: "at"; readonly url: string }
  /** To write no more; the last is brought to its end. */
  | { readonly order: "end" }
  /** To wait until its node shows so many messages, and say them. */
  | { readonly order: "show"; readonly count: number };

/** What a hand says. */
export type Said =
  | { readonly said: "acknowledged"; readonly text: string }
  | { readonly said: "ended"; readonly resent: number; readonly faults: number }
  | { readonly said: "shown"; readonly texts: readonly string[] };

/** A tab that lost its node connects anew this often, as the page does: the node may only have been slow. */
const AGAIN_MS = 2_000;

const [name, pause] = Deno.args;
const pauseMs = Number(pause);
let url: string | undefined;
let tab: Tab | undefined;
let arrival = Promise.withResolvers<void>();
let isEnding = false;
let wake: () => void = () => {};
let resent = 0;
let faults = 0;

/** Between nothing and twice the pause: hands do not go in step. */
async function rest(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, 2 * pauseMs * Math.random());
  wake = resolve;
  await promise;
  clearTimeout(timer);
}

async function lobby(tab: Tab) {
  const { spaces } = await tab.ask({ type: "snapshot" });
  const space = spaces.find(({ kind }) => kind === "lobby")!.id;
  const { channels: [channel] } = await tab.ask({ type: "snapshot", space });
  return { space, channel: channel!.id };
}

/** Has it acknowledged, by whatever start of the node. */
async function send(text: string): Promise<void> {
  for (;;) {
    const coming = arrival.promise;
    try {
      if (!tab) throw new GoneError("No node yet");
      await tab.ask({ type: "message.send", ...await lobby(tab), text }, text.replace(" ", "-"));
      return writeLine({ said: "acknowledged", text });
    } catch (error) {
      if (isFault(error)) faults++;
      else if (error instanceof GoneError) {
        resent++;
        tab = undefined;
        await Promise.race([coming, reconnect(coming)]);
      } else throw error;
    }
  }
}

async function write(): Promise<void> {
  for (let count = 1; !isEnding; count++) {
    await rest();
    if (!isEnding) await send(`${name} ${count}`);
  }
  writeLine({ said: "ended", resent, faults });
}

/** Opens a tab where the node was last, unless it comes anew. */
async function reconnect(coming: Promise<void>): Promise<void> {
  while (!tab && arrival.promise === coming) {
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    if (!url || arrival.promise !== coming) continue;
    const again = await opened(url);
    // Who came anew meanwhile has brought its own.
    if (arrival.promise === coming) tab = again;
    else again?.[Symbol.dispose]();
  }
}

/** A tab, unless the node is gone. */
async function opened(url: string): Promise<Tab | undefined> {
  try {
    return await Tab.open(url);
  } catch (error) {
    if (error instanceof GoneError) return undefined;
    throw error;
  }
}

async function at(place: string): Promise<void> {
  url = place;
  tab = await opened(url);
  const { resolve } = arrival;
  arrival = Promise.withResolvers();
  resolve();
}

async function show(count: number): Promise<void> {
  const open = tab!;
  const room = await lobby(open);
  let texts: string[] = [];
  await lookUntil(open, async () => (texts = await allTexts(open, room)).length >= count);
  writeLine({ said: "shown", texts });
}

/** Said in words to whoever reads stderr: the run fails then. */
function fail(error: unknown): never {
  Deno.stderr.writeSync(new TextEncoder().encode(`${name}: ${error}\n`));
  Deno.exit(1);
}

write().catch(fail);
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextLineStream());
for await (const line of lines) {
  const order: Order = JSON.parse(line);
  if (order.order === "at") {
    await at(order.url).catch(fail);
  } else if (order.order === "end") {
    isEnding = true;
    wake();
  } else {
    void show(order.count).catch(fail);
  }
}
Deno.exit();
