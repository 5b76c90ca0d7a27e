/**
 * What counts is the same everywhere: envelopes of honest authors, of some who are of several minds, of some who
 * were removed and some who never had a right, come to three replicas in any order, in any cut into reads.
 */
import assert from "node:assert/strict";
import type { ActorId, DocId, PeerId } from "../../core/base/ids.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { Replica } from "../../core/sync/replica.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import type { Cut } from "../../core/trust/entry_body.ts";
import type { Rights } from "../../core/trust/member_views.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { deviceKeys } from "../fakes/device.ts";
import { seededUnit } from "../fakes/random.ts";
import { seeds } from "../sim/seeds.ts";
import type { SimNode } from "../sim/sim_node.ts";
import { SimWorld } from "../sim/sim_world.ts";
import { makeTangle, type Tangle, whatCounts } from "./tangle.ts";

const doc = segmentDoc(channelIdOf(LOBBY, "general"), 0);
const relay = deviceKeys(90).peer;
/** Told of by a run of hundreds too: `EARSHOT_SEEDS=500`. */
const DEFAULT_SEEDS = 20;
const WRITER: Rights = { type: "writer" };

/** A replica of a node's store with rights that may change. */
function replicaOf(node: SimNode, world: SimWorld, rights: (author: PeerId) => Rights): Replica {
  const { store, documents, keys } = node;
  return new Replica({
    ...{ space: LOBBY, signer: keys, store, documents, clock: world.clock, rights },
    log: () => {},
  });
}

/** Gives all of a tangle to a replica, in an order and in reads of its own. */
async function feed(
  replica: Replica,
  { envelopes }: Tangle,
  unit: () => number,
  midway: () => Promise<void>,
): Promise<void> {
  const mixed = envelopes.map((envelope) => ({ envelope, key: unit() }))
    .sort((a, b) => a.key - b.key).map(({ envelope }) => envelope);
  const turningPoint = Math.floor(unit() * mixed.length);
  for (let at = 0; at < mixed.length;) {
    const next = at + 1 + Math.floor(unit() * 8);
    if (at <= turningPoint && turningPoint < next) await midway();
    await replica.admit(mixed.slice(at, next), relay, unit() < 0.5);
    at = next;
  }
}

const heldBy = ({ store }: SimNode) =>
  new Set(store.envelopes.stored(LOBBY, doc).map(({ hash }) => hash));

/** Some cut through a tangle for one author. */
function someCut({ envelopes }: Tangle, author: PeerId, doc: DocId, unit: () => number): Cut {
  const tops = new Map<ActorId, number>();
  for (const envelope of envelopes) {
    if (envelope.author !== author) continue;
    const { actor, seq } = readChangeHeader(envelope.change);
    tops.set(actor, Math.max(seq, tops.get(actor) ?? 0));
  }
  const actors = [...tops].flatMap(([actor, top]) => {
    const seq = Math.floor(unit() * (top + 1));
    return seq > 0 ? [[actor, seq] as const] : [];
  });
  return { docs: [[doc, actors]], rest: unit() < 0.5 };
}

Deno.test("FORK-8, RIGHTS-5: three replicas hold just what counts, whatever the order", async () => {
  for (const seed of seeds(DEFAULT_SEEDS)) {
    const unit = seededUnit(seed);
    const copies = [1, 1, 1 + Math.floor(unit() * 2), 1 + Math.floor(unit() * 3), 1];
    const tangle = await makeTangle(unit, doc, copies, 40);
    const rights = new Map<PeerId, Rights>();
    const [, removed, , torn, stranger] = tangle.authors;
    assert.ok(removed && torn && stranger);
    if (unit() < 0.7) {
      rights.set(removed, { type: "cut", cut: someCut(tangle, removed, doc, unit) });
    }
    if (unit() < 0.4) rights.set(torn, { type: "cut", cut: someCut(tangle, torn, doc, unit) });
    if (unit() < 0.5) rights.set(stranger, { type: unit() < 0.5 ? "none" : "reader" });
    const final = (author: PeerId) => rights.get(author) ?? WRITER;
    const wanted = whatCounts(tangle, final);
    await SimWorld.run(seed, async (world) => {
      const digests = new Set<string>();
      for (let i = 0; i < 3; i++) {
        const node = await world.add();
        // They may write, are removed meanwhile, and some are let in again.
        const before = unit() < 0.5 ? () => WRITER : () => ({ type: "none" }) as const;
        let current: (author: PeerId) => Rights = i === 0 ? final : before;
        const replica = replicaOf(node, world, (author) => current(author));
        await feed(replica, tangle, unit, async () => {
          current = final;
          await replica.rightsChanged();
        });
        assert.deepEqual(heldBy(node), wanted, `seed ${seed}, replica ${i}`);
        digests.add(replica.vectors.digest().toHex());
        await replica.close();
      }
      assert.equal(digests.size, 1, `seed ${seed}`);
    });
  }
});
