import assert from "node:assert/strict";
import { join } from "@std/path";
import { openVault } from "../../core/store/vault.ts";
import { seededUnit } from "../fakes/random.ts";
import { Child } from "./child.ts";
import { openUnsealed, withDirectory } from "./made.ts";

const KILLS = 20;
const MAX_LINES = 80;
const PASSPHRASE = "never in the clear";

Deno.test("hostile 39: killed while the passphrase changes, the keys are sealed or open, never lost", () =>
  withDirectory(async (directory) => {
    const unit = seededUnit(40);
    const vault = await openUnsealed(directory);
    const { signing } = vault.keys.export();
    const box = vault.seal("epoch", Uint8Array.of(5));
    const found = new Set<boolean>();
    for (let kill = 1; kill <= KILLS; kill++) {
      const child = Child.start("change_passphrase", [directory, PASSPHRASE]);
      const lines = [await child.line()];
      for (let i = Math.floor(unit() * MAX_LINES); i > 0; i--) lines.push(await child.line());
      lines.push(...await child.kill());
      const said = lines.at(-1);

      const again = await openVault(directory, false, () => Promise.resolve(PASSPHRASE));
      const files = [...Deno.readDirSync(directory)].map(({ name }) => name);
      assert.deepEqual(files, ["device.json"], `kill ${kill}: no half of a file has the keys`);
      const text = Deno.readTextFileSync(join(directory, "device.json"));
      assert.equal(again.keys.peer, vault.keys.peer, `kill ${kill}`);
      assert.deepEqual(again.open("epoch", box), Uint8Array.of(5));
      assert.equal(text.includes(signing), !again.isSealed);
      // What was said to be done is; what was begun may be.
      if (said === "removed") assert.equal(again.isSealed, false, `kill ${kill}`);
      if (said === "set done") assert.equal(again.isSealed, true, `kill ${kill}`);
      found.add(again.isSealed);
    }
    assert.deepEqual(found, new Set([true, false]));
  }));
