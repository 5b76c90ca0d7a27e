import assert from "node:assert/strict";
import { LONG_NOTE_EDITS } from "../../core/base/limits.ts";
import { startAutomerge } from "../../core/doc/automerge.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { sealedNote } from "../fakes/sealed_note.ts";
import { TestNode } from "./test_node.ts";

await startAutomerge();

Deno.test("node: a note with a long history says so, opens and is written on", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await using node = await TestNode.open(directory, "Ana");
    const place = { space: LOBBY };
    const short = await node.ask({ type: "note.create", ...place, title: "Short" });
    const { id: note } = await node.ask({ type: "note.create", ...place, title: "Long" });
    const { sealed, saved } = sealedNote(LOBBY, note, LONG_NOTE_EDITS);
    node.store.sealed.add(sealed, saved, [], Date.now());
    const { notes } = await node.ask({ type: "snapshot", space: LOBBY });
    assert.deepEqual(notes.map(({ title, edits }) => [title, edits]), [
      ["Long", LONG_NOTE_EDITS],
      ["Short", undefined],
    ]);
    const { heads, text } = await node.ask({ type: "note.open", ...place, note });
    const splices = [{ at: text.length, remove: 0, insert: "!" }];
    await node.ask({ type: "note.edit", ...place, note, heads, splices });
    const now = await node.ask({ type: "note.open", ...place, note });
    assert.equal(now.text, `${text}!`);
    const renamed = await node.ask({ type: "note.rename", ...place, note, title: "Longer" });
    assert.equal(renamed.edits, LONG_NOTE_EDITS + 1);
    assert.deepEqual(Object.keys(short).sort(), ["changedAt", "id", "title"]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
