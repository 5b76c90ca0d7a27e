import type { ChannelView, MessageView, Snapshot } from "../view/view.ts";
import type { PeerId, SpaceId } from "../base/ids.ts";
import { MAX_PAGE_MESSAGES } from "../base/limits.ts";
import { cleanChannelName } from "../view/words.ts";
import { type Client, ClientError } from "./client.ts";
import type { Output } from "./output.ts";
import { spaceNamed } from "./space_named.ts";
import { PARTIAL_WORDS } from "../view/excerpt.ts";

/** Sends one message and prints its id. */
export async function send(
  client: Client,
  output: Output,
  { space: wanted, channel: name, text }: { space: string | null; channel: string; text: string },
): Promise<void> {
  const snapshot = await spaceNamed(client, wanted);
  const space = snapshot.space.id;
  const channel = channelNamed(snapshot, name);
  const message = await client.ask({ type: "message.send", space, channel: channel.id, text });
  output.result(message.id, facts(message, snapshot, channel));
}

/** Prints the newest `limit` messages, oldest first, and with `follow` each new one until `signal`. */
export async function read(
  client: Client,
  output: Output,
  options: { space: string | null; channel: string; limit: number; follow: boolean },
  signal: AbortSignal,
): Promise<void> {
  let snapshot = await spaceNamed(client, options.space);
  const space = snapshot.space.id;
  const channel = channelNamed(snapshot, options.channel);
  // Listening begins before reading, so that no message falls between the two.
  const events = options.follow ? await client.listen(signal) : null;
  const seen = new Set<string>();
  const print = (message: MessageView) => {
    if (seen.has(message.id)) return;
    seen.add(message.id);
    output.result(line(message, snapshot), facts(message, snapshot, channel));
  };
  for (const message of await history(client, space, channel, options.limit)) print(message);
  if (!events) return;
  for await (const event of events) {
    if (event.type === "person" || event.type === "self") {
      snapshot = await spaceNamed(client, space);
    } else if (event.type === "message" && event.message.channel === channel.id) {
      print(event.message);
    }
  }
}

/** Prints the newest messages that have all the words of `text`, newest first. */
export async function search(
  client: Client,
  output: Output,
  options: { space: string | null; channel: string | null; text: string },
): Promise<void> {
  const snapshot = await spaceNamed(client, options.space);
  const wanted = options.channel === null ? null : channelNamed(snapshot, options.channel);
  const { messages, partial } = await client.ask({
    type: "message.search",
    space: snapshot.space.id,
    text: options.text,
    ...(wanted ? { channel: wanted.id } : {}),
  });
  if (partial) output.note(PARTIAL_WORDS);
  if (messages.length === 0) {
    output.note("Nothing found: words are found whole, or by their first three letters or more");
  }
  for (const message of messages) {
    const channel = snapshot.channels.find(({ id }) => id === message.channel);
    if (!channel) continue;
    output.result(
      `#${channel.name}  ${line(message, snapshot)}`,
      facts(message, snapshot, channel),
    );
  }
}

async function history(
  client: Client,
  space: SpaceId,
  channel: ChannelView,
  limit: number,
): Promise<readonly MessageView[]> {
  let messages: readonly MessageView[] = [];
  for (;;) {
    const oldest = messages[0];
    const page = await client.ask({
      type: "message.list",
      space,
      channel: channel.id,
      limit: Math.min(limit - messages.length, MAX_PAGE_MESSAGES),
      ...(oldest ? { before: oldest.id } : {}),
    });
    messages = [...page.messages, ...messages];
    if (!page.more || page.messages.length === 0 || messages.length >= limit) return messages;
  }
}

function channelNamed(snapshot: Snapshot, name: string): ChannelView {
  const wanted = cleanedName(name);
  const channel = snapshot.channels.find((channel) => channel.name === wanted);
  if (!channel) {
    throw new ClientError(`There is no channel "${name}": \`channels\` lists them`);
  }
  return channel;
}

function cleanedName(name: string): string {
  try {
    return cleanChannelName(name);
  } catch (error) {
    throw new ClientError(`Bad --channel: ${error instanceof Error ? error.message : error}`);
  }
}

/** A person's name as the snapshot has it, or the start of the peer's id. */
export function nameOf({ self, people }: Pick<Snapshot, "self" | "people">, peer: PeerId): string {
  if (peer === self.peer) return self.name ?? "you";
  return people.find((person) => person.peer === peer)?.name ?? peer.slice(0, 8);
}

function facts(message: MessageView, snapshot: Snapshot, channel: ChannelView): object {
  return {
    id: message.id,
    channel: channel.name,
    author: { peer: message.author, name: nameOf(snapshot, message.author) },
    text: message.text,
    at: message.at,
  };
}

function line(message: MessageView, snapshot: Snapshot): string {
  const time = new Date(message.at).toLocaleString(undefined, {
    dateStyle: "short",
    timeStyle: "short",
  });
  return `${time}  ${nameOf(snapshot, message.author)}: ${message.text.replaceAll("\n", "\n    ")}`;
}
