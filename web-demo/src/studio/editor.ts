// One editor and the states of the files that were shown in it, each with its own steps to undo.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyField, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, indentUnit, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { toml } from "@codemirror/legacy-modes/mode/toml";
import { lintGutter, lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension, type TransactionSpec } from "@codemirror/state";
import { drawSelection, dropCursor, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, rectangularSelection } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { coverGutter } from "./coverage";
import { caseGutter } from "./marks";
import { languageOf, within } from "./model/names";
import { rhai } from "./rhai";
import type { Edit } from "./store";

const tomlLanguage = StreamLanguage.define(toml);

function languageFor(path: string): Extension {
  switch (languageOf(path)) {
    case "rhai":
      return rhai();
    case "toml":
      return [tomlLanguage, indentUnit.of("  ")];
    case "json":
      return json();
    case "csv":
      return [];
    case "text":
      return EditorView.lineWrapping;
  }
}

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier], color: "var(--hl-keyword)" },
  { tag: [tags.docComment], color: "var(--hl-doc)" },
  { tag: [tags.comment], color: "var(--hl-comment)", fontStyle: "italic" },
  { tag: [tags.meta], color: "var(--hl-source)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--hl-string)" },
  { tag: [tags.number, tags.bool, tags.atom, tags.null], color: "var(--hl-number)" },
  { tag: [tags.function(tags.variableName)], color: "var(--hl-call)" },
  { tag: [tags.definition(tags.function(tags.variableName))], color: "var(--hl-call)", fontWeight: "700" },
  { tag: [tags.propertyName], color: "var(--hl-field)" },
  { tag: [tags.operator, tags.bracket, tags.punctuation], color: "var(--ink-2)" },
  { tag: [tags.heading, tags.tagName], color: "var(--hl-keyword)", fontWeight: "600" },
  { tag: [tags.invalid], color: "var(--wrong)" },
]);

/** The editor in the page's colours. */
const look = EditorView.theme({
  "&": { height: "100%", fontSize: "14px", backgroundColor: "var(--surface)", color: "var(--ink)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--accent)" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--found-tint)" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--ink-2)", border: "none" },
  ".cm-activeLine": { backgroundColor: "var(--line-tint)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--line-tint)", color: "var(--ink)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--found-tint)", outline: "1px solid var(--accent)" },
  ".cm-selectionMatch": { backgroundColor: "var(--found-tint)" },
  ".cm-searchMatch": { backgroundColor: "var(--match-tint)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--match)", color: "#221d15" },
  ".cm-panels": { backgroundColor: "var(--paper)", color: "var(--ink)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-textfield": { backgroundColor: "var(--surface)", border: "1px solid var(--line)", color: "var(--ink)", fontSize: "inherit" },
  ".cm-button": { backgroundImage: "none", backgroundColor: "var(--surface)", border: "1px solid var(--line)", borderRadius: "6px", color: "var(--ink)", fontSize: "inherit" },
  ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "8px", boxShadow: "var(--shadow)", maxWidth: "min(560px, 92vw)" },
  ".cm-tooltip .cm-lsp-documentation": { padding: "6px 10px", fontSize: "13px", lineHeight: "1.5" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "15em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 8px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-completionDetail": { fontStyle: "normal", opacity: "0.85", marginLeft: "1em" },
  ".cm-completionInfo": { padding: "2px" },
  ".cm-diagnostic": { padding: "5px 10px", whiteSpace: "pre-wrap", fontFamily: "inherit" },
  ".cm-diagnosticSource": { opacity: "1", fontSize: "0.85em", color: "var(--ink-2)", fontFamily: "var(--mono)" },
  ".cm-diagnosticAction": { margin: "0 0 0 8px", padding: "2px 9px", border: "1px solid var(--accent)", borderRadius: "7px", backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-diagnostic-error": { borderLeft: "5px solid var(--severity-error)" },
  ".cm-diagnostic-warning": { borderLeft: "5px solid var(--severity-warning)" },
  ".cm-diagnostic-info": { borderLeft: "5px solid var(--severity-info)" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--line-tint)", border: "1px solid var(--line)", color: "var(--ink-2)" },
});

/** Every state has it: proposals that come when the state before is gone would fail without. */
const completes = autocompletion({ icons: false });

/** What the page decides for all files. */
export interface Settings {
  readOnly: boolean;
  /** The editor's own words in the page's language. */
  phrases: Record<string, string>;
  /** Names the editor for a screen reader. */
  label: (file: string) => string;
}

export interface EditorHost {
  /** A file's text has changed. */
  changed(path: string): void;
  /** The line of the cursor, from 1. */
  moved(line: number): void;
  language(path: string): Extension;
  /** Just before another file is shown, and just after. */
  leaving(): void;
  shown(view: EditorView, path: string): void;
}

export class Sheets {
  view: EditorView | undefined;
  path = "";
  /** The file whose state the editor has now; empty for none. */
  #seen = "";
  readonly #states = new Map<string, EditorState>();
  readonly #settings = new Compartment();
  readonly #language = new Compartment();

  constructor(
    readonly host: EditorHost,
    public settings: Settings,
    /** The text of a file that has no state yet, or its state as it was kept. */
    readonly source: (path: string) => string | Edit,
  ) {}

  /** Puts the editor into the page. */
  attach(parent: HTMLElement): void {
    this.view = new EditorView({ parent, state: EditorState.create({ extensions: completes }) });
    if (this.path !== "") this.show(this.path);
  }

  detach(): void {
    this.#remember();
    this.view?.destroy();
    this.view = undefined;
    this.#seen = "";
  }

  /** Forgets all states: another house has been opened. */
  clear(): void {
    this.#states.clear();
    this.path = "";
    this.#seen = "";
    this.view?.setState(EditorState.create({ extensions: completes }));
  }

  /** Shows a file as it was left. */
  show(path: string): EditorView | undefined {
    if (this.view === undefined) {
      this.path = path;
      return undefined;
    }
    this.host.leaving();
    this.#remember();
    this.path = path;
    const kept = this.state(path);
    this.#seen = path;
    this.view.setState(kept.update({ effects: this.#effects(path) }).state);
    this.host.shown(this.view, path);
    return this.view;
  }

  /** Applies changed settings, or what the language server can do now. */
  refresh(settings: Settings = this.settings): void {
    this.settings = settings;
    if (this.view !== undefined && this.#seen !== "") this.view.dispatch({ effects: this.#effects(this.#seen) });
  }

  /** The state of a file, shown or not. */
  state(path: string): EditorState {
    return this.#states.get(path) ?? this.#create(path);
  }

  /** Forgets a file that is gone or comes anew. */
  forget(path: string): void {
    this.#states.delete(path);
    if (this.#seen === path) this.#seen = "";
    if (this.path === path) this.path = "";
  }

  /** Changes a file that is not shown. */
  change(path: string, spec: TransactionSpec): EditorState {
    const state = this.state(path).update(spec).state;
    this.#states.set(path, state);
    this.host.changed(path);
    return state;
  }

  /** The text of a file if it has a state. */
  text(path: string): string | undefined {
    return this.#states.get(path)?.sliceDoc();
  }

  /** Text, selection and history of a file as JSON. */
  edit(path: string): Edit | undefined {
    return this.#states.get(path)?.toJSON({ history: historyField }) as Edit | undefined;
  }

  #remember(): void {
    if (this.view !== undefined && this.#seen !== "") this.#states.set(this.#seen, this.view.state);
  }

  #effects(path: string) {
    return [this.#settings.reconfigure(this.#configured(path)), this.#language.reconfigure(this.host.language(path))];
  }

  #configured(path: string): Extension {
    const { readOnly, phrases, label } = this.settings;
    return [
      EditorState.readOnly.of(readOnly),
      EditorState.phrases.of(phrases),
      EditorView.contentAttributes.of({ "aria-label": label(within(path)), "aria-readonly": String(readOnly), spellcheck: "false", tabindex: "0" }),
    ];
  }

  #create(path: string): EditorState {
    const source = this.source(path);
    const text = typeof source === "string" ? source : source.doc;
    const extensions = [
      text.includes("\r\n") ? EditorState.lineSeparator.of("\r\n") : [],
      completes,
      lineNumbers(),
      highlightActiveLineGutter(),
      highlightSpecialChars(),
      history({ minDepth: 300 }),
      foldGutter(),
      lintGutter(),
      within(path).startsWith("cases/") ? caseGutter : [],
      path.endsWith(".rhai") ? coverGutter : [],
      drawSelection(),
      dropCursor(),
      EditorState.allowMultipleSelections.of(true),
      indentOnInput(),
      indentUnit.of("    "),
      syntaxHighlighting(colours),
      bracketMatching(),
      closeBrackets(),
      rectangularSelection(),
      highlightActiveLine(),
      highlightSelectionMatches(),
      languageFor(path),
      look,
      keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...defaultKeymap]),
      EditorView.updateListener.of((update) => {
        if (update.view !== this.view || this.path !== path) return;
        this.#states.set(path, update.state);
        if (update.docChanged) this.host.changed(path);
        if (update.selectionSet || update.docChanged) this.host.moved(update.state.doc.lineAt(update.state.selection.main.head).number);
      }),
      this.#settings.of(this.#configured(path)),
      this.#language.of([]),
    ];
    let state: EditorState;
    try {
      state =
        typeof source === "string"
          ? EditorState.create({ doc: source, extensions })
          : EditorState.fromJSON(source, { extensions }, { history: historyField });
    } catch {
      // What was kept of the history cannot be read. The text can.
      state = EditorState.create({ doc: text, extensions });
    }
    this.#states.set(path, state);
    return state;
  }
}
