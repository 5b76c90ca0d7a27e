import { useSignal } from "@preact/signals";
import { NewsAnnouncer } from "../core/view/parts/NewsAnnouncer.tsx";
import { NoticeItem } from "../core/view/parts/NoticeItem.tsx";
import { isolated } from "../core/view/people_words.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import type { AskView, CodeView, NoticeView } from "../core/view/view.ts";

/** Notices shown before the rest is folded. */
const SHOWN_NOTICES = 1;
/** Of these, one has to know before all others. */
const GRAVE: readonly NoticeView["kind"][] = ["equivocation", "refused"];

/** What a person should know, above the room: requests, an open code, notices. */
export default function Notices() {
  const { session, dialogs } = useTab();
  const { asks, code, notices } = useTabState();
  const all = useSignal(false);
  const grave = ({ kind }: NoticeView) => Number(GRAVE.includes(kind));
  const newest = notices.toSorted((a, b) => grave(b) - grave(a) || b.id - a.id);
  const shown = all.value ? newest : newest.slice(0, SHOWN_NOTICES);
  const news = [
    ...asks.filter(({ from }) => from === "them").map(({ peer, name }) => ({
      key: `ask ${peer}`,
      text: askWords(name),
    })),
    ...newest.map(({ id, text }) => ({ key: `notice ${id}`, text })),
  ];
  const dismiss = ({ id }: NoticeView) => {
    // What cannot be told now is shown again with the next snapshot.
    session.tell({ type: "notice.dismiss", notice: id });
    document.getElementById("room")?.focus();
  };
  const codeHidden = code && dialogs.open.value?.type !== "invite";
  const any = asks.length > 0 || codeHidden || notices.length > 0;
  return (
    <>
      <NewsAnnouncer news={news} />
      {any && (
        <section class="notices" aria-label="Notices">
          <ul>
            {asks.map((ask) => <AskLine key={`${ask.from} ${ask.peer}`} ask={ask} />)}
            {codeHidden && <CodeLine code={code} />}
            {shown.map((notice) => (
              <NoticeItem
                key={notice.id}
                notice={notice}
                onDismiss={() => dismiss(notice)}
              />
            ))}
          </ul>
          {newest.length > SHOWN_NOTICES && (
            <button
              type="button"
              class="quiet-button"
              aria-expanded={all.value}
              onClick={() => all.value = !all.value}
            >
              {all.value ? "Show fewer" : `Show ${newest.length - SHOWN_NOTICES} more`}
            </button>
          )}
        </section>
      )}
    </>
  );
}

function askWords(name: string): string {
  return `${isolated(name)} asks you for a private space of two.`;
}

function AskLine({ ask: { peer, name, from } }: { ask: AskView }) {
  const { dialogs } = useTab();
  const us = from === "us";
  return (
    <li class={us ? "notice" : "notice notice-ask"}>
      <p>
        {us ? `Waiting for ${isolated(name)} to accept a private space of two.` : askWords(name)}
      </p>
      <button
        type="button"
        class={us ? "quiet-button" : "button button-small"}
        aria-haspopup="dialog"
        onClick={() => dialogs.show({ type: "person", peer })}
      >
        {us ? "Show the words" : "See the words and answer"}
      </button>
    </li>
  );
}

function CodeLine({ code }: { code: CodeView }) {
  const { session } = useTab();
  const { spaces } = useTabState();
  const name = spaces.find(({ id }) => id === code.space)?.name ?? "a space";
  return (
    <li class="notice">
      <p>A code that lets someone into {isolated(name)} is open.</p>
      <button
        type="button"
        class="quiet-button"
        onClick={() => session.tell({ type: "invite.hide" })}
      >
        End it
      </button>
    </li>
  );
}
