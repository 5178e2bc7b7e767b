// The pure parts of writing without code: what the server says of words, new files, the passages of a notice.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { en } from "../src/studio/messages/en";
import { zhCN } from "../src/studio/messages/zh-CN";
import { caseFileName, caseHead, fileFault, newPath } from "../src/studio/model/files";
import { isOfHouse, languageOf } from "../src/studio/model/names";
import { oneLine, pinned, readNotice, readRules, ruleAt, sentencesOf, stretchOf } from "../src/studio/model/passages";
import { tokensOf } from "../src/studio/model/tokens";

const shipped = new Map(Object.entries(JSON.parse(readFileSync(fileURLToPath(new URL("../public/generated/house.json", import.meta.url)), "utf8")) as Record<string, string>));

describe("tokens", () => {
  const legend = { tokenTypes: ["namespace", "event"], tokenModifiers: ["declaration", "readonly"] };
  it("count from the token before: on one line by characters, on a new line from its beginning", () => {
    // The protocol's own example of relative places, with two kinds.
    assert.deepEqual(tokensOf([2, 5, 3, 1, 0b01, 0, 5, 4, 0, 0b10, 3, 2, 7, 1, 0b11], legend), [
      { line: 2, character: 5, length: 3, kind: "event", modifiers: ["declaration"] },
      { line: 2, character: 10, length: 4, kind: "namespace", modifiers: ["readonly"] },
      { line: 5, character: 2, length: 7, kind: "event", modifiers: ["declaration", "readonly"] },
    ]);
  });
  it("leave out a kind that the legend lacks, and keep the places after it", () => {
    assert.deepEqual(tokensOf([0, 4, 1, 9, 0, 0, 3, 2, 0, 0], legend), [{ line: 0, character: 7, length: 2, kind: "namespace", modifiers: [] }]);
  });
});

describe("new files", () => {
  const there = ["packs/62/2022-03-07/cases/contacts.toml", "packs/62/2022-03-07/code.rhai", "packs/62/2022-03-07/shared.rhai"];
  for (const [kind, name, fault] of [
    ["case", "密接", undefined],
    ["case", "contacts", "exists"],
    ["case", "Contacts", "exists"],
    ["case", "", "empty"],
    ["case", "  ", "empty"],
    ["case", "a/../b", "above"],
    ["case", "a/b", "name"],
    ["case", "a\\b", "backslash"],
    ["case", ".hidden", "name"],
    ["case", "ends ", "name"],
    ["case", "a\u202eb", "control"],
    ["case", "x".repeat(200), "long"],
    ["decision", "gold", undefined],
    ["decision", "code", "exists"],
    ["decision", "Code", "name"],
    ["decision", "2nd", "name"],
    ["decision", "shared", "name"],
    ["shared", "", "exists"],
    ["notice", "gansu-2022-03-08", undefined],
    ["notice", "甘肃", "name"],
  ] as const) {
    it(`${kind} ${JSON.stringify(name.slice(0, 20))}: ${fault ?? "taken"}`, () => {
      assert.equal(fileFault("62/2022-03-07", kind, name, there), fault);
      if (fault === undefined) assert.ok(isOfHouse(newPath("62/2022-03-07", kind, name)));
      else for (const words of [zhCN, en]) assert.match(words.write.files.fault(kind, fault, name), /[.。]$/);
    });
  }
  it("a notice's text is of the house and is text; other text files are not", () => {
    assert.ok(isOfHouse("packs/62/2022-03-07/sources/notice.txt"));
    assert.ok(!isOfHouse("packs/62/2022-03-07/notice.txt"));
    assert.ok(!isOfHouse("packs/62/2022-03-07/sources/a/b.txt"));
    assert.equal(languageOf("packs/62/2022-03-07/sources/notice.txt"), "text");
    assert.equal(languageOf("reference/places.csv"), "csv");
  });
  it("a file of cases begins with what holds for all cases of another", () => {
    const other = shipped.get("packs/62/2022-03-07/cases/change.toml") as string;
    const head = caseHead(other, "person");
    assert.ok(head.startsWith("[base]") && head.includes('region = "620102"') && head.includes("[base_reference]"));
    assert.ok(!head.includes("[[case]]"));
    assert.equal(caseHead(undefined, "venue"), '[base]\nsubject = "venue"\n\n');
    assert.equal(caseFileName("packs/62/2022-03-07/cases/change.toml"), "change");
    assert.equal(caseFileName("packs/62/2022-03-07/pack.toml"), undefined);
  });
});

describe("passages", () => {
  const SCRIPT = `// a script
/// 时空伴随
/// Companions
/// source: notice
/// passage: 时空伴随人员赋黄码
/// passage: 满7天转绿
fn companion(contacts) {
    1
}

/// source: notice, plan
fn other(stays) { 2 }

private fn helper() { 3 }
fn bare() { 4 }
`;
  const { rules, pins } = readRules("code.rhai", SCRIPT);
  const NOTICE = "关于健康码的通告\n一、时空伴随人员赋黄码。未检测的，满 7\n天转绿；\n二、密接按国家方案。";

  it("stand above the rule that they are pinned to", () => {
    assert.deepEqual(rules.map(({ name, line, from, sources }) => [name, line, from, sources]), [["companion", 7, 2, ["notice"]], ["other", 12, 11, ["notice", "plan"]], ["bare", 15, 15, []]]);
    assert.deepEqual(pins.map(({ rule, at, words }) => [rule, at, words]), [["companion", 5, "时空伴随人员赋黄码"], ["companion", 6, "满7天转绿"]]);
  });
  it("a line belongs to the rule whose comment or body it is in", () => {
    assert.deepEqual([1, 2, 6, 8, 11, 12, 13, 15].map((line) => ruleAt(rules, "code.rhai", line)?.name), [undefined, "companion", "companion", "companion", "other", "other", "other", "bare"]);
    assert.equal(ruleAt(rules, "gold.rhai", 8), undefined);
  });
  it("are found in the text with other spaces, and not with other words", () => {
    const found = stretchOf(NOTICE, "满7天转绿");
    assert.equal(NOTICE.slice(found?.from, found?.to), "满 7\n天转绿");
    assert.equal(stretchOf(NOTICE, "满 14 天转绿"), undefined);
    assert.equal(stretchOf(NOTICE, " "), undefined);
  });
  for (const [text, sentences] of [
    [NOTICE, ["一、时空伴随人员赋黄码。", "未检测的，满 7\n天转绿；", "二、密接按国家方案。"]],
    ["Notice\n\nFrom 1 April: (1) Whoever is near gets yellow. (2) One test, e.g. PCR, turns it green!", ["From 1 April: (1) Whoever is near gets yellow.", "(2) One test, e.g.", "PCR, turns it green!"]],
    ["1. First. 2. Second.", ["1. First.", "2. Second."]],
    ["赋红码的人员\n一、人员范围\n（一）确诊病例\n（二）密切接触者\n\n特此通告", ["（一）确诊病例", "（二）密切接触者"]],
    ["", []],
  ] as const) {
    it(`has ${sentences.length} sentences: ${JSON.stringify(text.slice(0, 24))}`, () => assert.deepEqual(sentencesOf(text).map(({ from, to }) => text.slice(from, to)), sentences));
  }
  it("are marked in the text; sentences and pins without one another are told", () => {
    const lost = { ...(pins[0] as (typeof pins)[number]), words: "满 3 天转绿" };
    const read = readNotice(NOTICE, [...pins, lost]);
    assert.equal(read.pieces.map(({ text }) => text).join(""), NOTICE);
    assert.deepEqual(read.pieces.filter((piece) => piece.pins.length > 0).map(({ text }) => text), ["时空伴随人员赋黄码", "满 7\n天转绿"]);
    assert.deepEqual(read.bare.map(({ from, to }) => NOTICE.slice(from, to)), ["二、密接按国家方案。"]);
    assert.deepEqual(read.lost, [lost]);
  });
  it("go below what the rule cites already, on one line, with the source if none is cited", () => {
    const put = (rule: number, words: string): string => {
      const { before, text } = pinned(SCRIPT, rules[rule] as (typeof rules)[number], "notice", words);
      const lines = SCRIPT.split("\n");
      return [...lines.slice(0, before - 1), ...text.split("\n").slice(0, -1), ...lines.slice(before - 1)].join("\n");
    };
    assert.ok(put(0, "密接按\n国家 方案").includes("/// passage: 满7天转绿\n/// passage: 密接按国家 方案\nfn companion"));
    assert.ok(put(2, "a b").includes("private fn helper() { 3 }\n/// source: notice\n/// passage: a b\nfn bare"));
    for (const rule of [0, 1, 2]) assert.equal(readRules("code.rhai", put(rule, "新的")).pins.filter(({ words }) => words === "新的")[0]?.rule, (rules[rule] as (typeof rules)[number]).name);
    assert.equal(oneLine("one\n two"), "one two");
  });
});
