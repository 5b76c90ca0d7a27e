import * as Automerge from "@automerge/automerge";
import type { ActorId, ChangeHash, DocId } from "../../core/base/ids.ts";
import { unpack } from "../../core/trust/change_chunk.ts";
import { actorBelongs, actorOf } from "../../core/trust/actor.ts";
import { type ChangeHeader, readChangeHeader } from "../../core/trust/change_header.ts";
import type { DeviceKeys } from "../../core/trust/device_keys.ts";
import { type Envelope, envelopeText } from "../../core/trust/envelope.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { deviceKeys } from "../fakes/device.ts";
import { chunkOf } from "./change_parts.ts";
import { type Decoded, mutate, pick, type Stock } from "./mutate.ts";
import { DOCS } from "./story.ts";

interface Log {
  readonly keys: DeviceKeys;
  readonly doc: DocId;
  readonly actor: ActorId;
  /** What was taken of it, the newest last. */
  readonly taken: Decoded[];
  /** Whether a change that is signed for its next place was not taken: another one there is another matter. */
  isStuck: boolean;
}

/** A change that a member signed. `log` is whose place it was made for. */
export interface Hostile {
  readonly envelope: Envelope;
  readonly log: Log;
  readonly hash: ChangeHash;
}

/** Members that make spoiled changes out of what others wrote, each for a place in a log of their own. */
export class HostileMembers {
  readonly #unit: () => number;
  readonly #logs: Log[] = [];
  readonly #stock = new Map<DocId, Stock & { changes: Uint8Array[]; decoded: Decoded[] }>();
  readonly #levels = new Map<string, number>();

  constructor(unit: () => number) {
    this.#unit = unit;
  }

  /** Takes note of a change that was admitted, to make others of; `log` is that of whom it was made for. */
  learn(doc: DocId, change: Uint8Array, log?: Log): void {
    let stock = this.#stock.get(doc);
    if (!stock) this.#stock.set(doc, stock = { changes: [], decoded: [], actors: [] });
    const decoded = Automerge.decodeChange(change);
    if (log?.actor === decoded.actor) log.taken.push(decoded);
    stock.changes.push(change);
    stock.decoded.push(decoded);
    const actors = new Set([...stock.actors, decoded.actor as ActorId]);
    Object.assign(stock, { actors: [...actors] });
  }

  /** Makes a change for some document and signs it. */
  next(): Hostile | undefined {
    const unit = this.#unit;
    const doc = pick(unit, DOCS);
    const stock = this.#stock.get(doc);
    if (!stock) return undefined;
    const log = this.#log(doc);
    const template = pick(unit, stock.decoded);
    const bytes = mutate(unit, asBy(log, template, unit), stock);
    if (!bytes) return undefined;
    const header = read(bytes);
    // Two changes for one place are another matter.
    const isFork = header && (header.actor !== log.actor || header.seq <= log.taken.length) &&
      actorBelongs(header.actor, log.keys.peer, LOBBY, doc);
    if (isFork) return undefined;
    // What cannot be read cannot be signed for what it is: any signature does.
    const hash = header?.hash ?? "00".repeat(32) as ChangeHash;
    const signature = log.keys.sign(envelopeText(LOBBY, doc, hash));
    const envelope = { space: LOBBY, doc, author: log.keys.peer, signature, change: bytes };
    return { envelope, log, hash };
  }

  /** Makes the same change in another form: deflated by whoever passed it on. */
  static deflated(envelope: Envelope, deflate: (body: Uint8Array) => Uint8Array): Envelope {
    const body = unpack(envelope.change).body;
    return { ...envelope, change: chunkOf(2, deflate(body), body) };
  }

  #log(doc: DocId): Log {
    const open = this.#logs.filter((log) => log.doc === doc && !log.isStuck);
    if (open.length > 0 && this.#unit() < 0.5) return pick(this.#unit, open);
    const seed = 100 + Math.floor(this.#unit() * 4);
    const keys = deviceKeys(seed);
    const level = this.#levels.get(`${seed} ${doc}`) ?? 0;
    if (level > 127) return pick(this.#unit, open);
    this.#levels.set(`${seed} ${doc}`, level + 1);
    const base = actorOf(keys.peer, LOBBY, doc);
    const branch = `13b22309${level.toString(16).padStart(2, "0")}${base}`;
    const actor = (level === 0 ? base : branch) as ActorId;
    const log = { keys, doc, actor, taken: [], isStuck: false };
    this.#logs.push(log);
    return log;
  }
}

function read(change: Uint8Array): ChangeHeader | undefined {
  try {
    return readChangeHeader(change);
  } catch {
    return undefined;
  }
}

/** The same edit, as if another had made it at the same place, on top of its own log. */
function asBy(log: Log, template: Decoded, unit: () => number): Decoded {
  const change = structuredClone(template);
  const last = log.taken.at(-1);
  change.actor = log.actor;
  change.seq = (last?.seq ?? 0) + 1;
  if (last) {
    const before = last.startOp + last.ops.length;
    if (last.hash && !change.deps.includes(last.hash)) {
      // Sometimes on its own log alone.
      change.deps = unit() < 0.3 ? [last.hash] : [...change.deps, last.hash].sort();
    }
    change.startOp = Math.max(change.startOp, before);
  }
  const own = new Map<string, string>();
  for (const i of change.ops.keys()) {
    own.set(`${template.startOp + i}@${template.actor}`, `${change.startOp + i}@${log.actor}`);
  }
  for (const op of change.ops as { elemId?: string; pred: string[] }[]) {
    if (op.elemId !== undefined) op.elemId = own.get(op.elemId) ?? op.elemId;
    op.pred = op.pred.map((id) => own.get(id) ?? id);
  }
  return change;
}
