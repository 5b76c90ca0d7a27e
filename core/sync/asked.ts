/** Repeated changes that cost nobody a link. */
const LEAST_REPEATED = 1000;

/**
 * Judges whether what comes as asked for can have been asked for. A list shows what is held, and others may bring
 * what it asks for first: so each change that is held can come once for each list, and no more.
 */
export class Asked {
  #everAsked = false;
  #repeated = 0;
  #most = LEAST_REPEATED;

  /** A list was said. */
  ask(): void {
    this.#everAsked = true;
    this.#repeated = 0;
  }

  /** Whether anything was asked for at all. */
  get isAny(): boolean {
    return this.#everAsked;
  }

  /**
   * So many changes came that were held before. Gives whether an honest peer may have sent them.
   * @param held gives how many changes are held.
   */
  repeated(count: number, held: () => number): boolean {
    this.#repeated += count;
    if (this.#repeated > this.#most) this.#most = LEAST_REPEATED + held();
    return this.#repeated <= this.#most;
  }
}
