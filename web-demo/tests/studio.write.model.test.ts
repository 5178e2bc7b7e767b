// The pure parts of writing without code: what the server says of words, new files, the passages of a notice, tables of TOML, the guide, forms.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "smol-toml";
import { en } from "../src/studio/messages/en";
import { zhCN } from "../src/studio/messages/zh-CN";
import { caseFileName, caseHead, fileFault, newPath } from "../src/studio/model/files";
import { at, below, drop, filled, placeholders, put, putSaid, said, shown, timeOf, valueOf, wordsOf, type Placed } from "../src/studio/model/entries";
import { doneOf, STEPS, textsOf } from "../src/studio/model/guide";
import { editionOf } from "../src/studio/model/house";
import { isOfHouse, languageOf } from "../src/studio/model/names";
import { emptyDraft, requestOf, sourceKey, spanIn, unmarked, withSource } from "../src/studio/model/notice";
import { oneLine, pinned, readNotice, readRules, ruleAt, sentencesOf, stretchOf } from "../src/studio/model/passages";
import { added, both, changedBy, quoted, removed, tableIn, tablesOf } from "../src/studio/model/toml";
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

describe("tables of TOML", () => {
  const TEXT = '# a pack\nversion = "1"\n\n# when\n[effective]\nfrom = 2022-04-01\n\n# first\n# source\n[sources.a]\ntitle = "[sources.no]"\nlist = [\n  [1, 2],\n[3],\n]\nlong = """\n[sources.neither]\n"""\n\n[params."b c"]\nvalue = 1\n';
  it("are found with the comments above them, and not in texts and lists", () => {
    assert.deepEqual(tablesOf(TEXT).map(({ key }) => key), [["effective"], ["sources", "a"], ["params", "b c"]]);
    assert.ok(TEXT.slice(tableIn(TEXT, ["sources", "a"])?.from).startsWith("# first\n# source\n[sources.a]"));
  });
  it("come behind their like, else behind another, else at the end", () => {
    const put = (key: string[], after?: string[]): string => changedBy(TEXT, [added(TEXT, key, ["x = 1"], after)]);
    assert.ok(put(["sources", "b"]).includes('"""\n\n[sources.b]\nx = 1\n\n[params."b c"]'));
    assert.ok(put(["overrides"], ["effective"]).includes("from = 2022-04-01\n\n[overrides]\nx = 1\n\n# first"));
    assert.ok(put(["params", "d"]).endsWith('value = 1\n\n[params.d]\nx = 1\n'));
    assert.ok(changedBy("", [added("", ["params", "d"], ["x = 1"])]) === "[params.d]\nx = 1\n");
    for (const key of [["sources", "b"], ["params", "e f"]]) assert.doesNotThrow(() => parse(put(key)));
  });
  it("go with their comments, and nothing else goes", () => {
    assert.equal(changedBy(TEXT, removed(TEXT, ["sources", "a"])), '# a pack\nversion = "1"\n\n# when\n[effective]\nfrom = 2022-04-01\n\n[params."b c"]\nvalue = 1\n');
  });
  for (const text of ['say "hi"', "a\\b", "line\nline\ttab", "\u0001\u007f", "汉字 {param}"]) {
    it(`a text reads as it was: ${JSON.stringify(text)}`, () => assert.deepEqual(JSON.parse(JSON.stringify(parse(`x = ${quoted(text)}\ny = ${both(text, "b")}`))), { x: text, y: { "zh-CN": text, en: "b" } }));
  }
  it("every shipped file of TOML has the tables that it reads as", () => {
    for (const [path, text] of shipped) {
      if (!/\/(pack|captions)\.toml$/.test(path)) continue;
      const heads = text.split("\n").filter((line) => /^\[/.test(line)).length;
      assert.equal(tablesOf(text).length, heads, path);
    }
  });
});

describe("a notice", () => {
  for (const [holds, date, begin, end] of [
    ["From 1 April 2022, 00:00 … until 30 June 2022, 24:00", "2022-03-30", "2022-04-01", "2022-07-01"],
    ["自2022年4月1日零时起，至6月30日24时止", "2022-03-30", "2022-04-01", "2022-07-01"],
    ["自 2022 年 4 月 1 日起施行，有效期至 2022 年 12 月 31 日", "", "2022-04-01", "2023-01-01"],
    ["2022-04-01 至 2022-07-01 00:00", "", "2022-04-01", "2022-07-01"],
    ["自3月31日24时起施行", "2022-03-30", "2022-03-30", ""],
    ["自2022年3月31日24时起施行", "2022-03-30", "2022-04-01", ""],
    ["2022年2月30日", "2022-03-30", "2022-03-30", ""],
    ["", "2022-03-30", "2022-03-30", ""],
  ] as const) {
    it(`holds from ${begin} until ${end || "further notice"}: ${holds}`, () => assert.deepEqual(spanIn({ marks: { ...emptyDraft().marks, holds: [holds] }, date }), { begin, end }));
  }
  it("leaves questions, and its request has what was filled in", () => {
    const draft = { ...emptyDraft(), region: " 63 ", begin: "2022-04-01", packTitle: "题", marks: { ...emptyDraft().marks, who: ["谁"] } };
    assert.deepEqual(unmarked(draft), ["colour", "from", "until", "ends", "holds"]);
    assert.deepEqual(requestOf(draft), { from: "2022-04-01", region: "63", title: "题" });
    assert.deepEqual(requestOf({ ...draft, subject: "venue", closePrevious: true }), { from: "2022-04-01", region: "63", title: "题", subject: "venue", close_previous: true });
  });
  it("becomes a source: in the template's place, or one more", () => {
    const draft = { title: '关于"码"的通告', titleEn: "", date: "2022-03-30", grade: "V" as const };
    const template = '[effective]\nfrom = 2022-04-01\n\n# 依据\n[sources.notice]\ntitle = { zh-CN = "【待填】文件", en = "[to fill in]" }\ndate  = 2022-04-01\ngrade = "A"\n\n# 数\n[params.x]\nvalue = 1\n';
    assert.equal(sourceKey(template, draft.date), "notice");
    const filled = withSource(template, "notice", draft);
    assert.equal(filled, '[effective]\nfrom = 2022-04-01\n\n# 依据\n[sources.notice]\ntitle = { zh-CN = "关于\\"码\\"的通告", en = "[to fill in] title of the notice" }\ndate  = 2022-03-30\ngrade = "V"\n\n# 数\n[params.x]\nvalue = 1\n');
    const key = sourceKey(filled, draft.date);
    assert.equal(key, "notice-2022-03-30");
    const more = parse(withSource(filled, key, draft)) as { sources: Record<string, unknown> };
    assert.deepEqual(Object.keys(more.sources), ["notice", "notice-2022-03-30"]);
    assert.deepEqual(Object.keys((parse(withSource("[effective]\nfrom = 2022-04-01\n", "notice", draft)) as { sources: object }).sources), ["notice"]);
  });
});

describe("the guide", () => {
  const begun = { cases: ["示例：一 — example: one"], questions: [] };
  const template = new Map([
    ["packs/63/2022-04-01/pack.toml", '# 待填\ntitle = "【待填】"\n'],
    ["packs/63/2022-04-01/captions.toml", '[code.rules.example_stay]\ncaption = "x"\n'],
    ["packs/63/2022-04-01/code.rhai", "/// source: notice\nfn example_stay(stays) { 1 }\n"],
    ["packs/63/2022-04-01/cases/code.toml", '[[case]]\nname = "示例：一 — example: one"\n'],
  ]);
  const mine = new Map([
    ["packs/63/2022-04-01/pack.toml", '# 待填\ntitle = "题"\n'],
    ["packs/63/2022-04-01/captions.toml", '[code.rules.companion]\ncaption = "x"\n'],
    ["packs/63/2022-04-01/code.rhai", "/// source: notice\nfn companion(stays) { 1 }\n"],
    ["packs/63/2022-04-01/cases/code.toml", '[[case]]\nname = "黄码"\n'],
    ["packs/62/2022-04-01/code.rhai", "fn example_other() { 1 }\n"],
  ]);
  const run = (passed: boolean) => [{ file: "packs/63/2022-04-01/cases/code.toml", line: 1, name: "黄码", passed, failures: [] }];
  const seen = { begun, house: mine, ran: run(true), errors: 0, warnings: 0, ready: true };
  const done = (over: Partial<typeof seen> & { ran?: ReturnType<typeof run> | undefined }) => [...doneOf("63/2022-04-01", { ...seen, ...over })];
  it("ticks nothing of the template but that it is without errors", () => assert.deepEqual(done({ house: template }), ["check"]));
  it("ticks what is written, and the rest once it is true", () => {
    assert.deepEqual(done({}), ["cases", "numbers", "rule", "captions", "check", "green"]);
    assert.deepEqual(done({ ran: run(false), errors: 1 }), ["cases", "numbers", "rule", "captions"]);
    const edition = editionOf(textsOf("63/2022-04-01", mine));
    assert.deepEqual(done({ begun: { ...begun, compared: edition, reviewed: edition } as typeof begun }), [...STEPS]);
    const later = new Map([...mine, ["packs/63/2022-04-01/code.rhai", "fn companion(stays) { 2 }\n"]] as [string, string][]);
    assert.ok(!done({ house: later, begun: { ...begun, compared: edition } as typeof begun }).includes("compare"), "it was compared before a change");
  });
});

describe("forms", () => {
  const TEXT = 'version = "1" # raise it\ntitle = { zh-CN = "题", en = "T" }\n\n# when\n[effective]\nfrom = 2022-04-01\n\n# why seven\n[params.days]\nvalue = 7\nunit = "days"\nnote = "same"\n';
  /** A value with the place where its words stand first. */
  const placed = (key: string[], value: unknown, written?: string): Placed => {
    const from = written === undefined ? undefined : TEXT.indexOf(written);
    return { key, value, from, to: from === undefined ? undefined : from + (written as string).length };
  };
  const entries = [
    placed(["version"], "1", '"1"'), placed(["title"], { "zh-CN": "题", en: "T" }, '{ zh-CN = "题", en = "T" }'), placed(["title", "zh-CN"], "题", '"题"'), placed(["title", "en"], "T", '"T"'),
    placed(["effective"], null), placed(["effective", "from"], "2022-04-01", "2022-04-01"),
    placed(["params"], null), placed(["params", "days"], null), placed(["params", "days", "value"], 7, "7"), placed(["params", "days", "unit"], "days", '"days"'), placed(["params", "days", "note"], "same", '"same"'),
  ];
  const now = (...changes: (Parameters<typeof changedBy>[1][number] | undefined)[]): string => changedBy(TEXT, changes.filter((change) => change !== undefined));

  it("show values by key", () => {
    assert.deepEqual(below(entries, ["params"]), ["days"]);
    assert.equal(shown(at(entries, ["params", "days", "value"])), "7");
    assert.equal(said(entries, ["title"], "en"), "T");
    assert.equal(said(entries, ["params", "days", "note"], "zh-CN"), "same");
    assert.equal(said(entries, ["authority"], "en"), "");
  });
  it("change a value and nothing else, comments neither", () => {
    assert.equal(now(put(TEXT, entries, ["version"], '"2"')), TEXT.replace('"1"', '"2"'));
    assert.equal(now(putSaid(TEXT, entries, ["title"], "en", 'Say "T"')), TEXT.replace('"T"', '"Say \\"T\\""'));
  });
  it("write what was missing into its table, and say it in the other language too where one text stood for both", () => {
    assert.equal(now(put(TEXT, entries, ["effective", "until"], "2022-07-01")), TEXT.replace("from = 2022-04-01\n", "from = 2022-04-01\nuntil = 2022-07-01\n"));
    assert.equal(now(put(TEXT, entries, ["params", "days", "assumed"], "true")), `${TEXT}assumed = true\n`.replace('"same"\nassumed', '"same"\nassumed'));
    assert.equal(now(putSaid(TEXT, entries, ["params", "days", "note"], "en", "other")), TEXT.replace('"same"', '{ zh-CN = "same", en = "other" }'));
    assert.equal(now(putSaid(TEXT, entries, ["authority"], "zh-CN", "局")), TEXT.replace('en = "T" }\n', 'en = "T" }\nauthority = { zh-CN = "局", en = "" }\n'));
    assert.equal(put(TEXT, entries, ["sources", "a", "date"], "2022-07-01"), undefined);
  });
  it("leave a text in other languages to the text", () => {
    assert.equal(putSaid(TEXT, [{ key: ["title"], value: { "zh-CN": "题", bo: "x" }, from: 0, to: 1 }], ["title"], "en", "T"), undefined);
  });
  it("take a key away with its line", () => {
    assert.equal(now(drop(TEXT, entries, ["params", "days", "unit"])), TEXT.replace('unit = "days"\n', ""));
    assert.equal(drop(TEXT, entries, ["params", "days"]), undefined);
  });
  for (const [typed, unit, list, written] of [
    ["7", "days", false, "7"],
    ["1, 2", "days", false, "[1, 2]"],
    ["1，3", "day_number", true, "[1, 3]"],
    ["7", "days", true, "[7]"],
    ["seven", "days", false, undefined],
    ["7.5", "hours", false, undefined],
    ["37.3", "celsius", false, '"37.3"'],
    ["37", "celsius", false, "37"],
    ["37.33", "celsius", false, undefined],
    ["a, b", "text", false, '"a, b"'],
    ["a, b", "text", true, '["a", "b"]'],
    ['say "x"', "text", false, '"say \\"x\\""'],
    ["", "days", false, undefined],
    ["007", "count", false, "7"],
  ] as const) {
    it(`${JSON.stringify(typed)} in ${unit}${list ? ", a list" : ""}: ${written ?? "refused"}`, () => assert.equal(valueOf(typed, unit, list), written));
  }
  it("take days and instants that there are", () => {
    for (const text of ["2022-04-01", "2022-04-01T00:00:00+08:00", "2022-04-01T00:00:00Z"]) assert.equal(timeOf(` ${text} `), text);
    for (const text of ["", "1 April", "2022-02-30", "2022-13-01", "2022-4-1", '2022-04-01"']) assert.equal(timeOf(text), undefined, text);
  });
  it("fill params into captions, and leave what is none of them", () => {
    assert.deepEqual(placeholders("{days} and {evidence.sampled_at}, {hours}"), ["days", "hours"]);
    assert.equal(filled("满 {days}，{other}", new Map([["days", "7 天"]])), "满 7 天，{other}");
  });
  it("have the words of a rule, without its source and passages", () => {
    const found = wordsOf("/// 一\n/// One\n/// source: a\n/// passage: 原文\nfn one() {}\n\n/// lost\n\nfn two() {}\n");
    assert.deepEqual([...found], [["one", ["一", "One"]], ["two", []]]);
  });
});
