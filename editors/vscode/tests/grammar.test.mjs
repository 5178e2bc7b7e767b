// The colours of scripts. What is expected is written from what each token is, in lang/src/syntax/lexer.rs and
// rules/README.md.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { scopes, tokens } from "./support/scopes.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const isInvalid = ({ scopes }) => scopes.some((it) => it.startsWith("invalid"));

/** A text, and its tokens with their scopes. */
const CASES = [
  ["// 说明 note", ["// 说明 note comment.line.double-slash"]],
  ["//// line", ["//// line comment.line.double-slash"]],
  ["/// 一 one", ["/// punctuation.definition.comment", "一 one comment.line.documentation"]],
  ["/// source: gansu-2020", ["/// punctuation.definition.comment", "source: keyword.other.source", "gansu-2020 constant.other.source"]],
  ["/* a /* b */ c */ x", ["/* comment.block", "a comment.block", "/* comment.block", "b comment.block", "*/ comment.block", "c comment.block", "*/ comment.block", "x variable.other"]],
  ["/** a */ x", ["/** comment.block.documentation", "a comment.block.documentation", "*/ comment.block.documentation", "x variable.other"]],
  ["/**/ x", ["/* comment.block", "*/ comment.block", "x variable.other"]],

  [String.raw`"a\n\u4e00"`, ['" punctuation.definition.string.begin', "a string.quoted.double", String.raw`\n constant.character.escape`, String.raw`\u4e00 constant.character.escape`, '" punctuation.definition.string.end']],
  ['"a""b"', ['" punctuation.definition.string.begin', "a string.quoted.double", '"" constant.character.escape', "b string.quoted.double", '" punctuation.definition.string.end']],
  ['"" x', ['" punctuation.definition.string.begin', '" punctuation.definition.string.end', "x variable.other"]],
  ["`a ${b.c} d`", ["` punctuation.definition.string.begin", "a string.interpolated", "${ punctuation.section.interpolation.begin", "b variable.other", ". punctuation.accessor", "c variable.other.property", "} punctuation.section.interpolation.end", "d string.interpolated", "` punctuation.definition.string.end"]],
  ["`${ {a} }` b", ["` punctuation.definition.string.begin", "${ punctuation.section.interpolation.begin", "{ meta.embedded.line", "a variable.other", "} meta.embedded.line", "} punctuation.section.interpolation.end", "` punctuation.definition.string.end", "b variable.other"]],

  ["1_000 0x1F 0o17 0b11", ["1_000 constant.numeric.decimal", "0x1F constant.numeric.hex", "0o17 constant.numeric.octal", "0b11 constant.numeric.binary"]],
  ["true false ()", ["true constant.language.boolean", "false constant.language.boolean", "() constant.language.absent"]],
  ["a == ()", ["a variable.other", "== keyword.operator.comparison", "() constant.language.absent"]],
  ["never()", ["never entity.name.function.call", "( punctuation.section.parens.begin", ") punctuation.section.parens.end"]],

  ["fn a()", ["fn storage.type.function", "a entity.name.function", "( punctuation.section.parameters.begin", ") punctuation.section.parameters.end"]],
  ["private fn a(b, c)", ["private storage.modifier", "fn storage.type.function", "a entity.name.function", "( punctuation.section.parameters.begin", "b variable.parameter", ", punctuation.separator", "c variable.parameter", ") punctuation.section.parameters.end"]],
  ["let a = 7;", ["let storage.type", "a variable.other", "= keyword.operator.assignment", "7 constant.numeric.decimal", "; punctuation.terminator"]],
  ["if a { return b } else { c }", ["if keyword.control.conditional", "a variable.other", "{ punctuation.section.block.begin", "return keyword.control.flow", "b variable.other", "} punctuation.section.block.end", "else keyword.control.conditional", "{ punctuation.section.block.begin", "c variable.other", "} punctuation.section.block.end"]],
  ['switch a { 1 | 2 => b, _ => c }', ["switch keyword.control.conditional", "a variable.other", "{ punctuation.section.block.begin", "1 constant.numeric.decimal", "| keyword.operator.set", "2 constant.numeric.decimal", "=> storage.type.function.arrow", "b variable.other", ", punctuation.separator", "_ keyword.other.default", "=> storage.type.function.arrow", "c variable.other", "} punctuation.section.block.end"]],

  ["a.b", ["a variable.other", ". punctuation.accessor", "b variable.other.property"]],
  ["a?.b", ["a variable.other", "?. punctuation.accessor", "b variable.other.property"]],
  ["a.since(b)", ["a variable.other", ". punctuation.accessor", "since entity.name.function.method", "( punctuation.section.parens.begin", "b variable.other", ") punctuation.section.parens.end"]],
  ["params.quarantine", ["params variable.language.params", ". punctuation.accessor", "quarantine variable.other.constant.param"]],
  ["a.params.b", ["a variable.other", ". punctuation.accessor", "params variable.other.property", ". punctuation.accessor", "b variable.other.property"]],
  ["f(a, params)", ["f entity.name.function.call", "( punctuation.section.parens.begin", "a variable.other", ", punctuation.separator", "params variable.language.params", ") punctuation.section.parens.end"]],
  // Only a word of its own is a keyword.
  ["inside iffy a.new", ["inside variable.other", "iffy variable.other", "a variable.other", ". punctuation.accessor", "new variable.other.property"]],

  ["f(|a, b| a)", ["f entity.name.function.call", "( punctuation.section.parens.begin", "| punctuation.definition.closure", "a variable.parameter", ", punctuation.separator", "b variable.parameter", "| punctuation.definition.closure", "a variable.other", ") punctuation.section.parens.end"]],
  ["f(|a| b | c)", ["f entity.name.function.call", "( punctuation.section.parens.begin", "| punctuation.definition.closure", "a variable.parameter", "| punctuation.definition.closure", "b variable.other", "| keyword.operator.set", "c variable.other", ") punctuation.section.parens.end"]],
  ["f(\n  |a| b)", ["f entity.name.function.call", "( punctuation.section.parens.begin", "| punctuation.definition.closure", "a variable.parameter", "| punctuation.definition.closure", "b variable.other", ") punctuation.section.parens.end"]],
  ["f(|| a)", ["f entity.name.function.call", "( punctuation.section.parens.begin", "|| punctuation.definition.closure", "a variable.other", ") punctuation.section.parens.end"]],
  ["a\n  | b | c", ["a variable.other", "| keyword.operator.set", "b variable.other", "| keyword.operator.set", "c variable.other"]],
  ["a | b & c - d", ["a variable.other", "| keyword.operator.set", "b variable.other", "& keyword.operator.set", "c variable.other", "- keyword.operator.arithmetic", "d variable.other"]],
  ["a || b && !c", ["a variable.other", "|| keyword.operator.logical", "b variable.other", "&& keyword.operator.logical", "! keyword.operator.logical", "c variable.other"]],
  ["a ?? b + 1 * 2 / 3 % 4", ["a variable.other", "?? keyword.operator.default", "b variable.other", "+ keyword.operator.arithmetic", "1 constant.numeric.decimal", "* keyword.operator.arithmetic", "2 constant.numeric.decimal", "/ keyword.operator.arithmetic", "3 constant.numeric.decimal", "% keyword.operator.arithmetic", "4 constant.numeric.decimal"]],
  ["a <= b >= c < d > e != f", ["a variable.other", "<= keyword.operator.comparison", "b variable.other", ">= keyword.operator.comparison", "c variable.other", "< keyword.operator.comparison", "d variable.other", "> keyword.operator.comparison", "e variable.other", "!= keyword.operator.comparison", "f variable.other"]],
  ["a in b !in c !inside", ["a variable.other", "in keyword.operator.word", "b variable.other", "!in keyword.operator.word", "c variable.other", "! keyword.operator.logical", "inside variable.other"]],
  ["a += b[0]", ["a variable.other", "+= keyword.operator.assignment", "b variable.other", "[ punctuation.section.brackets.begin", "0 constant.numeric.decimal", "] punctuation.section.brackets.end"]],
];

/** A text, and what in it is marked because rules may not have it. */
const WRONG = [
  ["1.5 + 2", ["1.5 invalid.illegal.decimal"]],
  ["a == 'x'", ["'x' invalid.illegal.quotes"]],
  ["#{a: 1}", ["#{ invalid.illegal.map"]],
  ["a.print(b)", ["print invalid.illegal.forbidden"]],
  ["const a = 1", ["const invalid.illegal.forbidden"]],
  ["a ** 2 << 1 >> 2", ["** invalid.illegal.operator", "<< invalid.illegal.operator", ">> invalid.illegal.operator"]],
  ["0..7", [".. invalid.illegal.operator"]],
  ["a::b", [":: invalid.illegal.operator"]],
  ["姓名 == a1名", ["姓名 invalid.illegal.letters", "a1名 invalid.illegal.letters"]],
  ["f（a，b）", ["（ invalid.illegal.character", "， invalid.illegal.character", "） invalid.illegal.character"]],
  ["~a @b", ["~ invalid.illegal.character", "@ invalid.illegal.character"]],
  [String.raw`"\u12"`, [String.raw`\u invalid.illegal.escape`]],
];

for (const [text, expected] of CASES) {
  test(`${JSON.stringify(text)} has the scopes of its tokens`, () => assert.deepEqual(scopes(text), expected));
}

for (const [text, expected] of WRONG) {
  test(`${JSON.stringify(text)} is marked where rules may not have it`, () => {
    const found = tokens(text).filter(isInvalid).map((it) => `${it.text.trim()} ${it.scopes.at(-1).replace(/\.rhai$/, "")}`);
    assert.deepEqual(found, expected);
  });
}

test("a text without an end ends with its line", () => {
  assert.deepEqual(scopes('"open\na'), ['" punctuation.definition.string.begin', "open string.quoted.double", "a variable.other"]);
});

test("a text goes on behind a backslash at the end of a line", () => {
  assert.equal(scopes('"a \\\nb" c').at(-1), "c variable.other");
  assert.ok(scopes('"a \\\nb" c').includes("b string.quoted.double"));
});

/** The words of a list in a source of the language. */
function words(path, name) {
  const list = new RegExp(`const ${name}: &\\[&str\\] = &\\[([^;]*)\\];`).exec(readFileSync(here(`../../../${path}`), "utf8"));
  return [...list[1].matchAll(/"([^"]+)"/g)].map(([, word]) => word);
}

for (const [what, path, list, scope] of [
  ["forbids", "oracle/src/script.rs", "FORBIDDEN", "invalid.illegal.forbidden"],
  ["has no statement for", "lang/src/syntax/parser.rs", "FORBIDDEN", "invalid.illegal.forbidden"],
  ["reserves", "lang/src/check/signs.rs", "RESERVED", "invalid.illegal.reserved"],
]) {
  test(`every word that the language ${what} is marked`, () => {
    const all = words(path, list).filter((word) => word !== "#{");
    assert.ok(all.length >= 10, `${all}`);
    for (const word of all) assert.deepEqual(scopes(word), [`${word} ${scope}`]);
  });
}

test("names in the fixture are what they are", () => {
  const text = readFileSync(here("fixture.rhai"), "utf8");
  const names = tokens(text).filter((it) => /^[a-z_0-9]+$/i.test(it.text));
  const found = names.map((it) => `${it.line} ${it.text} ${it.scopes.at(-1).replace(/\.rhai$/, "")}`);
  const [rule, step] = ["entity.name.function", "entity.name.function"];
  const [call, method, field] = ["entity.name.function.call", "entity.name.function.method", "variable.other.property"];
  const [name, parameter] = ["variable.other", "variable.parameter"];
  assert.deepEqual(found, [
    "4 v9 constant.other.source",
    "5 fn storage.type.function", `5 close_contact ${rule}`, `5 contacts ${parameter}`, `5 params ${parameter}`,
    "6 let storage.type", `6 near ${name}`, `6 contacts ${name}`, `6 filter ${method}`, `6 c ${parameter}`,
    `6 c ${name}`, `6 kind ${field}`, "6 close string.quoted.double", `6 c ${name}`, `6 released ${field}`,
    `7 near ${name}`, `7 map ${method}`, `7 c ${parameter}`, `7 red ${call}`, `7 c ${name}`, `7 last_contact ${field}`,
    `7 c ${name}`, `7 last_contact ${field}`, "7 params variable.language.params",
    "7 quarantine variable.other.constant.param", `7 because ${method}`, `7 c ${name}`,
    "10 private storage.modifier", "10 fn storage.type.function", `10 whole ${step}`, `10 row ${parameter}`, `10 days ${parameter}`,
    "11 if keyword.control.conditional", `11 row ${name}`, `11 until ${field}`, "11 return keyword.control.flow",
    `11 never ${call}`, "11 else keyword.control.conditional", `11 always ${call}`, `11 between ${call}`,
    `11 row ${name}`, `11 from ${field}`, `11 row ${name}`, `11 until ${field}`, `11 row ${name}`, `11 on ${field}`,
    "11 0 constant.numeric.decimal",
  ]);
});

const packs = here("../../../rules/packs");
const scripts = readdirSync(packs, { recursive: true }).filter((path) => path.endsWith(".rhai")).sort();

test("the shipped scripts have nothing that is marked", () => {
  assert.ok(scripts.length >= 40, `${scripts.length} scripts`);
  for (const path of scripts) {
    const wrong = tokens(readFileSync(`${packs}/${path}`, "utf8")).filter(isInvalid);
    assert.deepEqual(wrong.map((it) => `${path}:${it.line} ${it.text}`), []);
  }
});

test("in the shipped scripts each line of a source, each function and each closure is seen as one", () => {
  for (const path of scripts) {
    const text = readFileSync(`${packs}/${path}`, "utf8");
    const all = tokens(text);
    const having = (scope) => all.filter((it) => it.scopes.includes(`${scope}.rhai`)).map((it) => it.text);
    const code = text.replace(/\/\/.*$/gm, "").replace(/"[^"\n]*"/g, '""');
    const written = (pattern) => [...code.matchAll(pattern)].map((it) => it[1]);
    const sources = [...text.matchAll(/^\/\/\/ source: (\S+)$/gm)].map((it) => it[1]);
    assert.deepEqual(having("constant.other.source"), sources, path);
    assert.deepEqual(having("entity.name.function"), written(/\bfn (\w+)/g), path);
    assert.deepEqual(having("entity.name.function.method"), written(/\.(\w+)\(/g), path);
    assert.deepEqual(having("variable.other.constant.param"), written(/\bparams\.(\w+)/g), path);
    // These scripts write closures as `|x|`, and blanks around a bar between sets.
    const bars = written(/(\|)\w+(?:, \w+)*\|/g).length;
    assert.equal(having("punctuation.definition.closure").length, 2 * bars, path);
  }
});
