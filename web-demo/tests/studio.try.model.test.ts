// The pure parts of trying: a person as a form, timelines, cases as pictures and as text, coverage by line.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parse } from "smol-toml";
import type { FileCoverage, TriedCase, TriedDecision } from "../../wasm/studio/pkg-web/longma_studio.js";
import { instantOf } from "../src/model/time";
import { en } from "../src/studio/messages/en";
import { zhCN } from "../src/studio/messages/zh-CN";
import { bothNames, caseFilesOf, headerOf, tablesOf, withCase } from "../src/studio/model/casefile";
import { linesOf, totalsOf } from "../src/studio/model/coverage";
import { added, blankOf, changed, emptyPerson, knownOf, pointerOf, readFacts, shapeOf, subjectsOf, type Field } from "../src/studio/model/form";
import { packsOf } from "../src/studio/model/house";
import { askedOf, barsOf, changesOf, firstLook, nextChange, previousChange, problemsAt, rowOf, stretchAt } from "../src/studio/model/trying";
import type { Problem } from "../src/studio/protocol";
import { house } from "./studio";

const text = (said: string) => ({ "zh-CN": said, en: said });

const person = shapeOf(house, "person");
function field(...names: string[]): Field {
  let fields = person?.sections ?? [];
  let found: Field | undefined;
  for (const name of names) {
    found = fields.find((one) => one.name === name);
    assert.ok(found, names.join("/"));
    fields = found.kind === "list" ? (found.item?.fields ?? []) : found.fields;
  }
  return found as Field;
}

describe("a person as a form", () => {
  it("has a field for everything that the schema names, by its kind", () => {
    for (const [names, kind] of [
      [["identity"], "record"],
      [["identity", "document"], "record"],
      [["identity", "document", "type"], "choice"],
      [["identity", "birth_date"], "day"],
      [["contacts"], "list"],
      [["contacts", "identified_at"], "instant"],
      [["stays", "key_area"], "truth"],
      [["tests", "pool_size"], "number"],
      [["stays", "city"], "text"],
      [["overrides", "officers"], "list"],
    ] as const) assert.equal(field(...names).kind, kind, names.join("/"));
    assert.equal(field("contacts", "identified_at").required, true);
    assert.equal(field("contacts", "released_at").required, false);
  });

  it("says what the schema's sentence begins with, and its words for each value where it lists as many", () => {
    assert.deepEqual(field("contacts", "identified_at").label, { "zh-CN": "判定时间", en: "When the person was identified as such" });
    const kinds = field("contacts", "kind").choices;
    assert.deepEqual(kinds.map(({ value }) => value), ["close", "secondary", "time_space"]);
    assert.deepEqual(kinds.map(({ words }) => words["zh-CN"]), ["密切接触者", "密接的密接", "时空伴随者"]);
    assert.deepEqual(kinds.map(({ words }) => words.en), ["Close contact of a case", "contact of a close contact", "companion in time and space"]);
    // This sentence lists something else, so that no value may get a word of it.
    assert.deepEqual(field("tests", "result").choices.map(({ words }) => words), [{}, {}, {}]);
    assert.deepEqual(field("issuance", "channel").choices.map(({ words }) => words["zh-CN"]), ["小程序", "APP", "为老人或儿童代办"]);
  });

  it("reads every schema of a subject, and none that is not there or broken", () => {
    for (const subject of subjectsOf(house)) assert.ok(shapeOf(house, subject), subject);
    assert.ok(!subjectsOf(house).includes("outcome"));
    assert.equal(shapeOf(house, "nobody"), undefined);
    assert.equal(shapeOf(new Map([["schema/a.schema.json", "{"]]), "a"), undefined);
  });

  it("invents a person of whom nothing is told but who it is", () => {
    const facts = readFacts(emptyPerson(person as NonNullable<typeof person>, "620000"));
    assert.deepEqual(facts?.["identity"], { name: "测试甲", document: { type: "other", number: "TRY-0001" }, region: "620000" });
    for (const { name, kind } of person?.sections ?? []) if (kind === "list") assert.deepEqual(facts?.[name], [], name);
  });

  it("tells not known from none", () => {
    assert.deepEqual([undefined, [], [{}], {}].map(knownOf), ["missing", "none", "some", "some"]);
  });

  it("changes its place in the text and leaves the rest as it was written", () => {
    const facts = '{\n  "subject": "person", "other": {"kept":   1},\n  "tests": [{ "method": "antigen" }]\n}\n';
    const one = changed(facts, ["tests", 0, "method"], "nucleic_acid");
    assert.equal(one, facts.replace("antigen", "nucleic_acid"));
    assert.deepEqual(readFacts(changed(facts, ["tests", 0, "method"], undefined))?.["tests"], [{}]);
    assert.deepEqual(readFacts(changed(facts, ["tests", 0], undefined))?.["tests"], []);
    assert.deepEqual(readFacts(changed(facts, ["tests"], undefined)), { subject: "person", other: { kept: 1 } });
    assert.deepEqual(readFacts(added(facts, ["tests"], { method: "x" }))?.["tests"], [{ method: "antigen" }, { method: "x" }]);
    assert.deepEqual(readFacts(added(facts, ["stays"], { city: "x" }))?.["stays"], [{ city: "x" }]);
    assert.ok(added(facts, ["stays"], {}).includes('"other": {"kept":   1}'));
  });

  it("begins a record with the instants that must be there, and nothing that must be told", () => {
    const at = "2022-03-10T09:00:00+08:00";
    assert.deepEqual(blankOf(field("contacts").item as Field, at), { last_contact: at, identified_at: at });
    assert.deepEqual(blankOf(field("vaccinations").item as Field, at), { at: "2022-03-10" });
  });

  it("finds a problem's place in the form", () => {
    const at = (pointer: string): Problem => ({ severity: "error", code: "x", message: text(pointer), help: null, place: { kind: "facts", pointer }, expected: null, found: null, rule: null });
    const problems = [at("/contacts/0/kind"), at("/contacts/0"), at("/contacts/10/kind"), at("/contacts/0/other")];
    const of = (found: Problem[]) => found.map(({ message }) => message.en);
    assert.deepEqual(of(problemsAt(problems, "/contacts/0/kind")), ["/contacts/0/kind"]);
    assert.deepEqual(of(problemsAt(problems, "/contacts/0", ["kind", "last_contact"])), ["/contacts/0", "/contacts/0/other"]);
    assert.deepEqual(of(problemsAt(problems, "/contacts/1")), []);
    assert.equal(pointerOf(["a/b", 0, "c~d"]), "/a~1b/0/c~0d");
  });
});

const stretch = (from: string | null, until: string | null, level: string) => ({ from, until, level, caption: text(level), colour: level, causes: [], problems: [] });
const T = (day: number, clock = "00:00:00"): string => `2022-03-${String(day).padStart(2, "0")}T${clock}+08:00`;
const code: TriedDecision = {
  name: "code",
  caption: text("Code"),
  levels: ["green", "yellow", "unknown"].map((name) => ({ name, caption: text(name), colour: name })),
  timeline: [stretch(null, T(1), "unknown"), stretch(T(1), T(10, "09:00:00"), "green"), stretch(T(10, "09:00:00"), T(11, "09:00:00"), "yellow"), stretch(T(11, "09:00:00"), T(12, "09:00:00"), "yellow"), stretch(T(12, "09:00:00"), null, "green")],
};

describe("timelines", () => {
  it("change where a stretch begins, which holds from that instant on", () => {
    const changes = changesOf([code]);
    assert.deepEqual(changes, [T(1), T(10, "09:00:00"), T(11, "09:00:00"), T(12, "09:00:00")].map(instantOf));
    const at = instantOf(T(10, "09:00:00"));
    assert.equal(stretchAt(code, at)?.level, "yellow");
    assert.equal(stretchAt(code, at - 1)?.level, "green");
    assert.equal(nextChange(changes, at), instantOf(T(11, "09:00:00")));
    assert.equal(previousChange(changes, at), instantOf(T(1)));
    assert.equal(nextChange(changes, instantOf(T(20))), undefined);
  });

  it("are drawn within a range, one bar for each level, open where they go on", () => {
    const bars = barsOf(code, { from: instantOf(T(9, "09:00:00")), until: instantOf(T(13, "09:00:00")) });
    assert.deepEqual(bars.map(({ left, width, tone, opensLeft, opensRight }) => [left, width, tone, opensLeft, opensRight]), [
      [0, 25, "green", true, false],
      [25, 50, "yellow", false, false],
      [75, 25, "green", false, true],
    ]);
  });

  const asked: TriedCase = {
    file: "packs/62/2022-03-07/cases/a.toml", line: 3, name: "甲 — a", facts: "{}", tables: {}, passed: false,
    at: [{ time: T(10, "09:00:00"), levels: { code: "yellow" } }, { time: T(12, "08:59:59"), levels: { code: "green" } }, { time: T(12, "09:00:00"), levels: { code: "green" } }],
    tried: { region: "620102", offset: "+08:00", decisions: [{ ...code, name: "other" }, code] },
  };
  it("of a case tell which asked instant comes out otherwise, and lead there", () => {
    const [only, ...more] = askedOf(asked);
    assert.equal(more.length, 0);
    assert.deepEqual(only?.marks.map(({ passed }) => passed), [true, false, true]);
    assert.deepEqual(firstLook(asked), { at: instantOf(T(12, "08:59:59")), decision: "code" });
    assert.deepEqual(firstLook({ ...asked, at: asked.at.slice(2) }), { at: instantOf(T(12, "09:00:00")), decision: "code" });
    assert.deepEqual(firstLook({ ...asked, tried: null }), { at: instantOf(T(10, "09:00:00")), decision: undefined });
  });

  it("rest on rows of tables too", () => {
    assert.deepEqual(rowOf("risk_areas#/12"), { table: "risk_areas", row: 12 });
    assert.equal(rowOf("/contacts/0"), undefined);
  });
});

describe("a case that was made", () => {
  const made = '[[case]]\nname = "甲 — a"\nat = [ { time = 2022-03-10T09:00:00+08:00, code = "yellow" } ]\n';
  const pack = packsOf(house).find(({ id }) => id === "62/2022-03-07");
  const companions = "packs/62/2022-03-07/cases/companions.toml";
  it("is appended to a file of cases, after all that is there", () => {
    const before = house.get(companions) as string;
    const { text: after, line } = withCase(house, companions, made, ["risk_areas"]);
    assert.ok(after.startsWith(before.trimEnd()));
    assert.equal(after.split("\n")[line - 1], "[[case]]");
    assert.equal((parse(after)["case"] as unknown[]).length, (parse(before)["case"] as unknown[]).length + 1);
  });
  it("begins a file, where the tables that the person was tried with are empty unless a case has rows", () => {
    const files = caseFilesOf(pack as NonNullable<typeof pack>);
    assert.equal(files.at(-1), "packs/62/2022-03-07/cases/tried.toml");
    assert.ok(files.includes(companions));
    const { text: whole, line } = withCase(house, files.at(-1) ?? "", made, ["risk_areas", "exposures"]);
    assert.equal(whole.split("\n")[line - 1], "[[case]]");
    assert.deepEqual({ ...(parse(whole)["base_reference"] as object) }, { exposures: [], risk_areas: [] });
  });
  it("keeps the file's line ends, and leaves one empty line before it", () => {
    const after = (before: string): string => withCase(new Map([["f", before]]), "f", "[[case]]\nb = 2\n", []).text;
    assert.equal(after("a = 1\n\n\n"), "a = 1\n\n[[case]]\nb = 2\n");
    assert.equal(after("a = 1\r\n"), "a = 1\r\n\r\n[[case]]\r\nb = 2\r\n");
    assert.equal(after(""), "[[case]]\nb = 2\n");
  });
  it("has a name in both languages", () => assert.equal(bothNames(" 甲 ", "a"), "甲 — a"));
  it("knows the tables and their first lines", () => {
    assert.deepEqual(tablesOf(house), ["exposures", "fire_orders", "holidays", "risk_areas"]);
    assert.equal(headerOf(house, "risk_areas"), "province,city,county,community,level,from,until\n");
  });
});

describe("coverage by line", () => {
  const script = "// words\n\nfn one(tests) {\n    let a = 1;\n    tests.filter(|t| t.a && t.b)\n         .map(|t| {\n             yellow(t.at)\n         })\n}\n";
  const range = (line: number, column: number, last: number, end: number) => ({ file: "a.rhai", start: { line, column }, end: { line: last, column: end } });
  const place = (what: FileCoverage["places"][number]["what"], its: ReturnType<typeof range>, visits: number) => ({ what, function: "one", range: its, visits, gap: visits > 0 ? null : text(`no case: ${what}`) });
  const coverage: FileCoverage = {
    file: "a.rhai",
    counts: { rules: { covered: 1, total: 1 }, branches: { covered: 1, total: 2 } },
    places: [place("rule", range(3, 4, 3, 7), 3), place("true", range(5, 22, 5, 25), 2), place("false", range(5, 22, 5, 25), 0), place("closure", range(6, 15, 8, 11), 0)],
  };
  it("is whole, partial or none, with what no case does; comments and closing brackets have none", () => {
    const lines = linesOf(script, coverage);
    assert.deepEqual(lines.map(({ line, covered }) => [line, covered]), [[3, "all"], [4, "all"], [5, "partly"], [6, "none"], [7, "none"]]);
    assert.deepEqual(lines.find(({ line }) => line === 5)?.gaps, [text("no case: false")]);
  });
  it("is counted over scripts, rules first, without kinds of which there is nothing", () => {
    const other: FileCoverage = { file: "b.rhai", counts: { branches: { covered: 3, total: 3 }, rules: { covered: 0, total: 1 }, releases: { covered: 0, total: 0 } }, places: [] };
    assert.deepEqual(totalsOf([coverage, other]), [{ kind: "rules", covered: 1, total: 2 }, { kind: "branches", covered: 4, total: 5 }]);
  });
});

describe("words of trying", () => {
  it("name every subject in both languages", () => {
    for (const subject of subjectsOf(house)) assert.ok(zhCN.try.subjects[subject] && en.try.subjects[subject], subject);
  });
});
