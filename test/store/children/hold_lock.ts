/** Takes the lock of a directory, tells how to reach it, and holds on until it is killed. */
import { DirectoryLock } from "../../../core/store/directory_lock.ts";
import { writeRunning } from "../../../core/store/running_file.ts";
import { peer } from "../made.ts";

const directory = Deno.args[0] ?? "";
const lock = await DirectoryLock.take(directory);
writeRunning(directory, {
  url: "http://127.0.0.1:4747/#t=secret",
  token: "secret",
  port: 4747,
  pid: 12,
  peer: peer(1),
});
Deno.stdout.writeSync(new TextEncoder().encode(`${lock ? "locked" : "taken"}\n`));
setInterval(() => {}, 60_000);
