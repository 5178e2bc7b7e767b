// What the language server adds to a script: what each word is, as colours; a param's value and how many cases a rule
// held for, as words behind the name. Asked again when typing has paused.
import { RangeSetBuilder, StateEffect, StateField, type Extension, type Text } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin, WidgetType, type DecorationSet, type ViewUpdate } from "@codemirror/view";
import type { LanguageLink } from "./language";
import { tokensOf, type Legend } from "./model/tokens";

interface Asked {
  link: LanguageLink;
  uri: string;
  legend: Legend;
  hints: boolean;
}

interface Hint {
  position: { line: number; character: number };
  label: string;
}

/** How long typing pauses before the words are asked again, in milliseconds. */
const AFTER = 400;

class HintWidget extends WidgetType {
  constructor(readonly words: string) {
    super();
  }
  override eq(other: HintWidget): boolean {
    return other.words === this.words;
  }
  override toDOM(): HTMLElement {
    return Object.assign(document.createElement("span"), { className: "cm-hint", textContent: this.words });
  }
}

const replaced = StateEffect.define<{ words?: DecorationSet; hints?: DecorationSet }>();
/** Has the words asked again: the cases were run. */
const asked = StateEffect.define<null>();

const field = StateField.define<{ words: DecorationSet; hints: DecorationSet }>({
  create: () => ({ words: Decoration.none, hints: Decoration.none }),
  update(shown, { changes, docChanged, effects }) {
    let now = docChanged ? { words: shown.words.map(changes), hints: shown.hints.map(changes) } : shown;
    for (const effect of effects) if (effect.is(replaced)) now = { ...now, ...effect.value };
    return now;
  },
  provide: (its) => [EditorView.decorations.from(its, ({ words }) => words), EditorView.decorations.from(its, ({ hints }) => hints)],
});

/** The place in a text, if it has it. */
function placeIn(doc: Text, line: number, character: number): number | undefined {
  if (line >= doc.lines) return undefined;
  const { from, length } = doc.line(line + 1);
  return character > length ? undefined : from + character;
}

function wordsIn(doc: Text, data: readonly number[], legend: Legend): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { line, character, length, kind, modifiers } of tokensOf(data, legend)) {
    const from = placeIn(doc, line, character);
    const to = placeIn(doc, line, character + length);
    if (from !== undefined && to !== undefined && to > from) builder.add(from, to, Decoration.mark({ class: [`cm-is-${kind}`, ...modifiers.map((one) => `cm-is-${one}`)].join(" ") }));
  }
  return builder.finish();
}

function hintsIn(doc: Text, hints: readonly Hint[]): DecorationSet {
  const placed = hints.flatMap(({ position, label }) => {
    const at = placeIn(doc, position.line, position.character);
    return at === undefined ? [] : [Decoration.widget({ widget: new HintWidget(label), side: 1 }).range(at)];
  });
  return Decoration.set(placed, true);
}

const plugin = (to: Asked) =>
  ViewPlugin.fromClass(
    class {
      timer: ReturnType<typeof setTimeout> | undefined;
      ended = false;
      constructor(readonly view: EditorView) {
        this.later(0);
      }
      update({ docChanged, transactions }: ViewUpdate): void {
        if (docChanged) this.later(AFTER);
        else if (transactions.some(({ effects }) => effects.some((effect) => effect.is(asked)))) this.later(0);
      }
      destroy(): void {
        this.ended = true;
        clearTimeout(this.timer);
      }
      later(milliseconds: number): void {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => void this.ask(), milliseconds);
      }
      async ask(): Promise<void> {
        const { link, uri, legend, hints } = to;
        link.sync();
        const { doc } = this.view.state;
        const textDocument = { uri };
        const range = { start: { line: 0, character: 0 }, end: { line: doc.lines, character: 0 } };
        try {
          const [tokens, its] = await Promise.all([
            link.client.request<object, { data: number[] } | null>("textDocument/semanticTokens/full", { textDocument }),
            hints ? link.client.request<object, Hint[] | null>("textDocument/inlayHint", { textDocument, range }) : null,
          ]);
          // What was asked of an older text is asked again soon.
          if (this.ended || this.view.state.doc !== doc) return;
          this.view.dispatch({ effects: replaced.of({ ...(tokens === null ? {} : { words: wordsIn(doc, tokens.data, legend) }), ...(its === null ? {} : { hints: hintsIn(doc, its) }) }) });
        } catch {
          // The server began anew meanwhile; the editor is given its words then.
        }
      }
    },
  );

/** Asks for the words of a script again. */
export const askAgain = (view: EditorView): void => view.dispatch({ effects: asked.of(null) });

const look = EditorView.theme({
  ".cm-is-namespace": { color: "var(--hl-keyword)", fontStyle: "italic" },
  ".cm-is-struct": { color: "var(--hl-number)" },
  ".cm-is-property.cm-is-readonly": { color: "var(--hl-number)", fontWeight: "600" },
  ".cm-is-enumMember": { color: "var(--hl-string)", fontWeight: "600" },
  ".cm-is-method.cm-is-defaultLibrary": { color: "var(--hl-call)", fontStyle: "italic" },
  ".cm-is-event": { color: "var(--hl-call)", fontWeight: "700" },
  ".cm-hint": { marginInlineStart: "0.4em", padding: "0 0.4em", borderRadius: "5px", backgroundColor: "var(--line-tint)", color: "var(--ink-2)", fontSize: "0.85em", fontFamily: "system-ui, sans-serif" },
});

/** For an editor of a script. */
export const shownAmong = (to: Asked): Extension => [field, plugin(to), look];
