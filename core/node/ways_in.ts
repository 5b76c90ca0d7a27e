import type { Clock } from "../base/clock.ts";
import type { PeerId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { RandomBytes } from "../base/random.ts";
import type { Link } from "../net/link.ts";
import type { Store } from "../store/store.ts";
import type { Meetings } from "../sync/meetings.ts";
import type { DeviceKeys } from "../trust/device_keys.ts";
import type { Door } from "../trust/door.ts";
import { LOBBY } from "../trust/lobby.ts";
import { RefusedError } from "../view/api.ts";
import type { AskView, CodeView } from "../view/view.ts";
import type { MeetMessage, NodeMessage } from "../wire/message.ts";
import { Arrivals } from "./arrivals.ts";
import { Asks } from "./asks.ts";
import { CodeGuest } from "./code_guest.ts";
import { CodeHost } from "./code_host.ts";
import { identityOf } from "./identity.ts";
import { Invites } from "./invites.ts";
import type { Likenesses } from "./likenesses.ts";
import { LinkJoins } from "./link_joins.ts";
import type { Network } from "./network.ts";
import type { Notices } from "./notices.ts";
import { UNNAMED } from "./people.ts";
import { Search } from "./search.ts";
import type { Spaces } from "./spaces.ts";
import type { Tell } from "./tell.ts";

/** What {@linkcode WaysIn} needs. */
export interface WaysInParts {
  readonly keys: DeviceKeys;
  readonly store: Store;
  readonly spaces: Spaces;
  readonly likenesses: Likenesses;
  readonly notices: Notices;
  readonly clock: Clock;
  readonly steady: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
  readonly tell: Tell;
  readonly meetings: Meetings;
  readonly network: Network;
  /** The doors are other ones. */
  readonly onChange: () => void;
}

/** All ways into spaces: by link, by code and by request; to others and from them. */
export class WaysIn {
  readonly invites: Invites;
  readonly linkJoins: LinkJoins;
  readonly codeHost: CodeHost;
  readonly codeGuest: CodeGuest;
  readonly asks: Asks;
  readonly #parts: WaysInParts;
  readonly #arrivals: Arrivals;
  readonly #search: Search;

  constructor(parts: WaysInParts) {
    this.#parts = parts;
    const { keys, store, spaces, likenesses, meetings, network, steady } = parts;
    const self = keys.peer;
    const arrivals = this.#arrivals = new Arrivals({
      clock: steady,
      expect: (...args) => meetings.expect(...args),
      admit: (...args) => spaces.admit(...args),
      refusal: (space) => spaces.refusal(space),
      missed: (space) => spaces.missed(space),
    });
    const common = {
      ...parts,
      self,
      arrivals,
      send: (link: Link, message: NodeMessage) => void meetings.send(link.peer, message),
    };
    this.#search = new Search({ ...common, clock: steady, isNear: (peer) => this.#isNear(peer) });
    this.invites = new Invites({
      ...common,
      addresses: () => network.addresses(),
      offer: ({ peer }, { space }) => meetings.offer(peer, space),
    });
    this.linkJoins = new LinkJoins({
      ...common,
      dial: (address, door) => network.add(address, door),
      forget: (address, door) => network.forget(address, door),
      remember: (link) => network.remember(link),
    });
    this.codeHost = new CodeHost({
      ...common,
      links: () => meetings.links(),
      offer: (peer, space) => meetings.offer(peer, space),
    });
    this.codeGuest = new CodeGuest(common);
    this.asks = new Asks({
      ...common,
      clock: steady,
      isNear: (peer) => this.#isNear(peer) && store.marks.mutedAt(peer) === 0,
      name: (peer) => likenesses.name(peer) ?? UNNAMED,
      send: (peer, message) => meetings.send(peer, message),
      direct: (peer) => spaces.direct(peer)?.view() ?? null,
      make: (peer) => this.#makeDirect(parts, peer),
      offer: (peer, space) => meetings.offer(peer, space),
    });
  }

  /** The code that is shown now. */
  get code(): CodeView | null {
    return this.codeHost.view();
  }

  /** Requests that wait for an answer. */
  get waiting(): AskView[] {
    return this.asks.all();
  }

  /** Doors of open and followed invitations, as they are shown to peers. */
  doors(): Door[] {
    return [...this.linkJoins.doors(), ...this.invites.doors()];
  }

  /** Whether a peer may be linked that comes through the door of an invitation. */
  admits(peer: PeerId, door: Door): boolean {
    return this.linkJoins.doors().includes(door) || this.invites.admits(peer, door);
  }

  /** Whether a code is shown or typed here. */
  get isPairing(): boolean {
    return this.codeHost.isShown || this.codeGuest.isTrying;
  }

  /** Whether a peer is to be linked though it was not chosen: who shows a code, or types one, may be anyone. */
  seeks(peer: PeerId | undefined): boolean {
    return this.isPairing || this.#search.seeks(peer);
  }

  /**
   * Sees to a link with a person who is in the lobby.
   * @throws {RefusedError} when there is no way to have one.
   */
  async reach(peer: PeerId): Promise<void> {
    const { spaces, likenesses } = this.#parts;
    const isFar = () => !this.#isNear(peer) && spaces.find(LOBBY)?.people.view(peer).here;
    if (isFar()) await this.#search.find(peer);
    if (!isFar()) return;
    throw new RefusedError(
      `${
        likenesses.name(peer) ?? UNNAMED
      } is here, but their machine cannot be reached from this ` +
        "one: send them an invitation",
    );
  }

  /** A peer's node is linked. */
  linked(link: Link): void {
    this.codeHost.linked(link);
  }

  /** It is linked no longer. */
  gone(peer: PeerId): void {
    this.asks.gone(peer);
    this.codeGuest.gone(peer);
  }

  /** Takes what a peer says. */
  received(link: Link, message: Exclude<NodeMessage, MeetMessage>): void {
    switch (message.type) {
      case "join":
        return this.invites.received(link, message);
      case "pair":
        this.codeHost.received(link, message);
        return this.codeGuest.received(link, message);
      case "ask":
        return this.asks.received(link.peer, message);
      case "refused":
        return message.what === "join"
          ? this.linkJoins.refused(link, message.reason)
          : this.codeGuest.refused(link, message.reason);
    }
  }

  close(): void {
    this.#search.close();
    this.linkJoins.close();
    this.codeHost.close();
    this.codeGuest.close();
    this.#arrivals.close();
  }

  #isNear(peer: PeerId): boolean {
    return this.#parts.meetings.sharing(LOBBY).includes(peer);
  }

  #makeDirect({ spaces, meetings }: WaysInParts, peer: PeerId) {
    const there = spaces.direct(peer);
    if (there) return there.space;
    const link = meetings.link(peer);
    if (!link) throw new RangeError("Cannot make a space of two: the other is not linked");
    const { space, members } = spaces.create("Direct", true);
    members.letIn(identityOf(link), "admin", null);
    return space.space;
  }
}
