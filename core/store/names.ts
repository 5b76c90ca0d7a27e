import type { ChannelId, PeerId, SpaceId } from "../base/ids.ts";
import type { Database, Statement } from "./database.ts";

interface Numbered {
  readonly id: number;
}

/** The numbers under which spaces, peers and channels are kept. */
export class Names {
  readonly #findSpace: Statement;
  readonly #addSpace: Statement;
  readonly #findPeer: Statement;
  readonly #addPeer: Statement;
  readonly #findChannel: Statement;
  readonly #addChannel: Statement;

  constructor(database: Database) {
    this.#findSpace = database.prepare("SELECT id FROM spaces WHERE space = ?");
    this.#addSpace = database.prepare("INSERT INTO spaces (space) VALUES (?)");
    this.#findPeer = database.prepare("SELECT id FROM peers WHERE peer = ?");
    this.#addPeer = database.prepare("INSERT INTO peers (peer) VALUES (?)");
    this.#findChannel = database.prepare(
      `SELECT channels.id FROM channels JOIN spaces ON spaces.id = channels.space
       WHERE spaces.space = ? AND channel = ?`,
    );
    this.#addChannel = database.prepare("INSERT INTO channels (space, channel) VALUES (?, ?)");
  }

  findSpace(space: SpaceId): number | undefined {
    return this.#findSpace.get<Numbered>(space)?.id;
  }

  findPeer(peer: PeerId): number | undefined {
    return this.#findPeer.get<Numbered>(peer)?.id;
  }

  findChannel(space: SpaceId, channel: ChannelId): number | undefined {
    return this.#findChannel.get<Numbered>(space, channel)?.id;
  }

  /** The number of a space, a new one if need be; within a transaction, like those below. */
  space(space: SpaceId): number {
    return this.findSpace(space) ?? this.#addSpace.insert(space);
  }

  peer(peer: PeerId): number {
    return this.findPeer(peer) ?? this.#addPeer.insert(peer);
  }

  channel(space: SpaceId, channel: ChannelId): number {
    return this.findChannel(space, channel) ?? this.#addChannel.insert(this.space(space), channel);
  }
}
