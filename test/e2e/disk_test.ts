/** A real node on a disk that is full for a while. */
import assert from "node:assert/strict";
import { join } from "@std/path";
import type { MessageId } from "../../core/base/ids.ts";
import { SmallDisk } from "../store/tmpfs.ts";
import { allMessages, fillDisk, general, sendUntilRefused } from "./disk_room.ts";
import { loopback } from "./place.ts";
import { runMain, RunningNode } from "./running_node.ts";
import { eventOf, Tab } from "./tab.ts";
import { tempFolder } from "./temp_folder.ts";

const missing = SmallDisk.missing();
const suffix = missing ? ` (skipped: ${missing})` : "";
const options = { ignore: missing !== undefined };
const ALONE = ["--no-discovery"];

Deno.test({
  name:
    `hostile 38: a full disk is said in every tab, nothing is lost, and writing resumes by itself${suffix}`,
  ...options,
  fn: async () => {
    using disk = SmallDisk.open("8m");
    const data = join(disk.path, "data");
    await using node = await RunningNode.start(loopback, data, [...ALONE, "--name", "Ana"]);
    using tab = await Tab.open(node.ready.url);
    using other = await Tab.open(node.ready.url);
    const room = await general(tab);
    const told = [tab, other].map((each) => eventOf(each, "fault"));
    fillDisk(disk.path);
    const { acknowledged, refusal } = await sendUntilRefused(tab, room);
    assert.match(refusal, /the disk is full: free some space/);
    for (const { text } of await Promise.all(told)) assert.match(text ?? "", /the disk is full/);
    assert.match((await other.ask({ type: "snapshot" })).fault ?? "", /the disk is full/);

    // Every way of writing is refused in the same words; reading goes on, for the command line too.
    fillDisk(disk.path);
    const attempts: (() => Promise<unknown>)[] = [
      () => tab.ask({ type: "message.send", ...room, text: "x".repeat(16_000) }),
      () => tab.ask({ type: "note.create", space: room.space, title: "x".repeat(64) }),
      () => other.ask({ type: "profile.set", name: "Anna" }),
    ];
    for (const attempt of attempts) await assert.rejects(attempt, /the disk is full/);
    assert.deepEqual(await allMessages(other, room), acknowledged);
    const sent = await runMain(loopback, ["send", "x".repeat(16_000), "--data", data]);
    assert.equal(sent.code, 1);
    assert.match(sent.err, /^Cannot .+ the disk is full: free some space\n$/);
    assert.match(await node.ask(["status"]), /Trouble: .*the disk is full/);

    // Nobody writes: the node finds out by itself.
    const over = [tab, other].map((each) => eventOf(each, "fault"));
    Deno.removeSync(join(disk.path, "ballast"));
    for (const { text } of await Promise.all(over)) assert.equal(text, null);
    const after = await tab.ask({ type: "message.send", ...room, text: "room again" });
    assert.deepEqual(await allMessages(other, room), [...acknowledged, after.id]);
    assert.deepEqual(await node.stop(), { code: 0, err: "" });

    await using again = await RunningNode.start(loopback, data, ALONE);
    using reader = await Tab.open(again.ready.url);
    assert.deepEqual(await allMessages(reader, room), [...acknowledged, after.id]);
  },
});

Deno.test({
  name: `hostile 38: what a peer writes while the disk is full arrives when there is room${suffix}`,
  ...options,
  fn: async () => {
    using disk = SmallDisk.open("8m");
    await using folder = await tempFolder();
    const data = join(disk.path, "data");
    await using ana = await RunningNode.start(loopback, data, [...ALONE, "--name", "Ana"]);
    const peer = ["--peer", `127.0.0.1:${ana.ready.port}`];
    const options = [...ALONE, ...peer, "--name", "Ben"];
    await using ben = await RunningNode.start(loopback, `${folder.path}/ben`, options);
    await ben.linkedTo(ana.ready.peer);
    using reader = await Tab.open(ana.ready.url);
    using writer = await Tab.open(ben.ready.url);
    const room = await general(writer);
    const fault = eventOf(reader, "fault");
    fillDisk(disk.path);
    const written: MessageId[] = [];
    let full = false;
    void fault.then(() => full = true);
    while (!full) {
      const text = `${written.length} ${"y".repeat(8000)}`;
      written.push((await writer.ask({ type: "message.send", ...room, text })).id);
    }
    assert.match((await fault).text ?? "", /the disk is full/);
    for (const text of ["one", "two", "three"]) {
      written.push((await writer.ask({ type: "message.send", ...room, text })).id);
    }
    const last = written.at(-1);
    const arrived = eventOf(reader, "message", ({ message }) => message.id === last);
    const over = eventOf(reader, "fault", ({ text }) => text === null);
    Deno.removeSync(join(disk.path, "ballast"));
    await Promise.all([arrived, over]);
    const wanted = new Set(written);
    while (
      (await allMessages(reader, room)).filter((id) => wanted.has(id)).length < wanted.size
    ) {
      await eventOf(reader, "message");
    }
    assert.deepEqual(await ana.stop(), { code: 0, err: "" });
  },
});
