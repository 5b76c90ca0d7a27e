/** What authors may write, and what of those who may not counts all the same. */
import assert from "node:assert/strict";
import type { PeerId } from "../../core/base/ids.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { messageEntry } from "../../core/doc/projection.ts";
import { restDocument } from "../../core/sync/compaction.ts";
import { NotNowError } from "../../core/sync/own_writes.ts";
import { Replica } from "../../core/sync/replica.ts";
import { actorOf } from "../../core/trust/actor.ts";
import type { Rights } from "../../core/trust/member_views.ts";
import type { Envelope } from "../../core/trust/envelope.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { deviceKeys } from "../fakes/device.ts";
import { allMessages, type SimNode } from "../sim/sim_node.ts";
import { SimWorld } from "../sim/sim_world.ts";
import { Author } from "./author.ts";

const general = channelIdOf(LOBBY, "general");
const doc = segmentDoc(general, 0);
const otherDoc = segmentDoc(general, 1);
const relay = deviceKeys(90).peer;

interface Scene {
  readonly node: SimNode;
  readonly replica: Replica;
  readonly rights: Map<PeerId, Rights>;
  /** Ana writes, Ben was removed or may only read. */
  readonly ana: Author;
  readonly ben: Author;
  /** A replica that has forgotten what is not on disk, as after a restart. */
  readonly fresh: () => Replica;
}

function scene(act: (scene: Scene) => Promise<void>): Promise<void> {
  return SimWorld.run(1, async (world) => {
    const node = await world.add();
    const rights = new Map<PeerId, Rights>();
    const { store, documents, keys } = node;
    const replicas: Replica[] = [];
    const fresh = () => {
      const replica = new Replica({
        ...{ space: LOBBY, signer: keys, store, documents, clock: world.clock },
        rights: (author) => rights.get(author) ?? { type: "writer" },
        log: () => {},
      });
      replicas.push(replica);
      return replica;
    };
    const [ana, ben] = [await Author.open(80), await Author.open(81)];
    await act({ node, replica: fresh(), rights, ana, ben, fresh });
    for (const replica of replicas) await replica.close();
  });
}

const texts = ({ store }: SimNode) => allMessages(store, general).map(({ text }) => text).sort();

async function posts(author: Author, ...texts: string[]): Promise<Envelope[]> {
  const envelopes: Envelope[] = [];
  for (const text of texts) envelopes.push(await author.post(doc, text));
  return envelopes;
}

const cutAt = (author: Author, seq: number, rest = false): Rights => {
  const actor = actorOf(author.keys.peer, LOBBY, doc);
  return { type: "cut", cut: { docs: [[doc, seq > 0 ? [[actor, seq]] : []]], rest } };
};

Deno.test("RIGHTS-1: what a reader or a stranger writes is refused, and taken when they may", async () => {
  await scene(async ({ node, replica, rights, ben }) => {
    const sent = await posts(ben, "one", "two");
    for (const type of ["reader", "none"] as const) {
      rights.set(ben.keys.peer, { type });
      const { fresh, refused, held } = await replica.admit(sent, relay);
      assert.deepEqual({ fresh, refused, held }, {
        fresh: 0,
        refused: { "no right": 2 },
        held: [],
      });
    }
    assert.deepEqual(texts(node), []);
    rights.delete(ben.keys.peer);
    await replica.rightsChanged();
    assert.deepEqual(texts(node), ["one", "two"], "without being sent again");
  });
});

Deno.test("RIGHTS-1: who may not write here is told so, and owes nothing", async () => {
  await scene(async ({ node, replica, rights }) => {
    rights.set(node.peer, { type: "reader" });
    await assert.rejects(write(replica, 1), NotNowError);
    rights.set(node.peer, { type: "writer" });
    await write(replica, 1);
    assert.deepEqual(replica.logsOf(node.peer), [[doc, [[actorOf(node.peer, LOBBY, doc), 1]]]]);
  });
});

Deno.test("RIGHTS-2: below the cut all counts, above it nothing by itself", async () => {
  await scene(async ({ node, replica, rights, ben }) => {
    rights.set(ben.keys.peer, cutAt(ben, 2));
    const sent = await posts(ben, "one", "two", "three", "four");
    const elsewhere = await ben.post(otherDoc, "elsewhere");
    const { fresh, refused } = await replica.admit([...sent, elsewhere], relay);
    assert.deepEqual([fresh, refused], [2, { "no right": 3 }]);
    assert.deepEqual(texts(node), ["one", "two"]);
    rights.set(ben.keys.peer, cutAt(ben, 2, true));
    await replica.rightsChanged();
    assert.deepEqual(texts(node), ["elsewhere", "one", "two"], "the rest counts whole");
  });
});

Deno.test("RIGHTS-3: what one who may write built on counts, and no more than that", async () => {
  await scene(async ({ node, replica, rights, ana, ben }) => {
    const sent = await posts(ben, "one", "two", "three", "four");
    await ana.read(...sent.slice(0, 3));
    const answer = await ana.post(doc, "answer to three");
    rights.set(ben.keys.peer, cutAt(ben, 1));
    for (const order of [[...sent, answer], [answer, ...sent.toReversed()]]) {
      await replica.admit(order, relay);
    }
    assert.deepEqual(texts(node), ["answer to three", "one", "three", "two"]);
  });
});

Deno.test("RIGHTS-3: what leans on it and is refused itself makes nothing count", async () => {
  await scene(async ({ node, replica, rights, ana, ben }) => {
    const [sent] = await posts(ben, "one");
    assert.ok(sent);
    await ana.read(sent);
    const answer = await ana.post(doc, "answer");
    rights.set(ben.keys.peer, { type: "none" });
    const { documents } = node;
    const apply = documents.apply.bind(documents);
    documents.apply = async (key, changes) => {
      const answers = await apply(key, changes.filter((change) => change !== answer.change));
      const results = answers.results.values();
      return {
        ...answers,
        results: changes.map((change) =>
          change === answer.change
            ? { type: "refused", reason: "rejected", text: "bad" } as const
            : results.next().value!
        ),
      };
    };
    await replica.admit([sent, answer], relay);
    assert.deepEqual(texts(node), []);
    assert.deepEqual(replica.vectors.docs(), []);
  });
});

for (const rests of [false, true]) {
  Deno.test(`RIGHTS-4: on a removal what nobody built on is taken out ${rests ? "of a base" : "again"}, the rest stays`, async () => {
    await scene(async ({ node, replica, rights, ana, ben }) => {
      const resets: unknown[] = [];
      replica.onCommit(({ reset }) => resets.push(reset && [reset.why, reset.gone.length]));
      const sent = await posts(ben, "one", "two", "three", "four");
      await replica.admit(sent.slice(0, 3), relay);
      await ana.read(...sent.slice(0, 2));
      await replica.admit([await ana.post(doc, "answer to two")], relay);
      await replica.admit(sent.slice(3), relay);
      if (rests) {
        const { store, documents } = node;
        await restDocument({ replica, store, documents }, doc);
        while (store.sealed.sweep(LOBBY, doc));
      }
      rights.set(ben.keys.peer, cutAt(ben, 1));
      await replica.rightsChanged();
      assert.deepEqual(texts(node), ["answer to two", "one", "two"]);
      assert.deepEqual(resets.at(-1), ["cut", 2]);
      const actor = actorOf(ben.keys.peer, LOBBY, doc);
      assert.deepEqual(replica.logsOf(ben.keys.peer), [[doc, [[actor, 2]]]]);
      // Somebody who had not heard of it builds on what was taken out.
      await ana.read(...sent.slice(2));
      await replica.admit([await ana.post(doc, "answer to four")], relay);
      assert.equal(texts(node).length, 6);
      assert.deepEqual(replica.logsOf(ben.keys.peer), [[doc, [[actor, 4]]]]);
    });
  });
}

Deno.test("RIGHTS-4: whose own writing was taken out never signs a second change for a place", async () => {
  for (const isForgotten of [false, true]) {
    await scene(async ({ node, replica, rights, fresh }) => {
      await write(replica, 1);
      await write(replica, 2);
      const lost = node.store.envelopes.stored(LOBBY, doc);
      rights.set(node.peer, { type: "cut", cut: { docs: [], rest: false } });
      await replica.rightsChanged();
      assert.deepEqual(texts(node), []);
      rights.delete(node.peer);
      const later = isForgotten ? fresh() : replica;
      await later.rightsChanged();
      await write(later, 3);
      // What was kept in case it would be needed counts again, what was forgotten does not yet.
      assert.equal(texts(node).length, isForgotten ? 1 : 3);
      const next = actorOf(node.peer, LOBBY, doc, 1);
      const [[, logs] = [doc, []]] = later.logsOf(node.peer);
      assert.deepEqual(logs.filter(([actor]) => actor === next), [[next, 1]]);
      // What others kept comes back, and was signed here: no sign of a clone.
      await later.admit(lost.map((item) => ({ ...item, doc })), relay);
      assert.deepEqual(texts(node), ["text 1", "text 2", "text 3"]);
      await write(later, 4);
    });
  }
});

function write(replica: Replica, n: number): Promise<void> {
  const id = n.toString(16).padStart(16, "0") + replica.self.slice(0, 16);
  const entry = messageEntry(id as Parameters<typeof messageEntry>[0], `text ${n}`);
  return replica.put(doc, [entry], { at: n });
}
