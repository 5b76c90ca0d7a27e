/** How a node begins and ends, whatever happens around it. */
import assert from "node:assert/strict";
import { join } from "@std/path";
import { DirectoryLock } from "../../core/store/directory_lock.ts";
import { turn } from "../fakes/turn.ts";
import { openPlaces } from "./place.ts";
import { denoArgs, type Ready, runMain, RunningNode } from "./running_node.ts";
import { tempFolder } from "./temp_folder.ts";

Deno.test("a node that is told to stop while it starts ends in order", async () => {
  await using folder = await tempFolder();
  await using net = await openPlaces(1);
  const [place] = net.places;
  assert(place);
  const data = join(folder.path, "data");
  Deno.mkdirSync(data);
  // What a node left behind that was killed.
  const left = join(data, "running.json");
  Deno.writeTextFileSync(left, "{}");
  const args = ["--data", data, "--no-open", "--port", "0", ...place.options];
  const child = place.command(Deno.execPath(), denoArgs(args), {
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  while (!DirectoryLock.isTaken(data)) await turn();
  child.kill("SIGTERM");
  const { code, stderr } = await child.output();
  assert.deepEqual([code, new TextDecoder().decode(stderr)], [0, ""]);
  assert.deepEqual([...Deno.readDirSync(data)].filter(({ name }) => name === "running.json"), []);
});

Deno.test("a node whose output nobody reads any more goes on", async () => {
  await using folder = await tempFolder();
  await using net = await openPlaces(1);
  const [place] = net.places;
  assert(place);
  const data = join(folder.path, "Ana");
  const args = ["--data", data, "--json", "--verbose", "--no-open", "--port", "0"];
  const child = place.command(Deno.execPath(), denoArgs([...args, ...place.options]), {
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  try {
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const ready: Ready = JSON.parse((await reader.read()).value ?? "");
    await reader.cancel();
    await child.stderr.cancel();
    const ben = await RunningNode.start(place, join(folder.path, "Ben"), ["--name", "Ben"]);
    await ben.linkedTo(ready.peer);
    await ben.stop();
    const { code, out } = await runMain(place, ["status", "--json", "--data", data]);
    assert.deepEqual([code, JSON.parse(out).peer], [0, ready.peer]);
  } finally {
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 0);
  }
});
