/** What Earshot asks for under one name, with the reason in plain words. */
export interface Need {
  readonly name: Deno.PermissionDescriptor["name"];
  readonly permissions: readonly Deno.PermissionDescriptor[];
  readonly reason: string;
}

function need(
  name: "net" | "read" | "write" | "env" | "run",
  reason: string,
): Need {
  return { name, permissions: [{ name }], reason };
}

/** What a node needs while it starts; run is given back once the page is built and the browser open. */
export const NODE_NEEDS: readonly Need[] = [
  need("net", "talk to the other machines and show its page to you"),
  need("read", "read its own program and what it keeps for you"),
  need("write", "keep your messages, notes and keys on this disk"),
  need("env", "find the place for its data on this system"),
  {
    name: "sys",
    permissions: [
      { name: "sys", kind: "networkInterfaces" },
      { name: "sys", kind: "hostname" },
    ],
    reason: "see this machine's networks and suggest a name",
  },
  need("run", "build its page at the first start and open the browser"),
];

/** What a command needs that asks the node which runs. */
export const COMMAND_NEEDS: readonly Need[] = NODE_NEEDS.filter(({ name }) =>
  name === "net" || name === "read" || name === "env"
);

/** What it takes to change the passphrase. */
export const PASSPHRASE_NEEDS: readonly Need[] = NODE_NEEDS.filter(({ name }) =>
  name === "read" || name === "write" || name === "env"
);

/** How permissions are asked for; Deno's own in earnest. */
export interface Asker {
  query(permission: Deno.PermissionDescriptor): Promise<boolean>;
  request(permission: Deno.PermissionDescriptor): Promise<boolean>;
  /** Whether a person can answer. */
  readonly terminal: boolean;
  say(text: string): void;
}

/** The command that grants everything at once. */
export const FULL_COMMAND = "deno run -P main.ts";

/**
 * Makes sure that all of `needs` is granted: asks a person where there is one, else says which command
 * to use.
 *
 * @returns whether everything is granted.
 */
export async function askFor(needs: readonly Need[], asker: Asker): Promise<boolean> {
  const missing: Need[] = [];
  for (const need of needs) {
    const granted = await Promise.all(need.permissions.map((each) => asker.query(each)));
    if (granted.includes(false)) missing.push(need);
  }
  if (missing.length === 0) return true;
  if (!asker.terminal) {
    asker.say(`Earshot needs permissions that nobody is here to give. Use: ${FULL_COMMAND}`);
    return false;
  }
  asker.say("Earshot asks Deno for a few permissions now:");
  for (const { name, reason } of missing) asker.say(`  ${name}: to ${reason}`);
  asker.say(`To grant them all at once, start it with: ${FULL_COMMAND}\n`);
  for (const { name, permissions } of missing) {
    for (const permission of permissions) {
      if (await asker.request(permission)) continue;
      asker.say(`Earshot cannot start without "${name}". Start it again to be asked again.`);
      return false;
    }
  }
  return true;
}

/** Deno's own permissions, and the terminal where it was started. */
export function denoAsker(say: (text: string) => void): Asker {
  const state = async (status: Promise<Deno.PermissionStatus>) =>
    (await status).state === "granted";
  return {
    query: (permission) => state(Deno.permissions.query(permission)),
    request: (permission) => state(Deno.permissions.request(permission)),
    terminal: Deno.stdin.isTerminal() && Deno.stderr.isTerminal(),
    say,
  };
}
