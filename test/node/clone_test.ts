/** One device's data in two places: a backup that was restored, a folder that was copied. */
import assert from "node:assert/strict";
import { copy } from "../fakes/copy.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { TestNode, withFolder } from "./test_node.ts";

Deno.test("hostile 40: a restored device goes on under a new key, and nothing is written twice", () =>
  withFolder(async (folder) => {
    const first = await TestNode.open(`${folder}/ana`, "Ana");
    const { peer, port } = first.node;
    const space = (await first.ask({ type: "space.create", name: "Crew" })).id;
    await using ben = await TestNode.open(`${folder}/ben`, "Ben", { peers: [first] });
    const { link } = await first.ask({ type: "invite.link", space });
    await ben.ask({ type: "join.link", link });
    await first.say(space, "in the backup");
    await ben.hears(space, "in the backup");
    await first.close();
    await copy(`${folder}/ana`, `${folder}/backup`);

    const original = await TestNode.open(`${folder}/ana`, null, { port });
    await original.say(space, "after the backup");
    await original.say(LOBBY, "in the lobby");
    await ben.hears(space, "after the backup");
    await ben.hears(LOBBY, "in the lobby");
    await original.close();

    await using restored = await TestNode.open(`${folder}/backup`, null, { port });
    const { notices } = await restored.event(
      "notices",
      ({ notices }) => notices.some(({ kind }) => kind === "new-device"),
    );
    assert.match(notices.at(-1)?.text ?? "", /copied, or restored/);
    assert.notEqual(restored.peer, peer);
    assert.equal((await restored.snapshot()).self.peer, restored.peer);
    await restored.hears(space, "after the backup");
    await restored.hears(LOBBY, "in the lobby");
    await restored.say(space, "under a new key");
    await restored.say(LOBBY, "here too");
    await ben.hears(space, "under a new key");
    await ben.hears(LOBBY, "here too");
    // Ben knows who that is, in the lobby and as an admin of the private space.
    for (const where of [LOBBY, space]) {
      await ben.until(async () =>
        (await ben.snapshot(where)).people.some((person) =>
          person.peer === restored.peer && person.replaces === peer && person.name === "Ana" &&
          !person.newKey && !person.disputed
        )
      );
    }
    const members = (await ben.snapshot(space)).people;
    assert.deepEqual(
      members.map(({ peer, role }) => [peer, role]).sort(),
      [[peer, null], [restored.peer, "admin"]].sort(),
    );
    const texts = ["in the backup", "after the backup", "under a new key"];
    assert.deepEqual(await ben.texts(space), texts);
    assert.deepEqual(await restored.texts(space), texts);
    assert.equal((await restored.space(space))?.unread, 0);
  }));

Deno.test("hostile 14, 40: two copies that wrote are shown, and everyone comes to the same", () =>
  withFolder(async (folder) => {
    const first = await TestNode.open(`${folder}/ana`, "Ana");
    const { peer, port } = first.node;
    await first.say(LOBBY, "together");
    await using ben = await TestNode.open(`${folder}/ben`, "Ben", { peers: [first] });
    await ben.hears(LOBBY, "together");
    await first.close();
    await copy(`${folder}/ana`, `${folder}/backup`);

    // Both write, out of each other's sight.
    const clone = await TestNode.open(`${folder}/backup`, null, { port });
    await clone.say(LOBBY, "from the copy");
    await ben.hears(LOBBY, "from the copy");
    await clone.close();
    const lonely = await TestNode.open(`${folder}/ana`, null);
    await lonely.say(LOBBY, "from the original");
    await lonely.close();

    await using original = await TestNode.open(`${folder}/ana`, null, { port });
    const { notices } = await ben.event(
      "notices",
      ({ notices }) => notices.some(({ kind }) => kind === "equivocation"),
    );
    const [proof] = notices;
    assert.deepEqual([proof?.peer, proof?.space], [peer, LOBBY]);
    assert.match(proof?.text ?? "", /Ana signed two different changes .* “Lobby”/);
    await original.event(
      "notices",
      ({ notices }) => notices.some(({ kind }) => kind === "new-device"),
    );
    assert.notEqual(original.peer, peer);
    await original.say(LOBBY, "and on");
    await ben.hears(LOBBY, "and on");
    const person = (await ben.snapshot()).people.find((person) => person.peer === peer);
    assert.equal(person?.disputed, true);
    const texts = await ben.texts(LOBBY);
    await original.until(async () => (await original.texts(LOBBY)).join() === texts.join());
  }));

Deno.test("rebuild makes anew what is shown, and it is the same", () =>
  withFolder(async (folder) => {
    await using ana = await TestNode.open(`${folder}/ana`, "Ana");
    const space = (await ana.ask({ type: "space.create", name: "Crew" })).id;
    for (const text of ["one", "two"]) await ana.say(space, text);
    await ana.ask({ type: "note.create", space, title: "List" });
    const before = await ana.snapshot(space);
    const made = await ana.ask({ type: "rebuild" });
    // The space documents of both spaces, and one segment.
    assert.deepEqual(made, { documents: 3, changes: 5, failed: 0 });
    const { notices: [notice], ...after } = await ana.snapshot(space);
    assert.deepEqual(notice?.kind, "rebuilt");
    assert.deepEqual({ ...after, notices: [] }, before);
    assert.deepEqual(await ana.texts(space), ["one", "two"]);
    await ana.ask({ type: "notice.dismiss", notice: notice?.id ?? 0 });
    assert.deepEqual((await ana.snapshot()).notices, []);
  }));
