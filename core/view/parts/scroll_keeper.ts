/** So close to the end, in pixels, counts as being there. */
const NEAR_END_PX = 60;

/**
 * Keeps a list that grows at both ends where the reader is: at the end while the reader is there, else
 * at the line being read. Browsers do a part of this by themselves, differently; `overflow-anchor: none`
 * turns that off.
 */
export class ScrollKeeper {
  readonly #scroller: HTMLElement;
  readonly #onEnd: (atEnd: boolean) => void;
  #atEnd = true;
  /** The first item in view and where it was. */
  #reading: { item: HTMLElement; top: number } | null = null;

  constructor(scroller: HTMLElement, onEnd: (atEnd: boolean) => void) {
    this.#scroller = scroller;
    this.#onEnd = onEnd;
  }

  get atEnd(): boolean {
    return this.#atEnd;
  }

  toEnd(): void {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#setAtEnd(true);
  }

  /** Puts an item near the top of the view, unless all from it on fits into the view. */
  toItem(item: HTMLElement, abovePx: number): void {
    const top = item.offsetTop - abovePx;
    if (this.#scroller.scrollHeight - top <= this.#scroller.clientHeight) return this.toEnd();
    this.#scroller.scrollTop = top;
    this.scrolled();
  }

  /** Lets the list grow at its end without following it, when the reader unfolds something. */
  hold(): void {
    this.#setAtEnd(false);
    this.#note();
  }

  /** The reader scrolled. */
  scrolled(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    this.#setAtEnd(scrollHeight - scrollTop - clientHeight < NEAR_END_PX);
    this.#note();
  }

  /** The list or the view changed. */
  changed(): void {
    if (this.#atEnd) return this.toEnd();
    if (this.#reading?.item.isConnected) {
      const { item, top } = this.#reading;
      this.#scroller.scrollTop += item.offsetTop - top;
    }
    this.#note();
  }

  #note(): void {
    this.#reading = null;
    if (this.#atEnd) return;
    const { scrollTop } = this.#scroller;
    // What stands above the messages stays there when older ones come: it is not what is read.
    for (const item of this.#scroller.querySelectorAll<HTMLElement>("li:not(.older)")) {
      if (item.offsetTop + item.offsetHeight <= scrollTop) continue;
      this.#reading = { item, top: item.offsetTop };
      return;
    }
  }

  #setAtEnd(atEnd: boolean): void {
    if (atEnd === this.#atEnd) return;
    this.#atEnd = atEnd;
    this.#onEnd(atEnd);
  }
}
