import { batch, type ReadonlySignal, signal } from "@preact/signals";
import type { Clock } from "../../base/clock.ts";
import type { ChannelId, MessageId } from "../../base/ids.ts";
import { FaultError, RefusedError } from "../api.ts";
import type { Place } from "../command.ts";
import type { Event } from "../event.ts";
import type { PeerView } from "../view.ts";
import type { Asker } from "./asker.ts";
import { DisconnectedError } from "./asker.ts";
import { ChannelHistory } from "./channel_history.ts";
import type { Connection, ConnectionState } from "./connection.ts";
import { Drafts } from "./drafts.ts";
import { Outbox } from "./outbox.ts";
import { EventPace } from "./event_pace.ts";
import { applyEvent, stateOf, type TabState, withoutPresence } from "./tab_state.ts";
import type { TextStorage } from "./text_storage.ts";

/** All that one tab knows and does, for its islands to read and call. */
export class TabSession {
  readonly drafts: Drafts;
  readonly outbox: Outbox;
  readonly #connection: Connection;
  readonly #connectionState = signal<ConnectionState>("starting");
  readonly #state = signal<TabState | null>(null);
  readonly #histories = new Map<ChannelId, ChannelHistory>();
  readonly #readTo = new Map<ChannelId, MessageId>();
  readonly #pace: EventPace;
  readonly #ends: (() => void)[] = [];
  /** Events told while a snapshot is asked for, else `null`. */
  #meanwhile: Event[] | null = null;
  #place: Place = null;

  constructor(parts: { connection: Connection; storage: TextStorage; clock: Clock }) {
    this.#connection = parts.connection;
    this.#pace = new EventPace(parts.clock, (events) => {
      batch(() => events.forEach((event) => this.#take(event)));
    });
    this.drafts = new Drafts(parts.storage);
    this.outbox = new Outbox({ ...parts, asker: parts.connection });
  }

  get asker(): Asker {
    return this.#connection;
  }

  get connection(): ReadonlySignal<ConnectionState> {
    return this.#connectionState;
  }

  /** `null` until the first snapshot came; while the node is away, as it last was. */
  get state(): ReadonlySignal<TabState | null> {
    return this.#state;
  }

  /** Connects, and stays so until closed. */
  start(): void {
    this.#ends.push(
      this.#connection.onState((state) => this.#connectionState.value = state),
      this.#connection.onEvent((event) => this.#pace.take(event, this.#isOwnMessage(event))),
      this.#connection.onConnection((connected) => {
        this.#pace.flush();
        if (connected) return void this.#refresh();
        const state = this.#state.value;
        if (state) this.#state.value = withoutPresence(state);
      }),
    );
    this.outbox.start();
    this.#connection.tryNow();
  }

  /** A channel's messages; loading begins with the first call. */
  history(channel: ChannelId): ChannelHistory {
    let history = this.#histories.get(channel);
    if (!history) {
      history = new ChannelHistory(channel, this.#connection);
      this.#histories.set(channel, history);
      if (this.#connection.connected) void history.refresh();
    }
    return history;
  }

  /** Notes that the person has seen all up to a message. */
  markRead(channel: ChannelId, message: MessageId): void {
    const state = this.#state.value;
    const view = state?.channels.find(({ id }) => id === channel);
    if (!state || !view || (view.readTo && view.readTo >= message)) return;
    this.#readTo.set(channel, message);
    this.#state.value = applyEvent(state, {
      type: "channel",
      channel: { ...view, readTo: message, unread: 0 },
    });
    this.#tell({ type: "read.mark", channel, message });
  }

  /** Tells the others where the person is. */
  setPlace(place: Place): void {
    if (JSON.stringify(place) === JSON.stringify(this.#place)) return;
    this.#place = place;
    this.#tell({ type: "place.set", place });
  }

  /** The node's links and attempts now. @throws {DisconnectedError} when the node is away */
  peers(): Promise<readonly PeerView[]> {
    return this.#connection.ask({ type: "peers" });
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end();
    this.#pace.close();
    this.outbox.close();
    this.#connection.close();
  }

  // What does not arrive is told again after the next connection, by #refresh. What the node refuses or
  // cannot do is not worth a word of its own: these are hints, and its fault is told by an event.
  #tell(command: Parameters<Asker["ask"]>[0]): void {
    this.#connection.ask(command).catch((error) => {
      const told = [DisconnectedError, RefusedError, FaultError];
      if (!told.some((kind) => error instanceof kind)) throw error;
    });
  }

  // It is told before its answer, and takes its entry's place in the outbox.
  #isOwnMessage(event: Event): boolean {
    return event.type === "message" && event.message.author === this.#state.value?.self.peer;
  }

  #take(event: Event): void {
    this.#meanwhile?.push(event);
    const state = this.#state.value;
    if (state) this.#state.value = applyEvent(state, this.#withReadMark(event));
    if (event.type === "message") {
      const { message } = event;
      if (message.author === state?.self.peer) this.outbox.met(message);
      this.#histories.get(message.channel)?.add(message);
    } else if (event.type === "held") {
      for (const history of this.#histories.values()) history.held(event.messages);
    }
  }

  /** What was told before the node heard of the newest read mark does not take that back. */
  #withReadMark(event: Event): Event {
    if (event.type !== "channel") return event;
    const readTo = this.#readTo.get(event.channel.id);
    if (!readTo || (event.channel.readTo ?? "") >= readTo) return event;
    return { ...event, channel: { ...event.channel, readTo, unread: 0 } };
  }

  async #refresh(): Promise<void> {
    const meanwhile: Event[] = this.#meanwhile = [];
    try {
      const snapshot = await this.#connection.ask({ type: "snapshot" });
      // Each event holds a whole view, so telling one again that the snapshot knows does no harm.
      this.#state.value = meanwhile.reduce(applyEvent, stateOf(snapshot));
    } catch (error) {
      if (error instanceof DisconnectedError) return;
      throw error;
    } finally {
      if (this.#meanwhile === meanwhile) this.#meanwhile = null;
    }
    for (const [channel, message] of this.#readTo) this.markRead(channel, message);
    if (this.#place) this.#tell({ type: "place.set", place: this.#place });
    await Promise.all([...this.#histories.values()].map((history) => history.refresh()));
  }
}
