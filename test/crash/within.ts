/** Nothing more comes of a thing that takes so long. */
const STALL_MS = 300_000;

/** What comes of a promise. @throws {Error} saying `what` was waited for, when it takes too long. */
export async function within<T>(what: string, promise: Promise<T>, ms = STALL_MS): Promise<T> {
  const { promise: stalled, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`It stalled: waiting until ${what}`)), ms);
  try {
    return await Promise.race([promise, stalled]);
  } finally {
    clearTimeout(timer);
  }
}
