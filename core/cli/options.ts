import { parseArgs } from "@std/cli";
import type { Address } from "../net/transport.ts";
import { cleanName } from "../view/words.ts";
import { type ClientOptions, clientOptions } from "./client_options.ts";
import { given, refuseUnknown, single } from "./option_values.ts";
import { type PassphraseOptions, passphraseOptions } from "./passphrase_options.ts";
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

/** What a command line asks for. */
export type Options =
  | StartOptions
  | ClientOptions
  | PassphraseOptions
  | { readonly type: "help" | "version" };

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
  return clientOptions(first, rest);
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
