/** What a member is told of a private space, and when: the membership log always goes ahead of the content. */
import assert from "node:assert/strict";
import { BEAT_MS, EXCHANGE_MS, MAX_REPAIR_BEATS } from "../../core/sync/timing.ts";
import { signEntry } from "../../core/trust/entry.ts";
import { MAX_ENTRIES } from "../../core/trust/entry_body.ts";
import type { LogMessage, Message } from "../../core/wire/message.ts";
import { deviceKeys } from "../fakes/device.ts";
import {
  about,
  atTheDoor,
  emptyList,
  entriesOf,
  listOf,
  member,
  memberStory,
  postIn,
} from "./space_story.ts";

const CONTENT = new Set<Message["type"]>([
  "digest",
  "buckets",
  "documents",
  "vectors",
  "coming",
  "envelopes",
  "held",
  "presence",
]);
/** Of an invite; any will do. */
const KEY = new Uint8Array(32).fill(9);

Deno.test("MEET-5: first the log, then what the other lacks, then the content", async () => {
  await memberStory(async (story) => {
    const { node, space, world } = story;
    await postIn(node, space);
    const peer = atTheDoor(story);
    await world.pass(BEAT_MS);
    await postIn(node, space);
    const hashes = space.log!.hashes();
    space.setRole(member.peer, "admin");
    await world.pass(BEAT_MS / 2);
    assert.deepEqual(about(peer, space), [{ ...listOf(space), hashes }]);
    const part: LogMessage = { type: "log", space: space.space, hashes: [], last: false };
    peer.send({ ...part, hashes: hashes.slice(0, 1) });
    await world.pass(10);
    assert.equal(about(peer, space).length, 1, "a list in parts is not answered before its end");
    peer.send({ ...part, last: true });
    await world.pass(10);
    const types = about(peer, space).map(({ type }) => type);
    assert.deepEqual(types, ["log", "entries", "digest", "presence"]);
    assert.deepEqual(entriesOf(peer), space.log!.hashes().slice(1));
    assert.deepEqual(node.meetings.sharing(space.space), [member.peer]);
    assert.deepEqual(node.meetings.heard(space.space, member.peer), hashes.slice(0, 1));
  });
});

Deno.test("MEET-6: new entries go out at once, ahead of what rests on them, each once", async () => {
  await memberStory(async (story) => {
    const { node, space, world } = story;
    const peer = atTheDoor(story);
    peer.send(listOf(space));
    await world.pass(10);
    const { size } = space.log!;
    for (let i = 0; i < 5; i++) {
      space.letIn(deviceKeys(70 + i));
      await postIn(node, space);
    }
    await world.pass(10);
    assert.deepEqual(entriesOf(peer), space.log!.hashes().slice(size));
    const order = about(peer, space).map(({ type }) => type)
      .filter((type) => type === "entries" || type === "envelopes");
    assert.deepEqual(order, Array.from({ length: 5 }, () => ["entries", "envelopes"]).flat());
  });
});

Deno.test("MEET-6: what a peer sent does not go back to it", async () => {
  await memberStory(async (story) => {
    const { space, world } = story;
    const peer = atTheDoor(story);
    peer.send(listOf(space));
    const own = signEntry(member, {
      ...{ space: space.space, author: member.peer, parents: space.membership.parents, at: 1 },
      body: { type: "invite", key: KEY, door: KEY, role: "member", expiresAt: 1 },
    });
    await world.pass(10);
    peer.send({ type: "entries", space: space.space, items: [own] });
    await world.pass(10);
    assert.ok(space.log!.has(own.hash));
    space.setRole(member.peer, "admin");
    await world.pass(10);
    assert.deepEqual(entriesOf(peer), space.log!.hashes().slice(-1));
  });
});

Deno.test("MEET-5: while a long log is on its way no content goes ahead of it", async () => {
  await memberStory(async (story) => {
    const { node, space, world } = story;
    const { parents } = space.membership;
    const invite = (at: number) =>
      signEntry(node.keys, {
        ...{ space: space.space, author: node.peer, parents, at },
        body: { type: "invite", key: KEY, door: KEY, role: "member", expiresAt: 1 },
      });
    space.log!.admit(Array.from({ length: 600 }, (_, at) => invite(at)), node.peer);
    const peer = atTheDoor(story, 100);
    peer.send(emptyList(space));
    await world.pass(150);
    for (let i = 0; i < 5; i++) {
      space.log!.admit([invite(1000 + i)], node.peer);
      await postIn(node, space);
      await world.pass(60);
    }
    await world.pass(5000);
    const order = about(peer, space).map(({ type }) => type).filter((type) => type !== "log");
    const first = order.findIndex((type) => CONTENT.has(type));
    assert.ok(first > 2, "the entries take several messages");
    assert.ok(!order.slice(first).includes("entries"), "all of them go ahead");
    assert.deepEqual(entriesOf(peer), space.log!.hashes());
  });
});

Deno.test("MEET-7: who is removed gets that entry and nothing more; the lobby goes on", async () => {
  await memberStory(async (story) => {
    const { node, space, world } = story;
    const peer = atTheDoor(story);
    peer.send(listOf(space));
    await world.pass(10);
    const before = about(peer, space).length;
    const { size } = space.log!;
    space.remove(member.peer);
    space.letIn(deviceKeys(70));
    await postIn(node, space);
    peer.send(
      { type: "vectors", space: space.space, docs: [], lacked: null, last: true },
      listOf(space),
    );
    peer.send({ type: "presence", space: space.space, name: "Ben", place: null });
    await world.pass(5 * BEAT_MS);
    assert.deepEqual(about(peer, space).slice(before).map(({ type }) => type), ["entries"]);
    assert.deepEqual(entriesOf(peer), space.log!.hashes().slice(size, size + 1));
    assert.deepEqual([...space.sync.presences], []);
    assert.deepEqual([space.sync.peers, node.sync.peers], [[], [member.peer]]);
    const lobby = () => peer.all("digest").filter((digest) => digest.space !== space.space).length;
    const digests = lobby();
    await world.pass(3 * BEAT_MS);
    assert.equal(lobby(), digests + 3);
  });
});

Deno.test("MEET-5: a log that is not answered is said again, ever less often", async () => {
  await memberStory(async (story) => {
    const peer = atTheDoor(story);
    const beats: number[] = [];
    for (let beat = 0; beat < 3 * MAX_REPAIR_BEATS; beat++) {
      const before = peer.all("log").length;
      await story.world.pass(BEAT_MS);
      if (peer.all("log").length > before) beats.push(beat);
    }
    const pauses = beats.slice(1).map((beat, i) => beat - beats[i]!);
    assert.deepEqual(pauses.slice(0, 5), [2, 4, 8, 16, 32]);
    assert.equal(Math.max(...pauses), MAX_REPAIR_BEATS);
  });
});

Deno.test("MEET-5: one who asks for the log all the time is answered once a second", async () => {
  await memberStory(async (story) => {
    const peer = atTheDoor(story);
    for (let i = 0; i < 50; i++) {
      peer.send(emptyList(story.space));
      await story.world.pass(EXCHANGE_MS / 10);
    }
    const answers = peer.all("entries").length;
    assert.ok(answers >= 4 && answers <= 6, `${answers} answers in five seconds`);
  });
});

Deno.test("MEET-5: a forged entry, and a log without end, cost the link", async () => {
  await memberStory(async (story) => {
    const { space, world } = story;
    const forger = atTheDoor(story);
    const joined = space.log!.since(1)[0]!;
    const bytes = joined.bytes.with(60, joined.bytes[60]! ^ 1);
    forger.send({ type: "entries", space: space.space, items: [{ ...joined, bytes }] });
    await world.pass(10);
    assert.equal(forger.isOpen, false);
    const endless = atTheDoor(story);
    const list = (length: number): LogMessage => {
      const hashes = Array.from({ length }, () => joined.hash);
      return { type: "log", space: space.space, hashes, last: false };
    };
    const half = list(MAX_ENTRIES / 2);
    endless.send(half, half);
    await world.pass(10);
    assert.equal(endless.isOpen, true);
    endless.send(list(1));
    await world.pass(10);
    assert.equal(endless.isOpen, false);
  });
});
