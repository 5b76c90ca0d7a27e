import assert from "node:assert/strict";
import { parseNoteId } from "../../core/base/ids.ts";
import { LONG_NOTE_EDITS } from "../../core/base/limits.ts";
import { silentLog } from "../../core/base/log.ts";
import { KEEP_AFTER_MS, LongTexts } from "../../core/node/long_texts.ts";
import type { Parts } from "../../core/node/parts.ts";
import type { Store } from "../../core/store/store.ts";
import { FakeClock } from "../fakes/clock.ts";
import { settle } from "../fakes/settle.ts";
import { SPACE, withStore } from "../store/made.ts";

const note = parseNoteId("0e".repeat(16));

/** A note of so many edits, whose logs have the digest and whose document has the text that are set. */
function scripted(store: Store, edits: number) {
  const calls: string[] = [];
  const now = { digest: 1, text: "one" };
  const documents = {
    noteText: () => {
      calls.push("text");
      return Promise.resolve({ heads: [`at ${now.digest}`], text: now.text });
    },
    heads: () => {
      calls.push("heads");
      return Promise.resolve([]);
    },
  };
  const parts = {
    ...{ space: SPACE, documents, log: silentLog },
    store: { noteTexts: store.noteTexts, envelopes: { count: () => edits } },
    replica: { vectors: { docDigest: () => new Uint8Array(32).fill(now.digest) } },
  } as unknown as Parts;
  const steady = new FakeClock();
  return { calls, now, steady, open: () => new LongTexts(parts, steady) };
}

Deno.test("long texts: what was shown once is shown again at once, and its document loaded ahead", () =>
  withStore(async (store) => {
    const { calls, now, open } = scripted(store, LONG_NOTE_EDITS);
    const one = { heads: ["at 1"], text: "one" };
    assert.deepEqual(await open().of(note), one);
    assert.deepEqual(calls.splice(0), ["text"]);
    assert.deepEqual(await open().of(note), one);
    assert.deepEqual(calls.splice(0), ["heads"]);
    Object.assign(now, { digest: 2, text: "two" });
    assert.deepEqual(await open().of(note), { heads: ["at 2"], text: "two" });
    assert.deepEqual(calls.splice(0), ["text"], "what was kept is of other logs");
  }));

Deno.test("long texts: a text is kept when nobody has written for a while", () =>
  withStore(async (store) => {
    const { calls, now, steady, open } = scripted(store, LONG_NOTE_EDITS);
    const texts = open();
    texts.changed(note, null);
    steady.advance(KEEP_AFTER_MS - 1);
    Object.assign(now, { digest: 2, text: "two" });
    texts.changed(note, null);
    steady.advance(KEEP_AFTER_MS - 1);
    assert.deepEqual(calls, []);
    steady.advance(1);
    await settle();
    assert.deepEqual(calls.splice(0), ["text"]);
    assert.deepEqual(await open().of(note), { heads: ["at 2"], text: "two" });
    assert.deepEqual(calls, ["heads"]);
    texts.changed(note, null);
    texts.close();
    steady.advance(KEEP_AFTER_MS);
    assert.deepEqual(calls, ["heads"], "a closed one keeps nothing");
  }));

Deno.test("long texts: of a short note none is kept", () =>
  withStore(async (store) => {
    const { calls, steady, open } = scripted(store, LONG_NOTE_EDITS - 1);
    const texts = open();
    for (let i = 0; i < 2; i++) await texts.of(note);
    texts.changed(note, null);
    steady.advance(KEEP_AFTER_MS);
    assert.deepEqual(calls, ["text", "text"]);
  }));

Deno.test("long texts: a note that came with its text is shown at once, the first time too", () =>
  withStore(async (store) => {
    const { calls, steady, open } = scripted(store, LONG_NOTE_EDITS);
    const came = { heads: ["at 1"], text: "one" };
    const texts = open();
    texts.changed(note, null);
    texts.changed(note, came);
    steady.advance(KEEP_AFTER_MS);
    assert.deepEqual(calls, [], "nothing is loaded for it");
    assert.deepEqual(await texts.of(note), came);
    assert.deepEqual(calls, ["heads"]);
  }));
