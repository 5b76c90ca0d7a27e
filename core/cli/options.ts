import { parseArgs } from "@std/cli";
import type { Address } from "../net/transport.ts";
import { cleanName } from "../view/words.ts";
import { UsageError } from "./usage.ts";

/** The port of the page unless another is chosen or it is taken. */
export const DEFAULT_PORT = 4747;

/** What starting a node is told. */
export interface StartOptions {
  readonly type: "start";
  readonly name: string | null;
  readonly data: string | null;
  /** `null`: {@linkcode DEFAULT_PORT} or the next free one; 0: any. */
  readonly port: number | null;
  readonly syncPort: number;
  readonly interfaces: readonly string[];
  readonly peers: readonly Address[];
  readonly discovery: boolean;
  readonly lobby: boolean;
  readonly open: boolean;
  readonly passphraseFile: string | null;
  readonly json: boolean;
  readonly verbose: boolean;
}

interface Common {
  readonly data: string | null;
  readonly json: boolean;
}

/** A command for the node that runs. */
export type ClientOptions =
  & Common
  & (
    | { readonly type: "status" | "peers" | "channels" | "notes" }
    | { readonly type: "send"; readonly channel: string; readonly text: string }
    | {
      readonly type: "read";
      readonly channel: string;
      readonly limit: number;
      readonly follow: boolean;
    }
    | { readonly type: "notes.show" | "notes.write" | "notes.append"; readonly title: string }
  );

/** What changes the passphrase, while no node runs. */
export interface PassphraseOptions extends Common {
  readonly type: "passphrase.set" | "passphrase.remove";
  readonly passphraseFile: string | null;
}

/** What a command line asks for. */
export type Options =
  | StartOptions
  | ClientOptions
  | PassphraseOptions
  | { readonly type: "help" | "version" };

const DEFAULT_CHANNEL = "general";
const DEFAULT_LIMIT = 50;
const COMMANDS = ["status", "peers", "channels", "send", "read", "notes"] as const;

/**
 * Reads a command line.
 *
 * @throws {UsageError} naming what is wrong with it.
 */
export function parseOptions(args: readonly string[]): Options {
  const [first, ...rest] = args;
  if (args.includes("--help") || args.includes("-h") || first === "help") return { type: "help" };
  if (args.includes("--version")) return { type: "version" };
  if (first === undefined || first.startsWith("-")) return startOptions(args);
  if (first === "start") return startOptions(rest);
  if (first === "passphrase") return passphraseOptions(rest);
  if (!COMMANDS.some((command) => command === first)) {
    throw new UsageError(`Unknown command "${first}": --help lists the commands`);
  }
  return clientOptions(first as typeof COMMANDS[number], rest);
}

function refuseUnknown(arg: string): boolean {
  if (arg.startsWith("-") && arg !== "-") {
    throw new UsageError(`Unknown option "${arg.split("=")[0]}": --help lists the options`);
  }
  return true;
}

function startOptions(args: readonly string[]): StartOptions {
  const parsed = parseArgs(args, {
    string: ["name", "data", "port", "sync-port", "interface", "peer", "passphrase-file"],
    boolean: ["discovery", "lobby", "open", "json", "verbose"],
    negatable: ["discovery", "lobby", "open"],
    collect: ["interface", "peer"],
    default: { discovery: true, lobby: true, open: true },
    unknown: refuseUnknown,
  });
  if (parsed._.length > 0) {
    throw new UsageError(`Unexpected "${parsed._[0]}": --help lists what start takes`);
  }
  const port = single(parsed.port, "port");
  return {
    type: "start",
    name: nameOf(single(parsed.name, "name")),
    data: single(parsed.data, "data"),
    port: port === null ? null : portOf(port, "--port"),
    syncPort: portOf(single(parsed["sync-port"], "sync-port") ?? "0", "--sync-port"),
    interfaces: parsed.interface.map((value) => given(value, "interface")),
    peers: parsed.peer.map(addressOf),
    discovery: parsed.discovery,
    lobby: parsed.lobby,
    open: parsed.open,
    passphraseFile: single(parsed["passphrase-file"], "passphrase-file"),
    json: parsed.json,
    verbose: parsed.verbose,
  };
}

function passphraseOptions(args: readonly string[]): PassphraseOptions {
  const parsed = parseArgs(args, {
    string: ["data", "passphrase-file"],
    boolean: ["json"],
    unknown: refuseUnknown,
  });
  const [verb, ...more] = parsed._.map(String);
  if (verb !== "set" && verb !== "remove") {
    throw new UsageError(`"passphrase" takes set or remove${verb ? `, not "${verb}"` : ""}`);
  }
  noMore(more, 0, `passphrase ${verb}`);
  return {
    type: `passphrase.${verb}`,
    data: single(parsed.data, "data"),
    json: parsed.json,
    passphraseFile: single(parsed["passphrase-file"], "passphrase-file"),
  };
}

function clientOptions(command: typeof COMMANDS[number], args: readonly string[]): ClientOptions {
  const parsed = parseArgs(args, {
    string: ["data", "channel", "limit"],
    boolean: ["json", "follow"],
    unknown: refuseUnknown,
  });
  const common: Common = { data: single(parsed.data, "data"), json: parsed.json };
  const words = parsed._.map(String);
  const refuse = (given: boolean, option: string) => {
    if (given) throw new UsageError(`Cannot use ${option} with "${command}"`);
  };
  const takesChannel = command === "send" || command === "read";
  refuse(parsed.channel !== undefined && !takesChannel, "--channel");
  refuse(parsed.limit !== undefined && command !== "read", "--limit");
  refuse(parsed.follow && command !== "read", "--follow");
  const channel = single(parsed.channel, "channel") ?? DEFAULT_CHANNEL;
  switch (command) {
    case "send":
      if (words.length === 0) throw new UsageError(`"send" needs a TEXT, or - for stdin`);
      return { ...common, type: "send", channel, text: words.join(" ") };
    case "read": {
      noMore(words, 0, command);
      const limit = single(parsed.limit, "limit");
      return {
        ...common,
        type: "read",
        channel,
        limit: limit === null ? DEFAULT_LIMIT : countOf(limit),
        follow: parsed.follow,
      };
    }
    case "notes": {
      const [verb, ...title] = words;
      if (verb === undefined) return { ...common, type: "notes" };
      if (verb !== "show" && verb !== "write" && verb !== "append") {
        throw new UsageError(`Unknown "notes ${verb}": notes takes show, write or append`);
      }
      if (title.length === 0) throw new UsageError(`"notes ${verb}" needs a TITLE`);
      return { ...common, type: `notes.${verb}`, title: title.join(" ") };
    }
    default:
      noMore(words, 0, command);
      return { ...common, type: command };
  }
}

function noMore(words: readonly string[], allowed: number, command: string): void {
  const extra = words[allowed];
  if (extra !== undefined) throw new UsageError(`Unexpected "${extra}" after "${command}"`);
}

function given(value: string, option: string): string {
  if (value === "") throw new UsageError(`--${option} needs a value`);
  return value;
}

function single(value: string | readonly string[] | undefined, option: string): string | null {
  if (value === undefined) return null;
  if (typeof value !== "string") throw new UsageError(`--${option} was given more than once`);
  return given(value, option);
}

function nameOf(value: string | null): string | null {
  if (value === null) return null;
  try {
    return cleanName(value);
  } catch (error) {
    throw new UsageError(`Bad --name: ${error instanceof Error ? error.message : error}`);
  }
}

function portOf(value: string, option: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : NaN;
  if (!(port <= 65_535)) {
    throw new UsageError(`${option} is a number from 0 to 65535, not "${value}"`);
  }
  return port;
}

function countOf(value: string): number {
  const count = /^\d{1,6}$/.test(value) ? Number(value) : 0;
  if (count < 1) throw new UsageError(`--limit is a number from 1 to 999999, not "${value}"`);
  return count;
}

/**
 * Reads `HOST:PORT`, an IPv6 address standing in brackets.
 *
 * @throws {UsageError} if it is not of that form.
 */
export function addressOf(value: string): Address {
  const match = /^(?:\[([0-9A-Fa-f:.]+(?:%[\w.-]+)?)\]|([\w.-]+)):(\d{1,5})$/.exec(value);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port < 1 || port > 65_535) {
    throw new UsageError(`--peer is HOST:PORT (IPv6 as [ADDRESS]:PORT), not "${value}"`);
  }
  return { host, port };
}
