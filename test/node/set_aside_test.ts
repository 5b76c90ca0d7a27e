import assert from "node:assert/strict";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { docKey } from "../../core/doc/doc_key.ts";
import { Notices } from "../../core/node/notices.ts";
import { tellSetAside } from "../../core/node/set_aside.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import { verifyEnvelope } from "../../core/trust/envelope.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { silentLog } from "../../core/base/log.ts";
import { Store } from "../../core/store/store.ts";
import type { Event } from "../../core/view/event.ts";
import { FakeClock } from "../fakes/clock.ts";
import { Author } from "../sync/author.ts";

Deno.test("ADM-10: the author of a change that is left out is named, who built on it is not", async () => {
  const directory = Deno.makeTempDirSync();
  try {
    using store = Store.open(directory);
    const doc = segmentDoc(channelIdOf(LOBBY, "general"), 0);
    const [villain, honest] = [await Author.open(1), await Author.open(2)];
    const spoiled = await villain.post(doc, "spoiled");
    await honest.read(spoiled);
    const built = await honest.post(doc, "built on it");
    const envelopes = [spoiled, built].map(verifyEnvelope);
    store.commit({ space: LOBBY, envelopes, rows: [], receivedAt: 1 });
    const told: Event[] = [];
    const notices = new Notices({
      store,
      clock: new FakeClock(),
      log: silentLog,
      tell: (event) => void told.push(event),
    });
    const hashes = [spoiled, built].map(({ change }) => readChangeHeader(change).hash);
    tellSetAside(store, notices)(docKey(LOBBY, doc), [
      { hash: hashes[0]!, reason: "deadly", text: "" },
      { hash: hashes[1]!, reason: "missing", text: "" },
    ]);
    assert.deepEqual(notices.all().map(({ peer }) => peer), [villain.keys.peer]);
    assert.match(notices.all()[0]?.text ?? "", /in #general would spoil it/);
    assert.equal(told.length, 1);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
