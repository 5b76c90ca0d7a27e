import type { TabLocks } from "../../core/view/tab/tab_locks.ts";

/** The locks that the tabs of one browser share; none waits. */
export class FakeLocks implements TabLocks {
  readonly held = new Set<string>();

  hold(name: string): Promise<(() => void) | null> {
    if (this.held.has(name)) return Promise.resolve(null);
    this.held.add(name);
    return Promise.resolve(() => void this.held.delete(name));
  }
}
