import { countFirst } from "../base/count_first.ts";
import type { ActorId, ChannelId, DocId, MessageId, NoteId, PeerId, SpaceId } from "../base/ids.ts";
import { docKind } from "../doc/doc_id.ts";
import { compareOps, type OpId } from "../doc/entry.ts";
import { displayTime } from "../doc/message_id.ts";
import type { Row } from "../doc/projection.ts";
import type { ChangeHeader } from "../trust/change_header.ts";
import type { Database, Statement } from "./database.ts";
import { type Home, Homes } from "./homes.ts";
import type { LogEntry } from "./logs.ts";
import { MessageInserts, MESSAGES_AT_ONCE, type NewMessage } from "./message_inserts.ts";
import type { Names } from "./names.ts";
import { ShadowedMessages } from "./shadowed_messages.ts";

/** What people see differently now. */
export interface Changed {
  /** New messages, or such as their author rewrote. */
  readonly messages: readonly (readonly [ChannelId, MessageId])[];
  readonly channels: ReadonlySet<ChannelId>;
  /** Notes whose title or time changed. */
  readonly notes: ReadonlySet<NoteId>;
  readonly people: ReadonlySet<PeerId>;
}

/** An envelope in the store, from which rows came. */
export interface Source {
  readonly doc: DocId;
  readonly header: Pick<ChangeHeader, "actor" | "seq" | "startOp" | "time">;
  readonly log: LogEntry;
  readonly receivedAt: number;
}

type RowOf<Type extends Row["type"]> = Extract<Row, { type: Type }>;

/** A message, where it belongs, and as it is inserted there. */
interface Placed {
  readonly row: RowOf<"message">;
  readonly home: Home;
  readonly message: NewMessage;
}

interface OldMessage {
  readonly id: number;
  readonly segment: number;
  readonly op: number;
  readonly actor: ActorId;
}

const HIGHER = "excluded.op > op OR (excluded.op = op AND excluded.op_actor > op_actor)";

/**
 * Writes rows into the projection, within a transaction. Whatever the order in which they come, the one
 * with the highest operation stays.
 */
export class Projector {
  readonly #names: Names;
  readonly #inserts: MessageInserts;
  readonly #oldMessage: Statement;
  readonly #replaceMessage: Statement;
  readonly #count: Statement;
  readonly #channel: Statement;
  readonly #note: Statement;
  readonly #noteTime: Statement;
  readonly #person: Statement;
  readonly #dropMessages: Statement;
  readonly #clearSegment: Statement;
  readonly #shadows: ShadowedMessages;
  readonly #successor: Statement;

  constructor(database: Database, names: Names) {
    this.#names = names;
    this.#shadows = new ShadowedMessages(database);
    // By its logs: all messages of a long channel would be gone through otherwise.
    this.#dropMessages = database.prepare(
      "DELETE FROM messages WHERE log IN (SELECT id FROM logs WHERE doc = ?)",
    );
    this.#clearSegment = database.prepare(
      "UPDATE segments SET messages = 0 WHERE channel = ? AND segment = ?",
    );
    this.#inserts = new MessageInserts(database);
    this.#oldMessage = database.prepare(
      `SELECT messages.id, segment, op, actor FROM messages JOIN logs ON logs.id = messages.log
       WHERE channel = ? AND message = ?`,
    );
    this.#replaceMessage = database.prepare(
      `UPDATE messages SET at = ?, author = ?, segment = ?, log = ?, seq = ?, op = ?, text = ?
       WHERE id = ?`,
    );
    this.#count = database.prepare(
      `INSERT INTO segments (channel, segment, messages) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET messages = messages + excluded.messages`,
    );
    this.#channel = database.prepare(
      `INSERT INTO channels (space, channel, name, made_by, op, op_actor) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET name = excluded.name, made_by = excluded.made_by, op = excluded.op,
         op_actor = excluded.op_actor WHERE ${HIGHER}`,
    );
    this.#note = database.prepare(
      `INSERT INTO notes (space, note, title, made_by, op, op_actor) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET title = excluded.title, made_by = excluded.made_by,
         op = excluded.op, op_actor = excluded.op_actor WHERE ${HIGHER}`,
    );
    this.#noteTime = database.prepare(
      `INSERT INTO notes (space, note, changed_at) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET changed_at = excluded.changed_at
         WHERE excluded.changed_at > changed_at`,
    );
    this.#successor = database.prepare(
      "INSERT INTO successors (old, new, signature) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    );
    this.#person = database.prepare(
      `INSERT INTO people (space, peer, name, colour, op, op_actor) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET name = excluded.name, colour = excluded.colour, op = excluded.op,
         op_actor = excluded.op_actor WHERE ${HIGHER}`,
    );
  }

  /**
   * Applies rows, and what the envelopes by themselves tell: segments, and when notes changed.
   *
   * @throws {RangeError} if a row is of none of the envelopes.
   */
  apply(space: SpaceId, sources: readonly Source[], rows: readonly Row[]): Changed {
    const changed = {
      messages: [] as (readonly [ChannelId, MessageId])[],
      channels: new Set<ChannelId>(),
      notes: new Set<NoteId>(),
      people: new Set<PeerId>(),
    };
    if (sources.length === 0 && rows.length === 0) return changed;
    const spaceId = this.#names.space(space);
    const homes = new Homes(this.#names, space);
    for (const source of sources) {
      if (homes.segmentOf(source.doc)) continue;
      const kind = docKind(source.doc);
      if (kind.type !== "note") continue;
      if (this.#noteTime.run(spaceId, kind.note, changedAt(source))) changed.notes.add(kind.note);
    }
    const sourceOf = sourceFinder(sources);
    const placed: Placed[] = [];
    for (const row of rows) {
      const source = sourceOf(row.op);
      switch (row.type) {
        case "message":
          placed.push(place(homes, row, source));
          break;
        case "channel":
          if (this.#applyChannel(spaceId, row)) changed.channels.add(row.id);
          break;
        case "note":
          if (this.#applyNote(spaceId, row, source)) changed.notes.add(row.id);
          break;
        case "person":
          if (this.#applyPerson(spaceId, row)) changed.people.add(row.peer);
          break;
      }
    }
    for (const { row } of this.#applyMessages(placed)) changed.messages.push([row.channel, row.id]);
    for (const { number, segment, added } of homes.segments) {
      this.#count.run(number, segment, added);
    }
    return changed;
  }

  /** Takes out all messages of a segment, which is document `doc`; those that others shadowed count again. */
  clearSegment(doc: number, space: SpaceId, channel: ChannelId, segment: number): void {
    const number = this.#names.findChannel(space, channel);
    if (number === undefined) return;
    const shadowed = this.#shadows.clear(doc, number, segment);
    this.#dropMessages.run(doc);
    this.#clearSegment.run(number, segment);
    for (const message of shadowed) {
      const place = this.#shadows.take(number, message);
      if (!place) continue;
      this.#inserts.one([number, message, ...place]);
      this.#count.run(number, place[2], 1);
    }
  }

  /** Gives those that count now. */
  #applyMessages(placed: readonly Placed[]): Placed[] {
    const counting: Placed[] = [];
    for (let at = 0; at < placed.length; at += MESSAGES_AT_ONCE) {
      const some = placed.slice(at, at + MESSAGES_AT_ONCE);
      const areNew = some.length === MESSAGES_AT_ONCE &&
        this.#inserts.many(some.map(({ message }) => message));
      for (const one of some) {
        if (areNew) one.home.added++;
        if (areNew || this.#applyMessage(one)) counting.push(one);
      }
    }
    return counting;
  }

  #applyMessage({ row, home, message }: Placed): boolean {
    const { number, segment } = home;
    if (this.#inserts.one(message)) {
      home.added++;
      return true;
    }
    const [, id, ...place] = message;
    const old = this.#oldMessage.get<OldMessage>(number, id);
    if (!old) return false;
    const isElsewhere = old.segment !== segment;
    if (compareOps({ counter: old.op, actor: old.actor }, row.op) >= 0) {
      if (isElsewhere) this.#shadows.add(number, id, place);
      return false;
    }
    if (isElsewhere) this.#shadows.replace(number, id, segment);
    this.#replaceMessage.run(...place, old.id);
    this.#count.run(number, old.segment, -1);
    home.added++;
    return true;
  }

  #applyChannel(space: number, { id, name, by, op }: RowOf<"channel">): boolean {
    const peer = this.#names.peer(by);
    return this.#channel.run(space, id, name, peer, op.counter, op.actor) > 0;
  }

  #applyNote(space: number, { id, title, by, op }: RowOf<"note">, source: Source): boolean {
    const peer = this.#names.peer(by);
    const renamed = this.#note.run(space, id, title, peer, op.counter, op.actor) > 0;
    return this.#noteTime.run(space, id, changedAt(source)) > 0 || renamed;
  }

  #applyPerson(space: number, { peer, name, colour, before, op }: RowOf<"person">): boolean {
    const number = this.#names.peer(peer);
    if (before) this.#successor.run(this.#names.peer(before.old), number, before.signature);
    return this.#person.run(space, number, name, colour, op.counter, op.actor) > 0;
  }
}

function place(homes: Homes, row: RowOf<"message">, source: Source): Placed {
  const home = homes.segmentOf(source.doc);
  if (home?.channel !== row.channel) throw stray(row.op);
  const { log, header, receivedAt } = source;
  const { number, segment } = home;
  const id = Uint8Array.fromHex(row.id);
  const at = displayTime(row.id, receivedAt);
  const author = homes.peer(log.author);
  const place = [at, author, segment, log.id, header.seq, row.op.counter, row.text] as const;
  return { row, home, message: [number, id, ...place] };
}

/** When its author made a change, a clock that is ahead not being believed. */
function changedAt({ header, receivedAt }: Source): number {
  return Math.max(0, Math.min(header.time, receivedAt));
}

/** Finds the envelope an operation came with: the last of its actor that begins at or before it. */
function sourceFinder(sources: readonly Source[]): (op: OpId) => Source {
  const logs = new Map<ActorId, Source[]>();
  for (const source of sources) {
    const { actor } = source.header;
    const log = logs.get(actor);
    if (log) log.push(source);
    else logs.set(actor, [source]);
  }
  for (const log of logs.values()) {
    log.sort((a, b) => a.header.startOp - b.header.startOp);
  }
  return ({ actor, counter }) => {
    const log = logs.get(actor) ?? [];
    const source = log[countFirst(log, ({ header }) => header.startOp <= counter) - 1];
    if (!source) throw stray({ actor, counter });
    return source;
  };
}

function stray(op: OpId): RangeError {
  return new RangeError(
    `Cannot store what operation ${op.counter} of "${op.actor}" says: no envelope here has it`,
  );
}
