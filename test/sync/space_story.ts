/** What tests of private spaces have in common: a node with one, and device 50 that may be let in. */
import type { EntryHash } from "../../core/base/ids.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { LOBBY_DOOR } from "../../core/trust/door.ts";
import { entryHash } from "../../core/trust/entry.ts";
import type { Message } from "../../core/wire/message.ts";
import { deviceKeys } from "../fakes/device.ts";
import { Intruder } from "../sim/intruder.ts";
import type { SimNode } from "../sim/sim_node.ts";
import type { SimSpace } from "../sim/sim_space.ts";
import { SimWorld } from "../sim/sim_world.ts";

export const member = deviceKeys(50);

export interface SpaceStory {
  readonly world: SimWorld;
  readonly node: SimNode;
  /** The node's own. */
  readonly space: SimSpace;
}

/** A node with a private space. */
export function spaceStory(act: (story: SpaceStory) => Promise<void>): Promise<void> {
  return SimWorld.run(1, async (world) => {
    const node = await world.add();
    await act({ world, node, space: node.createSpace("Crew") });
  });
}

/** The same, with device 50 let in. */
export function memberStory(act: (story: SpaceStory) => Promise<void>): Promise<void> {
  return spaceStory(async (story) => {
    story.space.letIn(member);
    await act(story);
  });
}

/** Writes a message into a private space. */
export async function postIn(node: SimNode, { space }: SimSpace): Promise<void> {
  await node.post(channelIdOf(space, "general"), "x", 0, space);
}

/** Device 50 at a node, showing the newest door of a space. */
export function atTheDoor({ world, node, space }: SpaceStory, delay = 1): Intruder {
  const peer = new Intruder(world, node, 50, delay);
  peer.meet(LOBBY_DOOR, space.doors()[0]!);
  return peer;
}

/** What was said to a peer about one space. */
export function about({ heard }: Intruder, { space }: SimSpace): Message[] {
  return heard.filter((message) => "space" in message && message.space === space);
}

/** The entries that a peer was sent, in order. */
export function entriesOf(peer: Intruder): EntryHash[] {
  return peer.all("entries").flatMap(({ items }) => items.map(({ bytes }) => entryHash(bytes)));
}

/** All that is held of a log, as it is said. */
export function listOf({ space, log }: SimSpace): Message {
  return { type: "log", space, hashes: log!.hashes(), last: true };
}

/** A log of which nothing is held. */
export function emptyList({ space }: SimSpace): Message {
  return { type: "log", space, hashes: [], last: true };
}
