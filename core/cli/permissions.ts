/** A permission that Earshot asks for, with the reason in plain words. */
export interface Need {
  readonly permission: Deno.PermissionDescriptor;
  readonly reason: string;
}

/** What a node needs while it starts; run is given back once the page is built and the browser open. */
export const NODE_NEEDS: readonly Need[] = [
  { permission: { name: "net" }, reason: "talk to the other machines and show its page to you" },
  { permission: { name: "read" }, reason: "read its own program and what it keeps for you" },
  { permission: { name: "write" }, reason: "keep your messages, notes and keys on this disk" },
  { permission: { name: "env" }, reason: "find the place for its data on this system" },
  { permission: { name: "sys" }, reason: "see this machine's networks and suggest a name" },
  { permission: { name: "run" }, reason: "build its page at the first start and open the browser" },
];

/** What a command needs that asks the node which runs. */
export const COMMAND_NEEDS: readonly Need[] = NODE_NEEDS.filter(({ permission }) =>
  permission.name === "net" || permission.name === "read" || permission.name === "env"
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
  const granted = await Promise.all(needs.map(({ permission }) => asker.query(permission)));
  const missing = needs.filter((_, index) => !granted[index]);
  if (missing.length === 0) return true;
  if (!asker.terminal) {
    asker.say(`Earshot needs permissions that nobody is here to give. Use: ${FULL_COMMAND}`);
    return false;
  }
  asker.say("Earshot asks Deno for a few permissions now:");
  for (const { permission, reason } of missing) asker.say(`  ${permission.name}: to ${reason}`);
  asker.say(`To grant them all at once, start it with: ${FULL_COMMAND}\n`);
  for (const { permission } of missing) {
    if (!await asker.request(permission)) {
      asker.say(
        `Earshot cannot start without "${permission.name}". Start again to be asked again.`,
      );
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
