/** So many admissions of what was pushed may go ahead of one of what was asked for. */
const LIVE_IN_A_ROW = 64;

/** Lets what peers push go ahead of what was asked for, which gets its turn too. */
export class Precedence {
  #live = 0;
  /** What was asked for and waits, the longest first. */
  readonly #waiting: { resolve: () => void; passed: number }[] = [];

  /** Does `act`; if it is `live`, others wait in {@linkcode Precedence.pass} until it is done. */
  async run<T>(live: boolean, act: () => Promise<T>): Promise<T> {
    if (!live) return await act();
    this.#live++;
    try {
      return await act();
    } finally {
      this.#live--;
      this.#letGo();
    }
  }

  /** Resolves when it is one's turn: at once for what is live. */
  async pass(live: boolean): Promise<void> {
    if (live || this.#live === 0) return;
    await new Promise<void>((resolve) => this.#waiting.push({ resolve, passed: 0 }));
  }

  #letGo(): void {
    for (const waiting of [...this.#waiting]) {
      if (this.#live > 0 && ++waiting.passed < LIVE_IN_A_ROW) continue;
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      waiting.resolve();
    }
  }
}
