import assert from "node:assert/strict";
import {
  type ActorId,
  type DocId,
  parsePeerId,
  parseSpaceId,
  type PeerId,
  type SpaceId,
} from "../../core/base/ids.ts";
import { actorBelongs, actorOf, generationOf, MAX_GENERATIONS } from "../../core/trust/actor.ts";

const PEER = parsePeerId("0a".repeat(32));
const OTHER = parsePeerId("0b".repeat(32));
const SPACE = parseSpaceId("0c".repeat(16));
const DOC = "space" as DocId;

function branch(level: string, base: string): ActorId {
  return `13b22309${level}${base}` as ActorId;
}

Deno.test("ACT-1: an actor is derived from peer, space and document (vector)", () => {
  assert.equal(actorOf(PEER, SPACE, DOC), "53c3436dd796b7f29524907c37842cf9");
});

Deno.test("ACT-1: each of peer, space and document makes another actor", () => {
  const actors = new Set<string>([
    actorOf(PEER, SPACE, DOC),
    actorOf(OTHER, SPACE, DOC),
    actorOf(PEER, "0d".repeat(16) as SpaceId, DOC),
    actorOf(PEER, SPACE, `note/${"0e".repeat(16)}` as DocId),
    actorOf(OTHER as PeerId, SPACE, `note/${"0e".repeat(16)}` as DocId),
  ]);
  assert.equal(actors.size, 5);
});

Deno.test("ACT-2: the actor and its branches of level 1 to 127 belong, nothing else does", () => {
  const base = actorOf(PEER, SPACE, DOC);
  assert.ok(actorBelongs(base, PEER, SPACE, DOC));
  for (const level of ["01", "0a", "10", "7f"]) {
    assert.ok(actorBelongs(branch(level, base), PEER, SPACE, DOC), level);
  }
  const foreign = [
    branch("00", base),
    branch("80", base),
    branch("ff", base),
    branch("01", actorOf(OTHER, SPACE, DOC)),
    `13b22308${"01"}${base}` as ActorId,
    actorOf(OTHER, SPACE, DOC),
    "00".repeat(16) as ActorId,
  ];
  for (const actor of foreign) assert.equal(actorBelongs(actor, PEER, SPACE, DOC), false, actor);
  assert.equal(actorBelongs(base, PEER, SPACE, "note/x" as DocId), false);
});

Deno.test("ACT-3: later generations and their branches belong too, each known by its number (vector)", () => {
  assert.equal(actorOf(PEER, SPACE, DOC, 1), "490137a5a88c56e0a5c607e7d608eba8");
  for (let n = 0; n < MAX_GENERATIONS; n++) {
    const actor = actorOf(PEER, SPACE, DOC, n);
    assert.equal(generationOf(actor, PEER, SPACE, DOC), n);
    assert.equal(generationOf(branch("7f", actor), PEER, SPACE, DOC), n);
    assert.equal(generationOf(branch("80", actor), PEER, SPACE, DOC), undefined);
    assert.equal(generationOf(actor, OTHER, SPACE, DOC), undefined);
    assert.equal(generationOf(actor, PEER, SPACE, "note/x" as DocId), undefined);
  }
  for (const generation of [-1, 0.5, MAX_GENERATIONS]) {
    assert.throws(() => actorOf(PEER, SPACE, DOC, generation), RangeError);
  }
});
