/**
 * Sends messages as fast as they are acknowledged and prints the text of each that was, until the node is
 * gone: `flood.ts URL PREFIX`.
 *
 * @module
 */
import { Tab } from "./tab.ts";

const [url = "", prefix = ""] = Deno.args;
using tab = await Tab.open(url);
tab.onClose = () => Deno.exit(0);
const { space, channels: [channel] } = await tab.ask({ type: "snapshot" });
if (!space || !channel) throw new Error("Cannot flood: the node has no channel");
for (let n = 0;; n++) {
  const text = `${prefix} message ${n}`;
  await tab.ask({ type: "message.send", space: space.id, channel: channel.id, text });
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
