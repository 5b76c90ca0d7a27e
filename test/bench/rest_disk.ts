/**
 * Waits until all that was written or removed is on disk: what a run before left to be done there is not the next
 * one's to wait for. Nothing where there is no `sync`.
 */
export async function restDisk(): Promise<void> {
  try {
    await new Deno.Command("sync").output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
