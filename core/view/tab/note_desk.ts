import type { Clock } from "../../base/clock.ts";
import type { Asker } from "./asker.ts";
import { keptNotes, NoteKeep, type NotePlace } from "./note_keep.ts";
import { NoteSession } from "./note_session.ts";
import { tabLock } from "./tab_id.ts";
import type { TabLocks } from "./tab_locks.ts";
import type { TextStorage } from "./text_storage.ts";

/**
 * How often to look for keys that tabs left behind. A browser lets the lock of a tab go some time after
 * it was closed, and says so to nobody: who looked in between sends the keys with the next look.
 */
const LOOK_MS = 2_000;

/** What a desk needs of its tab. */
export interface DeskTools {
  readonly asker: Asker;
  readonly clock: Clock;
  readonly storage: TextStorage;
  readonly locks: TabLocks;
  /** The tab's own id, see `claimTab`. */
  readonly tab: string;
}

/**
 * The notes of one tab. Those that are not shown any more stay until their keys are with the node;
 * so do those of a tab that is gone: whoever gets its lock sends what it left, at the heads it was
 * typed at, beside whatever is shown.
 */
export class NoteDesk {
  #open = new Map<string, NoteSession>();
  #looking = false;
  #closed = false;
  #ends: (() => void)[] = [];

  private constructor(readonly tools: DeskTools) {}

  /** Opens the desk and sends what this tab, before a reload, and tabs that are gone have left. */
  static open(tools: DeskTools): NoteDesk {
    const desk = new NoteDesk(tools);
    const look = tools.clock.every(LOOK_MS, () => void desk.look());
    desk.#ends = [
      () => look.cancel(),
      tools.asker.onConnection((connected) => void (connected && desk.look())),
    ];
    void desk.look();
    return desk;
  }

  /** The session of a note: `attach` at once shows it, `detach` ends that. */
  session(place: NotePlace): NoteSession {
    return this.#session(this.tools.tab, place, () => {});
  }

  /** The page may go now. */
  flush(): void {
    for (const session of this.#open.values()) session.flush();
  }

  /** Sends what is left of notes that are not shown. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const left = Map.groupBy(keptNotes(this.tools.storage), ({ tab }) => tab);
      for (const [tab, notes] of left) await this.#takeOver(tab, notes.map(({ place }) => place));
    } finally {
      this.#looking = false;
    }
  }

  /** Ends all sessions; what they keep is there the next time. */
  close(): void {
    this.#closed = true;
    for (const end of this.#ends) end();
    for (const session of [...this.#open.values()]) session.close();
  }

  async #takeOver(tab: string, places: NotePlace[]): Promise<void> {
    const own = tab === this.tools.tab;
    const letGo = own ? () => {} : await this.tools.locks.hold(tabLock(tab), 0);
    if (!letGo || this.#closed) return letGo?.();
    let open = places.length;
    const ended = () => {
      if (--open === 0) letGo();
    };
    for (const place of places) {
      if (own && this.#open.has(key(tab, place))) ended();
      else this.#session(tab, place, ended).detach();
    }
  }

  #session(tab: string, place: NotePlace, ended: () => void): NoteSession {
    const known = this.#open.get(key(tab, place));
    if (known) return known;
    const keep = new NoteKeep(this.tools.storage, tab, place);
    const onClosed = () => {
      this.#open.delete(key(tab, place));
      ended();
    };
    const session = NoteSession.open({ ...this.tools, keep, onClosed });
    this.#open.set(key(tab, place), session);
    return session;
  }
}

function key(tab: string, { space, note }: NotePlace): string {
  return `${tab}/${space}/${note}`;
}
