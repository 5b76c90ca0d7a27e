/** Ways into private spaces, between whole nodes on the loopback. */
import assert from "node:assert/strict";
import { type Clock, steadyClock, systemClock } from "../../core/base/clock.ts";
import type { SpaceId } from "../../core/base/ids.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { readInviteLink, writeInviteLink } from "../../core/trust/invite_link.ts";
import { RefusedError } from "../../core/view/api.ts";
import { turn } from "../fakes/turn.ts";
import { TestNode, type TestNodeOptions, withFolder } from "./test_node.ts";

/** Ana has a private space; nobody is in the lobby unless told. */
async function withAna(
  test: (
    ana: TestNode,
    space: SpaceId,
    open: (name: string, options?: TestNodeOptions) => Promise<TestNode>,
  ) => Promise<void>,
  options: TestNodeOptions = { lobby: false },
): Promise<void> {
  await withFolder(async (folder) => {
    await using opened = new AsyncDisposableStack();
    const open = async (name: string, more: TestNodeOptions = options) =>
      opened.use(await TestNode.open(`${folder}/${name}`, name, more));
    const ana = await open("Ana");
    const { id } = await ana.ask({ type: "space.create", name: "Crew" });
    await test(ana, id, open);
  });
}

async function link(node: TestNode, space: SpaceId, hours = 1): Promise<string> {
  return (await node.ask({ type: "invite.link", space, hours })).link;
}

function refusal(text: RegExp) {
  return (error: unknown) => {
    assert(error instanceof RefusedError, String(error));
    assert.match(error.message, text);
    return true;
  };
}

Deno.test("a link lets one in without lobby or multicast, and both talk", () =>
  withAna(async (ana, space, open) => {
    await ana.say(space, "before");
    const ben = await open("Ben");
    const joined = await ben.ask({ type: "join.link", link: await link(ana, space) });
    assert.deepEqual(
      [joined.space?.id, joined.space?.name, joined.space?.role, joined.space?.kind],
      [space, "Crew", "member", "private"],
    );
    await ben.hears(space, "before");
    await ben.say(space, "hello");
    await ana.hears(space, "hello");
    const { person } = await ana.event("person", ({ person }) => person.name === "Ben");
    assert.deepEqual([person.peer, person.role], [ben.peer, "member"]);
    await ben.until(async () =>
      (await ben.snapshot(space)).people.some(({ name, role, here }) =>
        name === "Ana" && role === "admin" && here
      )
    );
    assert.deepEqual((await ben.snapshot()).spaces.map(({ name }) => name), ["Crew"]);
  }));

Deno.test("hostile 11: an invitation counts once, until it ends, and for its space alone", () =>
  withAna(async (ana, space, open) => {
    const other = (await ana.ask({ type: "space.create", name: "Other" })).id;
    const first = await link(ana, space);
    const ben = await open("Ben");
    await ben.ask({ type: "join.link", link: first });
    const cleo = await open("Cleo");
    await assert.rejects(cleo.ask({ type: "join.link", link: first }), refusal(/used already/));
    await ana.event(
      "notices",
      ({ notices }) => notices.some(({ text }) => /used before/.test(text)),
    );

    const second = readInviteLink(await link(ana, space));
    const moved = writeInviteLink({ ...second, space: other });
    await assert.rejects(cleo.ask({ type: "join.link", link: moved }), refusal(/another space/));
    await ana.event("notices", ({ notices }) => notices.some(({ text }) => /altered/.test(text)));

    const ended = writeInviteLink({ ...second, expiresAt: Date.now() - 1 });
    await assert.rejects(cleo.ask({ type: "join.link", link: ended }), refusal(/has expired/));
    const torn = writeInviteLink(second).slice(0, -3);
    await assert.rejects(cleo.ask({ type: "join.link", link: torn }), refusal(/mistyped/));
    await assert.rejects(cleo.ask({ type: "join.link", link: "hello" }), refusal(/not an Earshot/));
    // None of that has used it up.
    assert.equal(
      (await cleo.ask({ type: "join.link", link: writeInviteLink(second) })).space?.id,
      space,
    );
    assert.equal(await cleo.space(other), undefined);
  }));

Deno.test("an invitation ends by the clock of whoever lets in", () =>
  withFolder(async (folder) => {
    let ahead = 0;
    const clock = { ...systemClock, now: () => Date.now() + ahead };
    await using ana = await TestNode.open(`${folder}/a`, "Ana", { lobby: false, clock });
    const { id } = await ana.ask({ type: "space.create", name: "Crew" });
    const invitation = await link(ana, id, 2);
    ahead = 3 * 60 * 60 * 1000;
    await using ben = await TestNode.open(`${folder}/b`, "Ben", { lobby: false });
    await assert.rejects(ben.ask({ type: "join.link", link: invitation }), refusal(/has expired/));
    await ana.event(
      "notices",
      ({ notices }) => notices.some(({ text }) => /has expired/.test(text)),
    );
  }));

Deno.test("a link to one who is away is followed until they come", () =>
  withAna(async (ana, space, open) => {
    const invitation = await link(ana, space);
    const { port } = ana.node;
    await ana.close();
    const ben = await open("Ben");
    const joining = ben.ask({ type: "join.link", link: invitation });
    const again = await TestNode.open(ana.directory, null, { lobby: false, port });
    try {
      await joining;
      await ben.until(() => ben.space(space));
      await ben.say(space, "here");
      await again.hears(space, "here");
    } finally {
      await again.close();
    }
  }));

Deno.test("a code of eight digits lets in", () =>
  withAna(async (ana, space, open) => {
    const ben = await open("Ben", { lobby: false, peers: [ana] });
    const shown = await ana.ask({ type: "invite.code", space });
    assert.match(shown.code, /^\d{8}$/);
    assert.equal(shown.tries, 3);
    const typed = `${shown.code.slice(0, 4)} ${shown.code.slice(4)}`;
    const joined = await ben.ask({ type: "join.code", code: typed });
    assert.equal(joined.space.id, space);
    assert.equal((await ana.event("code", ({ code }) => code === null)).code, null);
    assert.equal((await ana.snapshot()).code, null);
    await ben.say(space, "in");
    await ana.hears(space, "in");
  }));

Deno.test("hostile 10: three wrong tries end a code, whoever makes them", () =>
  withAna(async (ana, space, open) => {
    const { code } = await ana.ask({ type: "invite.code", space });
    const wrong = code === "00000000" ? "00000001" : "00000000";
    const guests = [];
    let patient = true;
    const after: Clock["after"] = (ms, act) => steadyClock.after(patient ? ms : 0, act);
    const steady = { ...steadyClock, after };
    for (const name of ["Ben", "Cleo", "Dan"]) {
      guests.push(await open(name, { lobby: false, peers: [ana], steady }));
    }
    const [ben, cleo, dan] = guests;
    const guess = (guest: TestNode | undefined, code: string) =>
      guest!.ask({ type: "join.code", code });
    await assert.rejects(guess(ben, "1234"), refusal(/8 digits/));
    await assert.rejects(guess(ben, wrong), refusal(/wrong.*2 tries are left/));
    await assert.rejects(guess(cleo, wrong), refusal(/wrong.*one try is left/));
    await assert.rejects(guess(dan, wrong), refusal(/ended/));
    await ana.event("notices", ({ notices }) => notices.some(({ text }) => /too often/.test(text)));
    assert.equal((await ana.snapshot()).code, null);
    patient = false;
    await assert.rejects(guess(ben, code), refusal(/Nobody near shows a code/));
    assert.equal(await ben!.space(space), undefined);
  }));

Deno.test("a request leads to a space of two, and both saw the same words", () =>
  withAna(async (ana, _space, open) => {
    const ben = await open("Ben", { peers: [ana] });
    await ana.event("person", ({ space, person }) => space === LOBBY && person.name === "Ben");
    await ben.event("person", ({ space, person }) => space === LOBBY && person.name === "Ana");
    const asked = await ana.ask({ type: "direct.ask", peer: ben.peer });
    assert.deepEqual([asked.from, asked.name, asked.words.length], ["us", "Ben", 5]);
    const { asks: [theirs] } = await ben.event("asks", ({ asks }) => asks.length > 0);
    assert.deepEqual([theirs?.from, theirs?.peer, theirs?.words], ["them", ana.peer, asked.words]);
    assert.deepEqual(await ben.ask({ type: "person.words", peer: ana.peer }), {
      words: asked.words,
    });
    const { space } = await ben.ask({ type: "direct.answer", peer: ana.peer, accept: true });
    assert.deepEqual([space?.kind, space?.name, space?.role, space?.peer], [
      "direct",
      "Ana",
      "admin",
      ana.peer,
    ]);
    await ben.say(space!.id, "hi");
    await ana.hears(space!.id, "hi");
    await ana.until(async () => (await ana.space(space!.id))?.name === "Ben");
    assert.deepEqual((await ana.snapshot()).asks, []);
    await assert.rejects(
      ana.ask({ type: "direct.ask", peer: ben.peer }),
      refusal(/have a private space/),
    );
  }, {}));

Deno.test("a request may be declined and taken back, and comes once a minute", () =>
  withAna(async (ana, _space, open) => {
    const ben = await open("Ben", { peers: [ana] });
    await ana.event("person", ({ person }) => person.name === "Ben" && person.here);
    await ben.event("person", ({ person }) => person.name === "Ana" && person.here);
    await ana.ask({ type: "direct.ask", peer: ben.peer });
    await ben.event("asks", ({ asks }) => asks.length > 0);
    await ben.ask({ type: "direct.answer", peer: ana.peer, accept: false });
    await ana.event(
      "notices",
      ({ notices }) => notices.some(({ text }) => /Ben does not want/.test(text)),
    );
    await assert.rejects(ana.ask({ type: "direct.ask", peer: ben.peer }), refusal(/a moment ago/));
    await ben.ask({ type: "person.mute", peer: ana.peer, muted: true });
    await assert.rejects(ben.ask({ type: "direct.ask", peer: ana.peer }), refusal(/./));
  }, {}));

Deno.test("any member that may write lets in, also when who invited is away", () =>
  withAna(async (ana, space, open) => {
    const ben = await open("Ben");
    await ben.ask({ type: "join.link", link: await link(ana, space) });
    const invitation = await link(ana, space);
    const entries = (node: TestNode) => node.store.entries.of(space).length;
    while (entries(ben) < entries(ana)) await turn();
    await ana.close();
    const cleo = await open("Cleo", { lobby: false, peers: [ben] });
    const joined = await cleo.ask({ type: "join.link", link: invitation });
    assert.equal(joined.space?.id, space);
    await cleo.say(space, "let in by Ben");
    await ben.hears(space, "let in by Ben");
  }));

Deno.test("one who is here over others, and cannot be linked, is asked by an invitation", () =>
  withFolder(async (folder) => {
    await using opened = new AsyncDisposableStack();
    const open = async (name: string, peers: readonly TestNode[]) =>
      opened.use(await TestNode.open(`${folder}/${name}`, name, { peers }));
    const ana = await open("Ana", []);
    const ben = await open("Ben", [ana]);
    const cem = await open("Cem", [ben]);
    await ana.event("person", ({ person }) => person.name === "Cem" && person.here);
    await assert.rejects(
      ana.ask({ type: "direct.ask", peer: cem.peer }),
      refusal(/Cem is here, but .* send them an invitation/),
    );
  }));
