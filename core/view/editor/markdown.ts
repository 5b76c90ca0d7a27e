import { markdown, markdownLanguage } from "@codemirror/lang-markdown";
import { syntaxHighlighting, syntaxTree } from "@codemirror/language";
import { type Extension, RangeSetBuilder } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";

/** What is seen of Markdown; note.css says how it looks. */
const highlighter = tagHighlighter([
  { tag: tags.heading1, class: "md-heading md-heading1" },
  { tag: tags.heading2, class: "md-heading md-heading2" },
  { tag: tags.heading3, class: "md-heading md-heading3" },
  { tag: tags.heading, class: "md-heading" },
  { tag: tags.emphasis, class: "md-emphasis" },
  { tag: tags.strong, class: "md-strong" },
  { tag: tags.strikethrough, class: "md-strikethrough" },
  { tag: tags.monospace, class: "md-code" },
  { tag: tags.quote, class: "md-quote" },
  { tag: tags.link, class: "md-link" },
  { tag: [tags.url, tags.string], class: "md-url" },
  { tag: [tags.processingInstruction, tags.meta, tags.labelName], class: "md-mark" },
  { tag: tags.contentSeparator, class: "md-mark" },
  { tag: [tags.comment, tags.character, tags.angleBracket], class: "md-mark" },
]);

const LINES: Readonly<Record<string, Decoration>> = {
  FencedCode: Decoration.line({ class: "md-line-code" }),
  CodeBlock: Decoration.line({ class: "md-line-code" }),
  Blockquote: Decoration.line({ class: "md-line-quote" }),
};

/** Whole lines that stand out: code and quotations. Only what is in view is looked at. */
function blockLines(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  const { doc } = view.state;
  let next = 0;
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(view.state).iterate({
      from,
      to,
      enter(node) {
        const decoration = LINES[node.name];
        if (!decoration) return true;
        let at = Math.max(doc.lineAt(Math.max(node.from, from)).from, next);
        const end = Math.min(node.to, to);
        while (at <= end) {
          builder.add(at, at, decoration);
          at = doc.lineAt(at).to + 1;
        }
        next = at;
        return false;
      },
    });
  }
  return builder.finish();
}

const blocks = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = blockLines(view);
    }
    update(update: ViewUpdate) {
      const parsed = syntaxTree(update.startState) !== syntaxTree(update.state);
      if (update.docChanged || update.viewportChanged || parsed) {
        this.decorations = blockLines(update.view);
      }
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

/** Markdown as people write it: highlighting, and Enter that goes on with a list. */
export function noteMarkdown(): Extension {
  return [
    markdown({ base: markdownLanguage, completeHTMLTags: false, pasteURLAsLink: false }),
    syntaxHighlighting(highlighter),
    blocks,
  ];
}
