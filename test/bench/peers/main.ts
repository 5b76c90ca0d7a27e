/**
 * `deno task bench:peers`: Earshot beside others, in the same run on this machine's loopback; one line of JSON per
 * figure. Of what is not installed it says so.
 *
 * @module
 */
import { benchColdSync } from "./cold_sync.ts";
import { benchMessagePath } from "./message_path.ts";

const folder = await Deno.makeTempDir({ prefix: "earshot-bench-" });
try {
  await benchMessagePath(folder);
  await benchColdSync(folder);
} finally {
  await Deno.remove(folder, { recursive: true });
}
