import assert from "node:assert/strict";
import type { MessageId } from "../../core/base/ids.ts";
import { MAX_PAGE_MESSAGES } from "../../core/base/limits.ts";
import { SPACE_DOC } from "../../core/doc/doc_id.ts";
import type { Store } from "../../core/store/store.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { directDocuments } from "../fakes/documents.ts";
import { docKey } from "../../core/doc/doc_key.ts";
import { GENESIS_ACTOR } from "../../core/doc/genesis.ts";
import { withStore } from "../store/made.ts";
import { fillStore } from "./fill_store.ts";
import { historyChannels, type HistoryShape, type MadeDocument, makeHistory } from "./history.ts";

const SHAPE: HistoryShape = {
  seed: 7,
  space: LOBBY,
  channels: 2,
  messages: 2_400,
  authors: 3,
  from: 1_700_000_000_000,
  until: 1_700_100_000_000,
};

function allMessages(store: Store, channel: number): MessageId[] {
  const { id } = historyChannels(SHAPE)[channel]!;
  const ids: MessageId[] = [];
  for (let more = true; more;) {
    const before = ids[0];
    const page = store.messages.page(LOBBY, id, {
      limit: MAX_PAGE_MESSAGES,
      ...(before ? { before } : {}),
    });
    ids.unshift(...page.messages.map(({ id }) => id));
    more = page.more;
  }
  return ids;
}

Deno.test("a history in a store: every message is there, in order, with its people and channels", () =>
  withStore(async (store) => {
    const made: MadeDocument[] = [];
    await fillStore(store, SHAPE, (one) => made.push(one));
    assert.deepEqual(
      made.map(({ doc, isOpen, messages }) => [doc.split("/").at(-1), isOpen, messages.length]),
      [[SPACE_DOC, true, 0], ["0", false, 1000], ["1", true, 200], ["0", false, 1000], [
        "1",
        true,
        200,
      ]],
    );
    assert.deepEqual(allMessages(store, 0), [...made[1]!.messages, ...made[2]!.messages]);
    assert.deepEqual(allMessages(store, 1), [...made[3]!.messages, ...made[4]!.messages]);
    assert.equal(store.registers.people(LOBBY).length, 3);
    assert.equal(store.registers.channels(LOBBY).length, 1);
    assert.equal(store.envelopes.changes(LOBBY, made[1]!.doc).length < 1000, true);
    assert.notEqual(store.bases.bytes(LOBBY, made[1]!.doc), null);
  }));

Deno.test("a history is the same at every time, another seed makes another", async () => {
  const bytesOf = async (seed: number) => {
    const all: string[] = [];
    for await (const { changes } of makeHistory({ ...SHAPE, messages: 20, seed })) {
      all.push(...changes.map(({ change }) => change.toHex()));
    }
    return all;
  };
  assert.deepEqual(await bytesOf(7), await bytesOf(7));
  assert.notDeepEqual(await bytesOf(7), await bytesOf(8));
});

Deno.test("every document of a history is taken as if peers had sent it", async () => {
  const documents = await directDocuments(() => ({
    actor: GENESIS_ACTOR,
    base: null,
    changes: [],
  }));
  let messages = 0;
  for await (const { doc, changes } of makeHistory({ ...SHAPE, messages: 400 })) {
    const { results } = await documents.apply(
      docKey(LOBBY, doc),
      changes.map(({ change }) => change),
    );
    assert.ok(results.every(({ type }) => type === "applied"));
    if (doc !== SPACE_DOC) messages += results.length;
  }
  assert.equal(messages, 400);
  await documents.close();
});
