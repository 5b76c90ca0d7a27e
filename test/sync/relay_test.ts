/** By which ways an author's envelopes go: to all who lack them, and soon to each once. */
import assert from "node:assert/strict";
import type { PeerId } from "../../core/base/ids.ts";
import { MAX_RELAYED_AUTHORS, Relay } from "../../core/sync/relay.ts";
import { seededUnit } from "../fakes/random.ts";

const peer = (n: number) => n.toString(16).padStart(64, "0") as PeerId;
const [ana, ben, cem, dia] = [peer(1), peer(2), peer(3), peer(4)];

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
  relay.first(peer(1000), ben);
  relay.wants(cem, peer(1000), false);
  for (let n = 1; n <= MAX_RELAYED_AUTHORS; n++) relay.first(peer(1000 + n), ben);
  assert.deepEqual(relay.first(peer(1000), ben), [cem], "the oldest is forgotten");
  relay.wants(peer(99), ana, false);
  assert.deepEqual(relay.first(ana, ben), [cem], "who is not linked has no say");
});

Deno.test("hostile: authors that a peer makes up crowd out no way that is in use", () => {
  const relay = relayOf(ben, cem, dia);
  relay.first(ana, ben);
  relay.wants(cem, ana, false);
  for (let n = 0; n <= MAX_RELAYED_AUTHORS; n++) relay.wants(dia, peer(1000 + n), false);
  assert.deepEqual(relay.first(ana, ben), [dia], "cem has it another way still");
});

/** Pushes one envelope of node 0 through a network, in rounds; gives its messages and who got it. */
function spread(relays: readonly Relay[], links: readonly ReadonlySet<number>[], author: number) {
  const has = new Set([author]);
  let messages = 0;
  let wave = [...links[author]!].map((to) => [author, to] as const);
  let rounds = 0;
  for (; wave.length > 0; rounds++) {
    messages += wave.length;
    const next: (readonly [number, number])[] = [];
    for (const [from, to] of wave) {
      const relay = relays[to]!;
      if (has.has(to)) {
        const pruned = relay.again(peer(author), peer(from));
        if (pruned === null) continue;
        messages++;
        relays[parseInt(pruned, 16)]!.wants(peer(to), peer(author), false);
        continue;
      }
      has.add(to);
      for (const other of relay.first(peer(author), peer(from))) {
        next.push([to, parseInt(other, 16)]);
      }
    }
    wave = next;
  }
  return { messages, reached: has.size, rounds };
}

function network(size: number, pairs: Iterable<readonly [number, number]>) {
  const links = Array.from({ length: size }, () => new Set<number>());
  const relays = links.map(() => new Relay());
  for (const [a, b] of pairs) {
    links[a]!.add(b);
    links[b]!.add(a);
    relays[a]!.add(peer(b));
    relays[b]!.add(peer(a));
  }
  return { links, relays };
}

Deno.test("RELAY: in a full mesh a post costs N-1 messages after the first, in a random one N-1 too", () => {
  const size = 40;
  const all = Array.from({ length: size }, (_, a) => a);
  const full = network(size, all.flatMap((a) => all.slice(a + 1).map((b) => [a, b] as const)));
  for (let seed = 0; seed < 20; seed++) {
    const unit = seededUnit(seed);
    const ring = all.map((a) => [a, (a + 1) % size] as const);
    const chords = all.flatMap((a) => {
      const b = Math.floor(unit() * size);
      return b === a ? [] : [[a, b] as const];
    });
    const random = network(size, [...ring, ...chords]);
    for (const { links, relays } of [full, random]) {
      const author = Math.floor(unit() * size);
      let last = spread(relays, links, author);
      assert.equal(last.reached, size, `seed ${seed}`);
      for (let n = 0; n < 4; n++) last = spread(relays, links, author);
      assert.deepEqual([last.reached, last.messages], [size, size - 1], `seed ${seed}`);
    }
  }
});
