/** Private spaces among whole nodes on the loopback: who is in, who is out, and who may write. */
import assert from "node:assert/strict";
import type { SpaceId } from "../../core/base/ids.ts";
import type { Role } from "../../core/base/role.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { RefusedError } from "../../core/view/api.ts";
import { TestNode, type TestNodeOptions, withFolder } from "./test_node.ts";

const APART: TestNodeOptions = { lobby: false };

/** A private space of Ana's with those who are named, all linked with her. */
async function withCrew(
  names: readonly string[],
  test: (crew: Crew) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    await using opened = new AsyncDisposableStack();
    const open = async (name: string, options = APART) =>
      opened.use(await TestNode.open(`${folder}/${name}`, name, options));
    const ana = await open("Ana");
    const space = (await ana.ask({ type: "space.create", name: "Crew" })).id;
    const others: TestNode[] = [];
    for (const name of names) others.push(await enter(await open(name), ana, space));
    await test({ ana, space, others, open });
  });
}

interface Crew {
  readonly ana: TestNode;
  readonly space: SpaceId;
  readonly others: readonly TestNode[];
  readonly open: (name: string, options?: TestNodeOptions) => Promise<TestNode>;
}

async function enter(guest: TestNode, host: TestNode, space: SpaceId, role: Role = "member") {
  const { link } = await host.ask({ type: "invite.link", space, role });
  const joined = await guest.ask({ type: "join.link", link });
  assert.equal(joined.space?.id, space);
  return guest;
}

const refused = (text: RegExp) => (error: unknown) =>
  error instanceof RefusedError && text.test(error.message);

Deno.test("who is removed neither reads what comes nor links again; the others go on", () =>
  withCrew(["Ben", "Cleo"], async ({ ana, space, others: [ben, cleo] }) => {
    assert(ben && cleo);
    await ben.say(space, "before");
    await ana.hears(space, "before");
    await ana.ask({ type: "member.remove", space, peer: ben.peer });
    const { notices } = await ben.event("notices", ({ notices }) => notices.length > 0);
    assert.match(notices[0]?.text ?? "", /Ana removed you from “Crew”/);
    await ben.until(async () => (await ben.space(space))?.role === null);
    await assert.rejects(ben.say(space, "still here?"), refused(/not in this space any more/));
    await cleo.until(async () =>
      (await cleo.snapshot(space)).people.some(({ peer, role }) =>
        peer === ben.peer && role === null
      )
    );
    await ana.say(space, "after");
    await cleo.hears(space, "after");
    assert.deepEqual(await cleo.texts(space), ["before", "after"]);
    assert.deepEqual(await ben.texts(space), ["before"]);
    // Neither knows a door of the other any more.
    await ana.unlinked(ben.peer);
    await assert.rejects(
      ana.ask({ type: "member.remove", space, peer: ana.peer }),
      refused(/leave/),
    );
    await ben.ask({ type: "space.forget", space });
    await ben.event("space.gone", ({ id }) => id === space);
    assert.deepEqual((await ben.snapshot()).spaces, []);
  }));

Deno.test("one who is away hears of a removal later, and is counted until then", () =>
  withCrew(["Ben", "Cleo"], async ({ ana, space, others: [ben, cleo] }) => {
    assert(ben && cleo);
    const { port } = ana.node;
    await cleo.close();
    await ana.ask({ type: "member.remove", space, peer: ben.peer });
    assert.equal((await ana.space(space))?.unheard, 1);
    await ana.say(space, "without Ben");
    await using again = await TestNode.open(cleo.directory, null, {
      lobby: false,
      peers: [{ node: { port } }],
    });
    await again.hears(space, "without Ben");
    await ana.event("space", ({ view }) => view.id === space && view.unheard === 0);
    assert.equal((await again.space(space))?.unheard, 0);
  }));

Deno.test("MEET-3: who was removed by one whom another admin removed meanwhile is a member again, in a space of no lobby", () =>
  withCrew(["Ben"], async ({ ana, space, others: [ben], open }) => {
    assert(ben);
    await ana.ask({ type: "member.role", space, peer: ben.peer, role: "admin" });
    const cleo = await enter(await open("Cleo", { ...APART, peers: [ben] }), ana, space);
    await ben.until(async () => (await ben.space(space))?.role === "admin");
    await ben.until(async () =>
      (await ben.snapshot(space)).people.some(({ peer, here }) => peer === cleo.peer && here)
    );
    const { port } = ana.node;
    await ana.close();
    await ben.ask({ type: "member.remove", space, peer: cleo.peer });
    await cleo.until(async () => (await cleo.space(space))?.role === null);
    await ben.close();
    await cleo.close();

    const back = await open("Ana", { ...APART, port });
    await back.ask({ type: "member.remove", space, peer: ben.peer });
    const again = await open("Cleo", { ...APART, peers: [back] });
    await again.until(async () => (await again.space(space))?.role === "member");
    await again.say(space, "here after all");
    await back.hears(space, "here after all");
  }));

Deno.test("who leaves goes in peace: the rest have another key, and what was written stays", () =>
  withCrew(["Ben"], async ({ ana, space, others: [ben] }) => {
    assert(ben);
    await ben.say(space, "goodbye");
    await ana.hears(space, "goodbye");
    await assert.rejects(ana.ask({ type: "space.leave", space }), refused(/someone else an admin/));
    await assert.rejects(ben.ask({ type: "space.forget", space }), refused(/leave it first/));
    await ben.ask({ type: "space.leave", space });
    assert.equal((await ben.space(space))?.role, null);
    assert.deepEqual((await ben.snapshot()).notices, []);
    await ana.unlinked(ben.peer);
    await ana.say(space, "alone");
    assert.deepEqual(await ana.texts(space), ["goodbye", "alone"]);
    assert.deepEqual(await ben.texts(space), ["goodbye"]);
    await ana.ask({ type: "space.leave", space });
    assert.equal((await ana.space(space))?.role, null);
  }));

Deno.test("who leaves while alone is out once they meet a member", () =>
  withCrew(["Ben", "Cleo"], async ({ ana, space, others: [ben, cleo] }) => {
    assert(ben && cleo);
    await cleo.close();
    await ana.close();
    await ben.ask({ type: "space.leave", space });
    assert.equal((await ben.space(space))?.role, null);
    const peers = [{ node: { port: ben.node.port } }];
    await using again = await TestNode.open(ana.directory, null, { ...APART, peers });
    await again.until(async () =>
      (await again.snapshot(space)).people.some(({ peer, role }) =>
        peer === ben.peer && role === null
      )
    );
    await ben.unlinked(again.peer);
    await again.say(space, "without Ben");
    assert.deepEqual(await ben.texts(space), []);
  }));

Deno.test("who was let in while a member was away is linked by it, lobby or not", () =>
  withCrew(["Ben"], async ({ ana, space, others: [ben], open }) => {
    assert(ben);
    await ben.close();
    const cleo = await enter(await open("Cleo"), ana, space);
    await ana.close();
    const peers = [{ node: { port: cleo.node.port } }];
    await using again = await TestNode.open(ben.directory, null, { ...APART, peers });
    await again.linked(cleo.peer);
    await cleo.say(space, "we have not met");
    await again.hears(space, "we have not met");
  }));

Deno.test("a reader reads and does not write; one who is made a writer does", () =>
  withCrew([], async ({ ana, space, open }) => {
    const ben = await enter(await open("Ben"), ana, space, "reader");
    await ana.say(space, "read this");
    await ben.hears(space, "read this");
    await assert.rejects(ben.say(space, "x"), refused(/only read/));
    await assert.rejects(ben.ask({ type: "note.create", space, title: "x" }), refused(/only read/));
    await assert.rejects(ben.ask({ type: "invite.link", space }), refused(/Only an admin/));
    await ana.ask({ type: "member.role", space, peer: ben.peer, role: "member" });
    await ben.until(async () => (await ben.space(space))?.role === "member");
    await ben.say(space, "thank you");
    await ana.hears(space, "thank you");
    await ana.ask({ type: "member.role", space, peer: ben.peer, role: "reader" });
    await ben.until(async () => (await ben.space(space))?.role === "reader");
    await assert.rejects(ben.say(space, "x"), refused(/only read/));
    assert.deepEqual(await ana.texts(space), ["read this", "thank you"]);
  }));

Deno.test("two spaces and the lobby do not mix", () =>
  withFolder(async (folder) => {
    await using ana = await TestNode.open(`${folder}/a`, "Ana");
    await using ben = await TestNode.open(`${folder}/b`, "Ben", { peers: [ana] });
    await using cleo = await TestNode.open(`${folder}/c`, "Cleo", { peers: [ana] });
    const one = (await ana.ask({ type: "space.create", name: "One" })).id;
    const two = (await ana.ask({ type: "space.create", name: "Two" })).id;
    await enter(ben, ana, one);
    await enter(cleo, ana, two);
    await ana.say(one, "to Ben");
    await ana.say(two, "to Cleo");
    await ana.say(LOBBY, "to all");
    await ben.hears(one, "to Ben");
    await cleo.hears(two, "to Cleo");
    await ben.hears(LOBBY, "to all");
    await cleo.hears(LOBBY, "to all");
    assert.deepEqual((await ben.snapshot()).spaces.map(({ name }) => name), ["Lobby", "One"]);
    assert.deepEqual((await cleo.snapshot()).spaces.map(({ name }) => name), ["Lobby", "Two"]);
    for (const [node, space] of [[ben, two], [cleo, one]] as const) {
      await assert.rejects(
        node.ask({ type: "note.create", space, title: "x" }),
        refused(/no such space/),
      );
      assert.deepEqual(node.store.entries.of(space), []);
      assert.equal(node.store.envelopes.tops(space).size, 0);
    }
    assert.deepEqual((await ben.snapshot(one)).people.map(({ name }) => name), ["Ana"]);
  }));

Deno.test("a restart keeps spaces, keys, invitations and what was seen", () =>
  withCrew(["Ben"], async ({ ana, space, others: [ben] }) => {
    assert(ben);
    const { link } = await ana.ask({ type: "invite.link", space });
    await ben.say(space, "remember me");
    await ana.hears(space, "remember me");
    const { port } = ana.node;
    await ana.close();
    await using again = await TestNode.open(ana.directory, null, { lobby: false, port });
    assert.deepEqual(await again.texts(space), ["remember me"]);
    const view = await again.space(space);
    assert.deepEqual([view?.name, view?.role, view?.unread], ["Crew", "admin", 1]);
    assert.equal((await again.snapshot()).self.name, "Ana");
    await again.linked(ben.peer);
    await again.say(space, "back");
    await ben.hears(space, "back");
    await using cleo = await TestNode.open(`${ana.directory}-cleo`, "Cleo", APART);
    assert.equal((await cleo.ask({ type: "join.link", link })).space?.id, space);
    await cleo.hears(space, "back");
  }));

Deno.test("who is muted is neither unread nor typing", () =>
  withCrew(["Ben"], async ({ ana, space, others: [ben] }) => {
    assert(ben);
    await ben.say(space, "noise");
    await ana.hears(space, "noise");
    assert.equal((await ana.space(space))?.unread, 1);
    await ana.ask({ type: "person.mute", peer: ben.peer, muted: true });
    await ana.event("reset");
    assert.equal((await ana.space(space))?.unread, 0);
    assert.equal((await ana.snapshot(space)).people[0]?.muted, true);
    await ana.ask({ type: "person.mute", peer: ben.peer, muted: false });
    assert.equal((await ana.space(space))?.unread, 1);
  }));

Deno.test("a name that was known comes with another key: a warning, until it is verified", () =>
  withCrew(["Ben"], async ({ ana, space, others: [ben], open }) => {
    assert(ben);
    await ana.event("person", ({ person }) => person.name === "Ben");
    const other = await enter(await open("Веn"), ana, space);
    const { person } = await ana.event(
      "person",
      ({ person }) => person.peer === other.peer && person.newKey,
    );
    assert.deepEqual(person.alike, [ben.peer]);
    assert.equal(
      (await ana.snapshot(space)).people.find(({ peer }) => peer === ben.peer)?.newKey,
      false,
    );
    await ana.ask({ type: "person.verify", peer: other.peer, verified: true });
    const verified = await ana.event(
      "person",
      ({ person }) => person.peer === other.peer && person.verified,
    );
    assert.equal(verified.person.newKey, false);
  }));
