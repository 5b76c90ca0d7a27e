import { useMemo, useState } from "preact/hooks";
import { cutText } from "../long_text.ts";
import { RichText } from "./RichText.tsx";

const EMOJI_ONLY = /^(?:\p{RGI_Emoji}\s?){1,3}$/v;

interface MessageTextProps {
  readonly text: string;
  /** Called before a long text unfolds or folds. */
  readonly onFold: () => void;
}

/** A message's text; a long one is cut until the person wants it all. */
export function MessageText({ text, onFold }: MessageTextProps) {
  const cut = useMemo(() => cutText(text), [text]);
  const [whole, setWhole] = useState(false);
  const emoji = text.length < 64 && EMOJI_ONLY.test(text);
  return (
    <div class={emoji ? "text text-emoji" : cut && !whole ? "text text-cut" : "text"}>
      <RichText text={cut && !whole ? cut.text : text} />
      {cut && (
        <button
          type="button"
          class="quiet-button"
          aria-expanded={whole}
          onClick={() => {
            onFold();
            setWhole(!whole);
          }}
        >
          {whole
            ? "Show less"
            : cut.lines > 1
            ? `Show all ${cut.lines.toLocaleString()} lines`
            : "Show all"}
        </button>
      )}
    </div>
  );
}
