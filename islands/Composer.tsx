import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { systemClock } from "../core/base/clock.ts";
import type { SpaceId } from "../core/base/ids.ts";
import { Icon } from "../core/view/parts/Icon.tsx";
import { useTab } from "../core/view/tab/session_context.ts";
import { TypingPace } from "../core/view/tab/typing_pace.ts";
import type { ChannelView } from "../core/view/view.ts";
import { cleanText } from "../core/view/words.ts";

/** On a narrow page a keyboard that opened by itself would hide the messages. */
const ROOMY = "(min-width: 720px)";

interface ComposerProps {
  readonly space: SpaceId;
  readonly channel: ChannelView;
}

/** Where one writes a message. What is typed survives a reload; Enter sends. */
export default function Composer({ space, channel }: ComposerProps) {
  const { session } = useTab();
  const text = useSignal(session.drafts.get(space, channel.id));
  const problem = useSignal<string | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const pace = useMemo(
    () =>
      new TypingPace(systemClock, (typing) => {
        session.setPlace(space, { type: "channel", channel: channel.id, typing });
      }),
    [channel.id],
  );

  useEffect(() => {
    session.setPlace(space, { type: "channel", channel: channel.id, typing: false });
    const roomy = matchMedia(ROOMY).matches;
    const entry = roomy ? area.current : document.getElementById("room");
    // Who came to read a message stays there.
    if (!document.activeElement?.matches(".message")) entry?.focus({ preventScroll: true });
    const end = session.drafts.onPutBack(space, channel.id, (draft) => {
      text.value = draft;
      area.current?.focus();
    });
    return () => {
      end();
      pace.stop();
      session.setPlace(space, null);
    };
  }, [channel.id]);

  // Grows with its text; the style sheet bounds it, and in newer browsers does it all.
  useLayoutEffect(() => {
    const element = area.current;
    if (!element || CSS.supports("field-sizing", "content")) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [text.value]);

  function change(value: string): void {
    text.value = value;
    problem.value = null;
    session.drafts.set(space, channel.id, value);
    pace.key(value);
  }

  function send(): void {
    if (text.value.trim() === "") return;
    try {
      const command = {
        type: "message.send",
        space,
        channel: channel.id,
        text: cleanText(text.value),
      } as const;
      // A refusal stays in the list, with the text.
      session.outbox.write(command).catch(() => {});
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      problem.value = error.message;
      return;
    }
    change("");
    area.current?.focus();
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {problem.value && (
        <p class="reason" role="alert">
          <Icon name="warn" />
          {problem.value}
        </p>
      )}
      <div class="composer-field">
        <textarea
          ref={area}
          rows={1}
          dir="auto"
          aria-label={`Message to ${channel.name}`}
          aria-describedby="composer-hint"
          placeholder={`Message #${channel.name}`}
          enterkeyhint="send"
          value={text.value}
          onInput={(event) => change(event.currentTarget.value)}
          onBlur={() => pace.stop()}
          onKeyDown={(event) => {
            // 229: a key that an input method takes, in browsers that say it no other way.
            if (event.isComposing || event.keyCode === 229) return;
            if (event.key === "Enter" && !event.shiftKey) {
              event.preventDefault();
              send();
            }
          }}
        />
        <button
          type="submit"
          class="send"
          aria-label="Send"
          disabled={text.value.trim() === ""}
        >
          <Icon name="send" />
        </button>
      </div>
      <p class="hidden" id="composer-hint">Enter sends, Shift and Enter begin a new line.</p>
    </form>
  );
}
