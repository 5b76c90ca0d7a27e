import { progressWords } from "../view/space_words.ts";
import type { Snapshot, SpaceView } from "../view/view.ts";
import type { Client } from "./client.ts";
import { nameOf } from "./messages.ts";
import type { Output } from "./output.ts";
import { spaceNamed } from "./space_named.ts";

/** Prints what runs and who is here. */
export async function status(client: Client, output: Output, url: string): Promise<void> {
  const snapshot = await client.ask({ type: "snapshot" });
  const { self, spaces, space, people, fault, notices, version } = snapshot;
  const here = people.filter((person) => person.here);
  const names = here.map(({ name }) => name).join(", ");
  const others = spaces.filter(({ id }) => id !== space?.id);
  const lines = [
    `${self.name ?? "Not named yet"} on Earshot ${version}, ${url}`,
    space ? `In: ${space.name}${openWords(space)}` : "In: -",
    here.length === 0 ? "Nobody else is here" : `Here: ${names}`,
    ...spaces.flatMap((one) => progressLine(one, snapshot)),
    ...(others.length > 0 ? [`Also in: ${others.map(({ name }) => name).join(", ")}`] : []),
    ...notices.map(({ text }) => `Note: ${text}`),
    ...(fault ? [`Trouble: ${fault}`] : []),
  ];
  output.result(lines.join("\n"), {
    peer: self.peer,
    name: self.name,
    version,
    url,
    space: space?.name ?? null,
    spaces: spaces.map(({ id, name, kind, unread, progress }) => ({
      ...{ id, name, kind, unread, progress },
    })),
    here: here.map(({ peer, name }) => ({ peer, name })),
    notices: notices.map(({ kind, at, text }) => ({ kind, at, text })),
    fault,
  });
}

function progressLine({ name, progress }: SpaceView, snapshot: Snapshot): string[] {
  if (!progress) return [];
  return [`${name}: ${progressWords(progress, nameOf(snapshot, progress.peer))}`];
}

function openWords({ kind }: SpaceView): string {
  return kind === "lobby" ? " (open to everyone on this network)" : "";
}

/** Prints each machine that was found, and why it is not linked. */
export async function peers(client: Client, output: Output): Promise<void> {
  const found = await client.ask({ type: "peers" });
  if (found.length === 0) output.note("No other machine found yet");
  for (const peer of found) {
    const who = peer.name ?? peer.peer?.slice(0, 8) ?? "unknown";
    const problem = peer.problem ? ` (${peer.problem})` : "";
    output.result(`${peer.state.padEnd(8)} ${who} at ${peer.address}${problem}`, peer);
  }
}

/** Lists the channels of a space. */
export async function channels(
  client: Client,
  output: Output,
  space: string | null,
): Promise<void> {
  const snapshot = await spaceNamed(client, space);
  for (const channel of snapshot.channels) {
    const unread = channel.unread > 0 ? `  ${channel.unread} new` : "";
    output.result(`#${channel.name}${unread}`, channel);
  }
}
