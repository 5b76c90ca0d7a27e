import type { Clock } from "../base/clock.ts";
import type { PeerId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { RandomBytes } from "../base/random.ts";
import type { Role } from "../base/role.ts";
import type { Link } from "../net/link.ts";
import type { Address } from "../net/transport.ts";
import { type Door, doorOf } from "../trust/door.ts";
import { INVITE_MS, INVITE_SECRET_BYTES, inviteKeys, isProof } from "../trust/invite.ts";
import { writeInviteLink } from "../trust/invite_link.ts";
import type { DeviceKeys } from "../trust/device_keys.ts";
import type { InviteState } from "../trust/member_views.ts";
import { RefusedError } from "../view/api.ts";
import type { Answer } from "../view/command.ts";
import type { JoinMessage, NodeMessage, RefusedMessage } from "../wire/message.ts";
import { identityOf } from "./identity.ts";
import type { Members } from "./members.ts";
import type { Notices } from "./notices.ts";
import type { Space } from "./space.ts";
import type { Spaces } from "./spaces.ts";

/** How long one that is used or over is still answered with why it does not let in, in milliseconds. */
export const ANSWERED_MS = 7 * 24 * 60 * 60 * 1000;
/** Invitations of a space that are answered at once; the newest. */
export const MAX_ANSWERED = 64;

const HOUR_MS = 60 * 60 * 1000;

/** What {@linkcode Invites} needs. */
export interface InvitesParts {
  readonly keys: DeviceKeys;
  readonly spaces: Spaces;
  readonly notices: Notices;
  /** The wall clock: invitations end by it. */
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
  /** Where others may dial this node. */
  readonly addresses: () => readonly Address[];
  readonly send: (link: Link, message: NodeMessage) => void;
  /** Sends the log of a space to a peer that was let in. */
  readonly offer: (link: Link, space: Space) => void;
}

/** A peer that is refused more often on one link loses it. */
export const MAX_REFUSALS = 8;

type Reason = RefusedMessage["reason"];

/** Lets people in by links: any member who may does it, whoever made the link. */
export class Invites {
  readonly #parts: InvitesParts;
  /** A door's secret in hex → the door: the same object each time. */
  readonly #doors = new Map<string, Door>();
  readonly #refusals = new WeakMap<Link, number>();

  constructor(parts: InvitesParts) {
    this.#parts = parts;
  }

  /** Makes a link that lets one person in. */
  make(
    members: Members,
    { role = "member", hours }: { role?: Role; hours?: number },
  ): Answer<"invite.link"> {
    const { keys, clock, random, addresses } = this.#parts;
    if (members.isDirect) throw new RefusedError("A private space of two takes nobody else in");
    members.must("invite");
    const secret = random(INVITE_SECRET_BYTES);
    const { key, door } = inviteKeys(secret);
    const expiresAt = clock.now() + (hours === undefined ? INVITE_MS : hours * HOUR_MS);
    members.write({ type: "invite", key, door, role, expiresAt });
    const link = writeInviteLink({
      ...{ space: members.log.space, secret, expiresAt },
      ...{ host: keys.peer, addresses: addresses() },
    });
    return { link, expiresAt };
  }

  /** The doors at which the invited call; also of invitations that let in no more, to say so. */
  doors(): Door[] {
    const doors = new Map<string, Door>();
    for (const { invite: { door } } of this.#answered()) {
      const name = door.toHex();
      doors.set(name, this.#doors.get(name) ?? doorOf(door, "invitation"));
    }
    this.#doors.clear();
    for (const [name, door] of doors) this.#doors.set(name, door);
    return [...doors.values()];
  }

  /** Whether a peer may come through a door: not by an invitation that is over if it was a member once. */
  admits(peer: PeerId, door: Door): boolean {
    for (const { members, invite } of this.#answered()) {
      if (this.#doors.get(invite.door.toHex()) !== door) continue;
      const isOpen = invite.state === "open" && invite.expiresAt > this.#parts.clock.now();
      if (isOpen || members.role(peer) || !members.has(peer)) return true;
    }
    return false;
  }

  *#answered(): Generator<{ readonly members: Members; readonly invite: InviteState }> {
    const { spaces, clock } = this.#parts;
    const since = clock.now() - ANSWERED_MS;
    for (const { members } of spaces.privates()) {
      if (!members.mayWrite) continue;
      for (const invite of members.invites(since, MAX_ANSWERED)) yield { members, invite };
    }
  }

  /** A peer asks to be let in. */
  received(link: Link, message: JoinMessage): void {
    const { spaces, log, send, offer, clock } = this.#parts;
    const found = spaces.find(message.space);
    if (found?.members?.role(link.peer)) return offer(link, found);
    const why = this.#reason(link, message, found);
    if (why !== null) {
      const refusals = (this.#refusals.get(link) ?? 0) + 1;
      this.#refusals.set(link, refusals);
      if (refusals > MAX_REFUSALS) return link.close("it asks to be let in again and again");
      log("warn", "Somebody was not let in", {
        peer: link.peer,
        space: message.space,
        reason: why,
      });
      this.#note(why, found);
      return send(link, { type: "refused", what: "join", reason: why });
    }
    const invite = found?.members && inviteOf(found.members, message);
    if (!found?.members || !invite) return;
    const { proof, invite: key } = message;
    found.members.letIn(identityOf(link), invite.role, { key, proof });
    log("info", "Let somebody in", { peer: link.peer, space: message.space, at: clock.now() });
    offer(link, found);
  }

  /** Why a peer is not let in, or `null`. */
  #reason(link: Link, message: JoinMessage, space: Space | undefined): Reason | null {
    const { spaces, clock } = this.#parts;
    const { invite: key, proof } = message;
    const members = space?.members;
    const invite = members && inviteOf(members, message);
    if (!members || !invite) {
      const elsewhere = [...spaces.privates()].some(({ members }) => inviteOf(members, message));
      return elsewhere ? "wrong" : "unknown";
    }
    if (!isProof(key, proof, message.space, link.peer)) return "wrong";
    if (invite.state === "used") return "used";
    if (invite.expiresAt <= clock.now()) return "expired";
    if (invite.state === "dead") return "over";
    if (!members.mayWrite) return "unknown";
    return members.isFull ? "full" : null;
  }

  #note(reason: Reason, space: Space | undefined): void {
    const name = space?.members?.name;
    const into = name === undefined ? "a space" : `“${name}”`;
    const text = `Somebody tried to come into ${into} with an invitation that ${WHY[reason]}`;
    this.#parts.notices.add({ kind: "refused", space: space?.space ?? null, text });
  }
}

const WHY: Readonly<Record<Reason, string>> = {
  used: "was used before",
  expired: "has expired",
  unknown: "is not known here",
  wrong: "is for another space or was altered",
  over: "is over",
  full: "finds no room: the space is full",
};

function inviteOf(members: Members, { invite }: JoinMessage): InviteState | undefined {
  return members.invite(invite.toHex());
}
