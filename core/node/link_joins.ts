import type { Clock, Timer } from "../base/clock.ts";
import type { PeerId, SpaceId } from "../base/ids.ts";
import type { Link } from "../net/link.ts";
import type { Address } from "../net/transport.ts";
import { type Door, doorOf } from "../trust/door.ts";
import { inviteKeys, inviteProof } from "../trust/invite.ts";
import { type Invite, readInviteLink } from "../trust/invite_link.ts";
import { RefusedError } from "../view/api.ts";
import type { NodeMessage, RefusedMessage } from "../wire/message.ts";
import type { Arrivals } from "./arrivals.ts";
import type { Notices } from "./notices.ts";
import type { Spaces } from "./spaces.ts";

/** Links that this person follows at once. */
export const MAX_JOINS = 16;

/** What {@linkcode LinkJoins} needs. */
export interface LinkJoinsParts {
  readonly self: PeerId;
  readonly spaces: Spaces;
  readonly arrivals: Arrivals;
  readonly notices: Notices;
  /** The wall clock: invitations end by it. */
  readonly clock: Clock;
  /** Nobody sets it. */
  readonly steady: Clock;
  readonly send: (link: Link, message: NodeMessage) => void;
  /** Dials an address through a door until it is forgotten. */
  readonly dial: (address: Address, door: Door) => void;
  readonly forget: (address: Address, door: Door) => void;
  /** Dials a peer again when the link with it is gone. */
  readonly remember: (link: Link) => void;
  /** The doors are other ones. */
  readonly onChange: () => void;
}

/** A link that is followed, until this person is in or it is over. */
interface Join {
  readonly invitation: Invite;
  readonly door: Door;
  readonly done: PromiseWithResolvers<SpaceId>;
  readonly timer: Timer;
  /** Those who were asked, over the link of then. */
  readonly asked: Map<PeerId, Link>;
}

/** Follows invitations to spaces: looks for members and asks them to be let in. */
export class LinkJoins {
  readonly #parts: LinkJoinsParts;
  /** By the secret, in hex. */
  readonly #joins = new Map<string, Join>();

  constructor(parts: LinkJoinsParts) {
    this.#parts = parts;
  }

  /**
   * Follows a link. Gives the space, or `null` when nobody near let this person in yet: it goes on.
   *
   * @throws {RefusedError} when the link is no good, or whoever was asked says so.
   */
  async follow(text: string): Promise<SpaceId | null> {
    const { spaces, arrivals } = this.#parts;
    const invitation = this.#read(text);
    const there = spaces.find(invitation.space);
    if (there?.members?.own) return invitation.space;
    const refusal = spaces.refusal(invitation.space);
    if (refusal) throw refusal;
    const join = this.#joins.get(invitation.secret.toHex()) ?? this.#start(invitation);
    return await arrivals.within(join.done.promise);
  }

  /** The doors of the invitations that are followed. */
  doors(): Door[] {
    return [...this.#joins.values()].map(({ door }) => door);
  }

  /** A peer showed a door. */
  found(link: Link, door: Door): void {
    const { self, arrivals, send, remember } = this.#parts;
    const join = [...this.#joins.values()].find((join) => join.door === door);
    if (!join || join.asked.get(link.peer) === link) return;
    const { space, secret } = join.invitation;
    join.asked.set(link.peer, link);
    arrivals.expect(link.peer, space).then((space) => {
      remember(link);
      join.done.resolve(space);
    }, join.done.reject);
    const { key } = inviteKeys(secret);
    send(link, { type: "join", space, invite: key, proof: inviteProof(secret, space, self) });
  }

  /** A peer does not let this person in. Gives whether it was asked. */
  refused({ peer }: Link, reason: RefusedMessage["reason"]): void {
    for (const [name, join] of this.#joins) {
      if (!join.asked.has(peer)) continue;
      this.#parts.arrivals.cancel(peer, join.invitation.space);
      // Another may know it.
      if (reason === "unknown") continue;
      this.#end(name, join);
      join.done.reject(new RefusedError(REFUSALS[reason]));
      this.#parts.notices.add({ kind: "refused", text: REFUSALS[reason] });
    }
  }

  close(): void {
    for (const [name, join] of this.#joins) this.#end(name, join);
  }

  #read(text: string): Invite {
    const invitation = readInviteLink(text);
    if (invitation.expiresAt <= this.#parts.clock.now()) throw new RefusedError(REFUSALS.expired);
    return invitation;
  }

  #start(invitation: Invite): Join {
    const { clock, steady, dial, onChange } = this.#parts;
    if (this.#joins.size >= MAX_JOINS) {
      throw new RefusedError("Too many invitations are followed already: wait for one of them");
    }
    const name = invitation.secret.toHex();
    const done = Promise.withResolvers<SpaceId>();
    const join: Join = {
      invitation,
      door: doorOf(inviteKeys(invitation.secret).door, "invitation"),
      done,
      timer: steady.after(invitation.expiresAt - clock.now(), () => {
        this.#end(name, join);
        done.reject(new RefusedError(REFUSALS.expired));
      }),
      asked: new Map(),
    };
    this.#joins.set(name, join);
    const ended = () => this.#end(name, join);
    // Who followed it was answered long ago.
    done.promise.then(ended, () => {});
    for (const address of invitation.addresses) dial(address, join.door);
    onChange();
    return join;
  }

  #end(name: string, join: Join): void {
    if (!this.#joins.delete(name)) return;
    join.timer.cancel();
    for (const address of join.invitation.addresses) this.#parts.forget(address, join.door);
    this.#parts.onChange();
  }
}

const REFUSALS: Readonly<Record<RefusedMessage["reason"], string>> = {
  used: "This invitation was used already: each lets one person in; ask for a new one",
  expired: "This invitation has expired: ask for a new one",
  unknown: "Nobody near knows this invitation",
  wrong: "This invitation is for another space, or was altered: ask for a new one",
  over: "This invitation is over: ask for a new one",
  full: "This space is full: nobody else can be let in",
};
