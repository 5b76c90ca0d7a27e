/** Which documents rest, and when. */
import assert from "node:assert/strict";
import { SEGMENT_MESSAGES } from "../../core/base/limits.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { messageEntry } from "../../core/doc/projection.ts";
import { Compaction } from "../../core/sync/compaction.ts";
import { REST_AFTER_MS } from "../../core/sync/timing.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { MessageClock } from "../../core/doc/message_id.ts";
import { SimWorld } from "../sim/sim_world.ts";

const general = channelIdOf(LOBBY, "general");
const [full, open] = [segmentDoc(general, 0), segmentDoc(general, 1)];
/** Messages written by one change. */
const AT_ONCE = 100;

Deno.test("SEAL-8: a segment rests when it is full and quiet, one with room does not", () =>
  SimWorld.run(1, async (world) => {
    const node = await world.add();
    const { replica, store, documents, peer } = node;
    const { clock } = world;
    const ids = new MessageClock(peer, clock);
    const write = (doc: typeof full, count: number) =>
      replica.put(
        doc,
        Array.from({ length: count }, (_, i) => messageEntry(ids.next(), `text ${i}`)),
        { at: clock.now() },
      );
    for (let n = 0; n < SEGMENT_MESSAGES; n += AT_ONCE) await write(full, AT_ONCE);
    // A hundred changes at least are worth it.
    for (let n = 0; n < AT_ONCE; n++) {
      await write(full, 1);
      await write(open, 1);
    }
    const compaction = new Compaction({
      ...{ replica, store, documents, clock, steady: clock },
      log: () => {},
    });
    await compaction.run();
    assert.equal(store.bases.bytes(LOBBY, full) !== null, false, "something came a moment ago");
    // The clocks of nodes differ by minutes.
    await world.pass(2 * REST_AFTER_MS);
    await compaction.run();
    assert.equal(store.bases.bytes(LOBBY, full) !== null, true);
    assert.equal(store.bases.bytes(LOBBY, open) !== null, false, "it has room");
    assert.deepEqual(store.envelopes.stored(LOBBY, full), []);
    assert.equal(store.messages.segments(LOBBY, general).get(0), SEGMENT_MESSAGES + AT_ONCE);
    await compaction.close();
  }));
