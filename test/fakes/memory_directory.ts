/** Makes a folder, in memory where the system has a place for that: what runs for long waits for no disk. */
export function memoryDirectory(prefix: string): string {
  try {
    return Deno.makeTempDirSync({ dir: "/dev/shm", prefix });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return Deno.makeTempDirSync({ prefix });
  }
}
