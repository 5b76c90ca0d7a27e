import assert from "node:assert/strict";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { allMessages } from "./sim_node.ts";
import { SimWorld } from "./sim_world.ts";
import { checkEven, layCables, Story } from "./story.ts";
import {
  Equivocator,
  Flooder,
  Liar,
  Replayer,
  Squatter,
  type Villain,
  Withholder,
} from "./villains.ts";

/** How long the honest nodes may take to be even when all cables are mended, in milliseconds. */
const HEAL_MS = 120_000;
/** Things that happen in one story. */
const EVENTS = 60;
/** The device of the first villain. */
const FIRST_SEED = 300;

const KINDS = [Equivocator, Equivocator, Squatter, Replayer, Flooder, Liar, Withholder];
const CHANNELS = ["channel-0", "channel-1", "channel-2", "channel-3"].map((name) =>
  channelIdOf(LOBBY, name)
);
const DOCS = CHANNELS.flatMap((channel) => [0, 1, 2].map((n) => segmentDoc(channel, n)));

/**
 * Three to five honest nodes write, lose links, are cut off and crash, while some devices do all the harm they
 * can. Then the network is healed, and the honest are looked at.
 */
export function tellHostileStory(seed: number): Promise<void> {
  return SimWorld.run(seed, async (world) => {
    for (let i = 3 + world.int(3); i > 0; i--) await world.add();
    layCables(world);
    const villains = Array.from({ length: 2 + world.int(4) }, (_, i): Villain => {
      const Kind = world.pick(KINDS);
      return new Kind(world, FIRST_SEED + i);
    });
    const { crash } = world;
    world.crash = async (node) => {
      for (const villain of villains) villain.leave(node);
      await crash.call(world, node);
    };
    const story = new Story(world);
    for (let i = 0; i < EVENTS; i++) {
      if (world.unit() < 0.4) {
        const up = world.nodes.filter(({ isUp }) => isUp);
        await world.pick(villains).act(world.pick(up), DOCS);
      } else {
        await story.next();
      }
      await world.pass(world.int(world.unit() < 0.1 ? 3000 : 100));
    }
    // Villains go on for as long as they can be heard, but not for ever.
    for (const villain of villains) villain.leave();
    world.mend();
    for (const node of world.nodes) if (!node.isUp) await world.restart(node);
    const ms = await world.until(() => world.isEven, HEAL_MS);
    assert.notEqual(ms, undefined, `not even after ${HEAL_MS} ms`);
    await world.pass(100);
    await checkEven(world);
    checkHonest(world, story);
  });
}

/** Nothing that an honest node acknowledged is lost, and none names another honest one as the culprit. */
function checkHonest(world: SimWorld, { posted }: Story): void {
  const honest = new Set<unknown>(world.nodes.map(({ peer }) => peer));
  for (const node of world.nodes) {
    for (const { channel, id, text } of posted) {
      const found = allMessages(node.store, channel).find((message) => message.id === id);
      assert.equal(found?.text, text, `node ${node.number} has message ${id}`);
    }
    assert.equal(node.store.rewrites.next(LOBBY, 0), undefined, `node ${node.number} owes nothing`);
    assert.equal(node.store.clones.has(node.peer), false, `node ${node.number} is no clone`);
    for (const { level, text, facts } of node.logged) {
      if (level !== "warn" && level !== "error") continue;
      // Of what is forged, who brought it is to blame: what it says of its author is a lie.
      const named = [facts["peer"], facts["reason"] === "forged" ? null : facts["author"]];
      assert.equal(named.some((one) => honest.has(one)), false, `${text} ${JSON.stringify(facts)}`);
    }
  }
}
