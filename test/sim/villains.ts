import type { ActorId, DocId } from "../../core/base/ids.ts";
import { SPACE_DOC } from "../../core/doc/doc_id.ts";
import { docKey } from "../../core/doc/doc_key.ts";
import { noteEntry } from "../../core/doc/projection.ts";
import { actorOf } from "../../core/trust/actor.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import { type Envelope, envelopeText } from "../../core/trust/envelope.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import type { DocVector, Mark, SentEnvelope } from "../../core/wire/message.ts";
import { deviceKeys } from "../fakes/device.ts";
import { directDocuments } from "../fakes/documents.ts";
import { Author } from "../sync/author.ts";
import { Intruder } from "./intruder.ts";
import type { SimNode } from "./sim_node.ts";
import type { SimWorld } from "./sim_world.ts";

const space = LOBBY;
const PER_MESSAGE = 50;

/** A sound first change of an actor, whoever makes it. */
export async function changeBy(actor: ActorId, doc: DocId): Promise<Uint8Array> {
  const documents = await directDocuments(() => ({ actor, base: null, changes: [] }));
  const entries = [{ key: "0".repeat(32), value: '{"text":"squatted"}' }];
  return (await documents.put(docKey(space, doc), entries, 1)).change;
}

/** A device that does harm to nodes, over links of its own which it opens again when it loses them. */
export abstract class Villain {
  readonly #links = new Map<SimNode, Intruder>();

  constructor(readonly world: SimWorld, readonly seed: number) {}

  /** Does one bad thing to a node that is up; `docs` are those in which people write. */
  abstract act(node: SimNode, docs: readonly DocId[]): Promise<void>;

  /** Closes its link to a node, or all. */
  leave(node?: SimNode): void {
    for (const [one, link] of this.#links) {
      if (node && one !== node) continue;
      link.close();
      this.#links.delete(one);
    }
  }

  protected link(node: SimNode): Intruder {
    const old = this.#links.get(node);
    if (old?.isOpen) return old;
    const link = new Intruder(this.world, node, this.seed);
    this.#links.set(node, link);
    return link;
  }

  protected send(node: SimNode, items: readonly SentEnvelope[], live = true): void {
    const link = this.link(node);
    for (let at = 0; at < items.length; at += PER_MESSAGE) {
      link.send({ type: "envelopes", space, live, items: items.slice(at, at + PER_MESSAGE) });
    }
  }

  /** What it was told by nodes, of one document or of all. */
  protected heard(doc?: DocId): Envelope[] {
    const items = [...this.#links.values()].flatMap((link) =>
      link.all("envelopes").flatMap(({ items }) => items)
    );
    return items.filter((item) => doc === undefined || item.doc === doc)
      .map((item) => ({ ...item, space }));
  }

  /** Asks a node for all that it holds. */
  protected ask(node: SimNode): void {
    this.link(node).send({ type: "vectors", space, docs: [], lacked: null, last: true });
  }
}

/** Tells each node something else: copies of one device that write without knowing of each other. */
export class Equivocator extends Villain {
  readonly #copies: Author[] = [];
  #count = 0;

  async act(node: SimNode, docs: readonly DocId[]): Promise<void> {
    if (this.#copies.length < 3) this.#copies.push(await Author.open(this.seed));
    const copy = this.world.pick(this.#copies);
    const doc = this.world.pick([...docs, SPACE_DOC]);
    this.ask(node);
    await this.world.pass(30);
    await copy.hear(this.heard(doc));
    const sent: Envelope[] = [];
    for (let i = this.world.int(3); i >= 0; i--) {
      const text = `of two minds ${this.seed}/${this.#count++}`;
      const note = text.length.toString(16).padStart(32, "0") as Parameters<typeof noteEntry>[0];
      sent.push(
        doc === SPACE_DOC
          ? await copy.write(doc, [noteEntry(note, text)])
          : await copy.post(doc, text),
      );
    }
    if (node.isUp) this.send(node, sent);
  }
}

/** Writes under the actors of others, and signs that itself, or not at all. */
export class Squatter extends Villain {
  async act(node: SimNode, docs: readonly DocId[]): Promise<void> {
    const victim = this.world.pick(this.world.nodes);
    const doc = this.world.pick(docs);
    const change = await changeBy(actorOf(victim.peer, space, doc), doc);
    const keys = deviceKeys(this.seed);
    const signature = keys.sign(envelopeText(space, doc, readChangeHeader(change).hash));
    const author = this.world.unit() < 0.5 ? keys.peer : victim.peer;
    this.send(node, [{ doc, author, signature, change }]);
  }
}

/** Sends again what others wrote, as it was or somewhere else. */
export class Replayer extends Villain {
  async act(node: SimNode, docs: readonly DocId[]): Promise<void> {
    this.ask(node);
    await this.world.pass(30);
    const heard = this.heard();
    const other = this.world.pick(this.world.nodes);
    if (heard.length === 0 || !other.isUp) return;
    const old = this.world.pick(heard);
    const elsewhere = this.world.pick(docs);
    const isMoved = this.world.unit() < 0.5;
    this.send(other, isMoved ? [{ ...old, doc: elsewhere }] : heard, this.world.unit() < 0.5);
  }
}

/** Writes more than anybody reads. */
export class Flooder extends Villain {
  #author: Author | undefined;
  #count = 0;

  async act(node: SimNode, docs: readonly DocId[]): Promise<void> {
    this.#author ??= await Author.open(this.seed);
    const doc = this.world.pick(docs);
    const sent: Envelope[] = [];
    for (let i = 0; i < 60; i++) sent.push(await this.#author.post(doc, `flood ${this.#count++}`));
    this.send(node, sent);
  }
}

/** Says that it holds what it does not, that its logs are others, that all is different, and asks and asks. */
export class Liar extends Villain {
  // deno-lint-ignore require-await
  async act(node: SimNode, docs: readonly DocId[]): Promise<void> {
    const link = this.link(node);
    const { world } = this;
    const bytes = (length: number) => Uint8Array.from({ length }, () => world.int(256));
    const victim = world.pick(world.nodes);
    const marks = docs.toSorted().map((
      doc,
    ): Mark => [doc, actorOf(victim.peer, space, doc), 1 + world.int(60)]);
    const list = marks.map(([doc, actor, seq]): DocVector => [
      doc,
      [[actor, seq, bytes(16).toHex()]],
    ]);
    link.send({ type: "digest", space, digest: bytes(32) });
    link.send({ type: "buckets", space, prints: bytes(2048) });
    link.send({ type: "coming", space, count: world.int(1e9) });
    if (world.unit() < 0.5) {
      const prints = bytes(16 * world.int(20));
      link.send({ type: "documents", space, buckets: [[world.int(256), prints]], last: true });
    }
    const lacked = world.unit() < 0.5 ? null : bytes(8 * world.int(20));
    link.send({ type: "vectors", space, docs: [], lacked, last: true });
    link.send({ type: "vectors", space, docs: list, lacked: null, last: true });
    link.send({ type: "held", space, items: marks });
  }
}

/** Keeps back what its envelopes rest on, and lets it out elsewhere, late. */
export class Withholder extends Villain {
  readonly #kept: Envelope[] = [];
  #author: Author | undefined;
  #count = 0;

  async act(node: SimNode, docs: readonly DocId[]): Promise<void> {
    this.#author ??= await Author.open(this.seed);
    const late = this.world.unit() < 0.3 ? this.#kept.shift() : undefined;
    if (late) return this.send(node, [late]);
    const doc = this.world.pick(docs);
    await this.#author.hear(this.heard(doc));
    const sent: Envelope[] = [];
    for (let i = 0; i < 4; i++) {
      sent.push(await this.#author.post(doc, `withheld ${this.#count++}`));
    }
    const [first, ...others] = sent;
    if (first) this.#kept.push(first);
    this.send(node, others);
  }
}
