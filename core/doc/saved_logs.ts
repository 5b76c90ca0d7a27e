import { type ActorId, type ChangeHash, HEAD_DIGITS } from "../base/ids.ts";
import type { CompactedLog } from "./documents.ts";

/** What is looked at of a change. */
export interface Logged {
  readonly hash: ChangeHash;
  readonly actor: ActorId;
  readonly time: number;
  /** Its length, plain. */
  readonly bytes: number;
}

interface Log<T> extends CompactedLog {
  readonly newestAt: number;
  readonly top: T;
}

/** Sums up the changes of a document by their logs, so that what is told of 260,000 changes is little. */
export class SavedLogs<T extends Logged> {
  readonly #logs = new Map<ActorId, { heads: string[]; bytes: number; newestAt: number; top: T }>();

  /** Takes the next change of its log. */
  add(change: T): void {
    const { hash, actor, time } = change;
    const head = hash.slice(0, HEAD_DIGITS);
    const log = this.#logs.get(actor);
    if (!log) {
      this.#logs.set(actor, { heads: [head], bytes: 0, newestAt: time, top: change });
      return;
    }
    log.heads.push(head);
    log.bytes += log.top.bytes;
    log.newestAt = Math.max(log.newestAt, time);
    log.top = change;
  }

  /** Gives the logs, each with its last change. */
  sums(): Map<ActorId, Log<T>> {
    return new Map(
      [...this.#logs].map(([actor, log]) => [actor, {
        ...log,
        heads: Uint8Array.fromHex(log.heads.join("")),
      }]),
    );
  }
}
