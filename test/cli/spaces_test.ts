import assert from "node:assert/strict";
import { parsePeerId, parseSpaceId } from "../../core/base/ids.ts";
import { send } from "../../core/cli/messages.ts";
import { invite, join, listSpaces, members, rebuild, removeMember } from "../../core/cli/spaces.ts";
import type { SpaceView } from "../../core/view/view.ts";
import { FakeClient, FakeOutput } from "../fakes/client.ts";
import { ANA, CREW, LOBBY_VIEW, message, PERSON, snapshot } from "../fakes/views.ts";

const BEN = { ...PERSON, peer: parsePeerId("cc".repeat(32)), name: "Ben" };

/** A node with these spaces, of which the one asked for is shown. */
function nodeIn(spaces: readonly SpaceView[], people = [PERSON, BEN]) {
  return new FakeClient({
    snapshot: ({ space }) => {
      const shown = spaces.find(({ id }) => id === space) ?? spaces[0] ?? null;
      const withRoles = people.map((person) => ({ ...person, role: "member" as const }));
      return snapshot({ spaces, space: shown, people: withRoles });
    },
    "message.send": ({ text }) => message(1, text),
    "invite.link": () => ({ link: "http://127.0.0.1:4747/join#x", expiresAt: 1 }),
    "invite.code": ({ space }) => ({ space, code: "12345678", expiresAt: 1, tries: 3 }),
    "join.link": () => ({ space: null }),
    "join.code": () => ({ space: CREW }),
    "member.remove": () => ({}),
    "person.waiting": () => ({
      messages: 3,
      more: false,
      keepers: [{ peer: PERSON.peer, messages: 1 }],
    }),
  });
}

Deno.test("a space is named by its name in any case, or by the start of its id", async () => {
  for (const wanted of ["Crew", " crew ", "1111"]) {
    const client = nodeIn([LOBBY_VIEW, CREW]);
    await send(client, new FakeOutput(), { space: wanted, channel: "general", text: "hello" });
    const sent = client.asked.find((command) => command.type === "message.send");
    assert.equal(sent?.space, CREW.id, wanted);
  }
});

Deno.test("without --space it is the first one; an unknown or doubtful one is said", async () => {
  const twin = { ...CREW, id: parseSpaceId("22".repeat(16)) };
  const client = nodeIn([LOBBY_VIEW, CREW, twin]);
  await send(client, new FakeOutput(), { space: null, channel: "general", text: "hello" });
  const sent = client.asked.find((command) => command.type === "message.send");
  assert.equal(sent?.space, LOBBY_VIEW.id);
  const failing = (space: string | null, spaces: SpaceView[]) =>
    send(nodeIn(spaces), new FakeOutput(), { space, channel: "general", text: "x" });
  await assert.rejects(failing("Cru", [CREW]), /no space "Cru".*lists them/);
  await assert.rejects(failing("Crew", [CREW, twin]), /2 spaces.*11111111, 22222222/);
  await assert.rejects(failing(null, []), /no space here yet/);
});

Deno.test("spaces tells what each is, and who has not heard", async () => {
  const output = new FakeOutput();
  const left = { ...CREW, id: parseSpaceId("33".repeat(16)), name: "Old", role: null };
  await listSpaces(nodeIn([LOBBY_VIEW, { ...CREW, unheard: 2, unread: 3 }, left]), output);
  assert.match(output.texts[0] ?? "", /Lobby.*open to everyone/);
  assert.match(output.texts[1] ?? "", /Crew.*private, you are admin; 3 new; 2 devices have not/);
  assert.match(output.texts[2] ?? "", /Old.*no member any more/);
});

Deno.test("members names oneself, roles and warnings", async () => {
  const output = new FakeOutput();
  const people = [{ ...PERSON, verified: true }, { ...BEN, newKey: true, here: false }];
  const client = nodeIn([CREW], people);
  await members(client, output, null);
  assert.match(output.texts[0] ?? "", /Me \(you\)\s+admin/);
  assert.match(output.texts[1] ?? "", /Ana\s+member, here, verified/);
  assert.match(output.texts[2] ?? "", /Ben\s+member, away, WARNING: another key/);
  assert.match(output.texts[2] ?? "", /\n {4}This machine is keeping 3 messages for Ben\n/);
  assert.match(output.texts[2] ?? "", /\n {4}Ana’s machine is keeping 1 message for Ben$/);
  const asked = client.asked.filter(({ type }) => type === "person.waiting");
  assert.equal(asked.length, 1, "of who is here nothing waits");
});

Deno.test("invite takes the one private space there is, and asks which of several", async () => {
  const output = new FakeOutput();
  const options = { space: null, code: false, role: "reader", hours: 2 } as const;
  const client = nodeIn([LOBBY_VIEW, CREW]);
  await invite(client, output, options);
  const asked = client.asked.at(-1);
  assert.deepEqual(asked, { type: "invite.link", space: CREW.id, role: "reader", hours: 2 });
  assert.deepEqual(output.texts, ["http://127.0.0.1:4747/join#x"]);
  const twin = { ...CREW, id: parseSpaceId("22".repeat(16)), name: "Bridge" };
  await assert.rejects(invite(nodeIn([CREW, twin]), output, options), /Into which.*Crew, Bridge/);
  await assert.rejects(invite(nodeIn([LOBBY_VIEW]), output, options), /no private space/);
});

Deno.test("a code is printed in two groups", async () => {
  const output = new FakeOutput();
  await invite(nodeIn([CREW]), output, { space: null, code: true, role: "member", hours: 24 });
  assert.deepEqual(output.texts, ["1234 5678"]);
});

Deno.test("join tells a code from a link", async () => {
  const client = nodeIn([CREW]);
  const output = new FakeOutput();
  await join(client, output, "1234-5678");
  assert.deepEqual(client.asked, [{ type: "join.code", code: "12345678" }]);
  assert.deepEqual(output.texts, ['You are in "Crew"']);
  await assert.rejects(join(client, output, "http://127.0.0.1:4747/join#x"), /goes on looking/);
});

Deno.test("remove finds a member by name or id, and never guesses", async () => {
  const client = nodeIn([CREW]);
  await removeMember(client, new FakeOutput(), { space: null, peer: "Ben" });
  assert.deepEqual(client.asked.at(-1), {
    type: "member.remove",
    space: CREW.id,
    peer: BEN.peer,
  });
  await removeMember(client, new FakeOutput(), { space: null, peer: "bbbb" });
  assert.equal((client.asked.at(-1) as { peer?: string }).peer, ANA);
  const twins = nodeIn([CREW], [BEN, { ...PERSON, name: "Ben" }]);
  const remove = (peer: string) => removeMember(twins, new FakeOutput(), { space: null, peer });
  await assert.rejects(remove("Ben"), /2 members.*cccccccc, bbbbbbbb/);
  await assert.rejects(remove("Cleo"), /no member "Cleo"/);
});

Deno.test("rebuild says what was made anew, and then what was not", async () => {
  const made = { documents: 3, changes: 12, failed: 0 };
  const output = new FakeOutput();
  await rebuild(new FakeClient({ rebuild: () => made }), output);
  assert.deepEqual(output.texts, ["Made anew: 3 documents of 12 changes"]);
  assert.deepEqual(output.facts, [made]);
  const failing = new FakeClient({ rebuild: () => ({ ...made, failed: 2 }) });
  await assert.rejects(rebuild(failing, output), /2 documents could not .* are as they were/);
  assert.equal(output.texts.length, 2, "the others are said all the same");
});
