/** A real node on disks that fail in other ways than by being full. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "@std/path";
import { DATABASE_FILE } from "../../core/store/file_names.ts";
import { CutDisk } from "./cut_disk.ts";
import { allMessages, fillDisk, general, sendUntilRefused } from "./disk_room.ts";
import { loopback } from "./place.ts";
import { runMain, RunningNode } from "./running_node.ts";
import { eventOf, Tab } from "./tab.ts";
import { tempFolder } from "./temp_folder.ts";
import { ThinDisk } from "./thin_disk.ts";

const ALONE = ["--no-discovery"];
const NAMED = [...ALONE, "--name", "Ana"];

/** Why a test does not run, as the end of its name, and the option that says so. */
function unless(missing: string | undefined) {
  return { suffix: missing ? ` (skipped: ${missing})` : "", ignore: missing !== undefined };
}

const thin = unless(ThinDisk.missing());
const cut = unless(CutDisk.missing());

/** Lets nobody write a file, not even who has it open, or lets them again. */
function setImmutable(path: string, immutable: boolean): void {
  const args = [immutable ? "+i" : "-i", path];
  assert(new Deno.Command("chattr", { args }).outputSync().success, "chattr");
}

function assertWhole(data: string): void {
  using database = new DatabaseSync(join(data, DATABASE_FILE), { readOnly: true });
  const rows = database.prepare("PRAGMA integrity_check").all();
  assert.deepEqual(rows.map((row) => ({ ...row })), [{ integrity_check: "ok" }]);
}

Deno.test({
  name:
    `hostile 38: a disk that fails when it is synced: nothing is acknowledged, nothing is lost${thin.suffix}`,
  ignore: thin.ignore,
  async fn() {
    using disk = ThinDisk.open();
    const data = join(disk.path, "data");
    await using node = await RunningNode.start(loopback, data, NAMED);
    using tab = await Tab.open(node.ready.url);
    using other = await Tab.open(node.ready.url);
    const room = await general(tab);
    const told = [tab, other].map((each) => eventOf(each, "fault"));
    const ballast = fillDisk(disk.real);
    const { acknowledged, refusal } = await sendUntilRefused(tab, room);
    assert.match(refusal, /the disk fails: check it|the disk is full: free some space/);
    for (const { text } of await Promise.all(told)) assert.match(text ?? "", /the disk (fails|is)/);
    assert.deepEqual(await allMessages(other, room), acknowledged);

    const over = [tab, other].map((each) => eventOf(each, "fault", ({ text }) => text === null));
    Deno.removeSync(ballast);
    await Promise.all(over);
    const after = await tab.ask({ type: "message.send", ...room, text: "room again" });
    assert.deepEqual(await allMessages(tab, room), [...acknowledged, after.id]);
    await node.kill();

    // What the system only believed to be on the disk is gone now.
    disk.remount();
    await using again = await RunningNode.start(loopback, data, ALONE);
    using reader = await Tab.open(again.ready.url);
    assert.deepEqual(await allMessages(reader, room), [...acknowledged, after.id]);
    assert.deepEqual(await again.stop(), { code: 0, err: "" });
    assertWhole(data);
  },
});

Deno.test({
  name:
    `hostile 38: files that cannot be written any more while a node runs: said, read, and written when they can${cut.suffix}`,
  ignore: cut.ignore,
  async fn() {
    await using folder = await tempFolder();
    using disk = CutDisk.make(join(folder.path, "image"));
    const data = join(disk.path, "data");
    await using node = await RunningNode.start(loopback, data, NAMED);
    using tab = await Tab.open(node.ready.url);
    using other = await Tab.open(node.ready.url);
    const room = await general(tab);
    const first = await tab.ask({ type: "message.send", ...room, text: "before" });
    const files = [DATABASE_FILE, `${DATABASE_FILE}-wal`].map((name) => join(data, name));
    const told = [tab, other].map((each) => eventOf(each, "fault"));
    for (const file of files) setImmutable(file, true);
    try {
      const refused = tab.ask({ type: "message.send", ...room, text: "refused" });
      await assert.rejects(refused, /Cannot use the database .*: /);
      for (const { text } of await Promise.all(told)) assert.match(text ?? "", /Cannot use/);
      assert.deepEqual(await allMessages(other, room), [first.id]);
      const sent = await runMain(loopback, ["send", "refused", "--data", data]);
      assert.equal(sent.code, 1);
      assert.match(sent.err, /^Cannot .+\n$/);
      assert.match(await node.ask(["status"]), /Trouble: /);
    } finally {
      for (const file of files) setImmutable(file, false);
    }
    await Promise.all(
      [tab, other].map((each) => eventOf(each, "fault", ({ text }) => text === null)),
    );
    const after = await tab.ask({ type: "message.send", ...room, text: "after" });
    assert.deepEqual(await node.stop(), { code: 0, err: "" });
    await using again = await RunningNode.start(loopback, data, ALONE);
    using reader = await Tab.open(again.ready.url);
    assert.deepEqual(await allMessages(reader, room), [first.id, after.id]);
    assert.deepEqual(await again.stop(), { code: 0, err: "" });
    assertWhole(data);
  },
});
