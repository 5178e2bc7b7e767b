// Colours for scripts: the profile of Rhai that rules are written in. What a name means is the language server's to say.
import { indentService, LanguageSupport, StreamLanguage, type StringStream } from "@codemirror/language";
import { tags } from "@lezer/highlight";

const KEYWORDS = new Set(["fn", "private", "let", "const", "if", "else", "switch", "return", "in", "for", "while", "loop", "break", "continue"]);
const ATOMS = new Set(["true", "false"]);

interface State {
  /** How many block comments are open, one in another. */
  comments: number;
  /** Whether a word comes now that a function is named by. */
  names: boolean;
}

function comment(stream: StringStream, state: State): void {
  while (!stream.eol()) {
    if (stream.match("/*")) state.comments++;
    else if (stream.match("*/")) {
      if (--state.comments === 0) return;
    } else stream.next();
  }
}

function text(stream: StringStream, quote: string): void {
  for (let char = stream.next(); char != null && char !== quote; char = stream.next()) if (char === "\\") stream.next();
}

const language = StreamLanguage.define<State>({
  name: "rhai",
  startState: () => ({ comments: 0, names: false }),
  copyState: (state) => ({ ...state }),
  token(stream, state) {
    if (state.comments > 0) {
      comment(stream, state);
      return "comment";
    }
    if (stream.eatSpace()) return null;
    if (stream.match("///")) {
      const source = stream.match(/^\s*source:/, false);
      stream.skipToEnd();
      return source ? "source" : "doc";
    }
    if (stream.match("//")) {
      stream.skipToEnd();
      return "comment";
    }
    if (stream.match("/*")) {
      state.comments = 1;
      comment(stream, state);
      return "comment";
    }
    const next = stream.peek() ?? "";
    if (next === '"' || next === "`" || next === "'") {
      stream.next();
      text(stream, next);
      return "string";
    }
    if (stream.match(/^\d[\d_]*(\.\d[\d_]*)?/)) return "number";
    if (stream.match(/^[\p{L}_][\p{L}\p{N}_]*/u)) {
      const word = stream.current();
      if (state.names) {
        state.names = false;
        return "name";
      }
      if (KEYWORDS.has(word)) {
        state.names = word === "fn";
        return "keyword";
      }
      if (ATOMS.has(word)) return "atom";
      const before = stream.string.slice(0, stream.start).trimEnd();
      const called = stream.match(/^\s*\(/, false);
      if (before.endsWith(".") && !before.endsWith("..")) return called ? "call" : "field";
      return called ? "call" : "word";
    }
    stream.next();
    return /[()[\]{},;]/.test(next) ? "bracket" : "operator";
  },
  tokenTable: {
    doc: tags.docComment,
    source: tags.meta,
    name: tags.definition(tags.function(tags.variableName)),
    call: tags.function(tags.variableName),
    field: tags.propertyName,
    word: tags.variableName,
    bracket: tags.bracket,
    atom: tags.bool,
  },
  languageData: {
    commentTokens: { line: "//", block: { open: "/*", close: "*/" } },
    closeBrackets: { brackets: ["(", "[", "{", '"'] },
  },
});

/** A new line begins where the one before it does, one step further in behind an opening bracket. */
const indentation = indentService.of((context, pos) => {
  const line = context.lineAt(pos, -1);
  const before = line.from === pos && context.simulatedBreak !== pos ? context.state.doc.lineAt(Math.max(0, pos - 1)) : line;
  const text = context.simulatedBreak === pos ? line.text : before.text;
  const own = /^\s*/.exec(text)?.[0].length ?? 0;
  const opens = /[{([]\s*$/.test(text) || /[{(]\s*\|[^|]*\|\s*\{?\s*$/.test(text);
  const closes = /^\s*[})\]]/.test(context.textAfterPos(pos, 1));
  return Math.max(0, own + (opens ? context.unit : 0) - (closes && !opens ? context.unit : 0) - (closes && opens ? context.unit : 0));
});

export const rhai = (): LanguageSupport => new LanguageSupport(language, [indentation]);
