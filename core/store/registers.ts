import type { ChannelId, NoteId, PeerId, SpaceId } from "../base/ids.ts";
import type { Database, Statement } from "./database.ts";

/** A channel that has a name. */
export interface StoredChannel {
  readonly id: ChannelId;
  readonly name: string;
  readonly by: PeerId;
}

/** A note that has a title. */
export interface StoredNote {
  readonly id: NoteId;
  readonly title: string;
  readonly by: PeerId;
  /** When its title or text last changed, in milliseconds since 1970. */
  readonly changedAt: number;
}

/** What a person says of themselves. */
export interface StoredPerson {
  readonly peer: PeerId;
  readonly name: string;
  readonly colour: number;
}

const CHANNELS = `SELECT channel AS id, name, peer AS by FROM channels
  JOIN spaces ON spaces.id = channels.space JOIN peers ON peers.id = made_by
  WHERE spaces.space = ? AND name IS NOT NULL`;
const NOTES = `SELECT note AS id, title, peer AS by, changed_at AS changedAt FROM notes
  JOIN spaces ON spaces.id = notes.space JOIN peers ON peers.id = made_by
  WHERE spaces.space = ? AND title IS NOT NULL`;
const PEOPLE = `SELECT peers.peer, name, colour FROM people
  JOIN spaces ON spaces.id = people.space JOIN peers ON peers.id = people.peer
  WHERE spaces.space = ?`;

/** The channels, notes and people of spaces. A projection: it can be had again from the envelopes. */
export class Registers {
  readonly #channels: Statement;
  readonly #channel: Statement;
  readonly #notes: Statement;
  readonly #note: Statement;
  readonly #people: Statement;
  readonly #person: Statement;

  constructor(database: Database) {
    this.#channels = database.prepare(`${CHANNELS} ORDER BY name, channel`);
    this.#channel = database.prepare(`${CHANNELS} AND channel = ?`);
    this.#notes = database.prepare(`${NOTES} ORDER BY title, note`);
    this.#note = database.prepare(`${NOTES} AND note = ?`);
    this.#people = database.prepare(`${PEOPLE} ORDER BY name, peers.peer`);
    this.#person = database.prepare(`${PEOPLE} AND peers.peer = ?`);
  }

  /** By name. */
  channels(space: SpaceId): StoredChannel[] {
    return this.#channels.all(space);
  }

  channel(space: SpaceId, channel: ChannelId): StoredChannel | undefined {
    return this.#channel.get(space, channel);
  }

  /** By title. */
  notes(space: SpaceId): StoredNote[] {
    return this.#notes.all(space);
  }

  note(space: SpaceId, note: NoteId): StoredNote | undefined {
    return this.#note.get(space, note);
  }

  /** By name. */
  people(space: SpaceId): StoredPerson[] {
    return this.#people.all(space);
  }

  person(space: SpaceId, peer: PeerId): StoredPerson | undefined {
    return this.#person.get(space, peer);
  }
}
