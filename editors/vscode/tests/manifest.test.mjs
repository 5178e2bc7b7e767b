// What the extension says of itself: its words in both languages, and files that are there.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { unzipSync } from "fflate";

const root = fileURLToPath(new URL("..", import.meta.url));
const text = (path) => readFileSync(root + path, "utf8");
const json = (path) => JSON.parse(text(path));
const manifest = json("package.json");

test("both languages have words for the same keys, and the manifest uses all of them", () => {
  const [en, zh] = [json("package.nls.json"), json("package.nls.zh-cn.json")];
  const used = [...text("package.json").matchAll(/"%([^"%]+)%"/g)].map(([, key]) => key);
  assert.deepEqual(Object.keys(en), Object.keys(zh));
  assert.deepEqual(Object.keys(en).sort(), [...new Set(used)].sort());
  for (const [key, words] of Object.entries(zh)) assert.match(words, /\p{Script=Han}/u, key);
});

test("both languages have words for each message of the code, with the same parts", () => {
  const [en, zh] = [json(`${manifest.l10n}/bundle.l10n.json`), json(`${manifest.l10n}/bundle.l10n.zh-cn.json`)];
  const used = [...text("src/extension.mjs").matchAll(/l10n\.t\("([^"]+)"/g)].map(([, key]) => key);
  assert.ok(used.length > 0);
  assert.deepEqual(Object.keys(en), Object.keys(zh));
  assert.deepEqual(Object.keys(en).sort(), [...new Set(used)].sort());
  const parts = (words) => words.match(/\{\d\}/g);
  for (const [key, words] of Object.entries(zh)) {
    assert.equal(en[key], key);
    assert.deepEqual(parts(words), parts(key));
    assert.match(words, /\p{Script=Han}/u);
  }
});

test("every file that the manifest names is there, and JSON", () => {
  const { languages, grammars } = manifest.contributes;
  const named = [...languages.map((it) => it.configuration), ...grammars.map((it) => it.path)];
  assert.equal(named.length, 2);
  for (const path of named) assert.ok(json(path), path);
  assert.ok(existsSync(root + manifest.main));
  for (const { language } of grammars) assert.ok(languages.some((it) => it.id === language));
});

test("the settings that the code reads are those that the manifest declares", () => {
  const source = text("src/extension.mjs");
  for (const [name, { default: value }] of Object.entries(manifest.contributes.configuration.properties)) {
    assert.ok(source.includes(`values.get("${name.replace("longma.", "")}", "${value}")`), name);
  }
  for (const { command } of manifest.contributes.commands) assert.ok(source.includes(`registerCommand("${command}"`), command);
});

test("the .vsix has what the manifest names, in both languages, and no test", () => {
  const files = unzipSync(readFileSync(`${root}${manifest.name}-${manifest.version}.vsix`));
  const names = Object.keys(files);
  const wanted = [manifest.main, manifest.contributes.languages[0].configuration, manifest.contributes.grammars[0].path];
  const inside = [...wanted.map((it) => it.replace("./", "")), "package.json", "package.nls.json", "package.nls.zh-cn.json", "l10n/bundle.l10n.json", "l10n/bundle.l10n.zh-cn.json", "README.md", "README.zh-CN.md", "LICENSE.txt", "dist/NOTICES.txt"];
  assert.deepEqual(names.sort(), ["[Content_Types].xml", "extension.vsixmanifest", ...inside.map((it) => `extension/${it}`)].sort());
  const told = Buffer.from(files["extension.vsixmanifest"]).toString();
  assert.match(told, new RegExp(`Id="${manifest.name}" Version="${manifest.version}" Publisher="${manifest.publisher}"`));
  for (const [, path] of told.matchAll(/ Path="([^"]+)"/g)) assert.ok(names.includes(path), path);
  const types = Buffer.from(files["[Content_Types].xml"]).toString();
  for (const name of names.filter((it) => it !== "[Content_Types].xml")) {
    assert.ok(types.includes(`Extension="${name.slice(name.lastIndexOf("."))}"`), name);
  }
});

test("the indentation and comments of scripts are regular expressions that hold", () => {
  const { indentationRules: rules, wordPattern, onEnterRules } = json("language-configuration.json");
  const [more, less] = [new RegExp(rules.increaseIndentPattern), new RegExp(rules.decreaseIndentPattern)];
  for (const line of ["fn a(b) {", "    if a { // why", "a.map(|i| {", "f("]) assert.ok(more.test(line), line);
  for (const line of ["}", "// a {", "a.map(|i| i)", "fn a() { b }"]) assert.ok(!more.test(line), line);
  for (const line of ["}", "    })", "]"]) assert.ok(less.test(line), line);
  assert.deepEqual("red(c.last_contact)".match(new RegExp(wordPattern, "g")), ["red", "c", "last_contact"]);
  assert.ok(new RegExp(onEnterRules[0].beforeText).test("/// source: v9"));
});
