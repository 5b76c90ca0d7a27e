import type { TabLocks } from "./tab_locks.ts";
import type { TextStorage } from "./text_storage.ts";

const KEY = "earshot.tab";
/** A reload waits so long at most for the page before it to let go. */
const RELOAD_MS = 500;

/** The lock that a living tab holds. */
export function tabLock(tab: string): string {
  return `earshot.tab.${tab}`;
}

/**
 * Gives this tab its id: the same after a reload, another than that of every living tab. A tab that
 * was duplicated comes with a copy of the first one's storage; it finds the lock held and takes
 * a new id.
 */
export async function claimTab(
  session: TextStorage,
  locks: TabLocks,
  newId: () => string,
): Promise<string> {
  const known = session.getItem(KEY);
  if (known !== null && await locks.hold(tabLock(known), RELOAD_MS)) return known;
  const tab = newId();
  await locks.hold(tabLock(tab), 0);
  session.setItem(KEY, tab);
  return tab;
}
