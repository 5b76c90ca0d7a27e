import assert from "node:assert/strict";
import { openerOf } from "../../core/cli/browser.ts";
import { suggestedName } from "../../core/cli/suggested_name.ts";

const NAMES: readonly (readonly [string, string, string])[] = [
  ["ana", "laptop", "Ana"],
  ["ana.maria_b", "laptop", "Ana Maria B"],
  ["McCoy", "laptop", "McCoy"],
  ["root", "sick-bay.local", "Sick Bay"],
  ["", "", ""],
  ["root", "\u0007", ""],
  ["x".repeat(200), "h", "X" + "x".repeat(63)],
];

for (const [account, machine, name] of NAMES) {
  Deno.test(`of ${JSON.stringify([account.slice(0, 20), machine])} the name ${name || "nothing"} is suggested`, () => {
    assert.equal(suggestedName(account, machine), name);
  });
}

Deno.test("a browser is opened only where there is a desktop", () => {
  const env = (set: Record<string, string>) => (name: string) => set[name];
  assert.equal(openerOf("linux", env({}), "file:///page"), null);
  assert.deepEqual(openerOf("linux", env({ WAYLAND_DISPLAY: "wayland-0" }), "file:///page"), {
    command: "xdg-open",
    args: ["file:///page"],
  });
  assert.equal(openerOf("darwin", env({}), "file:///page")?.command, "open");
  assert.deepEqual(openerOf("windows", env({}), "file:///page")?.args.at(-1), "file:///page");
});
