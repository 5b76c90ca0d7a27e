/** What people see is made again from what was signed. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { parseNoteId } from "../../core/base/ids.ts";
import { docKey } from "../../core/doc/doc_key.ts";
import { DocumentFault } from "../../core/doc/documents.ts";
import { personEntry } from "../../core/doc/projection.ts";
import { SPACE_DOC } from "../../core/doc/doc_id.ts";
import { DATABASE_FILE } from "../../core/store/file_names.ts";
import type { Committed } from "../../core/sync/commits.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import type { SimNode } from "../sim/sim_node.ts";
import { SimWorld } from "../sim/sim_world.ts";

/** A node that has written something of every kind. */
function busy(act: (node: SimNode, world: SimWorld) => Promise<void>): Promise<void> {
  return SimWorld.run(1, async (world) => {
    const [node, other] = [await world.add(), await world.add()];
    world.join(node, other);
    await world.pass(100);
    const channel = await node.createChannel("random");
    for (let i = 0; i < 30; i++) {
      await (i % 3 ? node : other).post(channel, `post ${i}`, i % 2);
      await world.pass(40);
    }
    const note = await node.createNote(1);
    const { heads } = await node.noteText(note);
    await node.edit(note, heads, [{ at: 0, remove: 0, insert: "text" }], "r");
    for (const [i, each] of [node, other].entries()) {
      await each.replica.put(SPACE_DOC, [personEntry(each.peer, `Person ${i}`, i)], { at: 1 });
    }
    await world.until(() => world.isEven, 5000);
    assert.ok(node.replica.securing.now());
    await act(node, world);
  });
}

/** What stands in the projection. */
function projection(directory: string): unknown {
  using db = new DatabaseSync(`${directory}/${DATABASE_FILE}`);
  const all = (sql: string) => db.prepare(sql).all();
  return [
    all(
      "SELECT channel, hex(message), at, author, segment, log, seq, op, text FROM messages ORDER BY 2",
    ),
    all("SELECT * FROM segments ORDER BY 1, 2"),
    all("SELECT space, channel, name, made_by, op, op_actor FROM channels ORDER BY 2"),
    all("SELECT * FROM notes ORDER BY 2"),
    all("SELECT * FROM people ORDER BY 2"),
  ];
}

function alter(directory: string, sql: string): void {
  using db = new DatabaseSync(`${directory}/${DATABASE_FILE}`);
  db.exec(sql);
}

const SPOIL = `
  DELETE FROM messages WHERE rowid % 3 = 0;
  UPDATE messages SET text = 'spoilt' WHERE rowid % 3 = 1;
  UPDATE segments SET messages = 77;
  UPDATE channels SET name = 'spoilt', op = 99999;
  UPDATE notes SET title = 'spoilt', op = 99999;
  DELETE FROM people;
`;

Deno.test("rebuild: what people see is as it was, whatever had become of it", async () => {
  await busy(async (node, world) => {
    const picture = await node.picture();
    await world.crash(node);
    const before = projection(node.directory);
    alter(node.directory, SPOIL);
    await world.restart(node);
    assert.notDeepEqual(await node.picture(), picture);
    const resets: Committed["reset"][] = [];
    node.replica.onCommit(({ reset }) => resets.push(reset));
    await node.replica.rebuild();
    assert.deepEqual(await node.picture(), picture);
    assert.deepEqual(resets.map((reset) => reset?.why), resets.map(() => "rebuilt"));
    assert.equal(resets.length, node.replica.vectors.docs().length);
    await world.crash(node);
    assert.deepEqual(projection(node.directory), before);
    await world.restart(node);
  });
});

Deno.test("rebuild: it is done by itself when another version made the projection, or none", async () => {
  for (const sql of ["UPDATE projections SET version = 0", "DELETE FROM projections"]) {
    await busy(async (node, world) => {
      const picture = await node.picture();
      await world.crash(node);
      alter(node.directory, SPOIL + sql);
      await world.restart(node);
      assert.deepEqual(await node.picture(), picture);
      assert.equal(node.store.projections.isCurrent(LOBBY), true);
      await world.crash(node);
      alter(node.directory, "UPDATE messages SET text = 'as it is' WHERE rowid % 3 = 1");
      await world.restart(node);
      assert.notDeepEqual(await node.picture(), picture, "and not again");
    });
  }
});

Deno.test("rebuild: a document that fails is as it was, and the others are made anew", async () => {
  await busy(async (node) => {
    const picture = await node.picture();
    const failing = docKey(LOBBY, SPACE_DOC);
    const { documents, replica } = node;
    const remake = documents.remake.bind(documents);
    documents.remake = (key, ...ask) =>
      key === failing ? Promise.reject(new DocumentFault(key, "too slow")) : remake(key, ...ask);
    const made: string[] = [];
    replica.onCommit(({ doc }) => made.push(doc));
    const faults = await replica.rebuild();
    assert.deepEqual(faults.map(({ key }) => key), [failing]);
    const others = replica.vectors.docs().filter((doc) => doc !== SPACE_DOC);
    assert.ok(others.length > 0);
    assert.deepEqual(made.sort(), [...others].sort());
    assert.deepEqual(await node.picture(), picture);
  });
});

Deno.test("rebuild: what rests on a base is made anew as well", async () => {
  await busy(async (node, world) => {
    assert.ok(await node.rest() > 0);
    const picture = await node.picture();
    await world.crash(node);
    alter(node.directory, SPOIL);
    await world.restart(node);
    assert.notDeepEqual(await node.picture(), picture);
    assert.deepEqual(await node.replica.rebuild(), []);
    assert.deepEqual(await node.picture(), picture);
  });
});

Deno.test("rebuild: what is written meanwhile is there too, and a note opens as before", async () => {
  await busy(async (node) => {
    const channel = await node.createChannel("random");
    const rebuilding = node.replica.rebuild();
    const writes = Array.from({ length: 10 }, (_, i) => node.post(channel, `meanwhile ${i}`));
    await Promise.all([rebuilding, ...writes]);
    const note = parseNoteId("1".padStart(32, "0"));
    assert.equal((await node.noteText(note)).text, "text");
    const { messages } = node.store.messages.page(LOBBY, channel);
    const found = messages.filter(({ text }) => text.startsWith("meanwhile"));
    assert.equal(found.length, 10);
  });
});
