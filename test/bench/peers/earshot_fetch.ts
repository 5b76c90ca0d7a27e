import type { ChannelId, MessageId } from "../../../core/base/ids.ts";
import { MAX_PAGE_MESSAGES } from "../../../core/base/limits.ts";
import { LOBBY } from "../../../core/trust/lobby.ts";
import { loopback } from "../../e2e/place.ts";
import { RunningNode } from "../../e2e/running_node.ts";
import { RefusalError, Tab } from "../../e2e/tab.ts";
import type { Expected, Fetched } from "./cold_documents.ts";

/** Messages on the newest screen. */
const SCREEN = 50;
/** Between two looks at what is there. */
const LOOK_MS = 10;
/** How long the new node is up before the other answers, as one is that somebody lets in: its start is over. */
const UP_MS = 4_300;
/** It fails rather than never ends. */
const MAX_MS = 10 * 60 * 1000;

/** How the new node is run. */
interface FetchOptions {
  readonly start?: (data: string, args: readonly string[]) => Promise<RunningNode>;
  /** Called before anything comes. */
  readonly onUp?: () => Promise<void>;
  /** Called when all is there. */
  readonly onAll?: () => Promise<void>;
}

/**
 * A new node gets all from one that listens for peers at `port`; what is there is read by a tab, and counted at the end.
 */
export async function fetchWithEarshot(
  from: RunningNode,
  port: number,
  data: string,
  expected: Expected,
  {
    start: startNode = (data, args) => RunningNode.start(loopback, data, args),
    onUp = async () => {},
    onAll = async () => {},
  }: FetchOptions = {},
): Promise<Fetched> {
  const args = ["--no-discovery", "--peer", `127.0.0.1:${port}`];
  Deno.kill(from.pid, "SIGSTOP");
  await using node = await startNode(data, args);
  using tab = await Tab.open(node.ready.url);
  await new Promise((resolve) => setTimeout(resolve, UP_MS));
  await onUp();
  Deno.kill(from.pid, "SIGCONT");
  await node.linkedTo(from.ready.peer);
  const start = performance.now();
  const waiting = [...expected].map(([channel, documents]) => new Waiting(channel, documents));
  let newestMs = 0;
  for (;;) {
    // One at a time: who looks takes its share of the two cores.
    const lacking = waiting.find(({ hasScreen }) => !hasScreen) ??
      waiting.find(({ hasAll }) => !hasAll);
    const isNews = await lacking?.look(tab);
    const ms = performance.now() - start;
    if (waiting.every(({ hasScreen }) => hasScreen)) newestMs ||= ms;
    if (!lacking) break;
    if (ms > MAX_MS) throw new Error("Cannot measure: not all arrived");
    if (!isNews) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  const allMs = performance.now() - start;
  await onAll();
  const bytes = await bytesThrough(port);
  let messages = 0;
  for (const channel of expected.keys()) messages += await countOf(tab, channel);
  await node.stop();
  return { allMs, newestMs, messages, ...bytes };
}

/** What of one channel is not there yet. */
class Waiting {
  readonly #channel: ChannelId;
  readonly #documents: readonly (readonly MessageId[])[];
  #left: number;

  constructor(channel: ChannelId, documents: readonly (readonly MessageId[])[]) {
    this.#channel = channel;
    this.#documents = documents;
    this.#left = documents.length;
  }

  get hasScreen(): boolean {
    return this.#left < this.#documents.length;
  }

  get hasAll(): boolean {
    return this.#left === 0;
  }

  /**
   * Looks for its documents from the newest back; one whose last screen is there counts as there. Gives whether
   * there are any more than before.
   */
  async look(tab: Tab): Promise<boolean> {
    const before = this.#left;
    while (this.#left > 0) {
      const wanted = this.#documents[this.#left - 1]!.slice(-SCREEN);
      const next = this.#documents[this.#left]?.[0];
      const there = await page(tab, this.#channel, SCREEN, next);
      if (there.join() !== wanted.join()) break;
      this.#left--;
    }
    return this.#left < before;
  }
}

async function page(
  tab: Tab,
  channel: ChannelId,
  limit: number,
  before: MessageId | undefined,
): Promise<MessageId[]> {
  const { messages } = await tab.ask({
    type: "message.list",
    space: LOBBY,
    channel,
    limit,
    ...(before ? { before } : {}),
  }).catch((error) => {
    // A channel is not known before the space document has come.
    if (error instanceof RefusalError) return { messages: [] };
    throw error;
  });
  return messages.map(({ id }) => id);
}

async function countOf(tab: Tab, channel: ChannelId): Promise<number> {
  let ids = await page(tab, channel, MAX_PAGE_MESSAGES, undefined);
  let count = 0;
  while (ids.length > 0) {
    count += ids.length;
    ids = await page(tab, channel, MAX_PAGE_MESSAGES, ids[0]);
  }
  return count;
}

/** What the connections to a port of this machine brought there and back, by the kernel's count. */
async function bytesThrough(
  port: number,
): Promise<{ readonly bytesIn: number | null; readonly bytesOut: number | null }> {
  let text: string;
  try {
    const { stdout } = await new Deno.Command("ss", { args: ["-tinH", `sport = :${port}`] })
      .output();
    text = new TextDecoder().decode(stdout);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { bytesIn: null, bytesOut: null };
  }
  const sum = (name: string) =>
    [...text.matchAll(new RegExp(`\\b${name}:(\\d+)`, "g"))]
      .reduce((all, [, bytes]) => all + Number(bytes), 0);
  return { bytesIn: sum("bytes_acked"), bytesOut: sum("bytes_received") };
}
