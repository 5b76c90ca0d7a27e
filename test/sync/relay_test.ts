/** By which ways an author's envelopes go: to all who lack them, and soon to each once. */
import assert from "node:assert/strict";
import type { PeerId } from "../../core/base/ids.ts";
import { MAX_RELAYED_AUTHORS, Relay } from "../../core/sync/relay.ts";
import { peerId } from "../fakes/tab.ts";

const [ana, ben, cem, dia] = [peerId(1), peerId(2), peerId(3), peerId(4)];

function relayOf(...peers: PeerId[]): Relay {
  const relay = new Relay();
  for (const one of peers) relay.add(one);
  return relay;
}

Deno.test("RELAY-1: what is new goes to all but the author and who sent it", () => {
  const relay = relayOf(ana, ben, cem, dia);
  assert.deepEqual(relay.first(ana, ben), [cem, dia]);
  assert.deepEqual(relay.first(ana, ana), [ben, cem, dia]);
  assert.deepEqual(relayOf(ben).first(ana, ben), []);
});

Deno.test("RELAY-2: who sends it again is pruned, never the author itself", () => {
  const relay = relayOf(ana, ben, cem);
  relay.first(ana, ben);
  assert.equal(relay.again(ana, cem), cem);
  assert.equal(relay.again(ana, ben), null, "twice by the same way: a new link, say");
  assert.equal(relay.again(ana, ana), ben, "the author's own way is the best");
  assert.equal(relay.again(ana, cem), cem, "one who did not hear is told again");
});

Deno.test("RELAY-2: who sends the next before it hears that it is pruned does not cost the way that was kept", () => {
  const relay = relayOf(ben, cem);
  relay.first(ana, ben);
  assert.equal(relay.again(ana, cem), cem);
  assert.deepEqual(relay.first(ana, cem), [ben], "it is passed on all the same");
  assert.equal(relay.again(ana, ben), null, "the only way that is left");
  assert.deepEqual(relay.remove(ben), [[ana, cem]]);
});

Deno.test("RELAY-3: a peer that does not want an author's is not sent them until it does", () => {
  const relay = relayOf(ana, ben, cem);
  relay.first(ana, cem);
  relay.wants(ben, ana, false);
  assert.deepEqual(relay.first(ana, cem), []);
  assert.deepEqual(relay.first(dia, cem), [ana, ben], "of others it does");
  relay.wants(ben, ana, true);
  assert.deepEqual(relay.first(ana, cem), [ben]);
  relay.wants(ben, ana, false);
  relay.remove(ben);
  relay.add(ben);
  assert.deepEqual(relay.first(ana, cem), [ben], "a new link begins anew");
});

Deno.test("RELAY-4: when a way is cut another one is grafted, and when a repair shows that one is missing", () => {
  const relay = relayOf(ben, cem, dia);
  relay.first(ana, ben);
  for (const one of [cem, dia]) relay.again(ana, one);
  assert.deepEqual(relay.remove(ben), [[ana, cem]]);
  assert.deepEqual(relay.remove(cem), [[ana, dia]]);
  assert.deepEqual(relay.remove(dia), []);

  const other = relayOf(ben, cem);
  other.first(ana, ben);
  other.again(ana, cem);
  assert.equal(other.repaired(ana, ben), false);
  assert.equal(other.repaired(ana, cem), true);
  assert.equal(other.repaired(ana, cem), false);
});

Deno.test("hostile: authors without end take no memory without end", () => {
  const relay = relayOf(ben, cem);
  relay.first(peerId(1000), ben);
  relay.wants(cem, peerId(1000), false);
  for (let n = 1; n <= MAX_RELAYED_AUTHORS; n++) relay.first(peerId(1000 + n), ben);
  assert.deepEqual(relay.first(peerId(1000), ben), [cem], "the oldest is forgotten");
  relay.wants(peerId(99), ana, false);
  assert.deepEqual(relay.first(ana, ben), [cem], "who is not linked has no say");
});

Deno.test("hostile: authors that a peer makes up crowd out no way that is in use", () => {
  const relay = relayOf(ben, cem, dia);
  relay.first(ana, ben);
  relay.wants(cem, ana, false);
  for (let n = 0; n <= MAX_RELAYED_AUTHORS; n++) relay.wants(dia, peerId(1000 + n), false);
  assert.deepEqual(relay.first(ana, ben), [dia], "cem has it another way still");
});
