/**
 * Sets and removes the passphrase of a data directory in turn until it is killed: says before and after
 * each what it does. The passphrase is always the same, the salt never.
 */
import { openVault } from "../../../core/store/vault.ts";

const [directory = "", passphrase = ""] = Deno.args;
const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const vault = await openVault(directory, false, () => Promise.resolve(passphrase));
for (;;) {
  say("remove");
  vault.removePassphrase();
  say("removed");
  say("set");
  await vault.setPassphrase(passphrase, { memory: 8, passes: 1, lanes: 1 });
  say("set done");
}
