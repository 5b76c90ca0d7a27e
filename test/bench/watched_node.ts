import { loopback, type Place } from "../e2e/place.ts";
import { RunningNode } from "../e2e/running_node.ts";
import { turn } from "../fakes/turn.ts";

const WATCH = new URL("loop_watch.ts", import.meta.url).pathname;

/** A node whose main thread is watched for blocks of its event loop. */
export interface WatchedNode {
  readonly node: RunningNode;
  /** Gives the longest block since this was last asked, in milliseconds. */
  longestBlock(): Promise<number>;
}

/** Starts a node on `data` that is watched. The node is the caller's to end. */
export async function startWatched(
  data: string,
  args: readonly string[] = [],
): Promise<WatchedNode> {
  const file = `${data}.loop`;
  const place: Place = {
    ...loopback,
    command: (program, [first = "", ...others], options) =>
      loopback.command(program, [first, `--preload=${WATCH}`, ...others], {
        ...options,
        env: { ...options?.env, EARSHOT_LOOP_FILE: file },
      }),
  };
  const node = await RunningNode.start(place, data, args);
  return {
    node,
    async longestBlock() {
      await Deno.remove(file).catch(() => {});
      Deno.kill(node.pid, "SIGUSR2");
      for (;;) {
        await turn();
        const text = await Deno.readTextFile(file).catch(() => "");
        if (text !== "") return Math.round(Number(text) * 10) / 10;
      }
    },
  };
}
