// Beside each case's first line, whether it passed: a tick or a cross in a gutter of its own.
import { RangeSet, RangeSetBuilder, StateEffect, StateField, type Extension } from "@codemirror/state";
import { EditorView, gutter, GutterMarker } from "@codemirror/view";

/** A line from 1, and how the case that begins there ended, in words too. */
export interface Mark {
  line: number;
  passed: boolean;
  words: string;
}

class CaseMarker extends GutterMarker {
  constructor(readonly mark: Mark) {
    super();
  }
  override eq(other: CaseMarker): boolean {
    return other.mark.passed === this.mark.passed && other.mark.words === this.mark.words;
  }
  override toDOM(): Node {
    const { passed, words } = this.mark;
    return Object.assign(document.createElement("span"), { className: `outcome ${passed ? "passed" : "failed"}`, textContent: passed ? "✓" : "✗", title: words });
  }
}

const replaced = StateEffect.define<RangeSet<CaseMarker>>();

const field = StateField.define<RangeSet<CaseMarker>>({
  create: () => RangeSet.empty,
  update(marks, { changes, effects }) {
    const now = marks.map(changes);
    return effects.reduce((_, effect) => (effect.is(replaced) ? effect.value : _), now);
  },
});

/** The gutter, for a file of cases. */
export const caseGutter: Extension = [
  field,
  gutter({ class: "cm-cases", markers: (view) => view.state.field(field), initialSpacer: () => new CaseMarker({ line: 1, passed: true, words: "" }) }),
  EditorView.theme({ ".cm-cases .cm-gutterElement": { padding: "0 3px", fontWeight: "700" } }),
];

/** Shows how the cases of a file ended. Does nothing in a file without the gutter. */
export function markCases(view: EditorView, marks: readonly Mark[]): void {
  if (view.state.field(field, false) === undefined) return;
  const builder = new RangeSetBuilder<CaseMarker>();
  const { doc } = view.state;
  for (const mark of [...marks].sort((a, b) => a.line - b.line)) {
    if (mark.line < 1 || mark.line > doc.lines) continue;
    const { from } = doc.line(mark.line);
    builder.add(from, from, new CaseMarker(mark));
  }
  view.dispatch({ effects: replaced.of(builder.finish()) });
}
