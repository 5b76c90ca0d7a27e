import { loopback } from "../e2e/place.ts";
import type { RunningNode } from "../e2e/running_node.ts";
import { report } from "./stats.ts";

/** Resident memory of a node that was linked and then left alone. */
export async function benchMemory(node: RunningNode): Promise<void> {
  report("memory, idle", { unit: "MB", rss: await memoryMb(node) });
}

/** Resident memory of a node, in MB (10^6 bytes). */
export async function memoryMb(node: RunningNode): Promise<number> {
  const ps = loopback.command("ps", ["-o", "rss=", "-p", String(node.pid)], { stdin: "null" });
  const { stdout } = await ps.output();
  const kib = Number(new TextDecoder().decode(stdout));
  return Math.round(kib * 1024 / 1e5) / 10;
}
