// The grammar as VS Code runs it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";

const require = createRequire(import.meta.url);
const file = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

await oniguruma.loadWASM(readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")).buffer);
const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async () => textmate.parseRawGrammar(file("syntaxes/rhai.tmLanguage.json"), "rhai.json"),
});
const grammar = await registry.loadGrammar("source.rhai");

/** The tokens of a text that are not blank: their text, their line from 1 and their scopes from the outermost. */
export function tokens(text) {
  let state = textmate.INITIAL;
  return text.split("\n").flatMap((line, index) => {
    const told = grammar.tokenizeLine(line, state);
    state = told.ruleStack;
    const all = told.tokens.map(({ startIndex, endIndex, scopes }) => ({ text: line.slice(startIndex, endIndex), line: index + 1, scopes }));
    return all.filter((token) => token.text.trim() !== "");
  });
}

/** The same as lines `text scope`, with the innermost scope, without its `.rhai`. */
export const scopes = (text) => tokens(text).map((token) => `${token.text.trim()} ${token.scopes.at(-1).replace(/\.rhai$/, "")}`);
