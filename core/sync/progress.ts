/** How far a peer is with what it was asked for. */
export interface PeerProgress {
  /** Changes that are still to come. */
  readonly missing: number;
  /** Those and the ones that came, since it began. */
  readonly total: number;
}

/** Beats in which nothing comes, after which nobody waits any more. */
export const STALLED_BEATS = 10;

/** How far one peer is, by its own word for how much comes: a liar makes its own line wrong, and nothing else. */
export class Progress {
  readonly #tell: (progress: PeerProgress | null) => void;
  #progress: PeerProgress | null = null;
  #idleBeats = 0;

  constructor(tell: (progress: PeerProgress | null) => void) {
    this.#tell = tell;
  }

  /** The peer says that so many come from now on, or with 0 that it was all. */
  coming(count: number): void {
    this.#set(count > 0 ? { missing: count, total: count } : null);
  }

  /** So many came, whatever became of them. */
  came(count: number): void {
    if (!this.#progress) return;
    const { missing, total } = this.#progress;
    this.#set(missing > count ? { missing: missing - count, total } : null);
  }

  /** To be called every beat: who sends nothing any more is not waited for. */
  beat(): void {
    if (this.#progress && ++this.#idleBeats >= STALLED_BEATS) this.end();
  }

  end(): void {
    this.#set(null);
  }

  #set(progress: PeerProgress | null): void {
    this.#idleBeats = 0;
    if (progress === this.#progress) return;
    this.#progress = progress;
    this.#tell(progress);
  }
}
