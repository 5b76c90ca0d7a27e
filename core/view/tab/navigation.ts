import { type ReadonlySignal, signal } from "@preact/signals";
import { pathOfPlace, placeOfPath, type SpaceName, type TabPlace } from "./place_path.ts";

/** The part of `window` that navigation uses. */
export interface AddressBar {
  readonly location: { readonly pathname: string };
  readonly history: Pick<History, "pushState" | "replaceState">;
  addEventListener(type: "popstate", listener: () => void): void;
  removeEventListener(type: "popstate", listener: () => void): void;
}

/** Which place the tab shows; going elsewhere changes the address without loading a page. */
export class Navigation {
  readonly #bar: AddressBar;
  readonly #place;
  readonly #read: () => void;
  readonly #last = new Map<SpaceName, TabPlace>();

  constructor(bar: AddressBar) {
    this.#bar = bar;
    this.#place = signal(placeOfPath(bar.location.pathname));
    this.#read = () => {
      const place = this.#place.value = placeOfPath(this.#bar.location.pathname);
      if (place.type !== "home") this.#last.set(place.space, place);
    };
  }

  get place(): ReadonlySignal<TabPlace> {
    return this.#place;
  }

  /** The room of a space that was shown last. */
  lastIn(space: SpaceName): TabPlace | undefined {
    return this.#last.get(space);
  }

  /** Follows the browser's back and forward. */
  start(): void {
    this.#read();
    this.#bar.addEventListener("popstate", this.#read);
  }

  go(place: TabPlace): void {
    const path = pathOfPlace(place);
    if (path === this.#bar.location.pathname) return;
    this.#bar.history.pushState(null, "", path);
    this.#read();
  }

  /** Goes without a step in the history. */
  replace(place: TabPlace): void {
    this.#bar.history.replaceState(null, "", pathOfPlace(place));
    this.#read();
  }

  close(): void {
    this.#bar.removeEventListener("popstate", this.#read);
  }
}
