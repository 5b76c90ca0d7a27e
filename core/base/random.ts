/** Gives `length` random bytes; a seeded one in tests. */
export type RandomBytes = (length: number) => Uint8Array<ArrayBuffer>;

/** The machine's cryptographic random bytes. */
export const randomBytes: RandomBytes = (length) => crypto.getRandomValues(new Uint8Array(length));

/** A number in [0, 1) from four random bytes: for jitter, not for secrets. */
export function randomUnit(random: RandomBytes): number {
  return new DataView(random(4).buffer).getUint32(0) / 2 ** 32;
}
