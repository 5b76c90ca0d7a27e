import type { ChannelId, NoteId, SpaceId } from "../../core/base/ids.ts";

/** A channel that is written to. */
export interface Room {
  readonly space: SpaceId;
  readonly channel: ChannelId;
}

/** What was acknowledged to the writers: all of it must be on every node in the end. */
export class CrashRecord {
  readonly lobby: Room;
  readonly crew: Room;
  /** Texts of messages, by space. */
  readonly messages = new Map<SpaceId, string[]>();
  /** Lines of notes of the private space, in the order in which the notes were made. */
  readonly notes = new Map<NoteId, string[]>();
  /** Requests that were sent again because the node went away before it answered. */
  resent = 0;
  /** Times that a node said it could not do it just now; it was asked again. */
  faults = 0;

  constructor(lobby: Room, crew: Room) {
    this.lobby = lobby;
    this.crew = crew;
    for (const { space } of [lobby, crew]) this.messages.set(space, []);
  }

  /** How many messages and edits were acknowledged. */
  get acknowledged(): number {
    return [...this.messages.values(), ...this.notes.values()]
      .reduce((sum, texts) => sum + texts.length, 0);
  }
}
