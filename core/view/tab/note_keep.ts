import { type NoteId, parseNoteId, parseSpaceId, type SpaceId } from "../../base/ids.ts";
import type { Heads, Splice } from "../view.ts";
import { type Branch, isClean, type Sent } from "./note_branch.ts";
import { spliced } from "./note_splices.ts";
import { keysWith, type TextStorage } from "./text_storage.ts";

/**
 * A base is written anew when the splices since it come to more, in UTF-16 units: so a key costs
 * little however long the note is.
 */
const MAX_SINCE_UNITS = 16 * 1024;
/** What a splice costs besides its text, in JSON. */
const SPLICE_UNITS = 32;

/** What is under the key of a note: all but the text it starts from, which is under `from`. */
interface Kept {
  readonly from: string;
  /** From the text under `from` to the base at `heads`. */
  readonly since: readonly Splice[];
  readonly heads: Heads;
  readonly sent: Sent | null;
  readonly unsent: readonly Splice[];
}

/** A note, and the space that it is in. */
export interface NotePlace {
  readonly space: SpaceId;
  readonly note: NoteId;
}

/** Where the keys of a note in a tab are. */
function keysKey(tab: string, { space, note }: NotePlace): string {
  return `earshot.keys.${tab}.${space}.${note}`;
}

/** Of which notes of which tabs something is kept. */
export function keptNotes(storage: TextStorage): { tab: string; place: NotePlace }[] {
  const form = /^earshot\.keys\.([^.]+)\.([0-9a-f]{32})\.([0-9a-f]{32})$/;
  return keysWith(storage, "earshot.keys.").flatMap((key) => {
    const [, tab, space, note] = form.exec(key) ?? [];
    if (!tab || !space || !note) return [];
    return [{ tab, place: { space: parseSpaceId(space), note: parseNoteId(note) } }];
  });
}

/**
 * Keeps one note of one tab in the browser: its base, what was sent and what is unsent, so that all
 * of it is there after a reload or a crash of the browser. The base is written now and then, the
 * splices since at every change; the latter name the former, so a crash between the two leaves a pair
 * that fits.
 */
export class NoteKeep {
  #from: string | null = null;
  /** From the text under `#from` to the base; `null` when that text is to be written anew. */
  #since: Splice[] | null = null;
  #sinceUnits = 0;
  /** Whether what is kept has keys that the node may not have. */
  #hasKeys = false;

  /** Why the last save failed, or `null`: then the keys are in the page only. */
  problem: string | null = null;

  constructor(
    readonly storage: TextStorage,
    readonly tab: string,
    readonly place: NotePlace,
  ) {}

  /** What was kept, or `null` when there is nothing, or nothing that can be read. */
  load(): Branch | null {
    const kept = read(this.storage.getItem(keysKey(this.tab, this.place)));
    const text = kept && this.storage.getItem(kept.from);
    if (!kept || text === null) return null;
    try {
      const base = spliced(text, kept.since);
      const { heads, sent, unsent } = kept;
      const branch = {
        ...{ heads, base, sent, unsent },
        text: spliced(base, [...sent?.splices ?? [], ...unsent]),
      };
      this.#from = kept.from;
      this.#since = [];
      this.moved(kept.since);
      this.#hasKeys = !isClean(branch);
      return branch;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return null;
    }
  }

  /** The base went on by these splices since the last call. */
  moved(splices: readonly Splice[]): void {
    for (const splice of splices) {
      this.#since?.push(splice);
      this.#sinceUnits += splice.insert.length + SPLICE_UNITS;
    }
    if (this.#sinceUnits > MAX_SINCE_UNITS) this.#since = null;
  }

  /** Writes the branch down, unless it is clean and what is kept is clean as well. */
  save(branch: Branch): void {
    if (isClean(branch) && !this.#hasKeys) return;
    const old = this.#from;
    const { heads, sent, unsent } = branch;
    try {
      if (this.#since === null) {
        const count = Number(old?.split(".").at(-1) ?? 0) + 1;
        const from = `earshot.text.${this.tab}.${this.place.note}.${count}`;
        this.storage.setItem(from, branch.base);
        this.#from = from;
        this.#since = [];
        this.#sinceUnits = 0;
      }
      const kept = { from: this.#from, since: this.#since, heads, sent, unsent };
      this.storage.setItem(keysKey(this.tab, this.place), JSON.stringify(kept));
      if (old !== null && old !== this.#from) this.storage.removeItem(old);
      this.#hasKeys = !isClean(branch);
      this.problem = null;
    } catch (error) {
      // Full, or forbidden: the person is told, the keys stay in the page.
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  /** Forgets what is kept. */
  clear(): void {
    this.storage.removeItem(keysKey(this.tab, this.place));
    for (const key of keysWith(this.storage, `earshot.text.${this.tab}.${this.place.note}.`)) {
      this.storage.removeItem(key);
    }
    this.#from = null;
    this.#since = null;
    this.#sinceUnits = 0;
    this.#hasKeys = false;
  }
}

function read(json: string | null): Kept | null {
  if (json === null) return null;
  try {
    const { from, since, heads, sent, unsent } = JSON.parse(json);
    const fits = typeof from === "string" && isSplices(since) && isSplices(unsent) &&
      Array.isArray(heads) && heads.every((hash) => typeof hash === "string") &&
      (sent === null || typeof sent.id === "string" && isSplices(sent.splices));
    return fits ? { from, since, heads, sent, unsent } : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

function isSplices(value: unknown): value is Splice[] {
  return Array.isArray(value) &&
    value.every((splice) =>
      Number.isSafeInteger(splice?.at) && Number.isSafeInteger(splice?.remove) &&
      typeof splice?.insert === "string"
    );
}
