/** What a node keeps of private spaces and of people, table by table. */
import assert from "node:assert/strict";
import type { EntryHash, SpaceId } from "../../core/base/ids.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { MAX_KNOWN_NAMES } from "../../core/store/known_names.ts";
import { MAX_NOTICES, type NewNotice } from "../../core/store/notices.ts";
import { Store } from "../../core/store/store.ts";
import {
  envelope,
  GENERAL,
  messageId,
  NOTE,
  NOW,
  OTHER_SPACE,
  peer,
  SPACE,
  withDirectory,
  withStore,
} from "./made.ts";

const ANNA = peer(1);
const BEN = peer(2);
const CEM = peer(3);

const hash = (n: number) => n.toString(16).padStart(64, "0") as EntryHash;
const entry = (n: number) => ({ bytes: Uint8Array.of(n), signature: new Uint8Array(64).fill(n) });

Deno.test("membership entries come back in the order of admission, each once", () =>
  withDirectory((directory) => {
    using first = Store.open(directory);
    assert.equal(first.entries.add(SPACE, hash(2), entry(2), NOW), true);
    assert.equal(first.entries.add(OTHER_SPACE, hash(2), entry(2), NOW), true);
    assert.equal(first.entries.add(SPACE, hash(1), entry(1), NOW), true);
    assert.equal(first.entries.add(SPACE, hash(2), entry(2), NOW + 1), false);
    first.close();
    using store = Store.open(directory);
    assert.deepEqual(store.entries.of(SPACE).map((each) => ({ ...each })), [entry(2), entry(1)]);
    assert.deepEqual(store.entries.of("7".repeat(32) as SpaceId), []);
    assert.deepEqual(store.entries.spaces(), [SPACE, OTHER_SPACE]);
    store.entries.drop(SPACE);
    assert.deepEqual(store.entries.of(SPACE), []);
    assert.deepEqual(store.entries.spaces(), [OTHER_SPACE]);
    assert.equal(store.entries.add(SPACE, hash(1), entry(1), NOW), true);
  }));

Deno.test("a space that is forgotten leaves nothing behind but that it was here", () =>
  withDirectory((directory) => {
    using first = Store.open(directory);
    for (const [seq, space] of [[1, SPACE], [2, SPACE], [1, OTHER_SPACE]] as const) {
      const doc = segmentDoc(GENERAL, 0);
      const verified = envelope(ANNA, doc, seq, { space });
      const { actor, startOp } = verified.header;
      const id = messageId(ANNA, NOW + seq);
      const op = { counter: startOp, actor };
      const row = { type: "message", channel: GENERAL, id, text: "t", op } as const;
      first.commit({ space, envelopes: [verified], rows: [row], receivedAt: NOW });
      first.entries.add(space, hash(seq), entry(seq), NOW);
      first.heardEpochs.set(space, BEN, hash(seq));
    }
    const kept = envelope(ANNA, segmentDoc(GENERAL, 0), 3);
    first.disputes.keep(SPACE, kept.envelope.doc, { ...kept.header, ...kept.envelope });
    first.readMarks.mark(SPACE, GENERAL, messageId(ANNA, NOW + 1));
    first.holdings.holdsAll(BEN, SPACE);
    first.noteCopies.add(SPACE, NOTE, NOW, "before");
    first.notices.add(notice("about it", { space: SPACE }));
    first.forgotten.forget(SPACE);
    const check = (store: Store) => {
      assert.deepEqual([store.forgotten.has(SPACE), store.forgotten.has(OTHER_SPACE)], [
        true,
        false,
      ]);
      assert.deepEqual([...store.envelopes.tops(SPACE)], []);
      assert.deepEqual(store.messages.page(SPACE, GENERAL).messages, []);
      assert.deepEqual(store.entries.spaces(), [OTHER_SPACE]);
      assert.equal(store.heardEpochs.get(SPACE, BEN), undefined);
      assert.deepEqual(store.disputes.docs(SPACE), []);
      assert.deepEqual(store.noteCopies.of(SPACE, NOTE), []);
      assert.deepEqual(store.notices.all(), []);
      assert.equal(store.messages.page(OTHER_SPACE, GENERAL).messages.length, 1);
      assert.equal(store.heardEpochs.get(OTHER_SPACE, BEN), hash(1));
    };
    check(first);
    first.close();
    using again = Store.open(directory);
    check(again);
  }));

Deno.test("a secret is kept, replaced and forgotten under its name", () =>
  withStore(({ secrets }) => {
    secrets.put("epoch/a/1", Uint8Array.of(1));
    secrets.put("epoch/a/2", Uint8Array.of(2));
    secrets.put("invite/a", Uint8Array.of(3));
    secrets.put("epoch/a/1", Uint8Array.of(4));
    assert.deepEqual(secrets.get("epoch/a/1"), Uint8Array.of(4));
    assert.equal(secrets.get("epoch/a"), undefined);
    assert.deepEqual(secrets.names("epoch/a/"), ["epoch/a/1", "epoch/a/2"]);
    assert.deepEqual(secrets.names(""), ["epoch/a/1", "epoch/a/2", "invite/a"]);
    secrets.put("a%b_", Uint8Array.of(5));
    assert.deepEqual(secrets.names("a%"), ["a%b_"]);
    assert.deepEqual(secrets.names("_"), []);
    secrets.drop("epoch/a/1");
    secrets.drop("epoch/a/1");
    assert.deepEqual(secrets.names("epoch/a/"), ["epoch/a/2"]);
  }));

Deno.test("a verified and a muted peer are two marks, each taken back by itself", () =>
  withStore(({ marks }) => {
    assert.deepEqual([marks.verifiedAt(ANNA), marks.mutedAt(ANNA)], [0, 0]);
    marks.verify(ANNA, NOW);
    marks.mute(ANNA, NOW + 1);
    marks.mute(BEN, NOW + 2);
    assert.deepEqual([marks.verifiedAt(ANNA), marks.mutedAt(ANNA)], [NOW, NOW + 1]);
    assert.deepEqual([marks.verifiedAt(BEN), marks.mutedAt(BEN)], [0, NOW + 2]);
    assert.deepEqual(marks.muted(), [ANNA, BEN]);
    marks.mute(ANNA, 0);
    assert.deepEqual(marks.muted(), [BEN]);
    assert.equal(marks.verifiedAt(ANNA), NOW);
    marks.verify(ANNA, 0);
    assert.equal(marks.verifiedAt(ANNA), 0);
  }));

const notice = (text: string, more: Partial<NewNotice> = {}): NewNotice => ({
  at: NOW,
  kind: "cloned",
  space: null,
  peer: null,
  text,
  detail: null,
  ...more,
});

Deno.test("a notice comes back as it was, and the same one is not added twice", () =>
  withStore(({ notices }) => {
    const first = notice("one");
    const whole = notice("one", { space: SPACE, peer: ANNA, detail: '{"doc":"space"}' });
    const ids = [first, whole].map((each) => notices.add(each));
    assert.equal(notices.add({ ...first, at: NOW + 1, detail: "later" }), ids[0]);
    assert.equal(notices.add({ ...whole, at: NOW + 1 }), ids[1]);
    const others = [
      notice("two"),
      notice("one", { kind: "forked" }),
      notice("one", { peer: BEN }),
      notice("one", { space: SPACE }),
    ];
    for (const each of others) ids.push(notices.add(each));
    const wanted = [first, whole, ...others].map((each, i) => ({ id: ids[i], ...each }));
    assert.deepEqual(notices.all().map((each) => ({ ...each })), wanted);
    notices.drop(ids[1] ?? -1);
    assert.equal(notices.all().length, wanted.length - 1);
  }));

Deno.test("the oldest notice goes, and a dismissed one's number means no other", () =>
  withStore(({ notices }) => {
    const ids = Array.from({ length: MAX_NOTICES + 2 }, (_, i) => notices.add(notice(`${i}`)));
    assert.deepEqual(notices.all().map(({ id }) => id), ids.slice(2));
    const last = ids.at(-1) ?? -1;
    notices.drop(last);
    assert.notEqual(notices.add(notice("new")), last);
  }));

Deno.test("there is one profile, once it was set", () =>
  withStore(({ profile }) => {
    assert.equal(profile.get(), undefined);
    profile.set({ name: "Ana", colour: 3 });
    profile.set({ name: "Ana Belén", colour: 4 });
    assert.deepEqual({ ...profile.get() }, { name: "Ana Belén", colour: 4 });
  }));

Deno.test("successors are found from both sides, and the first statement of a key stays", () =>
  withStore(({ successors }) => {
    const statement = { old: ANNA, new: CEM, signature: new Uint8Array(64).fill(1) };
    const second = { old: BEN, new: CEM, signature: new Uint8Array(64).fill(2) };
    assert.equal(successors.add(statement), true);
    assert.equal(successors.add({ ...statement, new: BEN }), false);
    assert.equal(successors.add(second), true);
    assert.deepEqual({ ...successors.of(ANNA) }, statement);
    assert.equal(successors.of(CEM), undefined);
    assert.deepEqual(successors.from(CEM).map((each) => ({ ...each })), [statement, second]);
    assert.deepEqual(successors.from(BEN), []);
    assert.deepEqual(successors.all().map((each) => ({ ...each })), [statement, second]);
  }));

Deno.test("a name is borne since it was met first; one that looks different begins anew", () =>
  withStore(({ knownNames }) => {
    assert.equal(knownNames.firstAt(ANNA), undefined);
    knownNames.meet(ANNA, "Ana", NOW);
    knownNames.meet(ANNA, "Ana", NOW + 1);
    knownNames.meet(ANNA, "Aná", NOW + 2);
    assert.equal(knownNames.firstAt(ANNA), NOW);
    knownNames.meet(ANNA, "Ben", NOW + 3);
    assert.equal(knownNames.firstAt(ANNA), NOW + 3);
  }));

Deno.test("who comes when there are too many names displaces nobody", () =>
  withStore((store) => {
    const last = peer(MAX_KNOWN_NAMES + 1);
    store.together(() => {
      for (let i = 1; i <= MAX_KNOWN_NAMES; i++) store.knownNames.meet(peer(i), `n${i}`, NOW);
      store.knownNames.meet(last, "late", NOW);
    });
    assert.equal(store.knownNames.firstAt(ANNA), NOW);
    assert.equal(store.knownNames.firstAt(last), undefined);
    store.knownNames.meet(ANNA, "other", NOW + 1);
    assert.equal(store.knownNames.firstAt(ANNA), NOW + 1);
  }));
