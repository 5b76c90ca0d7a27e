import { loopback } from "../e2e/place.ts";
import type { RunningNode } from "../e2e/running_node.ts";
import { report } from "./stats.ts";

/** Resident memory of a node that was linked and then left alone, in MB (10^6 bytes). */
export async function benchMemory(node: RunningNode): Promise<void> {
  const ps = loopback.command("ps", ["-o", "rss=", "-p", String(node.pid)], { stdin: "null" });
  const { stdout } = await ps.output();
  const kib = Number(new TextDecoder().decode(stdout));
  report("memory, idle", { unit: "MB", rss: Math.round(kib * 1024 / 1e5) / 10 });
}
