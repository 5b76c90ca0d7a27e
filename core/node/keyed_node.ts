import type { Clock } from "../base/clock.ts";
import type { PeerId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { RandomBytes } from "../base/random.ts";
import { openDocuments } from "../doc/document_worker.ts";
import type { Documents } from "../doc/documents.ts";
import type { Link } from "../net/link.ts";
import type { Store } from "../store/store.ts";
import { StoreError } from "../store/store_error.ts";
import type { Vault } from "../store/vault.ts";
import { Meetings } from "../sync/meetings.ts";
import type { Answer, Command, CommandType } from "../view/command.ts";
import { commands } from "./commands.ts";
import { Disputes } from "./disputes.ts";
import { EpochKeys } from "./epoch_keys.ts";
import { Faults } from "./faults.ts";
import type { Handlers } from "./handlers.ts";
import { Hearing } from "./hearing.ts";
import { Judgements } from "./judgements.ts";
import { Likenesses } from "./likenesses.ts";
import { Links } from "./links.ts";
import { hasLittle, isLongIn, loadFrom } from "./load.ts";
import { MembershipNews } from "./membership_news.ts";
import { Network, type NetworkChoices } from "./network.ts";
import { NodeDoors } from "./node_doors.ts";
import { Notices } from "./notices.ts";
import { Profile } from "./profile.ts";
import { Rekeying } from "./rekeying.ts";
import { tellSetAside } from "./set_aside.ts";
import type { Space } from "./space.ts";
import { Spaces } from "./spaces.ts";
import type { Tell } from "./tell.ts";
import { WaysIn } from "./ways_in.ts";

/** What a {@linkcode KeyedNode} needs; it closes neither the store nor the vault. */
export interface KeyedNodeParts {
  readonly version: string;
  readonly store: Store;
  readonly vault: Vault;
  readonly suggestedName: string;
  readonly lobby: boolean;
  readonly network: NetworkChoices;
  readonly clock: Clock;
  readonly steady: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
  readonly tell: Tell;
  readonly onLinked: (peer: PeerId, linked: boolean) => void;
  /** This device's key is in use elsewhere: nothing more is written under it. */
  readonly onClone: () => void;
}

/** A node as long as it has one key: all that is open, and what is done with it. */
export class KeyedNode {
  readonly profile: Profile;
  readonly spaces: Spaces;
  readonly notices: Notices;
  readonly #parts: KeyedNodeParts;
  readonly #faults: Faults;
  readonly #documents: Documents;
  readonly #likenesses: Likenesses;
  readonly #links: Links;
  readonly #meetings: Meetings;
  readonly #doors: NodeDoors;
  readonly #rekeying: Rekeying;
  readonly #hearing: Hearing;
  #network: Network | null = null;
  #ways: WaysIn | null = null;
  #handlers: Handlers | null = null;
  #closing: Promise<void> | undefined;
  #isChanging = false;
  /** What follows from what happened, until it is done. */
  readonly #following = new Set<Promise<void>>();

  private constructor(parts: KeyedNodeParts, notices: Notices, documents: Documents) {
    this.#parts = parts;
    this.notices = notices;
    this.#documents = documents;
    const { store, vault: { keys }, clock, steady, tell } = parts;
    const onChange = () => this.#change();
    const common = { ...parts, keys, self: keys.peer, documents, onChange };
    this.#faults = new Faults({
      tell,
      clock,
      tryWriting: () => store.tryWriting(),
      onOver: () => this.#follow(this.spaces.recover()),
    });
    this.profile = new Profile(common);
    this.#likenesses = new Likenesses({ ...common, spaces: () => this.spaces.ids() });
    const disputes = new Disputes({ store, notices });
    this.spaces = new Spaces({
      ...common,
      epochKeys: new EpochKeys(common),
      profile: this.profile,
      likenesses: this.#likenesses,
      onFault: (error) => void this.#faults.meaning(error),
      onWritten: () => this.#faults.clear(),
      onDispute: (space, dispute) => disputes.found(space, dispute),
      onReset: (space, doc, reset) => disputes.reset(space, doc, reset),
      onOpen: (space) => this.#opened(space, news),
    });
    this.#meetings = new Meetings({
      ...common,
      clock: steady,
      spaces: () => this.spaces.list(),
      extraDoors: () => this.#ways?.doors() ?? [],
      onDoor: (link, door) => this.#ways?.linkJoins.found(link, door),
      onMessage: (link, message) => this.#tolerate(() => this.#ways?.received(link, message)),
    });
    const { spaces } = this;
    this.#doors = new NodeDoors({ spaces, meetings: this.#meetings, ways: () => this.#ways });
    const timed = {
      ...common,
      clock: steady,
      spaces,
      sharing: this.#meetings.sharing.bind(this.#meetings),
      heard: this.#meetings.heard.bind(this.#meetings),
    };
    this.#rekeying = new Rekeying(timed);
    this.#hearing = new Hearing(timed);
    const news = new MembershipNews({
      ...common,
      notices,
      rekeying: this.#rekeying,
      follow: (work) => this.#follow(work),
    });
    this.#links = new Links({
      ...common,
      onLinked: (peer, linked) => {
        if (!linked) this.#ways?.gone(peer);
        parts.onLinked(peer, linked);
      },
    });
  }

  /**
   * Opens documents, spaces and the network.
   *
   * @throws {Error} when a port is taken.
   */
  static async open(parts: KeyedNodeParts): Promise<KeyedNode> {
    const { store, vault, clock, log } = parts;
    const notices = new Notices(parts);
    const onSetAside = tellSetAside(store, notices);
    const from = { load: loadFrom(store, vault.keys.peer), isLong: isLongIn(store) };
    const rehearses = hasLittle(store);
    const documents = await openDocuments({ ...from, onSetAside, clock, log, rehearses });
    const node = new KeyedNode(parts, notices, documents);
    try {
      await node.#start();
      return node;
    } catch (error) {
      await node.close();
      throw error;
    }
  }

  get peer(): PeerId {
    return this.#parts.vault.keys.peer;
  }

  /** The port that other nodes connect to; 0 when there is none. */
  get port(): number {
    return this.#network?.port ?? 0;
  }

  get linked(): PeerId[] {
    return this.#links.peers;
  }

  /** @throws {RefusedError | FaultError} as `NodeApi` says. */
  async execute<T extends CommandType>(
    command: Extract<Command, { type: T }>,
    id: string,
  ): Promise<Answer<T>> {
    try {
      const handle = this.#handlers?.[command.type as T];
      if (!handle) throw new Error("Cannot do a command: the node is not open");
      return await handle(command, id);
    } catch (error) {
      throw this.#faults.meaning(error);
    }
  }

  /** Tells tabs that all is another than it was: they were told by a node with another key before. */
  tellAll(): void {
    const { tell } = this.#parts;
    tell({ type: "self", self: this.profile.view() });
    tell({ type: "code", code: null });
    tell({ type: "asks", asks: [] });
    tell({ type: "fault", text: null });
    for (const space of this.spaces.all()) space.reset();
  }

  /** Closes everything, the network first. Twice does nothing. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #start(): Promise<void> {
    const { network: choices, vault: { keys } } = this.#parts;
    this.spaces.open();
    const network = await Network.open({
      ...this.#parts,
      choices,
      keys,
      doors: () => this.#doors.all(),
      admits: (peer, door) => this.#doors.admits(peer, door),
      circles: (peer, doors) => this.spaces.circles(peer, doors),
      seeks: (peer) => this.#ways?.seeks(peer) ?? false,
      onLink: (link) => this.#linked(link),
    });
    this.#network = network;
    this.#ways = new WaysIn({
      ...this.#parts,
      keys,
      network,
      spaces: this.spaces,
      notices: this.notices,
      likenesses: this.#likenesses,
      meetings: this.#meetings,
      onChange: () => this.#change(),
    });
    this.#handlers = commands({
      ...this.#parts,
      self: keys.peer,
      ...{ profile: this.profile, likenesses: this.#likenesses, notices: this.notices },
      faults: this.#faults,
      spaces: this.spaces,
      judgements: new Judgements({
        ...this.#parts,
        spaces: this.spaces,
        likenesses: this.#likenesses,
      }),
      ways: this.#ways,
      status: () => network.status(),
    });
    this.#change();
  }

  #linked(link: Link): void {
    this.#meetings.addLink(link);
    this.#links.add(link);
    this.#ways?.linked(link);
  }

  /** A space is open: its members are watched, and told who this person is. */
  #opened(space: Space, news: MembershipNews): void {
    if (space.members) news.watch(space, space.members);
    this.#follow(space.prepare());
  }

  /** Doors, members or spaces changed: once for all that changes in this turn. */
  #change(): void {
    if (this.#isChanging) return;
    this.#isChanging = true;
    queueMicrotask(() => {
      this.#isChanging = false;
      if (this.#closing) return;
      this.#meetings.refresh();
      this.#network?.doorsChanged();
      this.#hearing.look();
      // Who was removed was told so by now.
      this.#doors.shut();
    });
  }

  /** The link is not at fault when the disk is: the peer asks again. */
  #tolerate(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#faults.meaning(error);
    }
  }

  /** Work that nobody waits for; closing does. What the disk hindered is done when it can be written again. */
  #follow(work: Promise<void>): void {
    const following: Promise<void> = work.catch((error) => {
      this.#faults.meaning(error);
      if (error instanceof StoreError) return;
      this.#parts.log("error", "Cannot do what follows from a change", { error: String(error) });
    }).finally(() => this.#following.delete(following));
    this.#following.add(following);
  }

  async #close(): Promise<void> {
    this.#ways?.close();
    this.#rekeying.close();
    this.#hearing.close();
    for (const { sync } of this.spaces.list()) sync.farewell();
    await this.#network?.close();
    await this.#meetings.close();
    await Promise.all(this.#following);
    await this.spaces.close();
    this.#faults.close();
    await this.#documents.close();
  }
}
