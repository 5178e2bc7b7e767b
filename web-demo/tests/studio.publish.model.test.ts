// The pure parts of Compare and Publish: persons cut out of a file, charts, laws, slips, changes, approvals, the sheet.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Approvals, Change, ComparedDecision, LawReport, Slip } from "../../wasm/studio/pkg-web/longma_studio.js";
import { en } from "../src/studio/messages/en";
import { zhCN } from "../src/studio/messages/zh-CN";
import { enough, fieldOf } from "../src/studio/model/approvals";
import { grouped, inheritedAssumed } from "../src/studio/model/changes";
import { barsOption, flowsOf, flowsOption, sidesOf, type Palette } from "../src/studio/model/charts";
import { judged, packsOf } from "../src/studio/model/house";
import { packsIn, standingOf, tallyOf, unseenOf } from "../src/studio/model/laws";
import { isOfHouse } from "../src/studio/model/names";
import { Cutter, LONGEST, tableNamed, TooLong, type Piece } from "../src/studio/model/persons";
import { sheetOf, type Sheet } from "../src/studio/model/sheet";
import { noticed, survivorsOf } from "../src/studio/model/slips";

const both = (zh: string, en: string) => ({ "zh-CN": zh, en });

/** The pieces of a text that is read in parts of this size. */
function cut(text: string, size: number): Piece[] {
  const cutter = new Cutter();
  const found: Piece[] = [];
  for (let at = 0; at < text.length; at += size) found.push(...cutter.push(text.slice(at, at + size)));
  return [...found, ...cutter.end()];
}

describe("persons of a file", () => {
  const one = { name: "甲", note: 'a "quoted", [bracketed] {braced} \\ text' };
  const line = JSON.stringify(one);
  const pretty = JSON.stringify(one, null, 2);
  const cases: [string, string, [number, string][]][] = [
    ["one a line, with empty lines and a byte order mark", `\uFEFF${line}\n\n${line}\r\n`, [[1, line], [3, line]]],
    ["one a line, the last without a line's end", `${line}\n${line}`, [[1, line], [2, line]]],
    ["one a line, of which some are broken: the rest keeps its lines", `{ broken\n${line}\nnot at all\n${line}\n`, [[1, "{ broken"], [2, line], [3, "not at all"], [4, line]]],
    ["a list on one line", `[${line},${line}]`, [[1, line], [1, line]]],
    ["a list over lines", `\n[\n  ${line},\n\n  ${line}\n]\n`, [[3, line], [5, line]]],
    ["a list with something behind it", `[${line}]\nmore`, [[1, line], [2, "more"]]],
    ["a list that was cut off", `[${line},\n{"name": `, [[1, line], [2, '{"name":']]],
    ["a single document over lines", `\n${pretty}\n`, [[2, pretty]]],
    ["nothing", " \n\n ", []],
    ["an empty list", "[ ]", []],
  ];
  for (const [name, text, expected] of cases) {
    it(`${name}, however the file is read`, () => {
      for (const size of [1, 2, 7, 64, text.length]) assert.deepEqual(cut(text, size).map((its) => [its.line, its.text]), expected, `in parts of ${size}`);
    });
  }

  it("gives up on a document that never ends, and names its line", () => {
    const cutter = new Cutter();
    cutter.push(`${line}\n${line}\n{"name": "`);
    assert.throws(() => {
      for (let i = 0; i <= LONGEST / 65_536; i++) cutter.push("x".repeat(65_536));
    }, (error) => error instanceof TooLong && error.line === 3);
  });

  it("names tables by their files", () => {
    assert.equal(tableNamed("risk_areas.csv"), "risk_areas");
    assert.equal(tableNamed("risk_areas.sample.csv"), "risk_areas");
    for (const file of ["Risk areas.csv", "../risk_areas.csv", "risk_areas.txt", "1.csv", ".csv"]) assert.equal(tableNamed(file), undefined, file);
  });
});

const amount = (persons: number, days = "0.0") => ({ persons, person_seconds: 0, person_days: days });
const decision: ComparedDecision = {
  name: "code",
  caption: both("健康码", "code"),
  levels: [
    { name: "green", caption: both("绿码", "green"), colour: "green" },
    { name: "red", caption: both("红码", "red"), colour: "red" },
  ],
  by_level: [[amount(10, "12.5")], [amount(7, "8.0"), amount(3, "4.5")]],
  matrix: [
    [amount(7), amount(3)],
    [amount(0), amount(0)],
  ],
  changed: amount(3),
  rules: [],
  kinds: [],
  more: amount(0),
};
const palette: Palette = { ink: "#111", quiet: "#222", line: "#333", surface: "#444", accent: "#555", font: "x", tone: (tone) => `#${tone}` };

describe("charts of a comparison", () => {
  it("show who changes, and not who stays", () => assert.deepEqual(flowsOf(decision), [{ from: 0, to: 1, persons: 3 }]));

  it("show every level on both sides, 0 where nobody has it", () => {
    assert.deepEqual(sidesOf(decision, ({ persons }) => persons), [[10, 0], [7, 3]]);
    assert.deepEqual(sidesOf(decision, ({ person_days }) => Number(person_days)), [[12.5, 0], [8, 4.5]]);
  });

  it("differ by pattern as well as by colour, and move only if they may", () => {
    const option = barsOption(["green", "red"], [[1, 2], [3, 4]], ["before", "after"], String, palette, false);
    const { decal } = option.aria as { decal: { show: boolean; decals: { symbol: string }[] } };
    assert.ok(decal.show);
    assert.notEqual(decal.decals[0]?.symbol, decal.decals[1]?.symbol);
    assert.equal(option.animation, false);
  });

  it("name both ends of a stream with their numbers, in the level's tone", () => {
    const [series] = flowsOption(decision, flowsOf(decision), (at) => `L${at}`, String, palette, false).series as { data: { itemStyle: { color: string }; label: { formatter: () => string } }[] }[];
    assert.deepEqual(series?.data.map(({ itemStyle, label }) => [itemStyle.color, label.formatter()]), [["#green", "L0 3"], ["#red", "L1 3"]]);
  });
});

const law = (its: Partial<LawReport>): LawReport => ({
  pack: "62/a", law: "l", declared: "cn/a", words: both("法", "law"), holds: true, blind: false, persons: 1, fired: [], uncertain: 0, fault: null, counterexample: null, breaches: [], ...its,
});
const house = new Map([
  ["packs/cn/2020-01-01/pack.toml", 'title = "cn"\n[params.days]\nvalue = 14\nassumed = true\n[params.hours]\nvalue = 24\nassumed = true\n[params.sure]\nvalue = 1\n'],
  ["packs/62/2020-02-01/pack.toml", 'inherits = "cn"\n[params.own]\nvalue = 3\nassumed = true\n'],
  ["packs/62/2020-02-01/code.rhai", ""],
  ["packs/62/2020-02-01/cases/b.toml", ""],
  ["packs/62/2020-02-01/cases/a.toml", ""],
  ["packs/62/2020-02-01/approvals.toml", "x"],
  ["packs/6201/2020-03-01/pack.toml", 'inherits = "62/2020-02-01"\n[params.hours]\nvalue = 12\n'],
]);
const packs = packsOf(house);
const pack = (id: string) => packs.find((one) => one.id === id)!;

describe("laws", () => {
  it("do not hold where nobody touched them, nor where they cannot be searched", () => {
    assert.equal(standingOf(law({})), "holds");
    assert.equal(standingOf(law({ holds: false })), "broken");
    assert.equal(standingOf(law({ holds: true, blind: true })), "blind");
    assert.equal(standingOf(law({ holds: false, blind: true, fault: both("错", "wrong") })), "broken");
    assert.deepEqual(tallyOf([law({}), law({ blind: true }), law({ holds: false })]), { holds: 1, broken: 1, blind: 1 });
  });

  it("are searched in one pack, in its region, or everywhere", () => {
    assert.deepEqual(packsIn(packs, "62/2020-02-01", "pack"), ["62/2020-02-01"]);
    assert.deepEqual(packsIn(packs, "62/2020-02-01", "region"), ["62/2020-02-01"]);
    assert.equal(packsIn(packs, "62/2020-02-01", "house").length, 3);
  });

  it("name the rules that never held", () => assert.deepEqual(unseenOf(law({ fired: [{ rule: "a", persons: 0 }, { rule: "b", persons: 2 }] })), ["a"]));
});

describe("slips", () => {
  const slip = (kind: string, fate: Slip["fate"]): Slip => ({ kind: both(kind, kind), file: "f", line: 1, change: ["a", "b"], fate, case: null });
  const slips = [slip("x", "check"), slip("y", "survived"), slip("x", "cases"), slip("x", "check")];

  it("are counted by kind and by who noticed", () => {
    const { kinds, all } = noticed(slips);
    assert.deepEqual(kinds.map(({ kind, fates }) => [kind.en, fates]), [["x", { check: 2, cases: 1, survived: 0 }], ["y", { check: 0, cases: 0, survived: 1 }]]);
    assert.deepEqual(all, { check: 2, cases: 1, survived: 1 });
    assert.deepEqual(survivorsOf(slips).map(({ kind }) => kind.en), ["y"]);
  });
});

const change = (its: Partial<Change>): Change => ({ kind: "rule", how: "changed", file: "packs/62/a/code.rhai", line: 3, words: both("词", "words"), before: null, after: null, reason: null, ...its });

describe("what changed", () => {
  it("stands by kind, with how many of each", () => {
    const groups = grouped([change({ kind: "case", how: "added" }), change({}), change({ kind: "case", how: "removed" }), change({ kind: "case", how: "added" })]);
    assert.deepEqual(groups.map(({ kind, added, removed, changed }) => [kind, added, removed, changed]), [["rule", 0, 0, 1], ["case", 2, 1, 0]]);
  });

  it("tells what is assumed up the line, unless it is set anew on the way", () => {
    const names = (id: string) => inheritedAssumed(pack(id), packs, house).map((one) => [one.pack, one.assumed.map(({ name }) => name)]);
    assert.deepEqual(names("62/2020-02-01"), [["cn/2020-01-01", ["days", "hours"]]]);
    assert.deepEqual(names("6201/2020-03-01"), [["62/2020-02-01", ["own"]], ["cn/2020-01-01", ["days"]]]);
    assert.deepEqual(names("cn/2020-01-01"), []);
  });
});

const approval: Approvals = {
  pack: "62/a", edition: "0123456789abcdef", count: 1, needed: 2,
  records: [{ version: "6", edition: "ffff", name: "<b>王敏</b>", office: "A & B", at: "2026-11-28T10:00:00+08:00", note: '"><script>alert(1)</script>', current: false }],
};

describe("approvals", () => {
  it("are enough with as many as are needed", () => {
    assert.equal(enough(approval), false);
    assert.equal(enough({ ...approval, count: 2 }), true);
  });

  it("have problems that name a field of the form, or none", () => {
    const problem = (key: string[]) => ({ place: { kind: "key" as const, file: "request", key } });
    assert.equal(fieldOf(problem(["name"])), "name");
    assert.equal(fieldOf(problem(["at"])), undefined);
    assert.equal(fieldOf({ place: { kind: "none" } }), undefined);
  });

  it("belong to a house, and change no answer", () => {
    assert.ok(isOfHouse("packs/62/2022-03-07/approvals.toml"));
    assert.ok(!isOfHouse("packs/62/2022-03-07/other.toml"));
    const other = new Map(house).set("packs/62/2020-02-01/approvals.toml", "y");
    assert.deepEqual(judged(other), judged(house));
    assert.notDeepEqual(judged(new Map(house).set("packs/62/2020-02-01/code.rhai", "y")), judged(house));
  });
});

describe("the review sheet", () => {
  const hostile = both('<img src=x onerror="alert(1)">', '<img src=x onerror="alert(1)">');
  const sheet: Sheet = {
    made: "2026-11-28T10:00:00+08:00", edition: "abcd", pack: "62/a", where: "everywhere",
    changes: [{ pack: "62/a", title: hostile, changes: [change({ words: both("规则 `x<y` 改动", "rule `x<y` changed"), before: hostile, after: both("后", "after"), reason: hostile })] }],
    approvals: [approval],
    findings: [{ path: "packs/62/a/code.rhai", findings: [{ severity: "error", code: "c", message: "<i>", help: "", from: { line: 4, character: 0 }, to: { line: 4, character: 1 } }] }],
    cases: [{ file: "f", line: 1, name: "甲 — <u>", passed: false, failures: ["<s>"] }],
    compared: undefined,
    assumed: [{ pack: "62/a", assumed: [{ name: "days", value: "<em>", unit: "days", note: hostile, spot: { path: "p", line: 1 } }] }],
  };

  for (const [locale, words] of [["zh-CN", zhCN], ["en", en]] as const) {
    it(`lets no markup of a pack through, ${locale}`, () => {
      const page = sheetOf(sheet, words, locale);
      assert.doesNotMatch(page, /<(script|img|i|u|s|em|b)\b/);
      assert.ok(page.includes("<code>x&lt;y</code>") && page.includes("&lt;b&gt;王敏&lt;/b&gt;"));
    });

    it(`has every part, and a line for each approval that is missing, ${locale}`, () => {
      const page = sheetOf(sheet, words, locale);
      const heads = [...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, head]) => head);
      const w = words.publishing;
      assert.deepEqual(heads, [w.changes.title, w.print.findings, w.print.cases, w.colour.title, words.publish.assumed, w.approvals.title]);
      assert.equal(page.split('class="lines"').length - 1, 1);
      assert.ok(page.includes(w.approvals.older), "an older approval passes for one of this edition");
      assert.ok(page.startsWith(`<!DOCTYPE html><html lang="${locale}">`));
    });
  }
});
