/**
 * `deno task bench:scale`: what takes minutes, one line of JSON per figure: a channel of a million messages
 * (`--messages N`).
 *
 * @module
 */
import minimist from "minimist";
import { benchMillion } from "./million.ts";

const { messages } = minimist(Deno.args, { default: { messages: 1_000_000 } });
const folder = await Deno.makeTempDir({ prefix: "earshot-scale-" });
try {
  await benchMillion(folder, Number(messages));
} finally {
  await Deno.remove(folder, { recursive: true });
}
