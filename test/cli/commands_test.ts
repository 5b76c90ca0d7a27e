import assert from "node:assert/strict";
import { ClientError } from "../../core/cli/client.ts";
import { read, search, send } from "../../core/cli/messages.ts";
import { listNotes, showNote, writeNote } from "../../core/cli/notes.ts";
import { lineOutput } from "../../core/cli/output.ts";
import { channels, peers, status } from "../../core/cli/overview.ts";
import type { Splice } from "../../core/view/view.ts";
import { FakeClient, FakeOutput } from "../fakes/client.ts";
import { ANA, GENERAL, LOBBY_VIEW, message, SHOPPING, snapshot } from "../fakes/views.ts";

const forEver = new AbortController().signal;

Deno.test("send prints the message id, and facts with --json", async () => {
  const client = new FakeClient({
    snapshot: () => snapshot(),
    "message.send": ({ text }) => message(7, text),
  });
  const output = new FakeOutput();
  await send(client, output, { space: null, channel: "#General", text: "hello" });
  assert.deepEqual(output.texts, [message(7).id]);
  assert.deepEqual(output.facts, [{
    id: message(7).id,
    channel: "general",
    author: { peer: ANA, name: "Ana" },
    text: "hello",
    at: 7,
  }]);
});

Deno.test("an unknown channel is said with the way on", async () => {
  const client = new FakeClient({ snapshot: () => snapshot() });
  await assert.rejects(
    send(client, new FakeOutput(), { space: null, channel: "nowhere", text: "x" }),
    (error) =>
      error instanceof ClientError && /no channel "nowhere".*lists them/.test(error.message),
  );
});

Deno.test("search prints what is found, with its channel", async () => {
  const client = new FakeClient({
    snapshot: () => snapshot(),
    "message.search": ({ text, channel }) => {
      assert.deepEqual([text, channel], ["hello there", GENERAL]);
      return { messages: [message(7, "hello there")], partial: false };
    },
  });
  const output = new FakeOutput();
  await search(client, output, { space: null, channel: "general", text: "hello there" });
  assert.match(output.texts[0] ?? "", /^#general .*Ana: hello there$/);
  assert.equal(output.facts.length, 1);
});

Deno.test("search says when nothing is found", async () => {
  const client = new FakeClient({
    snapshot: () => snapshot(),
    "message.search": () => ({ messages: [], partial: false }),
  });
  const output = new FakeOutput();
  await search(client, output, { space: null, channel: null, text: "hello" });
  assert.deepEqual(output.facts, []);
  assert.match(output.notes.join(), /^Nothing found/);
});

Deno.test("search says when not all was looked through", async () => {
  const client = new FakeClient({
    snapshot: () => snapshot(),
    "message.search": () => ({ messages: [message(7, "hello")], partial: true }),
  });
  const output = new FakeOutput();
  await search(client, output, { space: null, channel: null, text: "hello" });
  assert.equal(output.facts.length, 1);
  assert.match(output.notes.join(), /not all of it is looked through yet$/);
});

Deno.test("read goes back over pages up to the limit, oldest first", async () => {
  const all = Array.from({ length: 500 }, (_, index) => message(index));
  const client = new FakeClient({
    snapshot: () => snapshot(),
    "message.list": ({ before, limit = 50 }) => {
      const end = before ? all.findIndex(({ id }) => id === before) : all.length;
      return { messages: all.slice(Math.max(0, end - limit), end), more: end > limit };
    },
  });
  const output = new FakeOutput();
  await read(
    client,
    output,
    { space: null, channel: "general", limit: 450, follow: false },
    forEver,
  );
  assert.deepEqual(
    output.facts.map((facts) => (facts as { at: number }).at),
    Array.from({ length: 450 }, (_, index) => index + 50),
  );
});

Deno.test("read --follow prints each message once, and only of its channel", async () => {
  const client = new FakeClient({
    snapshot: () => snapshot(),
    "message.list": () => ({ messages: [message(1), message(2)], more: false }),
  });
  const space = LOBBY_VIEW.id;
  client.events = [
    { type: "message", space, message: message(2) },
    {
      type: "message",
      space,
      message: { ...message(3), channel: "ff".repeat(8) as typeof GENERAL },
    },
    { type: "message", space, message: message(4) },
  ];
  const output = new FakeOutput();
  await read(client, output, { space: null, channel: "general", limit: 10, follow: true }, forEver);
  assert.deepEqual(output.facts.map((facts) => (facts as { at: number }).at), [1, 2, 4]);
});

function noteClient(text: string, edits: Splice[][], titles = ["Shopping"]) {
  return new FakeClient({
    snapshot: () =>
      snapshot({ notes: titles.map((title) => ({ id: SHOPPING, title, changedAt: 1 })) }),
    "note.create": ({ title }) => ({ id: SHOPPING, title, changedAt: 2 }),
    "note.open": () => ({ heads: ["h"], text, cursors: [] }),
    "note.edit": ({ splices }) => {
      edits.push([...splices]);
      return { heads: ["i"], merged: { heads: ["i"], splices: [] } };
    },
  });
}

function apply(text: string, splices: readonly Splice[]): string {
  return splices.reduce(
    (now, { at, remove, insert }) => now.slice(0, at) + insert + now.slice(at + remove),
    text,
  );
}

const REWRITES: readonly (readonly [string, string])[] = [
  ["milk\nbread\n", "milk\neggs\nbread\n"],
  ["aaa", "aa"],
  ["aa", "aaa"],
  ["", "new"],
  ["all", ""],
  ["a\u{1f600}b", "a\u{1f601}b"],
  ["\u{1f600}", "\u{1f300}"],
];

for (const [from, to] of REWRITES) {
  Deno.test(`notes write changes only what differs: ${JSON.stringify([from, to])}`, async () => {
    const edits: Splice[][] = [];
    const client = noteClient(from, edits);
    await writeNote(client, new FakeOutput(), {
      space: null,
      title: "Shopping",
      text: to,
      append: false,
    });
    const [splices = []] = edits;
    assert.equal(apply(from, splices), to);
    for (const { insert } of splices) assert(insert.isWellFormed(), "half a character is written");
  });
}

Deno.test("notes append begins on a line of its own, and makes a note that is not there", async () => {
  const edits: Splice[][] = [];
  const output = new FakeOutput();
  const client = noteClient("milk", edits, []);
  await writeNote(client, output, {
    space: null,
    title: "New",
    text: "eggs\n",
    append: true,
  });
  assert.deepEqual(edits, [[{ at: 4, remove: 0, insert: "\neggs\n" }]]);
  assert.deepEqual(output.texts, ['Made "New"']);
});

Deno.test("two notes of one title are told apart by id", async () => {
  const client = noteClient("", [], ["Twin", "Twin"]);
  await assert.rejects(
    showNote(client, new FakeOutput(), { space: null, title: "Twin" }),
    /2 notes.*use an id/,
  );
});

Deno.test("lists say so when there is nothing", async () => {
  const client = new FakeClient({ snapshot: () => snapshot({ notes: [] }), peers: () => [] });
  const output = new FakeOutput();
  await listNotes(client, output, null);
  await peers(client, output);
  assert.deepEqual(output.texts, []);
  assert.equal(output.notes.length, 2);
});

Deno.test("status and channels tell what is here", async () => {
  const client = new FakeClient({ snapshot: () => snapshot() });
  const output = new FakeOutput();
  await status(client, output, "http://127.0.0.1:4747/");
  await channels(client, output, null);
  assert.match(output.texts[0] ?? "", /open to everyone on this network[\s\S]*Here: Ana/);
  assert.equal(output.texts[1], "#general");
});

Deno.test("status tells how far it is with what comes from another machine", async () => {
  const getting = { ...LOBBY_VIEW, progress: { peer: ANA, missing: 87_600, total: 100_000 } };
  const client = new FakeClient({
    snapshot: () => snapshot({ spaces: [getting], space: getting }),
  });
  const output = new FakeOutput();
  await status(client, output, "http://127.0.0.1:4747/");
  assert.match(output.texts[0] ?? "", /Lobby: Getting 12,400 of 100,000 changes from Ana/);
});

Deno.test("foreign text cannot steer the terminal", () => {
  const lines: string[] = [];
  lineOutput(false, (line) => lines.push(line)).result("a\u001b[2Jb\u202ec\nd", {});
  assert.deepEqual(lines, ["a\u00b7[2Jb\u00b7c\nd"]);
});
