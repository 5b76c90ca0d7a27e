import assert from "node:assert/strict";
import { MAX_REQUEST_BYTES } from "../../core/base/limits.ts";
import { jsonDepth } from "../../core/view/json_depth.ts";
import { MAX_SPLICES } from "../../core/base/limits.ts";
import { parseCommand } from "../../core/view/parse_command.ts";
import { parseRequest } from "../../core/view/parse_request.ts";
import { seededUnit } from "../fakes/random.ts";

const channel = "0123456789abcdef";
const message = "0123456789abcdef0123456789abcdef";
const space = "0f".repeat(16);
const peer = "0a".repeat(32);
const hash = "ab".repeat(32);

const good: Record<string, unknown>[] = [
  { type: "snapshot" },
  { type: "snapshot", space },
  { type: "peers" },
  { type: "profile.set", name: "Ana", colour: 11 },
  { type: "profile.set", name: "Ana" },
  { type: "space.create", name: "Garden" },
  { type: "space.leave", space },
  { type: "space.forget", space },
  { type: "member.remove", space, peer },
  { type: "member.role", space, peer, role: "reader" },
  { type: "invite.link", space },
  { type: "invite.link", space, role: "admin", hours: 24 },
  { type: "invite.code", space, role: "member" },
  { type: "invite.hide" },
  { type: "join.link", link: "http://127.0.0.1:4747/join#x" },
  { type: "join.code", code: "12345678" },
  { type: "direct.ask", peer },
  { type: "direct.answer", peer, accept: true },
  { type: "person.words", peer },
  { type: "person.waiting", space, peer },
  { type: "person.verify", peer, verified: false },
  { type: "person.mute", peer, muted: true },
  { type: "notice.dismiss", notice: 3 },
  { type: "rebuild" },
  { type: "channel.create", space, name: "plans" },
  { type: "message.list", space, channel },
  { type: "message.list", space, channel, before: message, limit: 50 },
  { type: "message.list", space, channel, after: message },
  { type: "message.send", space, channel, text: "hello" },
  { type: "message.holders", space, channel, message },
  { type: "message.search", space, text: "words" },
  { type: "message.search", space, text: "words", channel },
  { type: "read.mark", space, channel, message },
  { type: "note.create", space, title: "Shopping" },
  { type: "note.rename", space, note: message, title: "Shopping" },
  { type: "note.open", space, note: message },
  {
    ...{ type: "note.edit", space, note: message, heads: [hash] },
    splices: [{ at: 0, remove: 1, insert: "a" }],
  },
  { type: "note.merge", space, note: message, heads: [] },
  { type: "place.set", space, place: null },
  { type: "place.set", space, place: { type: "channel", channel, typing: true } },
  {
    type: "place.set",
    space,
    place: { type: "note", note: message, heads: [], anchor: 0, head: 4 },
  },
];

Deno.test("every command is read as it was asked", () => {
  for (const command of good) {
    assert.deepEqual(parseCommand(command), { type: "command", command });
    const text = JSON.stringify({ id: "a-1", command });
    assert.deepEqual(parseRequest(text), { type: "request", request: { id: "a-1", command } });
  }
});

Deno.test("fields that a command does not have are left out", () => {
  const parsed = parseCommand({ type: "peers", extra: 1, __proto__: { a: 1 }, name: "x" });
  assert.deepEqual(parsed, { type: "command", command: { type: "peers" } });
});

Deno.test("each field is refused when it is missing or of the wrong kind", () => {
  const optional = new Set(["colour", "before", "after", "limit", "hours"]);
  const garbage = [undefined, null, 1.5, -1, 1e300, "", "xyz", [], {}, true, [[]], NaN];
  for (const command of good) {
    for (const key of Object.keys(command)) {
      for (const value of garbage) {
        if (value === undefined && optional.has(key)) continue;
        if (value === undefined && command.type === "message.search" && key === "channel") continue;
        if (value === undefined && /^(snapshot|invite)/.test(String(command.type))) continue;
        if (/^(name|title|text|link|code)$/.test(key) && typeof value === "string") continue;
        if (/^(accept|verified|muted)$/.test(key) && typeof value === "boolean") continue;
        if ((key === "heads" || key === "splices") && Array.isArray(value) && !value.length) {
          continue;
        }
        if (key === "place" && value === null) continue;
        const parsed = parseCommand({ ...command, [key]: value });
        assert.notEqual(parsed.type, "command", `${command.type} ${key} ${JSON.stringify(value)}`);
      }
    }
  }
});

Deno.test("bounds of numbers and lists hold", () => {
  const wrong = [
    { type: "profile.set", name: "a", colour: 12 },
    { type: "message.list", space, channel, limit: 201 },
    { type: "message.list", space, channel, limit: 0 },
    { type: "note.merge", space, note: message, heads: Array(65).fill(hash) },
    {
      type: "note.edit",
      space,
      note: message,
      heads: [],
      splices: Array(MAX_SPLICES + 1).fill({ at: 0, remove: 0, insert: "" }),
    },
    {
      type: "note.edit",
      space,
      note: message,
      heads: [],
      splices: [{ at: -1, remove: 0, insert: "" }],
    },
    { type: "note.edit", space, note: message, heads: [], splices: [null] },
    {
      type: "note.edit",
      space,
      note: message,
      heads: [],
      splices: [{ at: 0, remove: 0, insert: "x".repeat(1024 * 1024 + 1) }],
    },
    {
      type: "place.set",
      space,
      place: { type: "note", note: message, heads: [], anchor: -1, head: 0 },
    },
    { type: "place.set", space, place: { type: "channel", channel, typing: "yes" } },
    { type: "place.set", space, place: { type: "moon" } },
    { type: "member.role", space, peer, role: "owner" },
    { type: "invite.link", space, hours: 0 },
    { type: "invite.link", space, hours: 24 * 7 + 1 },
    { type: "notice.dismiss", notice: 0 },
    { type: "snapshot", space: "Lobby" },
  ];
  for (const command of wrong) assert.equal(parseCommand(command).type, "wrong");
});

Deno.test("a name out of Object.prototype is no command", () => {
  for (const type of ["constructor", "__proto__", "toString", "", 7, null, undefined]) {
    assert.equal(parseCommand({ type }).type, "unknown");
  }
  for (const value of [null, 1, "snapshot", [], undefined]) {
    assert.equal(parseCommand(value).type, "unknown");
  }
});

Deno.test("broken surrogates become replacement characters", () => {
  const parsed = parseCommand({ type: "message.send", space, channel, text: "a\ud800b" });
  assert.deepEqual(parsed.type === "command" && parsed.command, {
    type: "message.send",
    space,
    channel,
    text: "a\ufffdb",
  });
});

Deno.test("an unknown command is refused as unknown, under its id", () => {
  const parsed = parseRequest(JSON.stringify({ id: "x", command: { type: "format.disk" } }));
  assert.ok(parsed.type === "refusal");
  assert.equal(parsed.id, "x");
  assert.equal(parsed.refusal.code, "unknown");
});

Deno.test("a request is refused by id, size, depth and form", () => {
  const command = { type: "peers" };
  for (const id of ["", "a b", "x".repeat(65), "é", 5, null, undefined]) {
    const parsed = parseRequest(JSON.stringify({ id, command }));
    assert.ok(parsed.type === "refusal" && parsed.id === null);
  }
  for (const text of ["", "{", "null", "[]", "1", '"x"', "\u0000", "{'id':1}"]) {
    assert.equal(parseRequest(text).type, "refusal");
  }
  const deep = `{"id":"a","command":${"[".repeat(40)}${"]".repeat(40)}}`;
  const answer = parseRequest(deep);
  assert.ok(answer.type === "refusal" && /deep/.test(answer.refusal.text));
  const long = parseRequest(" ".repeat(MAX_REQUEST_BYTES + 1));
  assert.ok(long.type === "refusal" && /too long/.test(long.refusal.text));
  const wide = parseRequest(`"${"€".repeat(MAX_REQUEST_BYTES / 3)}"`);
  assert.ok(wide.type === "refusal" && /too long/.test(wide.refusal.text));
});

Deno.test("depth counts brackets outside of strings only, and stops early", () => {
  assert.equal(jsonDepth('{"a":"[[[[[\\"[[","b":[1,[2]]}', 32), 3);
  assert.equal(jsonDepth("[".repeat(4_000_000), 32), 33);
});

Deno.test("garbage of any kind gives a refusal and never throws", () => {
  const unit = seededUnit(7);
  const base = JSON.stringify({ id: "a", command: good.find(({ type }) => type === "note.edit") });
  for (let round = 0; round < 3000; round++) {
    let text = base;
    for (let edit = 0; edit < 1 + unit() * 4; edit++) {
      const at = Math.floor(unit() * text.length);
      const put = String.fromCharCode(unit() < 0.8 ? unit() * 128 : unit() * 65536);
      text = text.slice(0, at) + put + text.slice(at + Math.floor(unit() * 3));
    }
    const parsed = parseRequest(text);
    assert.ok(parsed.type === "request" || parsed.refusal.text !== "");
  }
});
