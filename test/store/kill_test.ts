import assert from "node:assert/strict";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { Store } from "../../core/store/store.ts";
import { seededUnit } from "../fakes/random.ts";
import { Child } from "./child.ts";
import { GENERAL, NOW, peer, SPACE, withDirectory } from "./made.ts";

const KILLS = 20;
const MAX_LINES = 60;
const DOC = segmentDoc(GENERAL, 0);

Deno.test("hostile 39: killed at any moment, a node has all it had told, and its log has no gap", () =>
  withDirectory(async (directory) => {
    const unit = seededUnit(39);
    let told = 0;
    for (let kill = 1; kill <= KILLS; kill++) {
      const child = Child.start("write_forever", [directory]);
      const lines = Math.floor(unit() * MAX_LINES);
      for (let i = 0; i < lines; i++) told = Number(await child.line());
      for (const line of await child.kill()) told = Number(line);

      const store = Store.open(directory);
      const [held = 0] = store.envelopes.vector(SPACE, DOC).values();
      // What was told last, and perhaps what was committed and not told yet.
      assert(held === told || held === told + 1, `kill ${kill}: told ${told}, held ${held}`);
      assert.equal(store.envelopes.changes(SPACE, DOC).length, held);
      assert.deepEqual([...store.messages.segments(SPACE, GENERAL)], held ? [[0, held]] : []);
      if (held > 0) {
        assert.equal(store.messages.newest(SPACE, GENERAL)?.text, `text ${held}`);
        assert.equal(store.receipts.get(`request-${held}`, NOW)?.answer, held);
        assert(store.seen.get(peer(2)) >= NOW + told, `kill ${kill}`);
      }
      store.close();
    }
    assert(told > 0);
  }));
