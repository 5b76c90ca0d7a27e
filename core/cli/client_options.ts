import { parseArgs } from "@std/cli";
import { type Role, ROLES } from "../base/role.ts";
import { countOf, refuseUnknown, single } from "./option_values.ts";
import { UsageError } from "./usage.ts";

interface Common {
  readonly data: string | null;
  readonly json: boolean;
}

/** Of commands about one space: its name or the start of its id; `null` is the first one. */
interface InSpace {
  readonly space: string | null;
}

/** A command for the node that runs. */
export type ClientOptions =
  & Common
  & (
    | { readonly type: "status" | "peers" | "spaces" | "rebuild" }
    | InSpace & { readonly type: "channels" | "notes" | "members" | "space.leave" }
    | InSpace & { readonly type: "send"; readonly channel: string; readonly text: string }
    | InSpace & {
      readonly type: "read";
      readonly channel: string;
      readonly limit: number;
      readonly follow: boolean;
    }
    | InSpace & {
      readonly type: "search";
      /** `null` is all. */
      readonly channel: string | null;
      readonly text: string;
    }
    | InSpace & {
      readonly type: "notes.show" | "notes.write" | "notes.append";
      readonly title: string;
    }
    | { readonly type: "space.create"; readonly name: string }
    | InSpace & {
      readonly type: "invite";
      readonly code: boolean;
      readonly role: Role;
      /** How long a link holds. */
      readonly hours: number;
    }
    | { readonly type: "join"; readonly by: string }
    | InSpace & { readonly type: "remove"; readonly peer: string }
  );

const DEFAULT_CHANNEL = "general";
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 999_999;
const DEFAULT_HOURS = 24;
const MAX_HOURS = 7 * 24;

/** The options that only some commands take, by command. */
const TAKES: Readonly<Record<string, readonly string[]>> = {
  status: [],
  peers: [],
  spaces: [],
  space: ["space"],
  rebuild: [],
  channels: ["space"],
  members: ["space"],
  send: ["space", "channel"],
  read: ["space", "channel", "limit", "follow"],
  search: ["space", "channel"],
  notes: ["space"],
  invite: ["space", "code", "role", "hours"],
  join: [],
  remove: ["space"],
};

/**
 * Reads the command line of a command for the node that runs.
 *
 * @throws {UsageError} naming what is wrong with it.
 */
export function clientOptions(command: string, args: readonly string[]): ClientOptions {
  const takes = Object.hasOwn(TAKES, command) ? TAKES[command] : undefined;
  if (!takes) throw new UsageError(`Unknown command "${command}": --help lists the commands`);
  const parsed = parseArgs(args, {
    string: ["data", "space", "channel", "limit", "role", "hours"],
    boolean: ["json", "follow", "code"],
    unknown: refuseUnknown,
  });
  for (const option of ["space", "channel", "limit", "role", "hours", "follow", "code"] as const) {
    const given = parsed[option] !== undefined && parsed[option] !== false;
    if (given && !takes.includes(option)) {
      throw new UsageError(`Cannot use --${option} with "${command}"`);
    }
  }
  const common: Common = { data: single(parsed.data, "data"), json: parsed.json };
  const space = single(parsed.space, "space");
  const asked = single(parsed.channel, "channel");
  const channel = asked ?? DEFAULT_CHANNEL;
  const words = parsed._.map(String);
  switch (command) {
    case "send":
      need(words, `"send" needs a TEXT, or - for stdin`);
      return { ...common, type: "send", space, channel, text: words.join(" ") };
    case "search":
      need(words, `"search" needs WORDS to look for`);
      return { ...common, type: "search", space, channel: asked, text: words.join(" ") };
    case "read": {
      noMore(words, 0, command);
      const limit = single(parsed.limit, "limit");
      return {
        ...common,
        type: "read",
        space,
        channel,
        limit: limit === null ? DEFAULT_LIMIT : countOf(limit, "limit", MAX_LIMIT),
        follow: parsed.follow,
      };
    }
    case "notes": {
      const [verb, ...title] = words;
      if (verb === undefined) return { ...common, type: "notes", space };
      if (verb !== "show" && verb !== "write" && verb !== "append") {
        throw new UsageError(`Unknown "notes ${verb}": notes takes show, write or append`);
      }
      need(title, `"notes ${verb}" needs a TITLE`);
      return { ...common, type: `notes.${verb}`, space, title: title.join(" ") };
    }
    case "space": {
      const [verb, ...name] = words;
      if (verb === "leave") {
        noMore(name, 0, "space leave");
        if (space === null) throw new UsageError(`"space leave" needs --space`);
        return { ...common, type: "space.leave", space };
      }
      if (verb !== "create") throw new UsageError(`"space" takes create NAME or leave --space S`);
      if (space !== null) throw new UsageError(`Cannot use --space with "space create"`);
      need(name, `"space create" needs a NAME`);
      return { ...common, type: "space.create", name: name.join(" ") };
    }
    case "invite": {
      noMore(words, 0, command);
      const hours = single(parsed.hours, "hours");
      if (parsed.code && hours !== null) {
        throw new UsageError("Cannot use --hours with --code: a code holds for five minutes");
      }
      return {
        ...common,
        type: "invite",
        space,
        code: parsed.code,
        role: roleOf(single(parsed.role, "role")),
        hours: hours === null ? DEFAULT_HOURS : countOf(hours, "hours", MAX_HOURS),
      };
    }
    case "join":
      need(words, `"join" needs a LINK or a CODE of eight digits`);
      return { ...common, type: "join", by: words.join(" ") };
    case "remove":
      need(words, `"remove" needs a PEER: \`members\` lists them`);
      return { ...common, type: "remove", space, peer: words.join(" ") };
    case "status":
    case "peers":
    case "spaces":
    case "rebuild":
      noMore(words, 0, command);
      return { ...common, type: command };
    default:
      noMore(words, 0, command);
      return { ...common, type: command as "channels" | "members", space };
  }
}

function need(words: readonly string[], otherwise: string): void {
  if (words.length === 0) throw new UsageError(otherwise);
}

function noMore(words: readonly string[], allowed: number, command: string): void {
  const extra = words[allowed];
  if (extra !== undefined) throw new UsageError(`Unexpected "${extra}" after "${command}"`);
}

function roleOf(value: string | null): Role {
  if (value === null) return "member";
  const role = ROLES.find((role) => role === value);
  if (!role) throw new UsageError(`--role is ${ROLES.toReversed().join(", ")}, not "${value}"`);
  return role;
}
