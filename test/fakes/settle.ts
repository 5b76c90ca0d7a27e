/**
 * Lets every microtask that waits run, and those they start. In a test whose parts are in memory and
 * whose clock is fake, nothing more can happen afterwards until the test acts.
 */
export function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
