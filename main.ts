/**
 * Earshot: chat and shared notes for everyone on the same local network.
 *
 * What needs a permission is imported only after the permission was given.
 *
 * @module
 */
import { type Options, parseOptions } from "./core/cli/options.ts";
import {
  askFor,
  COMMAND_NEEDS,
  denoAsker,
  NODE_NEEDS,
  PASSPHRASE_NEEDS,
} from "./core/cli/permissions.ts";
import { complain, print } from "./core/cli/terminal.ts";
import { HELP, UsageError } from "./core/cli/usage.ts";
import config from "./deno.json" with { type: "json" };

const DONE = 0;
const MISUSED = 2;

async function main(args: readonly string[]): Promise<number> {
  const options = parse(args);
  if (options === null) return MISUSED;
  switch (options.type) {
    case "help":
      return say(HELP.trimEnd());
    case "version":
      return say(`Earshot ${config.version}`);
    case "start": {
      if (!await askFor(NODE_NEEDS, denoAsker(complain))) return MISUSED;
      const { start } = await import("./core/cli/start.ts");
      return await start(options, { root: new URL(".", import.meta.url), version: config.version });
    }
    case "passphrase.set":
    case "passphrase.remove": {
      if (!await askFor(PASSPHRASE_NEEDS, denoAsker(complain))) return MISUSED;
      const { changePassphrase } = await import("./core/cli/change_passphrase.ts");
      return await changePassphrase(options);
    }
    default: {
      if (!await askFor(COMMAND_NEEDS, denoAsker(complain))) return MISUSED;
      const { runCommand } = await import("./core/cli/run_command.ts");
      return await runCommand(options);
    }
  }
}

function parse(args: readonly string[]): Options | null {
  try {
    return parseOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    complain(error.message);
    return null;
  }
}

function say(text: string): number {
  print(text);
  return DONE;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
