import { type ReadonlySignal, signal } from "@preact/signals";
import type { ChannelId, MessageId, PeerId, SpaceId } from "../../base/ids.ts";

/** What can stand over the page. */
export type OpenDialog =
  | { readonly type: "profile" | "connections" | "switch" }
  /** To make a space, or join one by an invitation, filled in when `link` is one. */
  | { readonly type: "space.new" }
  | { readonly type: "join"; readonly link: string }
  /** About a space, while it is shown: something new in it, its members, what can be done with it. */
  | {
    readonly type: "channel" | "note" | "space" | "invite" | "leave" | "forget";
    readonly space: SpaceId;
  }
  | { readonly type: "remove"; readonly space: SpaceId; readonly peer: PeerId }
  | { readonly type: "person"; readonly peer: PeerId }
  /** Which machines have a message. */
  | {
    readonly type: "holders";
    readonly space: SpaceId;
    readonly channel: ChannelId;
    readonly message: MessageId;
  };

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
