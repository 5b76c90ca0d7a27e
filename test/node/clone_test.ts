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
