const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/** Exit code of a program that was interrupted for the second time. */
const INTERRUPTED = 130;

/**
 * Resolves at the first signal that asks the process to stop. A second one ends the process at once, so
 * that nobody is held up by an orderly end that hangs.
 */
export function stopSignals(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let asked = false;
  for (const signal of SIGNALS) {
    Deno.addSignalListener(signal, () => {
      if (asked) Deno.exit(INTERRUPTED);
      asked = true;
      resolve();
    });
  }
  return promise;
}
