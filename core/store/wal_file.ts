import { StoreError, withFiles } from "./store_error.ts";

// https://sqlite.org/fileformat2.html#the_write_ahead_log
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** The lowest bit of the magic number is set where the sums are of big-endian numbers. */
const LITTLE_ENDIAN = 0x377f0682;
const PAGE_BYTES_AT = 8;
const SALT_AT = 16;
const HEADER_SUM_AT = 24;
const FRAME_SALT_AT = 8;
const FRAME_SUM_AT = 16;

/**
 * Reads the head and the first frames of a write-ahead log, of which there is at least one.
 *
 * @throws {StoreError} `io` too when they are not what was written: SQLite looks at the sums only when it
 * opens a log, and would take what the disk has instead for pages.
 */
export function readWal(path: string, frames: number): Uint8Array {
  const whole = withFiles(`read "${path}"`, () => Deno.readFileSync(path));
  const view = new DataView(whole.buffer);
  if (whole.length > HEADER_BYTES) {
    const frameBytes = FRAME_HEADER_BYTES + view.getUint32(PAGE_BYTES_AT);
    const end = HEADER_BYTES + frames * frameBytes;
    if (whole.length >= end && isIntact(view, end, frameBytes)) return whole.subarray(0, end);
  }
  throw new StoreError("io", `Cannot read "${path}": the disk fails: check it`);
}

/** Has all of a log on disk when it resolves. */
export async function syncWal(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await file.syncData();
}

/**
 * Takes off the end of a database what the frames of its log behind the first `done` have, so that it gets a
 * new place on the disk when it is written: it may have got its place by a write that failed.
 *
 * @param log as {@linkcode readWal} gives it.
 * @throws {StoreError} when it cannot.
 */
export function trimToLog(path: string, log: Uint8Array, done: number): void {
  const view = new DataView(log.buffer, log.byteOffset, log.length);
  const pageBytes = view.getUint32(PAGE_BYTES_AT);
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  const pages = new Set<number>();
  for (let at = HEADER_BYTES + done * frameBytes; at < log.length; at += frameBytes) {
    pages.add(view.getUint32(at));
  }
  withFiles(`shorten "${path}"`, () => {
    const { size } = Deno.statSync(path);
    let staying = Math.ceil(size / pageBytes);
    while (staying > 1 && pages.has(staying)) staying--;
    if (staying * pageBytes < size) Deno.truncateSync(path, staying * pageBytes);
  });
}

function isIntact(view: DataView, end: number, frameBytes: number): boolean {
  const littleEndian = view.getUint32(0) === LITTLE_ENDIAN;
  let [a, b] = [0, 0];
  const add = (from: number, to: number) => {
    for (let at = from; at < to; at += 8) {
      a = (a + view.getUint32(at, littleEndian) + b) >>> 0;
      b = (b + view.getUint32(at + 4, littleEndian) + a) >>> 0;
    }
  };
  const isSum = (at: number) => view.getUint32(at) === a && view.getUint32(at + 4) === b;
  add(0, HEADER_SUM_AT);
  if (!isSum(HEADER_SUM_AT)) return false;
  const salt = view.getBigUint64(SALT_AT);
  for (let at = HEADER_BYTES; at < end; at += frameBytes) {
    add(at, at + FRAME_SALT_AT);
    add(at + FRAME_HEADER_BYTES, at + frameBytes);
    if (view.getBigUint64(at + FRAME_SALT_AT) !== salt || !isSum(at + FRAME_SUM_AT)) return false;
  }
  return true;
}
