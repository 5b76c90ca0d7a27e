/** Codes of eight digits between a host and guests, whatever stands between them. */
import assert from "node:assert/strict";
import { parseSpaceId, type PeerId, type SpaceId } from "../../core/base/ids.ts";
import { silentLog } from "../../core/base/log.ts";
import type { Link } from "../../core/net/link.ts";
import type { Arrivals } from "../../core/node/arrivals.ts";
import { CodeGuest } from "../../core/node/code_guest.ts";
import { CodeHost, LAST_TRY_MS } from "../../core/node/code_host.ts";
import type { Members } from "../../core/node/members.ts";
import type { Notices } from "../../core/node/notices.ts";
import { MAX_CODE_TRIES, PairingGuest } from "../../core/trust/pairing.ts";
import { CODE_MS } from "../../core/trust/pairing_code.ts";
import { RefusedError } from "../../core/view/api.ts";
import type { CodeView } from "../../core/view/view.ts";
import type { NodeMessage } from "../../core/wire/message.ts";
import { FakeClock } from "../fakes/clock.ts";
import { deviceKeys } from "../fakes/device.ts";
import { seededBytes } from "../fakes/random.ts";
import { settle } from "../fakes/settle.ts";

const SPACE = parseSpaceId("5c".repeat(16));
const [ANA, MALLORY] = [deviceKeys(1).peer, deviceKeys(3).peer];

/** One end of a link with a peer. Both ends have the same binding. */
const linkWith = (peer: PeerId, binding: number) =>
  ({ peer, binding: new Uint8Array(32).fill(binding) }) as Link;

type Say = (message: NodeMessage) => void;

function say(to: CodeHost | CodeGuest, link: Link, message: NodeMessage): void {
  // As over a real link, it comes when the sender is done.
  queueMicrotask(() => {
    if (message.type === "pair") to.received(link, message);
    else if (message.type === "refused" && to instanceof CodeGuest) {
      to.refused(link, message.reason);
    }
  });
}

/** A host at which a code is shown, with what it was told and whom it let in. */
function ana() {
  const clock = new FakeClock();
  const wires = new Map<Link, Say>();
  const [letIn, notices] = [[] as PeerId[], [] as string[]];
  const members = {
    log: { space: SPACE },
    name: "Crew",
    isDirect: false,
    isFull: false,
    must: () => {},
    role: () => null,
    letIn: ({ peer }: { peer: PeerId }) => letIn.push(peer),
  } as unknown as Members;
  let shown: CodeView | null = null;
  const host = new CodeHost({
    self: ANA,
    notices: { add: ({ text }: { text: string }) => notices.push(text) } as unknown as Notices,
    ...{ clock, steady: clock, random: seededBytes(1), log: silentLog },
    tell: (event) => shown = event.type === "code" ? event.code : shown,
    links: () => [...wires.keys()],
    send: (link, message) => wires.get(link)?.(message),
    offer: () => {},
    onChange: () => {},
  });
  return { clock, wires, letIn, notices, members, host, shown: () => shown };
}

function guest(seed: number, wire: Say) {
  const clock = new FakeClock();
  const { peer } = deviceKeys(seed);
  const arrivals = {
    expect: (_peer: PeerId, space: SpaceId) => Promise.resolve(space),
    within: <T>(promise: Promise<T>) => promise,
  } as unknown as Arrivals;
  const made = new CodeGuest({
    self: peer,
    arrivals,
    ...{ steady: clock, random: seededBytes(seed) },
    send: (_link, message) => wire(message),
    onChange: () => {},
  });
  return { peer, guest: made, clock };
}

const refused = (text: RegExp) => (error: unknown) =>
  error instanceof RefusedError && text.test(error.message);

/** A guest linked with the host. */
function linked(at: ReturnType<typeof ana>, seed: number) {
  const binding = seed;
  const [toAna, toGuest] = [linkWith(ANA, binding), linkWith(deviceKeys(seed).peer, binding)];
  const ben = guest(seed, (message) => say(at.host, toGuest, message));
  at.wires.set(toGuest, (message) => say(ben.guest, toAna, message));
  at.host.linked(toGuest);
  return ben;
}

Deno.test("the digits let in who is linked, also when they came later, and then no one", async () => {
  const at = ana();
  const { code } = at.host.show(at.members, {});
  const [ben, cleo] = [linked(at, 10), linked(at, 11)];
  assert.equal(await ben.guest.join(code), SPACE);
  assert.deepEqual(at.letIn, [ben.peer]);
  assert.equal(at.shown(), null);
  const late = cleo.guest.join(code);
  await settle();
  cleo.clock.advance(60_000);
  await assert.rejects(late, refused(/Nobody near shows a code/));
});

Deno.test("hostile 9: who stands between two fails, and the third time ends the code", async () => {
  const at = ana();
  const { code } = at.host.show(at.members, {});
  // Mallory is linked with both and passes on, unchanged, whatever either says.
  const [malloryAtAna, anaAtBen] = [linkWith(MALLORY, 1), linkWith(MALLORY, 2)];
  const ben = guest(10, (message) => say(at.host, malloryAtAna, message));
  at.wires.set(malloryAtAna, (message) => say(ben.guest, anaAtBen, message));
  at.host.linked(malloryAtAna);
  for (let tries = MAX_CODE_TRIES - 1; tries > 0; tries--) {
    await assert.rejects(ben.guest.join(code), refused(/digits are wrong/));
    assert.equal(at.shown()?.tries, tries);
  }
  await assert.rejects(ben.guest.join(code), refused(/has ended/));
  assert.equal(at.shown(), null);
  assert.match(at.notices.join(), /typed wrong too often/);
  assert.deepEqual(at.letIn, []);
});

Deno.test("hostile 10: of a thousand who guess at once three are answered", async () => {
  const at = ana();
  const { code } = at.host.show(at.members, {});
  const answered: PeerId[] = [];
  const sides = { guest: MALLORY, host: ANA, binding: new Uint8Array(32) };
  const { message } = new PairingGuest("12345678", sides, seededBytes(2));
  for (let i = 0; i < 1000; i++) {
    const link = linkWith(deviceKeys(100 + i % 7).peer, i);
    at.wires.set(link, (reply) => {
      if (reply.type === "pair" && reply.step === "reply") answered.push(link.peer);
    });
    at.host.received(link, { type: "pair", step: "start", bytes: message });
  }
  await settle();
  assert.equal(answered.length, MAX_CODE_TRIES);
  assert.equal(at.shown()?.tries, 0);
  at.clock.advance(LAST_TRY_MS);
  assert.equal(at.shown(), null);
  const ben = linked(at, 10);
  const late = ben.guest.join(code);
  await settle();
  ben.clock.advance(60_000);
  await assert.rejects(late, refused(/Nobody near/));
  assert.deepEqual(at.letIn, []);
});

Deno.test("a code ends after five minutes, and when another is shown or it is hidden", async () => {
  const at = ana();
  const first = at.host.show(at.members, {});
  assert.equal(first.expiresAt, at.clock.now() + CODE_MS);
  const second = at.host.show(at.members, {});
  assert.notEqual(first.code, second.code);
  const ben = linked(at, 10);
  await assert.rejects(ben.guest.join(first.code), refused(/wrong/));
  at.clock.advance(CODE_MS);
  assert.equal(at.shown(), null);
  const third = at.host.show(at.members, {});
  at.host.hide();
  await settle();
  const late = ben.guest.join(third.code);
  await settle();
  ben.clock.advance(60_000);
  await assert.rejects(late, refused(/Nobody near/));
});
