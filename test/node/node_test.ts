/** Whole nodes in one process, over TCP on the loopback, each with a store of its own. */
import assert from "node:assert/strict";
import { systemClock } from "../../core/base/clock.ts";
import type { Log } from "../../core/base/log.ts";
import { SPACE_DOC } from "../../core/doc/doc_id.ts";
import type { Store } from "../../core/store/store.ts";
import { StoreError } from "../../core/store/store_error.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { FaultError, RefusedError } from "../../core/view/api.ts";
import type { Command } from "../../core/view/command.ts";
import type { Splice } from "../../core/view/view.ts";
import { turn } from "../fakes/turn.ts";
import { TestNode, withFolder } from "./test_node.ts";

const space = LOBBY;

function apply(text: string, splices: readonly Splice[]): string {
  return splices.reduce(
    (now, { at, remove, insert }) => now.slice(0, at) + insert + now.slice(at + remove),
    text,
  );
}

Deno.test("two nodes link, know each other by name, and what one writes the other is told", () =>
  withFolder(async (folder) => {
    await using ana = await TestNode.open(`${folder}/a`, "Ana");
    await using ben = await TestNode.open(`${folder}/b`, "Ben", { peers: [ana] });
    const { person } = await ana.event("person", ({ person }) => person.name === "Ben");
    assert.deepEqual([person.peer, person.here], [ben.node.peer, true]);

    const channel = await ana.general();
    const sent = await ana.ask({ type: "message.send", space, channel, text: "hello" });
    assert.deepEqual([sent.text, sent.author, sent.heldBy], ["hello", ana.node.peer, 0]);
    const { message } = await ben.event("message");
    const { heldBy: _, ...seen } = sent;
    assert.deepEqual(message, seen);
    await ana.event(
      "held",
      ({ messages }) => messages.some(([id, count]) => id === sent.id && count === 1),
    );
    const { messages } = await ana.ask({ type: "message.list", space, channel });
    assert.deepEqual(messages, [{ ...sent, heldBy: 1 }]);
    const { holders } = await ana.ask({
      type: "message.holders",
      space,
      channel,
      message: sent.id,
    });
    assert.deepEqual(holders, [ben.node.peer]);
    const found = await ben.ask({ type: "message.search", space, text: "HEL" });
    assert.deepEqual(found.messages, [seen]);

    const snapshot = await ben.ask({ type: "snapshot" });
    assert.equal(snapshot.channels[0]?.unread, 1);
    const read = await ben.ask({ type: "read.mark", space, channel, message: sent.id });
    assert.deepEqual([read.unread, read.readTo], [0, sent.id]);
  }));

Deno.test("a name that is set twice at once is written once", () =>
  withFolder(async (folder) => {
    await using ana = await TestNode.open(folder, "Ana");
    const twice = [1, 2].map(() => ana.ask({ type: "profile.set", name: "Anna" }));
    for (const { name } of await Promise.all(twice)) assert.equal(name, "Anna");
    assert.equal(ana.store.envelopes.count(LOBBY, SPACE_DOC), 2, "Ana, then Anna");
  }));

Deno.test("what waits for one who is away is known, and who keeps it", () =>
  withFolder(async (folder) => {
    await using ana = await TestNode.open(`${folder}/a`, "Ana");
    await using cleo = await TestNode.open(`${folder}/c`, "Cleo", { peers: [ana] });
    const ben = await TestNode.open(`${folder}/b`, "Ben", { peers: [ana] });
    const { peer } = ben.node;
    await ana.event("person", ({ person }) => person.name === "Ben" && person.here);
    await ben[Symbol.asyncDispose]();
    await ana.event("person", ({ person }) => person.peer === peer && !person.here);

    const channel = await ana.general();
    const texts = ["one", "two", "three"];
    for (const text of texts) await ana.ask({ type: "message.send", space, channel, text });
    const keepers = [{ peer: cleo.node.peer, messages: 3 }];
    const waiting = await ana.until(async () => {
      const waiting = await ana.ask({ type: "person.waiting", space, peer });
      return waiting.keepers[0]?.messages === 3 && waiting;
    });
    assert.deepEqual(waiting, { messages: 3, more: false, keepers });
  }));

Deno.test("a channel made apart by two is one, and a note is merged", () =>
  withFolder(async (folder) => {
    await using ana = await TestNode.open(`${folder}/a`, "Ana");
    const made = await ana.ask({ type: "channel.create", space, name: "#Field Kitchen" });
    assert.equal(made.name, "field-kitchen");
    await ana.ask({ type: "message.send", space, channel: made.id, text: "soup" });
    const note = await ana.ask({ type: "note.create", space, title: "Plan" });
    const before = await ana.ask({ type: "note.open", space, note: note.id });
    await ana.ask({
      type: "note.edit",
      space,
      note: note.id,
      heads: before.heads,
      splices: [{ at: 0, remove: 0, insert: "one two" }],
    });

    await using ben = await TestNode.open(`${folder}/b`, "Ben", { peers: [ana] });
    const twin = await ben.ask({ type: "channel.create", space, name: "field kitchen" });
    assert.equal(twin.id, made.id);
    const { message } = await ben.event("message");
    assert.equal(message.channel, twin.id);
    await ben.event("note.text", (event) => event.note === note.id);
    const [hisText, herText] = await Promise.all([
      ben.ask({ type: "note.open", space, note: note.id }),
      ana.ask({ type: "note.open", space, note: note.id }),
    ]);
    assert.equal(hisText.text, "one two");
    // Both type at once, each at the heads they have.
    const edit = (insert: string, at: number, heads = herText.heads) =>
      ({
        type: "note.edit",
        space,
        note: note.id,
        heads,
        splices: [{ at, remove: 0, insert }],
      }) as const;
    const [hers, his] = await Promise.all([
      ana.ask(edit("zero ", 0)),
      ben.ask(edit(" three", 7)),
    ]);
    assert.equal(apply("zero one two", hers.merged.splices).startsWith("zero one two"), true);
    assert.equal(apply("one two three", his.merged.splices).endsWith("one two three"), true);
    const whole = "zero one two three";
    for (const node of [ana, ben]) {
      let { text } = await node.ask({ type: "note.open", space, note: note.id });
      while (text !== whole) {
        await node.event("note.text");
        ({ text } = await node.ask({ type: "note.open", space, note: note.id }));
      }
    }
  }));

Deno.test("typing and cursors are seen by the other, and go with the link", () =>
  withFolder(async (folder) => {
    await using ana = await TestNode.open(`${folder}/a`, "Ana");
    const ben = await TestNode.open(`${folder}/b`, "Ben", { peers: [ana] });
    try {
      const channel = await ana.general();
      await ben.ask({
        type: "place.set",
        space,
        place: { type: "channel", channel, typing: true },
      });
      const typing = await ana.event("typing", ({ peers }) => peers.length > 0);
      assert.deepEqual(typing.peers, [ben.node.peer]);

      const note = await ben.ask({ type: "note.create", space, title: "Cursors" });
      const { heads } = await ben.ask({ type: "note.open", space, note: note.id });
      const edited = await ben.ask({
        type: "note.edit",
        space,
        note: note.id,
        heads,
        splices: [{ at: 0, remove: 0, insert: "some words" }],
      });
      await ana.event("note.text");
      const place = { type: "note", note: note.id, anchor: 2, head: 6 } as const;
      await ben.ask({ type: "place.set", space, place: { ...place, heads: edited.heads } });
      const { cursors } = await ana.event("cursors", ({ cursors }) => cursors.length > 0);
      assert.deepEqual(cursors, [{ peer: ben.node.peer, anchor: 2, head: 6 }]);
    } finally {
      await ben.close();
    }
    await ana.event("cursors", ({ cursors }) => cursors.length === 0);
    await ana.event("person", ({ person }) => person.peer === ben.node.peer && !person.here);
  }));

Deno.test("what was acknowledged is there after a restart, and a request is done once", () =>
  withFolder(async (folder) => {
    const directory = `${folder}/a`;
    const first = await TestNode.open(directory, "Ana");
    const channel = await first.general();
    const command = { type: "message.send", space, channel, text: "only once" } as const;
    const sent = await first.ask(command, "request-1");
    assert.deepEqual(await first.ask(command, "request-1"), sent);
    await first.close();

    await using again = await TestNode.open(directory, null);
    assert.equal(again.node.peer, first.node.peer);
    assert.deepEqual(await again.ask(command, "request-1"), sent);
    const { messages } = await again.ask({ type: "message.list", space, channel });
    assert.deepEqual(messages.map(({ text }) => text), ["only once"]);
    assert.equal((await again.ask({ type: "snapshot" })).self.name, "Ana");
  }));

Deno.test("what is wrong is refused with a word that says why", () =>
  withFolder(async (folder) => {
    await using ana = await TestNode.open(`${folder}/a`, null);
    const channel = await ana.general();
    const refusals: readonly (readonly [Command, RegExp])[] = [
      [{ type: "message.send", space, channel, text: "  \n " }, /empty/],
      [{ type: "message.send", space, channel, text: "a\u0007b" }, /control characters/],
      [{ type: "message.send", space, channel, text: "x".repeat(1 << 20) }, /at most 16 KiB/],
      [
        { type: "message.send", space, channel: "ff".repeat(8) as typeof channel, text: "x" },
        /no such channel/,
      ],
      [{ type: "profile.set", name: "n".repeat(10_000) }, /too long/],
      [{ type: "profile.set", name: "n", colour: 12 }, /no colour 12/],
      [{ type: "profile.set", name: "\u202eevil" }, /control characters/],
      [{ type: "channel.create", space, name: "#" }, /empty/],
    ];
    for (const [command, why] of refusals) {
      await assert.rejects(ana.ask(command), (error) => {
        assert(error instanceof RefusedError, String(error));
        assert.match(error.message, why);
        return true;
      });
    }
    assert.equal((await ana.ask({ type: "snapshot" })).fault, null);
  }));

Deno.test("a port that is taken ends the start, and nothing stays open", () =>
  withFolder(async (folder) => {
    await using ana = await TestNode.open(`${folder}/a`, "Ana");
    await assert.rejects(
      TestNode.open(`${folder}/b`, "Ben", { port: ana.node.port }),
      Deno.errors.AddrInUse,
    );
  }));

Deno.test("without any space a person has a name, and hears why the lobby is not there", () =>
  withFolder(async (folder) => {
    await using ana = await TestNode.open(`${folder}/a`, "Ana", { lobby: false });
    const snapshot = await ana.ask({ type: "snapshot" });
    assert.deepEqual([snapshot.space, snapshot.channels, snapshot.people], [null, [], []]);
    await assert.rejects(
      ana.ask({ type: "note.create", space, title: "x" }),
      (error) => error instanceof RefusedError && /without --no-lobby/.test(error.message),
    );
    assert.deepEqual(await ana.ask({ type: "peers" }), []);
  }));

Deno.test("a disk that is full is said until something is written again, whoever made it", () =>
  withFolder(async (folder) => {
    await using ana = await TestNode.open(`${folder}/a`, "Ana");
    await using ben = await TestNode.open(`${folder}/b`, "Ben", { peers: [ana] });
    await ana.event("person", ({ person }) => person.peer === ben.node.peer && person.here);
    await ben.event("person", ({ person }) => person.name === "Ana");
    const commit = ana.store.commit.bind(ana.store);
    const channel = await ana.general();
    const request = crypto.randomUUID();
    await ana.ask({ type: "message.send", space, channel, text: "written before" }, request);
    ana.store.commit = ana.store.tryWriting = () => {
      throw new StoreError("full", "Cannot write: the disk is full");
    };
    await assert.rejects(
      ana.ask({ type: "message.send", space, channel, text: "one" }),
      FaultError,
    );
    assert.match((await ana.event("fault")).text ?? "", /full/);
    // A request that was done before the disk was full says nothing of it now.
    await ana.ask({ type: "message.send", space, channel, text: "written before" }, request);
    assert.match((await ana.ask({ type: "snapshot" })).fault ?? "", /full/);
    ana.store.commit = commit;
    await ben.ask({ type: "message.send", space, channel, text: "two" });
    assert.equal((await ana.event("fault")).text, null);
  }));

Deno.test("a disk that fails right at the start is said on the page alone, until it does not", () =>
  withFolder(async (folder) => {
    await (await TestNode.open(`${folder}/a`, "Ana")).close();
    const errors: string[] = [];
    const log: Log = (level, text) => void (level === "error" && errors.push(text));
    let fails = true;
    const onStore = ({ successors }: Store) => {
      const from = successors.from.bind(successors);
      successors.from = (peer) => {
        if (fails) throw new StoreError("io", "Cannot read: the disk fails");
        return from(peer);
      };
    };
    await using ana = await TestNode.open(`${folder}/a`, null, { log, onStore });
    assert.match((await ana.event("fault")).text ?? "", /the disk fails/);
    fails = false;
    assert.equal((await ana.event("fault")).text, null);
    assert.deepEqual(errors, []);
  }));

Deno.test("who cannot take note of a link costs neither the link nor the node", () =>
  withFolder(async (folder) => {
    await using ana = await TestNode.open(`${folder}/a`, "Ana");
    ana.node.onLinked = () => {
      throw new Error("cannot take note");
    };
    const ben = await TestNode.open(`${folder}/b`, "Ben", { peers: [ana] });
    await ana.event("person", ({ person }) => person.peer === ben.node.peer && person.here);
    const channel = await ben.general();
    await ben.ask({ type: "message.send", space, channel, text: "hello" });
    await ana.event("message");
    await ben.close();
    await ana.event("person", ({ person }) => person.peer === ben.node.peer && !person.here);
  }));

Deno.test("who never said a name is told to be gone as well", () =>
  withFolder(async (folder) => {
    await using ana = await TestNode.open(`${folder}/a`, "Ana");
    const stranger = await TestNode.open(`${folder}/b`, null, { peers: [ana] });
    const { peer } = stranger;
    await ana.event("person", ({ person }) => person.peer === peer && person.here);
    await stranger.close();
    await ana.event("person", ({ person }) => person.peer === peer && !person.here);
  }));

Deno.test("a clock that is set back keeps nobody from linking", () =>
  withFolder(async (folder) => {
    const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = taken.addr;
    taken.close();
    let back = 0;
    const clock = { ...systemClock, now: () => Date.now() - back };
    // She dials, in vain, and waits a little before she dials again.
    await using ana = await TestNode.open(`${folder}/a`, "Ana", {
      peers: [{ node: { port } }],
      clock,
    });
    for (let failed = false; !failed;) {
      await turn();
      failed = (await ana.ask({ type: "peers" })).some(({ problem }) => problem !== null);
    }
    back = 60 * 60 * 1000;
    await using ben = await TestNode.open(`${folder}/b`, "Ben", { port });
    await ana.event("person", ({ person }) => person.peer === ben.node.peer && person.here);
  }));

Deno.test("a clock that is set back far gives no message's id again, also after a restart", () =>
  withFolder(async (folder) => {
    const [early, late] = [1_700_000_000_000, 1_700_003_600_000];
    const texts = ["first", "later", "as early as the first"];
    for (const [i, now] of [early, late, early].entries()) {
      await using ana = await TestNode.open(`${folder}/a`, i === 0 ? "Ana" : null, {
        clock: { ...systemClock, now: () => now },
      });
      const channel = await ana.general();
      await ana.ask({ type: "message.send", space, channel, text: texts[i] ?? "" });
      const { messages } = await ana.ask({ type: "message.list", space, channel });
      assert.deepEqual(messages.map(({ text }) => text).sort(), texts.slice(0, i + 1).sort());
    }
  }));
