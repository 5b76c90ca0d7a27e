import { type Extension, RangeSetBuilder } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";

/** Letters that are written from the right: Hebrew to Arabic Extended-A, their forms, newer scripts. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** What is looked at of a line, in UTF-16 units. */
const MAX_LOOKED_UNITS = 1_000;

const auto = Decoration.line({ attributes: { dir: "auto" } });

function directions(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  const { doc } = view.state;
  for (const { from, to } of view.visibleRanges) {
    for (let at = from; at <= to;) {
      const line = doc.lineAt(at);
      const start = doc.sliceString(line.from, Math.min(line.to, line.from + MAX_LOOKED_UNITS));
      // A line of which two parts are in view comes twice.
      if (line.from >= from && RIGHT_TO_LEFT.test(start)) builder.add(line.from, line.from, auto);
      at = line.to + 1;
    }
  }
  return builder.finish();
}

const plugin = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = directions(view);
    }
    update(update: ViewUpdate) {
      if (update.docChanged || update.viewportChanged) this.decorations = directions(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

/** Each line has the direction of its own first letter. */
export const textDirection: Extension = [EditorView.perLineTextDirection.of(true), plugin];
