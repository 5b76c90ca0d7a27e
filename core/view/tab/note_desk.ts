import type { Clock } from "../../base/clock.ts";
import type { NoteId } from "../../base/ids.ts";
import type { Asker } from "./asker.ts";
import { keptNotes, NoteKeep } from "./note_keep.ts";
import { NoteSession } from "./note_session.ts";
import { tabLock } from "./tab_id.ts";
import type { TabLocks } from "./tab_locks.ts";
import type { TextStorage } from "./text_storage.ts";

/** How often to look for keys that tabs left behind. */
const LOOK_MS = 30_000;

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
  session(note: NoteId): NoteSession {
    return this.#session(this.tools.tab, note, () => {});
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
      for (const [tab, notes] of left) await this.#takeOver(tab, notes.map(({ note }) => note));
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

  async #takeOver(tab: string, notes: NoteId[]): Promise<void> {
    const own = tab === this.tools.tab;
    const letGo = own ? () => {} : await this.tools.locks.hold(tabLock(tab), 0);
    if (!letGo || this.#closed) return letGo?.();
    let open = notes.length;
    const ended = () => {
      if (--open === 0) letGo();
    };
    for (const note of notes) {
      if (own && this.#open.has(key(tab, note))) ended();
      else this.#session(tab, note, ended).detach();
    }
  }

  #session(tab: string, note: NoteId, ended: () => void): NoteSession {
    const known = this.#open.get(key(tab, note));
    if (known) return known;
    const keep = new NoteKeep(this.tools.storage, tab, note);
    const onClosed = () => {
      this.#open.delete(key(tab, note));
      ended();
    };
    const session = NoteSession.open({ ...this.tools, keep, onClosed });
    this.#open.set(key(tab, note), session);
    return session;
  }
}

function key(tab: string, note: string): string {
  return `${tab}/${note}`;
}
