import { systemClock } from "../../base/clock.ts";
import type { Asker } from "./asker.ts";
import { NoteDesk } from "./note_desk.ts";
import { claimTab } from "./tab_id.ts";
import { browserLocks } from "./tab_locks.ts";
import { MemoryStorage, type TextStorage } from "./text_storage.ts";

const desks = new WeakMap<Asker, Promise<NoteDesk>>();

/**
 * The desk of this page, opened with the first call; it lives as long as the page. Whoever starts the page
 * calls it, so that what earlier pages left of any note is sent.
 */
export function thisDesk(asker: Asker): Promise<NoteDesk> {
  let desk = desks.get(asker);
  if (!desk) desks.set(asker, desk = openDesk(asker));
  return desk;
}

async function openDesk(asker: Asker): Promise<NoteDesk> {
  const session = storageOf(() => sessionStorage);
  const tab = await claimTab(session, browserLocks, () => asker.newId());
  const storage = storageOf(() => localStorage);
  const desk = NoteDesk.open({ asker, clock: systemClock, storage, locks: browserLocks, tab });
  addEventListener("pagehide", () => desk.flush());
  return desk;
}

/** A storage of the browser, or of the page where the browser gives none. */
function storageOf(find: () => Storage): TextStorage {
  try {
    return find();
  } catch {
    // The person forbids this site to keep anything.
    return new MemoryStorage();
  }
}
