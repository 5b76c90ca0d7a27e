import { batch, type ReadonlySignal, signal } from "@preact/signals";
import type { Clock } from "../../base/clock.ts";
import type { ChannelId, MessageId, SpaceId } from "../../base/ids.ts";
import { FaultError, RefusedError } from "../api.ts";
import type { Place } from "../command.ts";
import type { Event } from "../event.ts";
import type { PeerView } from "../view.ts";
import type { Asker } from "./asker.ts";
import { DisconnectedError } from "./asker.ts";
import type { ChannelHistory } from "./channel_history.ts";
import type { Connection, ConnectionState } from "./connection.ts";
import { Drafts } from "./drafts.ts";
import { EventPace } from "./event_pace.ts";
import { Histories } from "./histories.ts";
import { Outbox } from "./outbox.ts";
import { ReadMarks } from "./read_marks.ts";
import {
  applyEvent,
  showing,
  stateOf,
  type TabState,
  withoutPresence,
  withShown,
} from "./tab_state.ts";
import type { TextStorage } from "./text_storage.ts";

/** All that one tab knows and does, for its islands to read and call. */
export class TabSession {
  readonly drafts: Drafts;
  readonly outbox: Outbox;
  readonly #connection: Connection;
  readonly #connectionState = signal<ConnectionState>("starting");
  readonly #state = signal<TabState | null>(null);
  readonly #loading = signal(false);
  readonly #histories: Histories;
  readonly #marks = new ReadMarks();
  readonly #pace: EventPace;
  readonly #ends: (() => void)[] = [];
  /** The space to show; `null` is the first. */
  #wanted: SpaceId | null = null;
  /** Events told while a snapshot is asked for, else `null`. */
  #meanwhile: Event[] | null = null;
  #place: { readonly space: SpaceId; readonly place: Place } | null = null;

  constructor(parts: { connection: Connection; storage: TextStorage; clock: Clock }) {
    this.#connection = parts.connection;
    this.#histories = new Histories(parts.connection);
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

  /** Whether the node was asked for a space and did not answer yet. */
  get loading(): ReadonlySignal<boolean> {
    return this.#loading;
  }

  /** Connects, and stays so until closed. */
  start(): void {
    this.#ends.push(
      this.#connection.onState((state) => this.#connectionState.value = state),
      this.#connection.onEvent((event) => this.#pace.take(event, this.#isOwnMessage(event))),
      this.#connection.onConnection((connected) => {
        this.#pace.flush();
        if (connected) {
          this.#histories.spoil();
          return void this.#refresh();
        }
        const state = this.#state.value;
        if (state) this.#state.value = withoutPresence(state);
      }),
    );
    this.outbox.start();
    this.#connection.tryNow();
  }

  /**
   * Shows another space, `null` being the first: at once as it was left, if it was shown before, and as it
   * is now when the node has answered.
   */
  show(space: SpaceId | null): void {
    if (space === this.#wanted) return;
    this.#wanted = space;
    const state = this.#state.value;
    if (!state) return;
    const wanted = space ?? state.spaces[0]?.id;
    if (wanted === undefined || wanted === state.space?.id && !this.#meanwhile) return;
    this.#state.value = showing(state, wanted) ?? state;
    if (this.#connection.connected) void this.#refresh();
  }

  /** A channel's messages; loading begins with the first call. */
  history(space: SpaceId, channel: ChannelId): ChannelHistory {
    return this.#histories.get(space, channel);
  }

  /** Notes that the person has seen all up to a message. */
  markRead(space: SpaceId, channel: ChannelId, message: MessageId): void {
    const state = this.#state.value;
    const view = state?.space?.id === space && state.channels.find(({ id }) => id === channel);
    if (!state || !view || (view.readTo && view.readTo >= message)) return;
    this.#marks.set(space, channel, message);
    const read = { ...view, readTo: message, unread: 0 };
    this.#state.value = applyEvent(state, { type: "channel", space, channel: read });
    this.tell({ type: "read.mark", space, channel, message });
  }

  /** Tells the others in a space where the person is. */
  setPlace(space: SpaceId, place: Place): void {
    const at = { space, place };
    if (JSON.stringify(at) === JSON.stringify(this.#place)) return;
    this.#place = at;
    this.tell({ type: "place.set", ...at });
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

  /**
   * Tells the node something whose answer nobody waits for: what the node refuses or cannot do is not worth
   * a word of its own, its fault is told by an event.
   */
  tell(command: Parameters<Asker["ask"]>[0]): void {
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
    if (state) this.#state.value = applyEvent(state, this.#marks.keep(event));
    if (event.type === "message" && event.message.author === state?.self.peer) {
      this.outbox.met(event.space, event.message);
    }
    this.#histories.take(event);
    if (event.type === "reset") {
      this.#histories.spoil(event.space);
      if (event.space === state?.space?.id) void this.#refresh();
    } else if (event.type === "space.gone" && event.id === state?.space?.id) {
      void this.#refresh();
    }
  }

  async #refresh(): Promise<void> {
    const meanwhile: Event[] = this.#meanwhile = [];
    this.#loading.value = true;
    try {
      const wanted = this.#wanted;
      const snapshot = await this.#connection.ask({
        type: "snapshot",
        ...(wanted && { space: wanted }),
      });
      // Another space is wanted since, or a later snapshot is on its way.
      if (this.#meanwhile !== meanwhile) return;
      const before = this.#state.value;
      // Each event holds a whole view, so telling one again that the snapshot knows does no harm.
      this.#state.value = meanwhile.reduce(
        applyEvent,
        stateOf(snapshot, before ? withShown(before) : undefined),
      );
    } catch (error) {
      if (error instanceof DisconnectedError) return;
      throw error;
    } finally {
      if (this.#meanwhile === meanwhile) {
        this.#meanwhile = null;
        this.#loading.value = false;
      }
    }
    const space = this.#state.value?.space?.id;
    if (space === undefined) return;
    for (const [channel, message] of this.#marks.of(space)) this.markRead(space, channel, message);
    if (this.#place?.space === space) this.tell({ type: "place.set", ...this.#place });
    await this.#histories.refresh(space);
  }
}
