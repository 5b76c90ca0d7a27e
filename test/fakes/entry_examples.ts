/** One entry of each kind, with keys of tests: the vectors of PROTOCOL.md, MEMB. */
import type { ActorId, DocId, EntryHash, SpaceId } from "../../core/base/ids.ts";
import type { EntryBody } from "../../core/trust/entry_body.ts";
import { inviteKeys, inviteProof } from "../../core/trust/invite.ts";
import { deviceKeys } from "./device.ts";
import { AT, fakeSeal, identityOf, SpaceLog } from "./space_log.ts";

const [ANN, BEN, CAT, DAN] = [deviceKeys(1), deviceKeys(2), deviceKeys(3), deviceKeys(4)];
const SECRET = new Uint8Array(16).fill(7);

const cut = {
  rest: true,
  docs: [
    ["note/" + "0c".repeat(16) as DocId, []],
    ["space" as DocId, [["0a".repeat(16) as ActorId, 3]]],
  ],
} as const;

/** A log in which each entry rests on the one before. */
export function exampleLog(): SpaceLog {
  const log = new SpaceLog(ANN);
  const { key, door } = inviteKeys(SECRET);
  const proof = inviteProof(SECRET, log.space, BEN.peer);
  const join = { type: "join", role: "member", invite: null, replaces: null } as const;
  const steps: [typeof ANN, EntryBody][] = [
    [ANN, { type: "invite", key, door, role: "member", expiresAt: AT + 1000 }],
    [ANN, {
      ...join,
      identity: identityOf(BEN),
      invite: { key, proof },
      seals: [fakeSeal(BEN.peer)],
    }],
    [ANN, { ...join, identity: identityOf(CAT), seals: [fakeSeal(CAT.peer)] }],
    [BEN, { ...join, identity: identityOf(DAN), replaces: BEN.peer, seals: [] }],
    [ANN, { type: "role", peer: CAT.peer, role: "admin", cut: null }],
    [ANN, { type: "role", peer: DAN.peer, role: "reader", cut }],
    [ANN, { type: "remove", peer: CAT.peer, cut, seals: [fakeSeal(ANN.peer)] }],
    [ANN, { type: "rekey", seals: [fakeSeal(ANN.peer), fakeSeal(DAN.peer)] }],
    [DAN, { type: "remove", peer: DAN.peer, cut: { docs: [], rest: true }, seals: [] }],
  ];
  for (const [author, body] of steps) log.add(author, body);
  return log;
}

/** Where a vector is checked against. */
export interface EntryVector {
  readonly what: string;
  readonly bytes: string;
  readonly signature: string;
  readonly hash: EntryHash;
  readonly space: SpaceId;
}
