/** What must hold when all is over. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "@std/path";
import type { DocId, NoteId, PeerId, SpaceId } from "../../core/base/ids.ts";
import { DATABASE_FILE } from "../../core/store/file_names.ts";
import { Store } from "../../core/store/store.ts";
import { allTexts } from "../e2e/all_texts.ts";
import { isFault, lookUntil, Tab } from "../e2e/tab.ts";
import type { CrashRecord } from "./crash_record.ts";

/** Waits until the node has all that was acknowledged, then looks that it has it once and nothing is wrong. */
export async function checkNode(url: string, peer: PeerId, record: CrashRecord): Promise<void> {
  using tab = await Tab.open(url);
  for (const room of [record.lobby, record.crew]) {
    const wanted = record.messages.get(room.space) ?? [];
    let texts: string[] = [];
    await lookUntil(tab, async () => {
      texts = await allTexts(tab, room);
      return texts.length >= wanted.length && includesAll(texts, wanted);
    });
    assert.deepEqual(texts.sort(), wanted.toSorted(), "each message once, and no other");
  }
  const { space } = record.crew;
  for (const [note, wanted] of record.notes) {
    let lines: string[] = [];
    await lookUntil(tab, async () => {
      const text = await textOf(tab, space, note);
      lines = text.split("\n").filter((line) => line !== "");
      return includesAll(lines, wanted);
    });
    assert.deepEqual(lines.sort(), wanted.toSorted(), "each line once, and no other");
  }
  const { self, notes, people, notices, fault } = await tab.ask({ type: "snapshot", space });
  assert.deepEqual(notices, [], "no log is said to be forked or cloned, nothing was refused");
  assert.deepEqual([self.peer, fault], [peer, null]);
  assert.deepEqual(notes.map(({ id }) => id).sort(), [...record.notes.keys()].sort());
  assert(people.every(({ disputed, replaces }) => !disputed && replaces === null));
}

async function textOf(tab: Tab, space: SpaceId, note: NoteId): Promise<string> {
  for (;;) {
    try {
      return (await tab.ask({ type: "note.open", space, note })).text;
    } catch (error) {
      if (!isFault(error)) throw error;
    }
  }
}

function includesAll(texts: readonly string[], wanted: readonly string[]): boolean {
  const there = new Set(texts);
  return wanted.every((text) => there.has(text));
}

/** Looks that the databases are whole, each log has no gap, and all have the same logs. */
export function checkDisks(directories: readonly string[], spaces: readonly SpaceId[]): void {
  for (const space of spaces) {
    const vectors = directories.map((directory) => {
      const store = Store.open(directory);
      try {
        const vectors = store.envelopes.vectors(space);
        for (const [doc, vector] of vectors) {
          const changes = [...vector.values()].reduce((sum, seq) => sum + seq, 0);
          assert.equal(store.envelopes.changes(space, doc).length, changes, doc);
        }
        return sorted(vectors);
      } finally {
        store.close();
      }
    });
    for (const other of vectors) assert.deepEqual(other, vectors[0]);
  }
  for (const directory of directories) {
    const database = new DatabaseSync(join(directory, DATABASE_FILE), { readOnly: true });
    const rows = database.prepare("PRAGMA integrity_check").all();
    assert.deepEqual(rows.map((row) => ({ ...row })), [{ integrity_check: "ok" }]);
    assert.deepEqual(database.prepare("PRAGMA foreign_key_check").all(), []);
    database.close();
  }
}

function sorted(vectors: ReadonlyMap<DocId, ReadonlyMap<string, number>>): unknown {
  const compare = ([a]: [string, unknown], [b]: [string, unknown]) => a < b ? -1 : 1;
  return [...vectors].map(([doc, vector]) => [doc, [...vector].sort(compare)] as [string, unknown])
    .sort(compare);
}
