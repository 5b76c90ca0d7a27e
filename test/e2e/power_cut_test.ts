/**
 * The power goes while a real node writes to a real file system. What is lost is what the node did not sync: all
 * of it, as the file system (ext4 with its defaults) had not written it by itself yet. A disk that loses what
 * it was told to keep is not modelled; that what was not synced may come to the disk in part and in any order
 * is what test/store/power_cut_test.ts is about.
 */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { LOBBY } from "../../core/trust/lobby.ts";
import { Store } from "../../core/store/store.ts";
import { seededUnit } from "../fakes/random.ts";
import { CutDisk } from "./cut_disk.ts";
import { loopback } from "./place.ts";
import { RunningNode } from "./running_node.ts";
import { tempFolder } from "./temp_folder.ts";

const CUTS = 8;
const MAX_BETWEEN = 60;
const missing = CutDisk.missing();
const suffix = missing === undefined ? "" : ` [skipped: ${missing}]`;

/** The device and all texts that a data directory has, in the order in which they were written. */
function held(directory: string): { peer: string; texts: string[] } {
  const { peer } = JSON.parse(Deno.readTextFileSync(`${directory}/device.json`));
  const texts: string[] = [];
  {
    using store = Store.open(directory);
    for (const [doc, vector] of store.envelopes.vectors(LOBBY)) {
      const changes = [...vector.values()].reduce((sum, seq) => sum + seq, 0);
      assert.equal(store.envelopes.changes(LOBBY, doc).length, changes, "no log has a gap");
    }
  }
  const database = new DatabaseSync(`${directory}/earshot.db`, { readOnly: true });
  assert.equal(database.prepare("PRAGMA integrity_check").get()?.["integrity_check"], "ok");
  for (const { text } of database.prepare("SELECT text FROM messages ORDER BY id").all()) {
    texts.push(String(text));
  }
  database.close();
  return { peer, texts };
}

Deno.test({
  name:
    `hostile 39: the power goes, and all that was acknowledged or sent to others is there${suffix}`,
  ignore: missing !== undefined,
  fn: async () => {
    await using folder = await tempFolder();
    const unit = seededUnit(39);
    const acknowledged: string[] = [];
    let device = "";
    const cuts: { image: string; wanted: number; sent: readonly string[] }[] = [];
    {
      using disk = CutDisk.make(`${folder.path}/disk`);
      const start = (name: string, data: string, ...args: string[]) =>
        RunningNode.start(loopback, data, ["--no-discovery", "--name", name, ...args]);
      await using ana = await start("Ana", `${disk.path}/data`);
      device = ana.ready.peer;
      disk.cut(`${folder.path}/first`);
      assert.deepEqual(
        readCut(`${folder.path}/first`),
        { peer: device, texts: [] },
        "the keys were on the disk before anyone heard of them",
      );
      await using ben = await start("Ben", `${folder.path}/ben`, "--peer", peerAt(ana));
      await ben.linkedTo(ana.ready.peer);
      await using flood = ana.flood("text");
      let next = 1 + Math.floor(MAX_BETWEEN * unit());
      for await (const text of flood.lines) {
        acknowledged.push(text);
        if (acknowledged.length < next) continue;
        Deno.kill(ana.pid, "SIGSTOP");
        const image = `${folder.path}/cut-${cuts.length}`;
        disk.cut(image);
        // What it had sent before it was stopped: it must not be sent again as another change.
        const sent = (await ben.facts<{ text: string }>(["read", "--limit", "100000"]))
          .map(({ text }) => text);
        Deno.kill(ana.pid, "SIGCONT");
        cuts.push({ image, wanted: acknowledged.length, sent });
        if (cuts.length === CUTS) await ana.kill();
        next += 1 + Math.floor(MAX_BETWEEN * unit());
      }
    }
    for (const { image, wanted, sent } of cuts) {
      const { peer, texts } = readCut(image);
      assert.deepEqual(texts, texts.map((_, n) => `text message ${n}`), "one after another");
      assert(texts.length >= wanted, `${wanted} acknowledged, ${texts.length} there`);
      assert.deepEqual(sent.filter((text) => !texts.includes(text)), []);
      assert.equal(peer, device);
    }
    assert(cuts.some(({ sent }) => sent.length > 0));
  },
});

function readCut(image: string): { peer: string; texts: string[] } {
  using disk = CutDisk.open(image);
  return held(`${disk.path}/data`);
}

const peerAt = (node: RunningNode) => `127.0.0.1:${node.ready.port}`;
