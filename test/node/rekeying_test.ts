import assert from "node:assert/strict";
import type { PeerId } from "../../core/base/ids.ts";
import type { Role } from "../../core/base/role.ts";
import { silentLog } from "../../core/base/log.ts";
import type { Members } from "../../core/node/members.ts";
import { REKEY_PAUSE_MS, Rekeying } from "../../core/node/rekeying.ts";
import { FakeClock } from "../fakes/clock.ts";
import { deviceKeys } from "../fakes/device.ts";

const [ANA, BEN, CLEO] = [1, 2, 3].map((seed) => deviceKeys(seed).peer) as [PeerId, PeerId, PeerId];

/** A space in which Ana is the most senior admin, then Ben, then Cleo; one of them is this node. */
function space(self: PeerId, { linked, own = "admin" }: { linked: PeerId[]; own?: Role }) {
  const clock = new FakeClock();
  const members = new Map([ANA, BEN, CLEO].map((peer) => [peer, { peer, role: "admin" }]));
  const membership = { rekeyDue: true, members };
  let begun = 0;
  const watched = {
    own,
    log: { space: "5c", membership },
    rekey: () => {
      begun++;
      membership.rekeyDue = false;
    },
  } as unknown as Members;
  const rekeying = new Rekeying({ self, clock, log: silentLog, sharing: () => linked });
  return { clock, membership, watched, rekeying, begun: () => begun };
}

Deno.test("rekeying: the most senior admin that is there begins an epoch at once", () => {
  const ana = space(ANA, { linked: [BEN, CLEO] });
  ana.rekeying.check(ana.watched);
  ana.clock.advance(0);
  assert.equal(ana.begun(), 1);
  // Ana is away.
  const ben = space(BEN, { linked: [CLEO] });
  ben.rekeying.check(ben.watched);
  ben.clock.advance(0);
  assert.equal(ben.begun(), 1);
});

Deno.test("rekeying: the others wait, and begin one only if it is still due", () => {
  const cleo = space(CLEO, { linked: [ANA, BEN] });
  cleo.rekeying.check(cleo.watched);
  cleo.clock.advance(2 * REKEY_PAUSE_MS - 1);
  assert.equal(cleo.begun(), 0);
  cleo.clock.advance(1);
  assert.equal(cleo.begun(), 1);

  const late = space(CLEO, { linked: [ANA] });
  late.rekeying.check(late.watched);
  late.membership.rekeyDue = false;
  late.rekeying.check(late.watched);
  late.clock.advance(60_000);
  assert.deepEqual([late.begun(), late.clock.waiting], [0, 0]);
});

Deno.test("rekeying: who is no admin begins none", () => {
  const ben = space(BEN, { linked: [], own: "member" });
  ben.rekeying.check(ben.watched);
  ben.clock.advance(60_000);
  assert.equal(ben.begun(), 0);
});
