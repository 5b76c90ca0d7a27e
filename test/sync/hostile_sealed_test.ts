/** Sealed documents that a peer made to do harm, each through the whole of admission. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { PeerId } from "../../core/base/ids.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { DocumentFault } from "../../core/doc/documents.ts";
import { compact } from "../../core/doc/saved_document.ts";
import { Replica } from "../../core/sync/replica.ts";
import { SealedParts } from "../../core/sync/sealed_parts.ts";
import { actorOf } from "../../core/trust/actor.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import { type Envelope, EnvelopeError, envelopeText } from "../../core/trust/envelope.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import type { Rights } from "../../core/trust/member_views.ts";
import type { Seal, SealedDocument } from "../../core/trust/sealed_document.ts";
import { decodeMessage } from "../../core/wire/decode.ts";
import type { SealedMessage } from "../../core/wire/message.ts";
import { encodeSealed, packSealed } from "../../core/wire/sealed.ts";
import { deviceKeys } from "../fakes/device.ts";
import { documentChunk, repeated } from "../fakes/document_chunk.ts";
import { Intruder } from "../sim/intruder.ts";
import { allMessages, type SimNode } from "../sim/sim_node.ts";
import { SimWorld } from "../sim/sim_world.ts";
import { Author } from "./author.ts";

const general = channelIdOf(LOBBY, "general");
const doc = segmentDoc(general, 0);
const otherDoc = segmentDoc(general, 1);
const relay = deviceKeys(90).peer;
const eve = deviceKeys(66);

const texts = (node: SimNode) => allMessages(node.store, general).map(({ text }) => text).sort();

/** Puts what authors wrote into a document that is sealed as it must be. */
function seal(envelopes: readonly Envelope[], of = doc): SealedDocument {
  const changes = envelopes.map(({ change }) => change);
  const { bytes } = compact(of, { base: null, changes });
  const seals = new Map(
    envelopes.map(({ author, change, signature }): [string, Seal] => {
      const { actor, seq } = readChangeHeader(change);
      return [actor, { actor, author, seq, signature }];
    }),
  );
  return { space: LOBBY, doc: of, bytes, seals: [...seals.values()] };
}

/** Two who wrote three messages each, each having read the other's. */
async function story(of = doc): Promise<Envelope[]> {
  const [ana, ben] = [await Author.open(80), await Author.open(81)];
  const envelopes: Envelope[] = [];
  for (let i = 0; i < 3; i++) {
    for (const [name, author, other] of [["a", ana, ben], ["b", ben, ana]] as const) {
      const envelope = await author.post(of, `${name}${i}`);
      await other.read(envelope);
      envelopes.push(envelope);
    }
  }
  return envelopes;
}

const ALL = ["a0", "a1", "a2", "b0", "b1", "b2"];

function alone(act: (node: SimNode, world: SimWorld) => Promise<void>): Promise<void> {
  return SimWorld.run(1, async (world) => await act(await world.add(), world));
}

/** What is wrong with each of these is no accident. */
function forgeries(envelopes: readonly Envelope[]): [string, SealedDocument][] {
  const honest = seal(envelopes);
  const [first, second] = honest.seals as [Seal, Seal];
  const evil = (hash: string) => eve.sign(envelopeText(LOBBY, doc, hash as never));
  const last = readChangeHeader(envelopes.at(-1)!.change);
  const nulls = documentChunk({ ops: [[0x42, repeated(5_000_000, 1)]] });
  return [
    ["a signature of nobody", {
      ...honest,
      seals: [first, { ...second, signature: new Uint8Array(64) }],
    }],
    ["signed by another", { ...honest, seals: [first, { ...second, signature: evil(last.hash) }] }],
    ["another author", { ...honest, seals: [first, { ...second, author: eve.peer }] }],
    ["a log without a seal", { ...honest, seals: [first] }],
    ["a seal without a log", {
      ...honest,
      seals: [first, second, {
        ...first,
        author: eve.peer,
        actor: actorOf(eve.peer, LOBBY, doc),
      }],
    }],
    ["a seal twice", { ...honest, seals: [first, second, first] }],
    ["a log that goes on after its seal", { ...honest, seals: seal(envelopes.slice(0, 4)).seals }],
    ["a seal beyond its log", { ...seal(envelopes.slice(0, 4)), seals: honest.seals }],
    ["of another document", { ...honest, doc: otherDoc }],
    ["cut short", { ...honest, bytes: honest.bytes.subarray(0, -1) }],
    ["a bomb", { ...honest, bytes: nulls }],
  ];
}

Deno.test("SEAL: of a forged document nothing is taken, and the honest one afterwards", async () => {
  const envelopes = await story();
  await alone(async (node) => {
    for (const [name, forged] of forgeries(envelopes)) {
      await assert.rejects(node.replica.admitSealed(forged, relay), EnvelopeError, name);
      assert.deepEqual([...node.replica.vectors.docs()], [], name);
      assert.deepEqual(texts(node), [], name);
    }
    const { sealed } = await node.replica.admitSealed(seal(envelopes), relay);
    assert.equal(sealed, 6);
    assert.deepEqual(texts(node), ALL);
  });
});

Deno.test("SEAL: where some of it is here, of a forged document nothing new is taken either", async () => {
  const envelopes = await story();
  for (const [name, forged] of forgeries(envelopes)) {
    await alone(async (node) => {
      await node.replica.admit(envelopes.slice(0, 3), relay);
      await assert.rejects(node.replica.admitSealed(forged, relay), EnvelopeError, name);
      assert.deepEqual(texts(node), ["a0", "a1", "b0"], name);
      assert.equal((await node.replica.admitSealed(seal(envelopes), relay)).fresh, 3);
      assert.deepEqual(texts(node), ALL);
    });
  }
});

Deno.test("SEAL: who sends a forged document is cut off, and others are heard meanwhile", async () => {
  const envelopes = await story();
  await alone(async (node, world) => {
    await node.post(general, "mine", 1);
    for (const [i, [name, forged]] of forgeries(envelopes).entries()) {
      const peer = new Intruder(world, node, 50 + i);
      peer.send({ type: "digest", space: LOBBY, digest: new Uint8Array(32).fill(i) });
      await world.pass(10);
      assert.equal(peer.all("vectors").length, 1, "it asks");
      for (const bytes of packSealed(forged, 60_000)) peer.sendBytes(bytes);
      await node.post(general, `beside ${i}`, 1);
      await world.pass(1000);
      assert.equal(peer.isOpen, false, name);
    }
    assert.equal(node.replica.vectors.of(doc).size, 0);
    assert.equal(texts(node).filter((text) => text.startsWith("beside")).length, 11);
    const refused = node.logged.filter(({ text }) => text === "Refused a sealed document");
    assert.equal(refused.length, 11);
  });
});

Deno.test("SEAL: a document of which the worker dies costs the link of who sent it, and nothing else", async () => {
  const envelopes = await story();
  await alone(async (node, world) => {
    const { read } = node.documents;
    const documents = node.documents as { read: typeof read };
    documents.read = (key) => Promise.reject(new DocumentFault(key, "the worker died"));
    const peer = new Intruder(world, node, 50);
    peer.send({ type: "digest", space: LOBBY, digest: new Uint8Array(32) });
    await world.pass(10);
    for (const bytes of packSealed(seal(envelopes), 60_000)) peer.sendBytes(bytes);
    await world.pass(1000);
    assert.equal(peer.isOpen, false);
    documents.read = read;
    await node.post(general, "mine", 1);
    await node.replica.admitSealed(seal(envelopes), relay);
    assert.deepEqual(texts(node), [...ALL, "mine"]);
  });
});

Deno.test("SEAL-7: while a base cannot be read, a fork of it waits, and costs no link; what is new comes all the same", async () => {
  const envelopes = await story();
  const twin = await (await Author.open(80)).post(doc, "another a0");
  const other = await (await Author.open(82)).post(doc, "of a third");
  const branch = seal([...envelopes.slice(0, 2), other]);
  await alone(async (node) => {
    const { replica } = node;
    await replica.admitSealed(seal(envelopes), relay);
    const { read } = node.documents;
    const documents = node.documents as { read: typeof read };
    documents.read = (key, bytes, options) =>
      Buffer.compare(bytes, node.store.bases.bytes(LOBBY, doc)!) === 0
        ? Promise.reject(new DocumentFault(key, "the worker died"))
        : read.call(node.documents, key, bytes, options);
    assert.deepEqual((await replica.admit([twin], relay, false)).refused, { fault: 1 });
    assert.equal((await replica.admitSealed(branch, relay)).fresh, 1);
    assert.deepEqual(texts(node), [...ALL, "of a third"]);
    documents.read = read;
    assert.equal((await replica.admit([twin], relay, false)).disputes, 1);
  });
});

/** Another change that Ana signed for the place of her second one, which counts in its stead. */
async function winningTwin([first, second, third]: readonly Envelope[]): Promise<Envelope> {
  assert.ok(first && second && third);
  for (let i = 0;; i++) {
    const clone = await Author.open(80);
    await clone.read(first, second);
    const twin = await clone.post(doc, `twin ${i}`);
    const [hash, other] = [twin, third].map(({ change }) => readChangeHeader(change).hash);
    if (hash! < other!) return twin;
  }
}

Deno.test("SEAL-7: what is void is taken out of a base; what stays of it stays one, and is vouched for", async () => {
  const envelopes = await story();
  const twin = await winningTwin(envelopes);
  await SimWorld.run(1, async (world) => {
    const [rested, plain] = [await world.add(), await world.add()];
    world.cut(() => true);
    await rested.replica.admitSealed(seal(envelopes), relay);
    await plain.replica.admit(envelopes, relay, false);
    for (const { replica } of [rested, plain]) {
      assert.equal((await replica.admit([twin], relay, false)).disputes, 1);
    }
    const picture = await plain.picture();
    assert.deepEqual(await rested.picture(), picture);
    assert.equal(rested.digest, plain.digest);
    assert.ok(!texts(rested).includes("a1"));
    const { bases, envelopes: held } = rested.store;
    const [kept] = bases.kept(LOBBY, doc);
    assert.equal(kept?.seals.length, 2);
    assert.equal(
      bases.sealed(LOBBY, doc),
      undefined,
      "its seals are of what is not in it any more",
    );
    assert.deepEqual(held.stored(LOBBY, doc).map(({ change }) => change), [twin.change]);
    assert.deepEqual(bases.lacking(LOBBY, doc, new Map()), [kept]);
    await world.crash(rested);
    await world.restart(rested);
    assert.deepEqual(await rested.picture(), picture);
    assert.deepEqual(await rested.replica.rebuild(), []);
    assert.deepEqual(await rested.picture(), picture);
    // Who hears of nobody else comes to the same.
    const third = await world.add();
    world.join(rested, third);
    await world.until(() => third.digest === rested.digest, 60_000);
    assert.deepEqual(await third.picture(), picture);
  });
});

Deno.test("SEAL: what is held already is not read again", async () => {
  const envelopes = await story();
  await alone(async (node) => {
    let reads = 0;
    const { read } = node.documents;
    (node.documents as { read: typeof read }).read = (...args) => {
      reads++;
      return read.apply(node.documents, args);
    };
    await node.replica.admitSealed(seal(envelopes), relay);
    const again = await node.replica.admitSealed(seal(envelopes), relay);
    assert.deepEqual([reads, again.fresh, again.held.length], [1, 0, 2]);
    // With a right signature of its own a part of it is no more than what is held.
    await node.replica.admitSealed(seal(envelopes.slice(0, 4)), relay);
    assert.equal(reads, 2, "the signatures of places within are not kept");
    assert.deepEqual(texts(node), ALL);
  });
});

Deno.test("SEAL: above a cut nothing is taken of a sealed document, nor whole nor in part", async () => {
  const envelopes = await story();
  const ben = deviceKeys(81).peer;
  const actor = actorOf(ben, LOBBY, doc);
  for (const seq of [0, 1, 3]) {
    await SimWorld.run(1, async (world) => {
      const node = await world.add();
      const { store, documents, keys } = node;
      const cut: Rights = {
        type: "cut",
        cut: { docs: [[doc, seq > 0 ? [[actor, seq]] : []]], rest: false },
      };
      const replica = new Replica({
        ...{ space: LOBBY, signer: keys, store, documents, clock: world.clock, log: () => {} },
        rights: (author: PeerId) => author === ben ? cut : { type: "writer" },
      });
      await replica.admitSealed(seal(envelopes), relay);
      // What Ana wrote rests on what Ben wrote before it, which counts for that.
      const expected = seq === 3 ? ALL : ALL.filter((text) => text !== "b2");
      assert.deepEqual(texts(node), expected);
      assert.equal(
        store.bases.bytes(LOBBY, doc) !== null,
        seq === 3,
        "as a whole if all of it may be",
      );
      await replica.close();
    });
  }
});

const parts = (sealed: SealedDocument, most: number): SealedMessage[] =>
  [...packSealed(sealed, most)].map((bytes) => decodeMessage(bytes) as SealedMessage);

Deno.test("SEAL: parts come from the first to the last, all of one document", async () => {
  const sealed = seal(await story());
  const all = parts(sealed, 200);
  assert.ok(all.length > 3);
  const whole = new SealedParts();
  const got = all.map((part) => whole.add(part));
  assert.deepEqual(encodeSealed(got.at(-1)!), encodeSealed(sealed));
  assert.ok(got.slice(0, -1).every((part) => part === undefined));
  const refuses = (name: string, ...wrong: readonly SealedMessage[]) => {
    const parts = new SealedParts();
    assert.throws(() => wrong.forEach((part) => parts.add(part)), SyntaxError, name);
  };
  const [first, second, third] = all as [SealedMessage, SealedMessage, SealedMessage];
  refuses("without its beginning", second);
  refuses("one left out", first, third);
  refuses("one twice", first, first);
  refuses("of another document", first, { ...second, doc: otherDoc });
  refuses("of another length", first, { ...second, size: second.size + 1 });
  const bytes = new Uint8Array(40).fill(0xff);
  refuses("no document", { ...first, size: 40, bytes });
});
