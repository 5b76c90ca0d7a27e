/** A data directory that was put back from a backup, among real processes. */
import assert from "node:assert/strict";
import { loopback } from "./place.ts";
import { RunningNode } from "./running_node.ts";
import { includesAll, textsUntil } from "./talk.ts";
import { tempFolder } from "./temp_folder.ts";

interface StatusFacts {
  readonly peer: string;
  readonly notices: readonly { readonly kind: string; readonly text: string }[];
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { mode: 0o700 });
  for await (const { name } of Deno.readDir(from)) {
    await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

Deno.test("hostile 40: a node put back from a backup goes on under a new key, and says so", async () => {
  await using folder = await tempFolder();
  const start = (name: string, data: string, peers: readonly RunningNode[]) =>
    RunningNode.start(loopback, data, [
      ...["--name", name, "--no-discovery"],
      ...peers.flatMap(({ ready }) => ["--peer", `127.0.0.1:${ready.port}`]),
    ]);
  await using ana = await start("Ana", `${folder.path}/Ana`, []);
  const data = `${folder.path}/Ben`;
  const first = await start("Ben", data, [ana]);
  await first.linkedTo(ana.ready.peer);
  await first.ask(["send", "before the backup"]);
  await textsUntil(ana, includesAll(["before the backup"]));
  await first.stop();
  await copyFolder(data, `${folder.path}/backup`);
  {
    await using second = await start("Ben", data, [ana]);
    await second.linkedTo(ana.ready.peer);
    await second.ask(["send", "after the backup"]);
    await textsUntil(ana, includesAll(["after the backup"]));
    await second.stop();
  }
  await using restored = await start("Ben", `${folder.path}/backup`, [ana]);
  assert.equal(restored.ready.peer, first.ready.peer);
  // What was written after the backup comes back from Ana, and tells that the key was in use since.
  await textsUntil(restored, includesAll(["before the backup", "after the backup"]));
  for (;;) {
    const [status] = await restored.facts<StatusFacts>(["status"]);
    if (status?.peer === first.ready.peer) continue;
    assert.deepEqual(status?.notices.map(({ kind }) => kind), ["new-device"]);
    break;
  }
  await restored.ask(["send", "under the new key"]);
  const said = ["before the backup", "after the backup", "under the new key"];
  await textsUntil(ana, includesAll(said));
  const people = await ana.facts<{ name: string; replaces: string | null }>(["members"]);
  assert(people.some(({ replaces }) => replaces === first.ready.peer), "the old key says so");
});
