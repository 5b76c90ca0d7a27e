import assert from "node:assert/strict";
import type { ActorId } from "../../core/base/ids.ts";
import { type Handle, startAutomerge } from "../../core/doc/automerge.ts";
import { readChange } from "../../core/doc/gate.ts";
import { TEXT_OBJECT } from "../../core/doc/genesis.ts";
import { retype } from "../../core/doc/retype.ts";
import { newDocument } from "../../core/doc/saved_document.ts";
import { seededUnit } from "../fakes/random.ts";

const ACTORS = ["a1", "b2", "c3"].map((byte) => byte.repeat(16) as ActorId);
const WORDS = ["a", "b", "the quick brown fox ", "é", "😀", "👩‍👩‍👧", "\n", "aaa", "日本"];

/** Types at random places, now and then over what is there; gives the change, or `null` if nothing was done. */
function type(handle: Handle, unit: () => number): Uint8Array | null {
  const splices = unit() < 0.9 ? 1 : 3;
  for (let i = 0; i < splices; i++) {
    const text = handle.text(TEXT_OBJECT);
    const characters = [...text];
    const at = Math.floor(unit() * (characters.length + 1));
    const removed = unit() < 0.5 ? 0 : Math.floor(unit() * 5);
    const before = characters.slice(0, at).join("").length;
    const remove = characters.slice(at, at + removed).join("").length;
    const insert = unit() < 0.7 ? WORDS[Math.floor(unit() * WORDS.length)]! : "";
    handle.splice(TEXT_OBJECT, before, remove, insert);
  }
  const hash = handle.commit(unit() < 0.5 ? "a request" : undefined, 1_700_000_000_000);
  return hash === null ? null : handle.getChangeByHash(hash);
}

function same(one: Handle, other: Handle): void {
  assert.equal(one.text(TEXT_OBJECT), other.text(TEXT_OBJECT));
  assert.deepEqual(one.save(), other.save());
}

Deno.test("retype: what is typed again is what was typed, byte for byte, and goes on as that", async () => {
  await startAutomerge();
  let [all, retyped] = [0, 0];
  for (let seed = 1; seed <= 25; seed++) {
    const unit = seededUnit(seed);
    let [plain, copy] = [newDocument(ACTORS[0]!, true), newDocument(ACTORS[0]!, true)];
    for (let i = 0; i < 60; i++) {
      const author = plain.clone(ACTORS[Math.floor(unit() * ACTORS.length)]!);
      const changes = Array.from({ length: 1 + Math.floor(unit() * 3) }, () => type(author, unit))
        .filter((change) => change !== null);
      author.free();
      plain.applyChanges(changes);
      const next = retype(copy, changes.map((change) => readChange(change, true)));
      all++;
      if (next) {
        copy.free();
        copy = next;
        retyped++;
      } else {
        copy.applyChanges(changes);
      }
    }
    same(copy, plain);
    const again = newDocument(ACTORS[1]!, true);
    again.loadIncremental(copy.save());
    same(again, plain);
    for (const handle of [plain, copy, again]) handle.free();
  }
  assert.ok(retyped / all > 0.8, `${retyped} of ${all} were`);
});

Deno.test("retype: what is written under keys, anew and over what is there, is written again as it was", async () => {
  await startAutomerge();
  const unit = seededUnit(1);
  let [plain, copy] = [newDocument(ACTORS[0]!, false), newDocument(ACTORS[0]!, false)];
  for (let i = 0; i < 300; i++) {
    const author = plain.clone(ACTORS[Math.floor(unit() * ACTORS.length)]!);
    for (let entries = 1 + Math.floor(unit() * 2); entries > 0; entries--) {
      author.put("_root", `key ${Math.floor(unit() * 100)}`, `value ${i}`, "str");
    }
    const change = author.getChangeByHash(author.commit(unit() < 0.5 ? "m" : undefined, i)!)!;
    author.free();
    plain.applyChanges([change]);
    const next = retype(copy, [readChange(change, false)]);
    assert.ok(next, `change ${i}`);
    copy.free();
    copy = next;
  }
  assert.deepEqual(copy.save(), plain.save());
  for (const handle of [plain, copy]) handle.free();
});

Deno.test("retype: what others wrote at the same time is not typed again, nor are many changes", async () => {
  await startAutomerge();
  const note = newDocument(ACTORS[0]!, true);
  const typed = (actor: ActorId, count = 1) => {
    const author = note.clone(actor);
    const changes = Array.from({ length: count }, (_, i) => {
      author.splice(TEXT_OBJECT, i, 0, "x");
      return author.getChangeByHash(author.commit("m", 1)!)!;
    });
    author.free();
    return changes.map((change) => readChange(change, true));
  };
  const [one] = typed(ACTORS[1]!);
  const [other] = typed(ACTORS[2]!);
  assert.ok(one && other);
  assert.equal(retype(note, typed(ACTORS[1]!, 5)), undefined);
  const copy = retype(note, [one]);
  assert.ok(copy);
  assert.equal(retype(copy, [other]), undefined);
  assert.equal(retype(copy, [one]), undefined, "it is there already");
  assert.equal(retype(note, [one, other]), undefined);
  assert.equal(note.text(TEXT_OBJECT), "");
  for (const handle of [note, copy]) handle.free();
});
