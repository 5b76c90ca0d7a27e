import type { NoticeView } from "../view.ts";
import { dayWords, fullWords, timeWords } from "../when.ts";
import { CopyText } from "./CopyText.tsx";
import { Icon, type IconName } from "./Icon.tsx";

const ICONS: { readonly [K in NoticeView["kind"]]: IconName } = {
  "equivocation": "warn",
  "new-device": "verified",
  "removed": "lock",
  "refused": "warn",
  "note-copy": "note",
  "rebuilt": "note",
};

/** Something a person should know, until they have seen it. */
export function NoticeItem({ notice, onDismiss }: { notice: NoticeView; onDismiss: () => void }) {
  const { kind, text, at, detail } = notice;
  const grave = ICONS[kind] === "warn";
  return (
    <li class={grave ? "notice notice-grave" : "notice"}>
      <Icon name={ICONS[kind]} />
      <div class="notice-body">
        <p>
          {text}{" "}
          <time title={fullWords(at)}>{`${dayWords(at, Date.now())}, ${timeWords(at)}`}</time>
        </p>
        {detail !== null && (
          <details>
            <summary>Show the text</summary>
            <pre dir="auto">{detail}</pre>
            <CopyText read={() => detail} label="Copy it" />
          </details>
        )}
      </div>
      <button
        type="button"
        class="icon-button"
        aria-label="Dismiss this notice"
        onClick={onDismiss}
      >
        <Icon name="close" />
      </button>
    </li>
  );
}
