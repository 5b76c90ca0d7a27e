/**
 * Loaded before a node by the bench: notes the longest time for which the node's main thread did not come back to
 * its event loop. SIGUSR2 writes it, in milliseconds, to the file that `EARSHOT_LOOP_FILE` names, and begins anew.
 *
 * @module
 */
const EVERY_MS = 2;

let last = performance.now();
let longest = 0;

const watch = setInterval(() => {
  const now = performance.now();
  longest = Math.max(longest, now - last - EVERY_MS);
  last = now;
}, EVERY_MS);
// It keeps no node from ending.
Deno.unrefTimer(watch);

Deno.addSignalListener("SIGUSR2", () => {
  Deno.writeTextFileSync(Deno.env.get("EARSHOT_LOOP_FILE") ?? "", String(longest));
  longest = 0;
});
