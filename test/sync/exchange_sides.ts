import type { ActorId, DocId, SpaceId } from "../../core/base/ids.ts";
import { parseActorId, parseNoteId } from "../../core/base/ids.ts";
import { noteDoc } from "../../core/doc/doc_id.ts";
import type { Link } from "../../core/net/link.ts";
import type { Top } from "../../core/store/logs.ts";
import { Exchange } from "../../core/sync/exchange.ts";
import type { Replica } from "../../core/sync/replica.ts";
import type { ExchangeReplica } from "../../core/sync/serving.ts";
import { SpaceVectors } from "../../core/sync/space_vectors.ts";
import type { Gap, TheirVectors } from "../../core/sync/their_vectors.ts";
import type { Envelope } from "../../core/trust/envelope.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { decodeMessage } from "../../core/wire/decode.ts";
import { encodeMessage } from "../../core/wire/encode.ts";
import type { Message } from "../../core/wire/message.ts";
import { FakeClock } from "../fakes/clock.ts";
import { deviceKeys } from "../fakes/device.ts";
import { turn } from "../fakes/turn.ts";

/** Bytes of a made change, about those of a short message. */
const CHANGE_BYTES = 190;

export const actorAt = (n: number): ActorId => parseActorId(n.toString(16).padStart(32, "0"));
export const noteAt = (n: number): DocId => noteDoc(parseNoteId(n.toString(16).padStart(32, "0")));
const headAt = (seq: number): string => seq.toString(16).padStart(32, "0");

/** What is held, without a store: of each log only how far. */
class Holding implements ExchangeReplica {
  readonly space: SpaceId = LOBBY;
  readonly logs = new Map<DocId, Map<ActorId, Top>>();
  readonly vectors = new SpaceVectors(() => this.logs);
  readonly securing = {
    now: () => true,
    digest: () => this.vectors.digest(),
    before: (messages: Iterable<Uint8Array>) => messages,
  } as unknown as Replica["securing"];
  readonly ourLogs = {
    vectors: this.vectors,
    headAt: (_doc: DocId, _actor: ActorId, seq: number) => headAt(seq),
    voidDocs: () => [],
    voidPlaces: () => new Map(),
  };

  hold(doc: DocId, actor: ActorId, seq: number): void {
    const tops = this.logs.get(doc) ?? new Map<ActorId, Top>();
    this.logs.set(doc, tops.set(actor, { seq, head: headAt(seq) }));
    this.vectors.changed(doc);
  }

  *history(gaps: readonly Gap[]): Generator<Envelope> {
    for (const { doc, above } of gaps) {
      for (const [actor, held] of above) {
        for (let seq = held + 1; seq <= this.vectors.of(doc).get(actor)!.seq; seq++) {
          const change = new Uint8Array(CHANGE_BYTES);
          change.set(new TextEncoder().encode(`${actor} ${seq} `));
          const { peer: author } = deviceKeys(9);
          yield { space: LOBBY, doc, author, signature: new Uint8Array(64), change };
        }
      }
    }
  }
}

/** One side of an exchange between two that have no network: what it says is taken when the test says so. */
export class Side {
  readonly holding = new Holding();
  readonly exchange: Exchange;
  /** What it said and the other has not taken yet. */
  outbox: Uint8Array[] = [];
  /** Lists of vectors that were whole. */
  readonly lists: TheirVectors[] = [];
  /** Envelopes that came because they were asked for, and how many of them were held already. */
  streamed = 0;
  again = 0;

  constructor(clock: FakeClock) {
    const link = {
      binding: new Uint8Array(32).fill(0xdd),
      peer: deviceKeys(50).peer,
      send: (message: Uint8Array) => void this.outbox.push(message),
      drained: () => Promise.resolve(true),
    } as unknown as Link;
    this.exchange = new Exchange(link, this.holding, clock, () => {});
  }

  hold(doc: DocId, actor: ActorId, seq: number): void {
    this.holding.hold(doc, actor, seq);
  }

  get digest(): string {
    return this.holding.vectors.digest().toHex();
  }

  beat(): void {
    const { vectors, space } = this.holding;
    this.outbox.push(encodeMessage({ type: "digest", space, digest: vectors.digest() }));
  }

  take(message: Message): void {
    switch (message.type) {
      case "digest":
        this.exchange.digest(message.digest);
        break;
      case "buckets":
        this.exchange.serving.buckets(message);
        break;
      case "documents":
        this.exchange.documents(message);
        break;
      case "vectors": {
        const list = this.exchange.serving.vectors(message);
        if (list) this.lists.push(list);
        break;
      }
      case "envelopes":
        for (const { doc, change } of message.items) this.#admit(doc, change);
    }
  }

  #admit(doc: DocId, change: Uint8Array): void {
    const [actor, number] = new TextDecoder().decode(change).split(" ");
    const [log, seq] = [parseActorId(actor!), Number(number)];
    const held = this.holding.vectors.of(doc).get(log)?.seq ?? 0;
    this.streamed++;
    if (seq <= held) this.again++;
    if (seq === held + 1) this.hold(doc, log, seq);
    this.exchange.streamed(seq > held);
  }
}

/** What an exchange cost. */
export interface Cost {
  /** Times that messages went one way: half of a round trip each. */
  hops: number;
  messages: number;
  bytes: number;
}

/** Two sides and a clock that stands still unless the test moves it. */
export class Sides {
  readonly clock = new FakeClock();
  readonly a = new Side(this.clock);
  readonly b = new Side(this.clock);

  /** Lets both beat, and what follows from it go to and fro until nobody says anything more. */
  async meet(): Promise<Cost> {
    const cost: Cost = { hops: 0, messages: 0, bytes: 0 };
    this.a.beat();
    this.b.beat();
    for (;;) {
      const [ofA, ofB] = [this.a.outbox.splice(0), this.b.outbox.splice(0)];
      const all = [...ofA, ...ofB];
      if (all.length === 0) return cost;
      cost.hops++;
      cost.messages += all.length;
      cost.bytes += all.reduce((sum, { length }) => sum + length, 0);
      for (const bytes of ofA) this.b.take(decodeMessage(bytes)!);
      for (const bytes of ofB) this.a.take(decodeMessage(bytes)!);
      await turn();
    }
  }
}
