import { type ReadonlySignal, signal } from "@preact/signals";
import type { PeerId } from "../../base/ids.ts";

/** What can stand over the page. */
export type OpenDialog =
  | { readonly type: "channel" | "note" | "profile" | "connections" | "switch" }
  /** To make a space, or join one by an invitation, filled in when `link` is one. */
  | { readonly type: "space.new" }
  | { readonly type: "join"; readonly link: string }
  /** About the space that is shown: its members, and what can be done with it. */
  | { readonly type: "space" | "invite" | "leave" | "forget" }
  | { readonly type: "remove" | "person"; readonly peer: PeerId };

/** Which dialog is open; one at most. */
export class Dialogs {
  readonly #open = signal<OpenDialog | null>(null);

  get open(): ReadonlySignal<OpenDialog | null> {
    return this.#open;
  }

  show(dialog: OpenDialog): void {
    this.#open.value = dialog;
  }

  close(): void {
    this.#open.value = null;
  }
}
