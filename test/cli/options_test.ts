import assert from "node:assert/strict";
import { parseOptions } from "../../core/cli/options.ts";
import { UsageError } from "../../core/cli/usage.ts";

Deno.test("no arguments start a node with every default", () => {
  assert.deepEqual(parseOptions([]), {
    type: "start",
    name: null,
    data: null,
    port: null,
    syncPort: 0,
    interfaces: [],
    peers: [],
    discovery: true,
    lobby: true,
    open: true,
    passphraseFile: null,
    json: false,
    verbose: false,
  });
});

Deno.test("every option of start is read", () => {
  const options = parseOptions([
    ...["--name", "Ana", "--data=/d", "--port", "0", "--sync-port=4748", "--interface", "eth1"],
    ...["--interface", "127.0.0.1", "--peer", "10.0.0.2:4000", "--peer=[fe80::1%eth1]:5000"],
    ...["--no-discovery", "--no-lobby", "--no-open", "--json", "--verbose"],
    ...["--passphrase-file", "/p"],
  ]);
  assert.deepEqual(options, {
    type: "start",
    name: "Ana",
    data: "/d",
    port: 0,
    syncPort: 4748,
    interfaces: ["eth1", "127.0.0.1"],
    peers: [{ host: "10.0.0.2", port: 4000 }, { host: "fe80::1%eth1", port: 5000 }],
    discovery: false,
    lobby: false,
    open: false,
    passphraseFile: "/p",
    json: true,
    verbose: true,
  });
});

const WRONG: readonly (readonly [string, readonly string[], RegExp])[] = [
  ["an unknown command", ["sned", "hello"], /Unknown command "sned"/],
  ["an unknown option", ["--colour", "red"], /Unknown option "--colour"/],
  ["an unknown negation", ["--no-json"], /Unknown option "--no-json"/],
  ["an unknown short option", ["-x"], /Unknown option "-x"/],
  ["a word after start", ["start", "now"], /Unexpected "now"/],
  ["a port that is no number", ["--port", "web"], /--port is a number from 0 to 65535/],
  ["a port too high", ["--sync-port", "65536"], /--sync-port is a number/],
  ["a negative port", ["--port=-1"], /--port/],
  ["an option without its value", ["--name"], /--name needs a value/],
  ["an empty name", ["--name", " "], /Bad --name: The name is empty/],
  ["a name too long", ["--name", "x".repeat(10_000)], /Bad --name: The name is too long/],
  ["an option twice", ["--data", "a", "--data", "b"], /--data was given more than once/],
  ["a peer without port", ["--peer", "10.0.0.2"], /--peer is HOST:PORT/],
  ["a peer with port 0", ["--peer", "10.0.0.2:0"], /--peer is HOST:PORT/],
  ["send without text", ["send"], /needs a TEXT/],
  ["an option of another command", ["peers", "--channel", "x"], /Cannot use --channel/],
  ["nothing to search", ["search"], /"search" needs WORDS/],
  ["a limit of none", ["read", "--limit", "0"], /--limit is a number from 1/],
  ["an unknown verb of notes", ["notes", "delete", "x"], /takes show, write or append/],
  ["passphrase without a verb", ["passphrase"], /takes set or remove$/],
  ["an unknown verb of passphrase", ["passphrase", "show"], /takes set or remove, not "show"/],
  [
    "a passphrase on the command line",
    ["passphrase", "set", "secret"],
    /takes no more words: it asks/,
  ],
  [
    "a passphrase file of another command",
    ["send", "--passphrase-file", "f", "x"],
    /Unknown option/,
  ],
  ["an option of no use with a code", ["invite", "--code", "--hours", "2"], /five minutes/],
  ["a role that is none", ["invite", "--role", "boss"], /--role is admin, member, reader/],
  ["hours without end", ["invite", "--hours", "999"], /--hours is a number from 1 to 168/],
  ["join without anything", ["join"], /needs a LINK or a CODE/],
  ["remove without anybody", ["remove"], /needs a PEER/],
  ["leave without saying what", ["space", "leave"], /needs --space/],
  ["an unknown verb of space", ["space", "destroy"], /takes create NAME or leave/],
  ["a space where there is none to choose", ["peers", "--space", "x"], /Cannot use --space/],
  ["a verb of notes without title", ["notes", "show"], /needs a TITLE/],
];

for (const [what, args, message] of WRONG) {
  Deno.test(`${what} is one clear line`, () => {
    assert.throws(() => parseOptions(args), (error) => {
      assert(error instanceof UsageError);
      assert.match(error.message, message);
      assert(!error.message.includes("\n"));
      return true;
    });
  });
}

Deno.test("commands are read with their words", () => {
  assert.deepEqual(parseOptions(["send", "--channel", "ideas", "hello", "there"]), {
    type: "send",
    space: null,
    channel: "ideas",
    text: "hello there",
    data: null,
    json: false,
  });
  assert.deepEqual(parseOptions(["send", "-"]), {
    type: "send",
    space: null,
    channel: "general",
    text: "-",
    data: null,
    json: false,
  });
  assert.deepEqual(parseOptions(["send", "--", "--not-an-option", "1.50"]), {
    type: "send",
    space: null,
    channel: "general",
    text: "--not-an-option 1.50",
    data: null,
    json: false,
  });
  assert.deepEqual(parseOptions(["read", "--follow", "--limit", "5", "--json"]), {
    type: "read",
    space: null,
    channel: "general",
    limit: 5,
    follow: true,
    data: null,
    json: true,
  });
  assert.deepEqual(parseOptions(["notes", "write", "Shopping", "list"]), {
    type: "notes.write",
    space: null,
    title: "Shopping list",
    data: null,
    json: false,
  });
  assert.deepEqual(parseOptions(["notes"]), {
    type: "notes",
    space: null,
    data: null,
    json: false,
  });
});

Deno.test("commands about spaces are read", () => {
  const common = { data: null, json: false };
  assert.deepEqual(parseOptions(["space", "create", "Night", "shift"]), {
    ...common,
    type: "space.create",
    name: "Night shift",
  });
  assert.deepEqual(parseOptions(["space", "leave", "--space", "Crew"]), {
    ...common,
    type: "space.leave",
    space: "Crew",
  });
  assert.deepEqual(parseOptions(["invite"]), {
    ...common,
    type: "invite",
    space: null,
    code: false,
    role: "member",
    hours: 24,
  });
  assert.deepEqual(parseOptions(["invite", "--space=Crew", "--code", "--role", "reader"]), {
    ...common,
    type: "invite",
    space: "Crew",
    code: true,
    role: "reader",
    hours: 24,
  });
  assert.deepEqual(parseOptions(["join", "1234", "5678"]), {
    ...common,
    type: "join",
    by: "1234 5678",
  });
  assert.deepEqual(parseOptions(["remove", "Ben"]), {
    ...common,
    type: "remove",
    space: null,
    peer: "Ben",
  });
  assert.deepEqual(parseOptions(["members", "--space", "Crew", "--json"]), {
    type: "members",
    space: "Crew",
    data: null,
    json: true,
  });
});

Deno.test("passphrase set and remove are read", () => {
  assert.deepEqual(parseOptions(["passphrase", "set", "--data", "/d", "--passphrase-file=/p"]), {
    type: "passphrase.set",
    data: "/d",
    passphraseFile: "/p",
    json: false,
  });
  assert.deepEqual(parseOptions(["passphrase", "remove", "--json"]), {
    type: "passphrase.remove",
    data: null,
    passphraseFile: null,
    json: true,
  });
});

Deno.test("help and version are found anywhere", () => {
  assert.deepEqual(parseOptions(["read", "--help"]), { type: "help" });
  assert.deepEqual(parseOptions(["--version"]), { type: "version" });
});
