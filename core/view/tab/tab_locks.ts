/**
 * Locks that all tabs of this browser share; one goes with the page that holds it, however that ends.
 * A tab holds the lock of its own id, so a lock that can be had means a tab that is gone.
 */
export interface TabLocks {
  /** Takes a lock, waiting for it at most so long; gives what lets it go, or `null`. */
  hold(name: string, waitMs: number): Promise<(() => void) | null>;
}

/** The browser's Web Locks. Where it has none, every lock is somebody else's. */
export const browserLocks: TabLocks = {
  async hold(name, waitMs) {
    if (!navigator.locks) return null;
    const held = Promise.withResolvers<(() => void) | null>();
    const options = waitMs > 0
      ? { signal: AbortSignal.timeout(waitMs) }
      : { ifAvailable: true as const };
    navigator.locks.request(name, options, (lock) => {
      if (!lock) return held.resolve(null);
      return new Promise<void>((letGo) => held.resolve(letGo));
    }).catch((error: unknown) => {
      // Waited long enough, or a browser that forbids locks: it is not had.
      held.resolve(null);
      if (!(error instanceof DOMException)) throw error;
    });
    return await held.promise;
  },
};
