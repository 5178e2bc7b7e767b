// `longma lsp` as an editor meets it: a process, its streams, and files beneath it. What is expected follows from the
// pack's own texts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PACK, conversation, place, workspace } from "./support/house.mjs";

const SCRIPT = `${PACK}/validity.rhai`;
const MANIFEST = `${PACK}/pack.toml`;
const any = (found) => found.length > 0;
const none = (found) => found.length === 0;
const codes = (found) => found.map((it) => `${it.code} ${it.range.start.line}:${it.range.start.character}-${it.range.end.character}`);

/** `code line:from-to` of `wanted` in a text, looked for from where `within` stands. */
const expected = (code, text, wanted, within = wanted) => {
  const { line, character } = place(text, within, within.indexOf(wanted));
  return `${code} ${line}:${character}-${character + wanted.length}`;
};

test("it names itself, and offers what the extension shows", { timeout: 60_000 }, async () => {
  const { answer } = await conversation(workspace());
  assert.equal(answer.serverInfo.name, "longma");
  for (const what of ["hoverProvider", "definitionProvider", "documentSymbolProvider", "foldingRangeProvider"]) {
    assert.ok(answer.capabilities[what], what);
  }
  assert.ok(answer.capabilities.completionProvider.triggerCharacters.includes("."));
});

for (const [what, wanted, by, code, marked] of [
  ["a param that nobody gives", "params.validity", "params.validty", "unknown-param", "validty"],
  ["a field that the schema does not have", "i.issued_at,", "i.isued_at,", "unknown-field", "isued_at"],
  ["a word that the language forbids", "issuance.map", "print(1); issuance.map", "script-forbidden", "print"],
]) {
  test(`${what} is told where it stands, and taken back when it is mended`, { timeout: 60_000 }, async () => {
    const house = workspace();
    const client = await conversation(house);
    const text = house.read(SCRIPT);
    await client.open(SCRIPT);
    await client.type(SCRIPT, text, wanted, by);
    const found = await client.told(SCRIPT, any);
    const typed = text.replace(wanted, by);
    assert.ok(codes(found).includes(expected(code, typed, marked, by)), `${codes(found)}`);
    await client.type(SCRIPT, typed, by, wanted);
    assert.deepEqual(await client.told(SCRIPT, none), []);
  });
}

test("a manifest whose quote is missing is told at its line", { timeout: 60_000 }, async () => {
  const house = workspace();
  const client = await conversation(house);
  const text = house.read(MANIFEST);
  await client.open(MANIFEST);
  await client.type(MANIFEST, text, '"person"', '"person');
  const found = await client.told(MANIFEST, (found) => found.some((it) => it.code === "toml-syntax"));
  const wrong = found.find((it) => it.code === "toml-syntax");
  assert.equal(wrong.range.start.line, place(text, '"person"').line);
});

for (const [locale, unit] of [["en", "24 hours"], ["zh-cn", "24 小时"]]) {
  test(`a param shows its value and leads to its place, in ${locale}`, { timeout: 60_000 }, async () => {
    const house = workspace();
    const client = await conversation(house, locale);
    const text = house.read(SCRIPT);
    await client.open(SCRIPT);
    const inside = place(text, "params.validity", "params.".length + 2);
    const hover = await client.at("textDocument/hover", SCRIPT, inside);
    assert.ok(hover.contents.value.includes(unit), hover.contents.value);
    assert.deepEqual(hover.range, { start: place(text, "params.validity", "params.".length), end: place(text, "params.validity", "params.validity".length) });

    const [defined] = await client.at("textDocument/definition", SCRIPT, inside);
    assert.equal(defined.uri, house.uri(MANIFEST));
    assert.equal(defined.range.start.line, place(house.read(MANIFEST), "[params.validity]").line);
  });
}

test("the functions of a script are its symbols", { timeout: 60_000 }, async () => {
  const house = workspace();
  const client = await conversation(house);
  await client.open(SCRIPT);
  const symbols = await client.ask("textDocument/documentSymbol", { textDocument: { uri: house.uri(SCRIPT) } });
  assert.deepEqual(symbols.map((it) => it.name), ["issued"]);
});

test("a file that changes on the disk is read again", { timeout: 60_000 }, async () => {
  const house = workspace();
  const client = await conversation(house);
  const [text, manifest] = [house.read(SCRIPT), house.read(MANIFEST)];
  house.write(MANIFEST, manifest.replace("[params.validity]", "[params.lasting]"));
  await client.tell("workspace/didChangeWatchedFiles", { changes: [{ uri: house.uri(MANIFEST), type: 2 }] });
  const found = await client.told(SCRIPT, any);
  assert.ok(codes(found).includes(expected("unknown-param", text, "validity", "params.validity")), `${codes(found)}`);
});

test("of a document outside of the house nothing is said", { timeout: 60_000 }, async () => {
  const house = workspace();
  const client = await conversation(house);
  const uri = house.uri("../other.rhai");
  await client.tell("textDocument/didOpen", { textDocument: { uri, languageId: "rhai", version: 1, text: "while x {}" } });
  const position = { line: 0, character: 1 };
  assert.equal(await client.ask("textDocument/hover", { textDocument: { uri }, position }), null);
});

test("after shutdown and exit the process ends well", { timeout: 60_000 }, async () => {
  const client = await conversation(workspace());
  assert.equal(await client.ask("shutdown"), null);
  await client.tell("exit");
  assert.equal(await client.ended, 0);
});
