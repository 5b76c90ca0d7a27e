/** What tests of a disk at fault have in common. */
import assert from "node:assert/strict";
import { join } from "@std/path";
import type { ChannelId, MessageId, SpaceId } from "../../core/base/ids.ts";
import type { Tab } from "./tab.ts";

/** Takes all the room that is left; removing the file gives it back. */
export function fillDisk(folder: string): string {
  const path = join(folder, "ballast");
  const file = Deno.openSync(path, { write: true, create: true, append: true });
  try {
    for (;;) file.writeSync(new Uint8Array(4096));
  } catch (error) {
    assert.match(String(error), /No space left/);
  } finally {
    file.close();
  }
  return path;
}

/** A channel of a space. */
export interface Room {
  readonly space: SpaceId;
  readonly channel: ChannelId;
}

/** Sends until the node refuses; gives what was acknowledged, and the refusal. */
export async function sendUntilRefused(tab: Tab, room: Room) {
  const acknowledged: MessageId[] = [];
  for (;;) {
    const text = `${acknowledged.length} ${"x".repeat(8000)}`;
    try {
      acknowledged.push((await tab.ask({ type: "message.send", ...room, text })).id);
    } catch (error) {
      return { acknowledged, refusal: String(error) };
    }
  }
}

/** All of a channel, the oldest first. */
export async function allMessages(tab: Tab, room: Room): Promise<MessageId[]> {
  let all: MessageId[] = [];
  for (;;) {
    const before = all[0] ? { before: all[0] } : {};
    const { messages, more } = await tab.ask({ type: "message.list", ...room, ...before });
    all = [...messages.map(({ id }) => id), ...all];
    if (!more) return all;
  }
}

/** The first channel of the lobby. */
export async function general(tab: Tab): Promise<Room> {
  const { space, channels: [channel] } = await tab.ask({ type: "snapshot" });
  assert(space && channel);
  return { space: space.id, channel: channel.id };
}
