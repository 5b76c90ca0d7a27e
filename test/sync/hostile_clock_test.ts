import assert from "node:assert/strict";
import { type MessageId, parseNoteId } from "../../core/base/ids.ts";
import { MAX_AHEAD_MS } from "../../core/base/limits.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { segmentDoc, SPACE_DOC } from "../../core/doc/doc_id.ts";
import { messageTime } from "../../core/doc/message_id.ts";
import { messageEntry, noteEntry } from "../../core/doc/projection.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { FakeClock } from "../fakes/clock.ts";
import { deviceKeys } from "../fakes/device.ts";
import { allMessages } from "../sim/sim_node.ts";
import { SimWorld } from "../sim/sim_world.ts";
import { Author } from "./author.ts";

const YEAR_9999_MS = Date.UTC(9999, 11, 31);
/** What an author's clock may say, in a change and in the id of a message, which has 48 bits for it. */
const CHANGE_TIMES = [0, -1, YEAR_9999_MS, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
const MESSAGE_TIMES = [0, 1, YEAR_9999_MS, 2 ** 48 - 1];

const general = channelIdOf(LOBBY, "general");
const CHAT = segmentDoc(general, 0);
const NOTE = parseNoteId("22".repeat(16));
const relay = deviceKeys(90).peer;

Deno.test("hostile 22: whatever a clock says, others keep their order, and no time is shown that cannot be", async () => {
  for (const changeTime of CHANGE_TIMES) {
    for (const time of MESSAGE_TIMES) {
      await SimWorld.run(22, async (world) => {
        const node = await world.add();
        const ann = await Author.open(80, LOBBY, new FakeClock(world.clock.now()));
        const odd = await Author.open(81, LOBBY, new FakeClock(changeTime));
        const { peer } = odd.keys;
        const id = `${time.toString(16).padStart(12, "0")}0000${peer.slice(0, 16)}` as MessageId;
        const items = [
          await ann.post(CHAT, "before"),
          await odd.write(CHAT, [messageEntry(id, "odd")]),
          await odd.write(SPACE_DOC, [noteEntry(NOTE, "odd")]),
          await ann.post(CHAT, "after"),
        ];
        const { fresh } = await node.replica.admit(items, relay);
        assert.equal(fresh, items.length);
        const own = await node.post(general, "mine");
        // The node's own clock is some minutes off.
        const latest = world.clock.now() + 2 * MAX_AHEAD_MS;
        const messages = allMessages(node.store, general);
        const honest = messages.map(({ text }) => text).filter((text) => text !== "odd");
        assert.deepEqual(honest, ["before", "after", "mine"]);
        for (const { at } of messages) assert.ok(at >= 0 && at <= latest, `${at}`);
        assert.ok(messageTime(own) <= latest, "nobody is dragged along");
        const changedAt = node.store.registers.note(LOBBY, NOTE)?.changedAt ?? -1;
        assert.ok(changedAt >= 0 && changedAt <= latest, `${changedAt}`);
      });
    }
  }
});
