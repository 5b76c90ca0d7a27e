/**
 * Tells answers that were asked for from others. One more for each question is let go, as what comes twice may; more
 * than that comes from nobody honest.
 */
export class Answers {
  #isDue = false;
  #spare = 0;
  /** Whether the answer that comes in parts is let go. */
  #isSkipped: boolean | undefined;

  /** A question was asked; of those that were not answered yet only this one counts, for some never are. */
  ask(): void {
    this.#isDue = true;
    this.#spare++;
  }

  /**
   * Takes note of a part of an answer. Gives whether it is to be taken.
   * @throws {SyntaxError} with `text` if nobody asked.
   */
  part(last: boolean, text: string): boolean {
    this.#isSkipped ??= this.#begin(text);
    const isTaken = !this.#isSkipped;
    if (last) this.#isSkipped = undefined;
    return isTaken;
  }

  #begin(text: string): boolean {
    if (this.#isDue) {
      this.#isDue = false;
      return false;
    }
    if (this.#spare-- > 0) return true;
    throw new SyntaxError(text);
  }
}
