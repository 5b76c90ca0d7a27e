/**
 * Why the store cannot go on. `full`: no space left; `io`: the disk fails; `damaged`: a file is not what
 * was written; `newer`: a later version of Earshot wrote it; `place`: the directory cannot be used;
 * `passphrase`: the keys are sealed, and the passphrase did not come.
 */
export type StoreFault = "full" | "io" | "damaged" | "newer" | "place" | "passphrase";

/**
 * What hinders the store, in a sentence for the person that says what to do next. What was on disk before
 * is there unchanged.
 */
export class StoreError extends Error {
  override name = "StoreError";
  constructor(readonly kind: StoreFault, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

const ELSEWHERE = "or choose another directory with --data";

/** What an error of the file system means, by its code, and what to do. */
const MEANINGS: Readonly<Record<string, readonly [StoreFault, string]>> = {
  ENOSPC: ["full", "the disk is full: free some space"],
  EDQUOT: ["full", "your share of the disk is used up: free some space"],
  EACCES: ["place", `it may not be used by you: change its owner or mode, ${ELSEWHERE}`],
  EPERM: ["place", `it may not be changed by you: change its owner, ${ELSEWHERE}`],
  EROFS: ["place", `the disk is read-only: make it writable, ${ELSEWHERE}`],
  ENOTDIR: ["place", `a part of the path is not a directory: move that away, ${ELSEWHERE}`],
  EEXIST: ["place", `something else is there: move that away, ${ELSEWHERE}`],
  EISDIR: ["place", `a directory is in its place: move that away, ${ELSEWHERE}`],
  ENOENT: ["place", `it is not there: make it, ${ELSEWHERE}`],
  ELOOP: ["place", `its links go round in circles: mend them, ${ELSEWHERE}`],
  ENAMETOOLONG: ["place", "the path is too long: choose another directory with --data"],
};

/**
 * Does something with files. An error of the file system comes out as a {@linkcode StoreError}, any other
 * error as it is.
 *
 * @param doing completes "Cannot …", the path in quotes.
 */
export function withFiles<T>(doing: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const [kind, state] = MEANINGS[code] ?? [];
    if (kind) throw new StoreError(kind, `Cannot ${doing}: ${state}`, { cause });
    if (!/^E[A-Z0-9]+$/.test(code)) throw cause;
    throw new StoreError("io", `Cannot ${doing}: the disk fails (${code}); check it`, { cause });
  }
}
