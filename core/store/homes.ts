import type { ChannelId, DocId, PeerId, SpaceId } from "../base/ids.ts";
import { docKind } from "../doc/doc_id.ts";
import type { Names } from "./names.ts";

/** A segment that something is written into. */
export interface Home {
  readonly channel: ChannelId;
  /** The channel's number in the database. */
  readonly number: number;
  readonly segment: number;
  /** How many messages it has gained. */
  added: number;
}

/** Where what is written belongs, looked up once for a thousand messages. */
export class Homes {
  readonly #names: Names;
  readonly #space: SpaceId;
  readonly #segments = new Map<DocId, Home>();
  readonly #peers = new Map<PeerId, number>();

  constructor(names: Names, space: SpaceId) {
    this.#names = names;
    this.#space = space;
  }

  /** The segments that were asked for. */
  get segments(): Iterable<Home> {
    return this.#segments.values();
  }

  /** The segment that a document is; `undefined` if it is none. */
  segmentOf(doc: DocId): Home | undefined {
    const known = this.#segments.get(doc);
    if (known) return known;
    const kind = docKind(doc);
    if (kind.type !== "segment") return undefined;
    const { channel, segment } = kind;
    const number = this.#names.channel(this.#space, channel);
    const home = { channel, number, segment, added: 0 };
    this.#segments.set(doc, home);
    return home;
  }

  /** The number of a peer. */
  peer(peer: PeerId): number {
    const known = this.#peers.get(peer);
    if (known !== undefined) return known;
    const number = this.#names.peer(peer);
    this.#peers.set(peer, number);
    return number;
  }
}
