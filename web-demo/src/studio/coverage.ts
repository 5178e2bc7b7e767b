// Beside each line of a script, whether the cases exercise it: a full, a half or an empty square in a gutter of its own.
import { RangeSet, RangeSetBuilder, StateEffect, StateField, type Extension } from "@codemirror/state";
import { EditorView, gutter, GutterMarker } from "@codemirror/view";
import type { Covered } from "./model/coverage";

/** A line from 1, and what is covered of it, in words too. */
export interface CoverMark {
  line: number;
  covered: Covered;
  words: string;
}

const SIGNS: Record<Covered, string> = { all: "■", partly: "◧", none: "□" };

class CoverMarker extends GutterMarker {
  constructor(readonly mark: CoverMark) {
    super();
  }
  override eq(other: CoverMarker): boolean {
    return other.mark.covered === this.mark.covered && other.mark.words === this.mark.words;
  }
  override toDOM(): Node {
    const { covered, words } = this.mark;
    return Object.assign(document.createElement("span"), { className: `covered ${covered}`, textContent: SIGNS[covered], title: words });
  }
}

const replaced = StateEffect.define<RangeSet<CoverMarker>>();

const field = StateField.define<RangeSet<CoverMarker>>({
  create: () => RangeSet.empty,
  update(marks, { changes, effects }) {
    const now = marks.map(changes);
    return effects.reduce((_, effect) => (effect.is(replaced) ? effect.value : _), now);
  },
});

/** The gutter, for a script. */
export const coverGutter: Extension = [
  field,
  gutter({ class: "cm-coverage", markers: (view) => view.state.field(field), initialSpacer: () => new CoverMarker({ line: 1, covered: "all", words: "" }) }),
  EditorView.theme({
    ".cm-coverage .cm-gutterElement": { padding: "0 2px", fontSize: "0.72em" },
    ".covered.all": { color: "var(--passed)", opacity: "0.75" },
    ".covered.partly": { color: "var(--severity-warning)" },
    ".covered.none": { color: "var(--severity-error)", fontWeight: "700" },
  }),
];

/** Shows what is covered of a script. Does nothing in a file without the gutter. */
export function markCoverage(view: EditorView, marks: readonly CoverMark[]): void {
  if (view.state.field(field, false) === undefined) return;
  const builder = new RangeSetBuilder<CoverMarker>();
  const { doc } = view.state;
  for (const mark of [...marks].sort((a, b) => a.line - b.line)) {
    if (mark.line < 1 || mark.line > doc.lines) continue;
    const { from } = doc.line(mark.line);
    builder.add(from, from, new CoverMarker(mark));
  }
  view.dispatch({ effects: replaced.of(builder.finish()) });
}
