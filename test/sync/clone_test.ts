/** A data directory that was copied or restored: two devices with one key. */
import assert from "node:assert/strict";
import { parseNoteId } from "../../core/base/ids.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { ClonedError } from "../../core/sync/own_writes.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { deviceKeys } from "../fakes/device.ts";
import { turn } from "../fakes/turn.ts";
import { allMessages, type SimNode } from "../sim/sim_node.ts";
import { SimWorld } from "../sim/sim_world.ts";
import { Author } from "./author.ts";

const general = channelIdOf(LOBBY, "general");
const doc = segmentDoc(general, 0);
const NOTE = parseNoteId("0e".repeat(16));
const relay = deviceKeys(90).peer;

const texts = (node: SimNode) => allMessages(node.store, general).map(({ text }) => text);

/** Replaces what is in a directory by what is in another one. */
function copyFiles(from: string, to: string): void {
  for (const { name } of [...Deno.readDirSync(to)]) Deno.removeSync(`${to}/${name}`);
  for (const { name, isFile } of Deno.readDirSync(from)) {
    if (isFile) Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}

Deno.test("hostile 40: a restored backup is found out, writes nothing more and keeps the history", async () => {
  const backup = Deno.makeTempDirSync({ prefix: "earshot-test-" });
  try {
    await SimWorld.run(1, async (world) => {
      const [device, other] = [await world.add(), await world.add()];
      world.join(device, other);
      await device.post(general, "before the backup");
      await world.pass(5000);
      await world.crash(device);
      copyFiles(device.directory, backup);
      await world.restart(device);
      await world.pass(10);
      await device.post(general, "after the backup");
      await world.pass(5000);
      assert.deepEqual(texts(other), ["before the backup", "after the backup"]);

      await world.crash(device);
      copyFiles(backup, device.directory);
      await world.restart(device);
      let told = 0;
      device.replica.onClone(() => told++);
      await world.pass(5000);
      assert.equal(told, 1);
      assert.deepEqual(texts(device), ["before the backup", "after the backup"]);
      assert.equal(device.digest, other.digest, "it is in step with the others");
      const digest = other.digest;
      await assert.rejects(device.post(general, "no more"), ClonedError);
      const { heads } = await device.noteText(NOTE);
      await assert.rejects(
        device.edit(NOTE, heads, [{ at: 0, remove: 0, insert: "x" }], "r"),
        ClonedError,
      );
      await world.crash(device);
      await world.restart(device);
      await assert.rejects(device.post(general, "no more"), ClonedError, "also after a restart");
      await world.pass(3000);
      assert.equal(other.digest, digest, "nothing was signed twice");
      assert.deepEqual(other.store.disputes.docs(LOBBY), []);
      // What others write still comes.
      await other.post(general, "from another");
      await world.pass(3000);
      assert.equal(texts(device).at(-1), "from another");
    });
  } finally {
    Deno.removeSync(backup, { recursive: true });
  }
});

Deno.test("hostile 40: a copy that wrote at the same time is found out on either side", async () => {
  await SimWorld.run(1, async (world) => {
    const node = await world.add();
    let told = 0;
    node.replica.onClone(() => told++);
    // Device 1 is that of node 0.
    const copy = await Author.open(1);
    assert.equal(copy.keys.peer, node.peer);
    await node.post(general, "here");
    const there = await copy.post(doc, "there");
    await node.replica.admit([there], relay);
    assert.equal(told, 1);
    assert.equal(texts(node).length, 1, "one of the two counts, as everywhere");
    assert.equal(node.store.disputes.docs(LOBBY).length, 1, "for others it is as good as malice");
    await assert.rejects(node.post(general, "no more"), ClonedError);
  });
});

Deno.test("hostile 40: what nobody signed, and what was taken out here, tells of no clone", async () => {
  await SimWorld.run(1, async (world) => {
    const node = await world.add();
    let told = 0;
    node.replica.onClone(() => told++);
    const copy = await Author.open(1);
    const forged = { ...await copy.post(doc, "there"), signature: new Uint8Array(64) };
    const { refused } = await node.replica.admit([forged], relay);
    assert.deepEqual(refused, { forged: 1 });
    const pair = [];
    for (let i = 0; i < 2; i++) pair.push(await (await Author.open(80)).post(doc, `twin ${i}`));
    const [one, two] = pair;
    assert.ok(one && two);
    await node.replica.admit([one], relay);
    await node.post(general, "mine");
    const own = node.store.envelopes.stored(LOBBY, doc).filter(({ author }) =>
      author === node.peer
    );
    await node.replica.admit([two], relay);
    for (let i = 0; i < 20; i++) await turn();
    // Whether it became void or not: it was made here, and others who do not know yet send it back.
    await node.replica.admit(own.map((item) => ({ ...item, doc, space: LOBBY })), relay);
    assert.equal(told, 0);
    await node.post(general, "on and on");
  });
});
