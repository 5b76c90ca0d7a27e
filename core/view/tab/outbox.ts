import { type ReadonlySignal, signal } from "@preact/signals";
import type { Clock, Timer } from "../../base/clock.ts";
import type { ChannelId, MessageId, SpaceId } from "../../base/ids.ts";
import { FaultError, RefusedError } from "../api.ts";
import type { Answer, Command } from "../command.ts";
import { parseCommand } from "../parse_command.ts";
import { type Asker, DisconnectedError } from "./asker.ts";
import { keysWith, type TextStorage, tryKeep } from "./text_storage.ts";

/** How long after a fault of the node a command is asked again, in milliseconds. */
export const FAULT_RETRY_MS = 10_000;

const PREFIX = "earshot.out.";

/** Commands that write and must not be lost. */
export type WritingCommand = Extract<
  Command,
  { type: "message.send" | "space.create" | "channel.create" | "note.create" | "profile.set" }
>;

/** A command on its way to the node. */
export interface OutboxEntry {
  readonly id: string;
  readonly command: WritingCommand;
  /** When it was given, in milliseconds since 1970. */
  readonly at: number;
  /** `fault`: the node could not and is asked again. `refused`: waits for the person. */
  readonly state: "sending" | "fault" | "refused";
  /** The node's words about a fault or refusal, or `null`. */
  readonly reason: string | null;
  /** Whether it survives a reload. */
  readonly kept: boolean;
  /** The message it became, once an event told before the answer came. */
  readonly became: MessageId | null;
}

interface Waiter {
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

function keyOf({ at, id }: OutboxEntry): string {
  return `${PREFIX}${String(at).padStart(15, "0")}.${id}`;
}

function entryOf(text: string | null): OutboxEntry | null {
  try {
    const { id, at, command, state, reason } = JSON.parse(text ?? "") ?? {};
    const parsed = parseCommand(command);
    if (parsed.type !== "command" || typeof id !== "string" || !Number.isSafeInteger(at)) {
      return null;
    }
    const refused = state === "refused" && typeof reason === "string";
    return {
      id,
      at,
      command: parsed.command as WritingCommand,
      state: refused ? "refused" : "sending",
      reason: refused ? reason : null,
      kept: true,
      became: null,
    };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}

/**
 * Writing commands from the moment they are given until the node has answered. Each is kept in the browser
 * under its id and asked again under that id after a cut or a reload; the node does each id once.
 */
export class Outbox {
  readonly #asker: Asker;
  readonly #storage: TextStorage;
  readonly #clock: Clock;
  readonly #entries = signal<readonly OutboxEntry[]>([]);
  readonly #waiters = new Map<string, Waiter>();
  readonly #asked = new Set<string>();
  #retry: Timer | null = null;
  #stop: () => void = () => {};

  constructor(parts: { asker: Asker; storage: TextStorage; clock: Clock }) {
    this.#asker = parts.asker;
    this.#storage = parts.storage;
    this.#clock = parts.clock;
  }

  /** What has no answer yet or was refused, in the order it was given. */
  get entries(): ReadonlySignal<readonly OutboxEntry[]> {
    return this.#entries;
  }

  /** A channel's messages that are not in its history yet. */
  waiting(space: SpaceId, channel: ChannelId): readonly OutboxEntry[] {
    return this.#entries.value.filter(({ command, became }) =>
      command.type === "message.send" && command.space === space &&
      command.channel === channel && !became
    );
  }

  /** Takes up what other pages left, and sends whenever connected. */
  start(): void {
    this.#takeUp();
    this.#stop = this.#asker.onConnection((connected) => {
      if (!connected) return;
      // A tab that was closed while the node was away left what this one can send.
      this.#takeUp();
      this.#sendAll();
    });
    if (this.#asker.connected) this.#sendAll();
  }

  /**
   * Gives a command to the node, now or as soon as it is back. Resolves with the answer, however late.
   *
   * @throws {RefusedError} when the node refuses it. A message then stays, for the person to mend.
   */
  write<C extends WritingCommand>(command: C): Promise<Answer<C["type"]>> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const draft: OutboxEntry = {
      id: this.#asker.newId(),
      command,
      at: this.#clock.now(),
      state: "sending",
      reason: null,
      kept: true,
      became: null,
    };
    const entry = { ...draft, kept: tryKeep(this.#storage, keyOf(draft), JSON.stringify(draft)) };
    this.#waiters.set(entry.id, { resolve, reject });
    this.#entries.value = [...this.#entries.value, entry];
    this.#send(entry);
    return promise as Promise<Answer<C["type"]>>;
  }

  /** Asks again for what was refused or met a fault. */
  again(id: string): void {
    const entry = this.#change(id, { state: "sending", reason: null });
    if (entry) this.#send(entry);
  }

  /** Gives up a command; what the node has done already stays done. */
  discard(id: string): void {
    const entry = this.#entries.value.find((entry) => entry.id === id);
    if (entry) this.#remove(entry);
  }

  /** Hears of an own new message in a space: the first of its text on its way became it. */
  met(space: SpaceId, message: { id: MessageId; channel: string; text: string }): void {
    const entry = this.#entries.value.find(({ command, state, became }) =>
      command.type === "message.send" && state === "sending" && !became &&
      command.space === space && command.channel === message.channel &&
      command.text.trim() === message.text.trim()
    );
    if (entry) this.#change(entry.id, { became: message.id });
  }

  /** Hears that another tab changed the storage. */
  stored(key: string | null): void {
    if (!key?.startsWith(PREFIX) || this.#storage.getItem(key) !== null) return;
    // What this tab gave itself waits for its own answer.
    const done = (entry: OutboxEntry) => keyOf(entry) === key && !this.#waiters.has(entry.id);
    this.#entries.value = this.#entries.value.filter((entry) => !done(entry));
  }

  /** Stops sending; what is unanswered stays in the storage. */
  close(): void {
    this.#stop();
    this.#retry?.cancel();
  }

  #takeUp(): void {
    const known = new Set(this.#entries.value.map(keyOf));
    const left: OutboxEntry[] = [];
    for (const key of keysWith(this.#storage, PREFIX)) {
      if (known.has(key)) continue;
      const entry = entryOf(this.#storage.getItem(key));
      if (entry) left.push(entry);
      else this.#storage.removeItem(key);
    }
    if (left.length > 0) this.#entries.value = [...left, ...this.#entries.value];
  }

  #sendAll(): void {
    for (const entry of this.#entries.value) if (entry.state !== "refused") this.#send(entry);
  }

  #send(entry: OutboxEntry): void {
    if (!this.#asker.connected || this.#asked.has(entry.id)) return;
    this.#asked.add(entry.id);
    void this.#asker.askAs(entry.id, entry.command).then(
      (answer) => this.#answered(entry, answer),
      (error) => this.#failed(entry, error),
    );
  }

  #answered(entry: OutboxEntry, answer: unknown): void {
    this.#asked.delete(entry.id);
    const waiter = this.#waiters.get(entry.id);
    this.#remove(entry);
    waiter?.resolve(answer);
  }

  #failed(entry: OutboxEntry, error: unknown): void {
    this.#asked.delete(entry.id);
    if (error instanceof DisconnectedError) return;
    if (error instanceof FaultError) {
      this.#change(entry.id, { state: "fault", reason: error.message });
      this.#retry ??= this.#clock.after(FAULT_RETRY_MS, () => {
        this.#retry = null;
        this.#sendAll();
      });
      return;
    }
    const waiter = this.#waiters.get(entry.id);
    if (error instanceof RefusedError && entry.command.type === "message.send") {
      this.#waiters.delete(entry.id);
      const refused = this.#change(entry.id, { state: "refused", reason: error.message });
      if (refused) tryKeep(this.#storage, keyOf(refused), JSON.stringify(refused));
    } else this.#remove(entry);
    waiter?.reject(error);
  }

  #change(id: string, changes: Partial<OutboxEntry>): OutboxEntry | undefined {
    const entry = this.#entries.value.find((entry) => entry.id === id);
    if (!entry) return undefined;
    const changed = { ...entry, ...changes };
    this.#entries.value = this.#entries.value.map((one) => one === entry ? changed : one);
    return changed;
  }

  #remove(entry: OutboxEntry): void {
    this.#storage.removeItem(keyOf(entry));
    this.#waiters.delete(entry.id);
    this.#entries.value = this.#entries.value.filter(({ id }) => id !== entry.id);
  }
}
