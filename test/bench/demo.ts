/**
 * `deno task demo`: Earshot as after years of use. Fills a new data directory with a history out of a seed, and starts
 * Earshot on it.
 *
 * `--messages N` (100,000), `--channels N` (5), `--authors N` (12), `--seed N` (1), `--data DIR` (a new folder);
 * what follows `--` goes to Earshot.
 *
 * @module
 */
import minimist from "minimist";
import { LOBBY } from "../../core/trust/lobby.ts";
import { Store } from "../../core/store/store.ts";
import { denoArgs } from "../e2e/running_node.ts";
import { openUnsealed } from "../store/made.ts";
import { fillStore } from "./fill_store.ts";

const THREE_YEARS_MS = 3 * 365 * 24 * 60 * 60 * 1000;
const SHOWN_EVERY = 10_000;

const { messages, channels, authors, seed, data, "--": others } = minimist(Deno.args, {
  string: ["data"],
  default: { messages: 100_000, channels: 5, authors: 12, seed: 1 },
  "--": true,
});
const directory = data || await Deno.makeTempDir({ prefix: "earshot-demo-" });
await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
if ([...Deno.readDirSync(directory)].length > 0) {
  say(`Cannot fill ${directory}: it is not empty; choose another with --data DIR`);
  Deno.exit(1);
}
await fill();
say(`Filled ${directory}; starting Earshot on it`);
const command = new Deno.Command(Deno.execPath(), {
  args: denoArgs(["--data", directory, ...others ?? []]),
});
const { code } = await command.spawn().status;
Deno.exit(code);

async function fill(): Promise<void> {
  const until = Date.now();
  using store = Store.open(directory);
  await openUnsealed(directory, true);
  let made = 0;
  await fillStore(store, {
    space: LOBBY,
    ...{ seed, channels, authors, messages, until },
    from: until - THREE_YEARS_MS,
  }, (document) => {
    const before = made;
    made += document.messages.length;
    if (Math.floor(made / SHOWN_EVERY) > Math.floor(before / SHOWN_EVERY)) {
      say(`${made.toLocaleString("en")} of ${messages.toLocaleString("en")} messages`);
    }
  });
}

function say(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}
