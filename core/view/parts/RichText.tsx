import type { ComponentChild } from "preact";
import { useMemo } from "preact/hooks";
import { type Inline, richText } from "../rich_text.ts";

// What others wrote only ever becomes text nodes and the `href` of a checked link.
function inline(piece: Inline, index: number): ComponentChild {
  switch (piece.type) {
    case "text":
      return piece.text;
    case "code":
      return <code key={index}>{piece.text}</code>;
    case "bold":
      return <strong key={index}>{piece.children.map(inline)}</strong>;
    case "italic":
      return <em key={index}>{piece.children.map(inline)}</em>;
    case "link":
      return (
        <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer">{piece.text}</a>
      );
  }
}

/** A message's text with its formatting. */
export function RichText({ text }: { text: string }) {
  const blocks = useMemo(() => richText(text), [text]);
  return (
    <>
      {blocks.map((block, index) =>
        block.type === "code"
          ? <pre key={index} dir="ltr" tabIndex={0}><code>{block.text}</code></pre>
          : <p key={index} dir="auto">{block.children.map(inline)}</p>
      )}
    </>
  );
}
