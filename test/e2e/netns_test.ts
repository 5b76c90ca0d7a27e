import assert from "node:assert/strict";
import { type Host, netnsMissing, Network } from "./netns.ts";

const missing = await netnsMissing();

/** Knocks at a port where nobody listens: a host that is there refuses, one that is not is silent. */
async function answers(from: Host, address: string): Promise<boolean> {
  const script = `timeout 1 bash -c '</dev/tcp/${address}/9' 2>&1 || true`;
  return (await from.run("sh", "-c", script)).includes("refused");
}

Deno.test({
  name: `hosts on a bridge hear each other until the cable is pulled, and are gone after close${
    missing ? ` (skipped: ${missing})` : ""
  }`,
  ignore: missing !== undefined,
  async fn() {
    const network = await Network.open(2);
    const [one, two] = network.hosts;
    try {
      assert(one && two);
      assert(await answers(one, two.address));
      assert(await answers(one, `${two.address6}%eth0`));
      await two.unplug();
      assert(!await answers(one, two.address));
      await two.plug();
      assert(await answers(one, two.address));
    } finally {
      await network.close();
      await network.close();
    }
    await assert.rejects(() => one!.run("true"));
  },
});
