import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { remember } from "../store/remember.ts";
import type { Store } from "../store/store.ts";
import type { NoticeView } from "../view/view.ts";
import type { Tell } from "./tell.ts";

const KINDS: ReadonlySet<string> = new Set<NoticeView["kind"]>([
  "equivocation",
  "new-device",
  "removed",
  "refused",
  "note-copy",
  "rebuilt",
]);

/** What {@linkcode Notices} needs. */
export interface NoticesParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly tell: Tell;
}

/** What the person should know, kept until they dismiss it. */
export class Notices {
  readonly #parts: NoticesParts;

  constructor(parts: NoticesParts) {
    this.#parts = parts;
  }

  all(): NoticeView[] {
    return this.#parts.store.notices.all().filter(isKnown);
  }

  /** Tells the person something; what was told and not dismissed is not told again. */
  add(
    { kind, text, space = null, peer = null, detail = null }:
      & Pick<NoticeView, "kind" | "text">
      & Partial<NoticeView>,
  ): void {
    const { store, clock, log, tell } = this.#parts;
    log("info", text);
    // To lose a notice is no reason to fail in what it is about.
    remember(log, () => store.notices.add({ at: clock.now(), kind, text, space, peer, detail }));
    tell({ type: "notices", notices: this.all() });
  }

  dismiss(notice: number): void {
    this.#parts.store.notices.drop(notice);
    this.#parts.tell({ type: "notices", notices: this.all() });
  }
}

function isKnown(notice: { readonly kind: string }): notice is NoticeView {
  return KINDS.has(notice.kind);
}
