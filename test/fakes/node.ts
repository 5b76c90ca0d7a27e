import { type Clock, systemClock } from "../../core/base/clock.ts";
import type { PeerId, SpaceId } from "../../core/base/ids.ts";
import { FaultError, type NodeApi, RefusedError } from "../../core/view/api.ts";
import type { Answer, Command, CommandType } from "../../core/view/command.ts";
import type { Event } from "../../core/view/event.ts";
import { unknownPerson } from "../../core/view/people_words.ts";
import type {
  AskView,
  CodeView,
  NoticeView,
  PeerView,
  SelfView,
  Snapshot,
  SpaceView,
} from "../../core/view/view.ts";
import { FakeCommands } from "./fake_commands.ts";
import { type FakeHost, FakeSpace } from "./fake_space.ts";

/** A node in memory, as routes see it: nobody is linked, others are worked by hand. */
export class FakeNode implements NodeApi, FakeHost {
  self: SelfView;
  peers: PeerView[] = [];
  fault: string | null = null;
  code: CodeView | null = null;
  asks: AskView[] = [];
  notices: NoticeView[] = [];
  /** Refuses every writing command with a fault while set. */
  failing: string | null = null;
  /** Whom an invitation leads to: the space that is joined, or `null` while nobody is near. */
  onJoin: () => FakeSpace | null = () => null;
  /** Commands that were done, in order. */
  readonly done: Command[] = [];
  readonly spaces = new Map<SpaceId, FakeSpace>();
  /** The space that is open to the network; one turned off is not among the spaces. */
  readonly lobby: FakeSpace;
  readonly clock: Clock;
  readonly #refusals = new Map<CommandType, string>();
  readonly #paused = new Map<CommandType, Promise<void>>();
  readonly #listeners = new Set<(event: Event) => void>();
  readonly #answers = new Map<string, unknown>();
  readonly #commands: FakeCommands;
  #counter = 1;

  constructor(clock: Clock = systemClock) {
    this.clock = clock;
    this.self = { peer: this.peerId(0), name: null, colour: 7, suggestedName: "Robin" };
    this.#commands = new FakeCommands(this);
    this.lobby = this.addSpace("Lobby", { kind: "lobby", role: "member" });
  }

  get own(): PeerId {
    return this.self.peer;
  }

  /** Peer number `n`; all differ from the first digit on. */
  peerId(n: number): PeerId {
    return Array.from(
      { length: 8 },
      (_, i) => (Math.imul(n * 8 + i + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0"),
    ).join("") as PeerId;
  }

  number(digits: number): string {
    return (this.#counter++).toString(16).padStart(digits, "0");
  }

  /** The node was started without the Lobby. */
  closeLobby(): void {
    this.spaces.delete(this.lobby.id);
  }

  /** A space with the channel general, whose admin this person is. */
  addSpace(name: string, changes: Partial<SpaceView> = {}): FakeSpace {
    const digest = Math.imul(this.spaces.size + 3, 0x9e3779b1) >>> 0;
    const space = new FakeSpace(this, {
      id: `${digest.toString(16).padStart(8, "5")}${this.number(24)}` as SpaceId,
      name,
      kind: "private",
      role: "admin",
      unread: 0,
      unheard: 0,
      peer: null,
      progress: null,
      ...changes,
    });
    this.spaces.set(space.id, space);
    this.tell({ type: "space", view: space.view });
    space.addChannel("general");
    return space;
  }

  /** A private space of this person and peer `n`. */
  addDirect(n: number, name: string): FakeSpace {
    const space = this.addSpace(name, { kind: "direct", peer: this.peerId(n) });
    space.setPerson(n, { name, role: "admin" });
    return space;
  }

  addChannel: FakeSpace["addChannel"] = (...of) => this.lobby.addChannel(...of);
  addNote: FakeSpace["addNote"] = (...of) => this.lobby.addNote(...of);
  setPerson: FakeSpace["setPerson"] = (...of) => this.lobby.setPerson(...of);
  say: FakeSpace["say"] = (...of) => this.lobby.say(...of);
  hold: FakeSpace["hold"] = (...of) => this.lobby.hold(...of);
  typing: FakeSpace["typing"] = (...of) => this.lobby.typing(...of);

  setFault(text: string | null): void {
    this.fault = text;
    this.tell({ type: "fault", text });
  }

  setCode(code: CodeView | null): void {
    this.code = code;
    this.tell({ type: "code", code });
  }

  setAsks(asks: AskView[]): void {
    this.asks = asks;
    this.tell({ type: "asks", asks });
  }

  setNotices(notices: NoticeView[]): void {
    this.notices = notices;
    this.tell({ type: "notices", notices });
  }

  addNotice(kind: NoticeView["kind"], text: string, more: Partial<NoticeView> = {}): void {
    const id = this.#counter++;
    const at = this.clock.now();
    const notice = { id, kind, at, text, space: null, peer: null, detail: null, ...more };
    this.setNotices([...this.notices, notice]);
  }

  /** Peer `n`, whose name is this, asks for a private space of two. */
  askedBy(n: number, name: string): void {
    const peer = this.peerId(n);
    this.setAsks([...this.asks, { peer, name, from: "them", words: this.words(peer) }]);
  }

  /** The person who was asked accepts. */
  acceptedBy(n: number, name: string): FakeSpace {
    this.setAsks(this.asks.filter(({ peer }) => peer !== this.peerId(n)));
    return this.addDirect(n, name);
  }

  /** Five words for a peer, always the same. */
  words(peer: PeerId): string[] {
    const list = ["anchor", "bright", "cabin", "denim", "ember", "fabric", "galaxy", "hazel"];
    return [0, 1, 2, 3, 4].map((at) => list[parseInt(peer[at] ?? "0", 16) % list.length]!);
  }

  /** Refuses the commands of a type, or no more with `null`. */
  refuse(type: CommandType, text: string | null): void {
    if (text === null) this.#refusals.delete(type);
    else this.#refusals.set(type, text);
  }

  /** Leaves commands of a type unanswered until the result is called. */
  pause(type: CommandType): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#paused.set(type, promise);
    return () => {
      this.#paused.delete(type);
      resolve();
    };
  }

  tell(event: Event): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  subscribe(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** How many listen. */
  get listeners(): number {
    return this.#listeners.size;
  }

  async execute<T extends CommandType>(
    command: Extract<Command, { type: T }>,
    id: string,
  ): Promise<Answer<T>> {
    await this.#paused.get(command.type);
    if (!this.#answers.has(id)) {
      this.#answers.set(id, this.#do(command));
      this.done.push(command);
    }
    return this.#answers.get(id) as Answer<T>;
  }

  snapshot(wanted?: SpaceId): Snapshot {
    const views = [...this.spaces.values()].sort((a, b) =>
      Number(b === this.lobby) - Number(a === this.lobby) ||
      a.view.name.localeCompare(b.view.name)
    );
    const shown = (wanted && this.spaces.get(wanted)) ?? views[0];
    return {
      version: "0.1.0",
      self: this.self,
      spaces: views.map(({ view }) => view),
      space: shown?.view ?? null,
      channels: shown?.channels ?? [],
      notes: shown?.notes ?? [],
      people: shown?.people ?? [],
      code: this.code,
      asks: this.asks,
      notices: this.notices,
      fault: this.fault,
    };
  }

  /** Changes what is known of a person in every space they are in. */
  changePerson(peer: PeerId, changes: { verified: boolean } | { muted: boolean }): void {
    for (const space of this.spaces.values()) {
      const person = space.people.find((one) => one.peer === peer);
      if (person) space.putPerson({ ...person, ...changes });
    }
  }

  /** The name by which a peer is known in the lobby. */
  nameOf(peer: PeerId): string {
    return (this.lobby.people.find((one) => one.peer === peer) ?? unknownPerson(peer)).name;
  }

  #do(command: Command): unknown {
    if (this.failing && /send|create|set$/.test(command.type)) throw new FaultError(this.failing);
    const refusal = this.#refusals.get(command.type);
    if (refusal !== undefined) throw new RefusedError(refusal);
    try {
      return this.#commands.act(command);
    } catch (error) {
      if (error instanceof RangeError) throw new RefusedError(error.message);
      throw error;
    }
  }
}
