import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Link } from "../net/link.ts";
import { StoreError } from "../store/store_error.ts";
import type { LogMessage, SentEntry } from "../wire/message.ts";
import type { HeardEntries } from "./heard_entries.ts";
import { LogLine } from "./log_line.ts";
import type { ContentMessage } from "./message_runs.ts";
import type { SharedSpace } from "./shared_space.ts";

/** What an {@linkcode OpenedSpace} needs. */
export interface OpenedSpaceParts {
  readonly link: Link;
  readonly shared: SharedSpace;
  readonly heard: HeardEntries;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * One space over a link whose peer has a door of it. Only a member is told anything; its content, once it was
 * told all that is held here of the membership log.
 */
export class OpenedSpace {
  readonly shared: SharedSpace;
  readonly #parts: OpenedSpaceParts;
  #line: LogLine | null = null;
  #admitted = false;
  #speaking = false;
  /** The last digest and presence that came before this node might speak. */
  readonly #early = new Map<ContentMessage["type"], ContentMessage>();
  readonly #ending = new Set<Promise<void>>();

  constructor(parts: OpenedSpaceParts) {
    this.shared = parts.shared;
    this.#parts = parts;
    this.#renew();
  }

  /** Whether the space is shared with the peer now. */
  get isShared(): boolean {
    return this.#admitted;
  }

  /** Goes by what membership says now. `newest` is whether the peer has the newest door. */
  update(newest: boolean): void {
    const { shared } = this;
    const { peer } = this.#parts.link;
    const admitted = shared.admits(peer);
    if (admitted && !this.#admitted) this.#begin();
    else if (!admitted && this.#admitted) this.#end();
    if (admitted || !shared.log || !this.#line || this.#line.hasSaid) return;
    if (shared.meets(peer)) {
      // This node was removed, and the peer may be one that has not heard of it, nor of what led to it.
      this.#line.say();
      return this.#line.trust();
    }
    if (!newest) return;
    const { members, formers } = shared.log.membership;
    // One of whom nothing was heard, and who has the key: its log tells who let it in.
    if (!members.has(peer) && !formers.has(peer)) this.#line.say();
  }

  /** Takes a part of the peer's list of entries. @throws {SyntaxError} if it is not as it must be. */
  listed(message: LogMessage): void {
    this.#line?.listed(message);
  }

  /** Takes entries. @throws {EnvelopeError} if one is forged. */
  entries(items: readonly SentEntry[]): void {
    const line = this.#line;
    if (!line || !this.#admitted && !line.hasSaid) return;
    try {
      line.take(items);
    } catch (error) {
      // The link is not at fault: what was not stored comes again by repair.
      if (!(error instanceof StoreError)) throw error;
      this.#parts.log("warn", "Cannot store entries", { reason: error.message });
    }
  }

  /** Takes what is said of the content. @throws {SyntaxError} if it is not as it must be. */
  async content(messages: readonly ContentMessage[]): Promise<void> {
    if (!this.#admitted) return;
    if (messages.some(({ type }) => type === "digest")) this.#line?.spoke();
    if (this.#speaking) return await this.shared.sync.take(this.#parts.link.peer, messages);
    for (const message of messages) {
      if (message.type === "digest" || message.type === "presence") {
        this.#early.set(message.type, message);
      }
    }
  }

  /** Sends new entries; also that by which this node itself is a member no longer. */
  push(): void {
    const { members } = this.shared.log?.membership ?? {};
    this.#line?.push(members?.has(this.#parts.link.peer) ?? false);
  }

  beat(): void {
    this.#line?.beat();
  }

  /** Ends it on this link; resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#end();
    await Promise.all(this.#ending);
  }

  #begin(): void {
    this.#admitted = true;
    const line = this.#line;
    if (!line) return this.#speak();
    if (!line.hasSaid) line.say();
    line.trust();
    // It was told all before, where this node held itself for removed.
    if (line.isCurrent) this.#speak();
  }

  #speak(): void {
    if (!this.#admitted || this.#speaking) return;
    this.#speaking = true;
    const { link, log } = this.#parts;
    const { sync } = this.shared;
    sync.addPeer(link, this.#line);
    const early = [...this.#early.values()];
    this.#early.clear();
    this.#await(
      sync.take(link.peer, early).catch((error) => {
        log("error", "Cannot take what a peer said first", {
          peer: link.peer,
          error: String(error),
        });
        link.close("cannot take its messages");
      }),
    );
  }

  #end(): void {
    if (this.#speaking) this.shared.sync.removePeer(this.#parts.link.peer);
    this.#speaking = this.#admitted = false;
    this.#early.clear();
    this.#renew();
  }

  /** Begins anew with the log: whatever was said of it counts no more. */
  #renew(): void {
    const { link, shared, heard, clock } = this.#parts;
    if (this.#line) this.#await(this.#line.close());
    this.#line = shared.log && new LogLine({
      link,
      log: shared.log,
      heard,
      clock,
      onCurrent: () => this.#speak(),
    });
  }

  #await(work: Promise<void>): void {
    const ending: Promise<void> = work.then(() => void this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}
