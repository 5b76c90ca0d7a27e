import type { Asker } from "./asker.ts";

/**
 * Loads a part of the page that comes from the node, and while the node is away again with each connection.
 * `missed` is told of each time in vain. Gives `null` once nobody waits for it any more.
 */
export async function loadAgain<Part>(
  load: () => Promise<Part>,
  asker: Asker,
  gone: AbortSignal,
  missed: () => void,
): Promise<Part | null> {
  while (!gone.aborted) {
    try {
      return await load();
    } catch (error) {
      // What a browser throws where a script cannot be fetched; anything else is a defect in it.
      if (!(error instanceof TypeError)) throw error;
      missed();
      await nextConnection(asker, gone);
    }
  }
  return null;
}

function nextConnection(asker: Asker, gone: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = asker.onConnection((connected) => connected && resolve());
  gone.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(end);
}
