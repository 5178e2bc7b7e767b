// The monitor's pure parts. Expected numbers are worked out by hand from the published definitions of C1, C2 and C3; the
// arithmetic stands above each case. A law holds them to the rules of `62/clinic-2020-01-24`, which were written apart.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { createEngine } from "longma";
import rules from "longma/rules/gansu";
import { en } from "../src/monitor/messages/en";
import { zhCN } from "../src/monitor/messages/zh-CN";
import { alertOf, silentDays } from "../src/monitor/model/alerts";
import { cityDuties, clinicRows, colours, daysShown, dutyRows, foldedDuties, openOf, overBy, queueRows, rollUp, shareNotGreen } from "../src/monitor/model/board";
import { axisText, dayOf, daysFrom, dayText } from "../src/monitor/model/days";
import { departure, ears, LAG, type Counts } from "../src/monitor/model/ears";
import type { Fault } from "../src/monitor/model/feed";
import { eventLine, LINE, Lines } from "../src/monitor/model/lines";
import { DAYS, MOST, PROBLEMS, Store } from "../src/monitor/model/store";
import { ownAddress } from "../src/monitor/source";

/** Counts of days in a row, the last of them day 0; `null` is a missing report. */
const endingAt0 = (...counts: (number | null)[]): Counts => (day) => counts[counts.length - 1 + day] ?? undefined;
const near = (found: number | undefined, expected: number): void => assert.ok(found !== undefined && Math.abs(found - expected) < 5e-6, `${found} is not ${expected}`);

/** A feed of these records; a text is a line as it is. */
function feed(...records: (object | string)[]): Store {
  const store = new Store();
  const text = records.map((record) => (typeof record === "string" ? record : JSON.stringify(record))).join("\n");
  const lines = new Lines();
  for (const line of [...lines.take(text), ...lines.finish()]) store.read(line);
  return store;
}
const name = { "zh-CN": "名", en: "name" };
const head = { kind: "head", feed: "longma-monitor/1", title: name, region: "62", first: "2022-07-01", last: "2022-07-28", source: "test" };
const clinic = (id: string, county = "620102"): object => ({ kind: "clinic", id, name, county });
const report = (id: string, day: string, fever: number, visits?: number): object => ({ kind: "report", clinic: id, day, fever, visits });
const site = (id: string): object => ({ kind: "site", id, name, county: "620102" });
const day = (text: string): number => {
  const found = dayOf(text);
  assert.ok(found !== undefined, text);
  return found;
};

describe("days", () => {
  it("are read, written and counted over the end of a month and a leap day", () => {
    assert.equal(dayOf("1970-01-02"), 1);
    assert.deepEqual(daysFrom(day("2024-02-28"), day("2024-03-01")).map(dayText), ["2024-02-28", "2024-02-29", "2024-03-01"]);
    assert.equal(axisText(day("2022-07-04")), "7-04");
  });
  for (const text of ["2022-02-30", "2022-7-04", "2022-07-04T00:00:00Z", "", 20220704, null, "0000-00-00", "+012022-07-04"]) {
    it(`${JSON.stringify(text)} is none`, () => assert.equal(dayOf(text), undefined));
  }
});

describe("C1 and C2", () => {
  it("hold a day against the mean of seven days and three deviations of a sample", () => {
    // 3 5 4 6 2 4 4: sum 28, mean 4; squares about it 1+1+0+4+4+0+0 = 10; variance 10/6; sd 1.290994;
    // threshold 4 + 3 × 1.290994 = 7.872983; (8 - 4) / 1.290994 = 3.098387.
    const { c1 } = ears(endingAt0(3, 5, 4, 6, 2, 4, 4, 8), 0);
    assert.deepEqual(c1.baseline.days.map((one) => one.day), [-7, -6, -5, -4, -3, -2, -1]);
    assert.deepEqual(c1.baseline.days.map(({ count }) => count), [3, 5, 4, 6, 2, 4, 4]);
    assert.equal(c1.baseline.figures?.mean, 4);
    near(c1.baseline.figures?.sd, 1.290994);
    near(c1.baseline.figures?.threshold, 7.872983);
    near(c1.z, 3.098387);
    assert.equal(c1.signal, true);
  });

  it("C2 leaves out the two days before the day", () => {
    // t-9 … t-3 = 3 5 4 6 2 4 4 as above; the 90 and 95 of t-2 and t-1 are not in it.
    const { c2 } = ears(endingAt0(3, 5, 4, 6, 2, 4, 4, 90, 95, 7), 0);
    assert.deepEqual(c2.baseline.days.map((one) => one.day), [-9, -8, -7, -6, -5, -4, -3]);
    assert.equal(c2.baseline.figures?.mean, 4);
    // (7 - 4) / 1.290994 = 2.323790
    near(c2.z, 2.32379);
    assert.equal(c2.signal, false);
    // C1 has them: 4 6 2 4 4 90 95, mean 205/7 = 29.285714, and 7 is below it.
    const { c1 } = ears(endingAt0(3, 5, 4, 6, 2, 4, 4, 90, 95, 7), 0);
    near(c1.baseline.figures?.mean, 29.285714);
    assert.ok((c1.z ?? 0) < 0);
  });

  it("exactly three deviations are not more than three", () => {
    // 2 4 4 4 5 5 4: sum 28, mean 4, squares about it 4+0+0+0+1+1+0 = 6, variance 6/6 = 1; threshold 7.
    assert.deepEqual([7, 8].map((count) => ears(endingAt0(2, 4, 4, 4, 5, 5, 4, count), 0).c1.signal), [false, true]);
    // The same a thousand times as large: 3000 deviations of 1000, where rounding would show.
    assert.deepEqual([7000, 7001].map((count) => ears(endingAt0(2000, 4000, 4000, 4000, 5000, 5000, 4000, count), 0).c1.signal), [false, true]);
  });

  it("a count below the mean never signals, however far", () => {
    // (0 - 4) / 1.290994 = -3.098387
    const { c1 } = ears(endingAt0(3, 5, 4, 6, 2, 4, 4, 0), 0);
    near(c1.z, -3.098387);
    assert.equal(c1.signal, false);
  });

  it("with equal counts the deviation is zero, and any count above them signals", () => {
    const flat = (count: number) => departure(endingAt0(4, 4, 4, 4, 4, 4, 4, count), 0, 0);
    assert.deepEqual([3, 4, 5].map((count) => [flat(count).z, flat(count).signal]), [[-Infinity, false], [0, false], [Infinity, true]]);
    assert.deepEqual(flat(5).baseline.figures, { mean: 4, sd: 0, threshold: 4 });
  });

  it("a missing day of the baseline leaves nothing to compare with, and is not a zero", () => {
    const { c1 } = ears(endingAt0(3, 5, null, 6, 2, 4, 4, 80), 0);
    assert.deepEqual([c1.baseline.missing, c1.baseline.figures, c1.z, c1.signal], [[-5], undefined, undefined, undefined]);
    // Reported zeros are counts: 3 5 0 6 2 4 4, mean 24/7.
    near(ears(endingAt0(3, 5, 0, 6, 2, 4, 4, 80), 0).c1.baseline.figures?.mean, 24 / 7);
  });

  it("a day without a report is not judged, though its threshold is known", () => {
    const { c1, c3 } = ears(endingAt0(3, 5, 4, 6, 2, 4, 4, null), 0);
    near(c1.baseline.figures?.threshold, 7.872983);
    assert.deepEqual([c1.count, c1.z, c1.signal, c3.signal], [undefined, undefined, undefined, undefined]);
  });
});

describe("C3", () => {
  // t-11 … t-3 repeat with a period of 7, so every baseline of C2 on t, t-1 and t-2 is 2 4 4 4 5 5 4 in some order:
  // mean 4, deviation 1. A count of 6 lies 2 deviations out and adds 2 - 1 = 1.
  const before = [2, 4, 4, 4, 5, 5, 4, 2, 4];
  for (const [last, zs, sum, signal] of [
    [[6, 6, 6], [2, 2, 2], 3, true],
    [[6, 6, 4], [0, 2, 2], 2, false],
    [[4, 4, 8], [4, 0, 0], 3, true],
    [[7, 4, 5], [1, 0, 3], 2, false],
    [[3, 3, 6], [2, -1, -1], 1, false],
    [[7, 6, 4], [0, 2, 3], 3, true],
  ] as const) {
    it(`${last.join(", ")} gives ${sum}`, () => {
      const { c3 } = ears(endingAt0(...before, ...last), 0);
      assert.deepEqual(c3.terms.map(({ day: one, z }) => [one, z]), [[0, zs[0]], [-1, zs[1]], [-2, zs[2]]]);
      assert.deepEqual([c3.sum, c3.signal], [sum, signal]);
    });
  }

  it("a slow rise signals by C3 and not by C1 or C2", () => {
    // C1: t-7 … t-1 = 5 5 4 2 4 6 6, mean 32/7 = 4.57; squares 25+25+16+4+16+36+36 = 158, 158 - 1024/7 = 11.714, sd 1.397; 4.57 + 4.19 = 8.76.
    const { c1, c2, c3 } = ears(endingAt0(...before, 6, 6, 6), 0);
    assert.deepEqual([c1.signal, c2.signal, c3.signal], [false, false, true]);
    near(c1.baseline.figures?.threshold, 32 / 7 + 3 * Math.sqrt((158 - 1024 / 7) / 6));
  });

  it("a day that cannot be judged adds nothing: a signal stands, no signal is not known", () => {
    // Without t-2, C2 of t-2 is not known; it is in no baseline of C2 on t or t-1.
    const known = (count: number) => ears(endingAt0(...before, null, 6, count), 0).c3;
    assert.deepEqual(known(6).terms.map(({ excess }) => excess), [1, 1, undefined]);
    assert.deepEqual([known(6).sum, known(6).signal], [2, undefined]);
    assert.deepEqual([known(7).sum, known(7).signal], [3, true]);
  });
});

describe("a day's grade", () => {
  const before = [2, 4, 4, 4, 5, 5, 4, 2, 4];
  it("is alarm where C1 and C2 or C3 agree, watch where one kind signals", () => {
    // 4 4 then 8: C1 baseline t-7 … t-1 = 5 5 4 2 4 4 4 has mean 4, deviation 1; 8 lies 4 out, as for C2.
    const one = alertOf(endingAt0(...before, 4, 4, 8), 0);
    assert.deepEqual([one.grade, one.signals], ["alarm", ["c1", "c2", "c3"]]);
    // Threshold 7 for both: exceeded by 1.
    assert.deepEqual(overBy(one), { method: "c1", by: 1 });
    const slow = alertOf(endingAt0(...before, 6, 6, 6), 0);
    assert.deepEqual([slow.grade, slow.signals], ["watch", ["c3"]]);
  });
  it("is quiet where all were judged, blind where one could not be, missing without a report", () => {
    assert.equal(alertOf(endingAt0(...before, 4, 4, 5), 0).grade, "quiet");
    assert.equal(alertOf(endingAt0(null, ...before, 4, 4, 5), 0).grade, "quiet", "a day that no method reads");
    assert.equal(alertOf(endingAt0(...before.slice(1), 4, 4, 5), 0).grade, "blind", "C3 reads t-11");
    assert.equal(alertOf(endingAt0(...before, 4, 4, null), 0).grade, "missing");
  });
  it("is no alert below five visits, and says that methods signal", () => {
    // Seven zeros, then 4: without bound above, but 4 visits. A fifth makes it an alarm.
    const zeros = Array<number>(11).fill(0);
    const four = alertOf(endingAt0(...zeros, 4), 0);
    assert.deepEqual([four.grade, four.few, four.signals], ["quiet", true, ["c1", "c2", "c3"]]);
    assert.equal(alertOf(endingAt0(...zeros, 5), 0).grade, "alarm");
  });
  it("counts days without a report up to the first day", () => {
    assert.equal(silentDays(endingAt0(4, null, null), 0, -9), 2);
    assert.equal(silentDays(endingAt0(4, null, 0), 0, -9), 0);
    assert.equal(silentDays(endingAt0(), 0, -9), 10);
  });
});

describe("the rules of 62/clinic-2020-01-24", () => {
  it("signal by the same methods, and grade the same, over 400 invented clinics", async () => {
    const engine = await createEngine({ rules, tables: { risk_areas: null, exposures: null } });
    let seed = 20_030_601;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const seen = { alarm: 0, watch: 0, quiet: 0, blind: 0 };
    for (let round = 0; round < 400; round += 1) {
      const spread = 1 + random(6);
      const counts = Array.from({ length: 14 }, () => (random(24) === 0 ? null : 4 + random(spread)));
      counts[13] = 4 + random(3 * spread + 4);
      if (random(3) === 0) counts[12] = 4 + random(3 * spread + 2);
      const ours = alertOf(endingAt0(...counts), 0);
      // The rules round each term of C3 up to a thousandth.
      if (Math.abs(ours.ears.c3.sum - 2) < 0.004) continue;
      const told = counts.flatMap((fever, n) => (fever === null ? [] : [{ day: dayText(day("2020-02-01") + n), fever }]));
      const facts = { subject: "clinic", identity: { code: "C-01", name: "x", region: "620102" }, counts: told };
      const outcome = engine.decide(facts as never, { decisions: ["alert"] }).at("2020-02-15T00:00:00+08:00") as Record<string, { why: { rule: string; evidence: string[]; level: string }[] }>;
      const why = (outcome["alert"]?.why ?? []).filter(({ evidence }) => evidence.includes(`/counts/${told.length - 1}`));
      const theirs = why.map(({ rule }) => rule.split("/").at(-1));
      const context = JSON.stringify(counts);
      assert.deepEqual(theirs.filter((rule) => rule?.startsWith("ears_")).sort(), ours.few ? [] : ours.signals.map((method) => `ears_${method}`), context);
      assert.equal(theirs.includes("methods_agree"), ours.grade === "alarm", context);
      seen[ours.grade as keyof typeof seen] += 1;
    }
    for (const [grade, times] of Object.entries(seen)) assert.ok(times > 20, `${grade} came up ${times} times`);
  });
});

describe("lines", () => {
  it("are cut wherever the pieces end, with numbers from 1, and the last needs no end", () => {
    const lines = new Lines();
    assert.deepEqual(lines.take("a\r\nb"), [{ number: 1, text: "a" }]);
    assert.deepEqual(lines.take("c\n\nd"), [{ number: 2, text: "bc" }, { number: 3, text: "" }]);
    assert.deepEqual(lines.finish(), [{ number: 4, text: "d" }]);
  });
  it("a line that is too long is dropped while it comes, and the next one is read", () => {
    const lines = new Lines();
    const found = ["x".repeat(LINE), "x", "y".repeat(9), "\nz\n"].flatMap((piece) => lines.take(piece));
    assert.deepEqual(found, [{ number: 1, text: undefined }, { number: 2, text: "z" }]);
    assert.deepEqual(new Lines().take(`${"x".repeat(LINE)}\n`).map(({ text }) => text?.length), [LINE]);
  });
  it("of an event stream are what stands behind data:", () => {
    const text = (line: string): string | undefined => eventLine({ number: 7, text: line })?.text;
    assert.equal(text('data: {"a":1}'), '{"a":1}');
    assert.equal(text('data:{"a":1}'), '{"a":1}');
    for (const other of [": still here", "event: record", "id: 4", "retry: 100", ""]) assert.equal(text(other), undefined, other);
    assert.equal(text("<html>"), "<html>", "anything else is told as a bad line");
  });
});

describe("a feed", () => {
  it("takes every kind of the format's description", () => {
    const store = feed(
      head,
      { kind: "place", code: "6201", name, parent: "62" },
      { kind: "place", code: "620102", name: { en: "Chengguan" }, parent: "6201" },
      clinic("C001"),
      report("C001", "2022-07-04", 12, 80),
      { kind: "levels", county: "620102", day: "2022-07-04", decision: "code", persons: { green: 1200, yellow: 3, red: 1, unknown: 0 } },
      { kind: "duties", county: "620102", day: "2022-07-04", due: 400, done: 380, overdue: 20 },
      site("S01"),
      { kind: "queue", site: "S01", at: "2022-07-04T00:30:00+08:00", people: 40, minutes: 25 },
    );
    assert.deepEqual(store.problems, []);
    assert.equal(store.taken, 9);
    assert.equal(store.reports("C001").get(day("2022-07-04"))?.visits, 80);
    assert.equal([...store.queues("S01")][0]?.day, day("2022-07-04"), "half past midnight in Beijing, the day before in UTC");
    assert.equal(store.newest, day("2022-07-04"));
    assert.equal(store.last, day("2022-07-28"));
  });

  it("a later record for the same key replaces the earlier one", () => {
    const store = feed(head, clinic("C001"), report("C001", "2022-07-04", 12), report("C001", "2022-07-04", 3), { ...clinic("C001"), name: { en: "Other" } });
    assert.equal(store.reports("C001").get(day("2022-07-04"))?.fever, 3);
    assert.equal(store.clinics.get("C001")?.name.en, "Other");
  });

  const wrong: [string, object | string, Fault["what"], string?][] = [
    ["no JSON", '{"kind":', "json"],
    ["no object", "[1]", "json"],
    ["a kind that there is not", { kind: "bed" }, "kind"],
    ["a kind of the language's own", { kind: "constructor" }, "kind"],
    ["another format", { ...head, feed: "longma-monitor/2" }, "format"],
    ["a region that is no code", { ...head, region: "Gansu" }, "field", "region"],
    ["an end before the beginning", { ...head, last: "2022-06-30" }, "field", "last"],
    ["too many days", { ...head, last: "2024-07-01" }, "span"],
    ["a day that there is not", report("C001", "2022-07-32", 1), "field", "day"],
    ["a day before the feed", report("C001", "2022-06-30", 1), "day"],
    ["a day long after the feed", report("C001", "9999-12-31", 1), "day"],
    ["a negative count", report("C001", "2022-07-04", -1), "field", "fever"],
    ["half a visit", report("C001", "2022-07-04", 1.5), "field", "fever"],
    ["a number as a text", { ...report("C001", "2022-07-04", 1), fever: "1" }, "field", "fever"],
    ["more fever than visits", report("C001", "2022-07-04", 9, 8), "more"],
    ["a clinic that nobody named", report("C999", "2022-07-04", 1), "unknown-clinic"],
    ["a site that nobody named", { kind: "queue", site: "S99", at: "2022-07-04T09:00:00+08:00", people: 1, minutes: 1 }, "unknown-site"],
    ["a time without a zone", { kind: "queue", site: "S01", at: "2022-07-04T09:00:00", people: 1, minutes: 1 }, "field", "at"],
    ["an id with markup", clinic("<b>"), "field", "id"],
    ["a name that turns its line around", { ...clinic("C002"), name: { en: "a\u202eb" } }, "field", "name"],
    ["a name that is too long", { ...clinic("C002"), name: { en: "x".repeat(121) } }, "field", "name"],
    ["a name without words", { ...clinic("C002"), name: {} }, "field", "name"],
    ["a parent that is not above", { kind: "place", code: "6201", name, parent: "6201" }, "field", "parent"],
    ["a level that is no word", { kind: "levels", county: "620102", day: "2022-07-04", decision: "code", persons: { "<i>": 1 } }, "field", "persons"],
    ["levels of nobody", { kind: "levels", county: "620102", day: "2022-07-04", decision: "code", persons: {} }, "field", "persons"],
    ["more done than due", { kind: "duties", county: "620102", day: "2022-07-04", due: 10, done: 9, overdue: 2 }, "more"],
    ["a line that is too long", "x".repeat(LINE + 1), "long"],
  ];
  for (const [what, line, fault, field] of wrong) {
    it(`tells ${what}, and shows the rest`, () => {
      const store = feed(head, clinic("C001"), site("S01"), line, report("C001", "2022-07-05", 7));
      assert.deepEqual(store.problems.map((problem) => [problem.line, problem.fault.what, "field" in problem.fault && field !== undefined ? problem.fault.field : undefined]), [[4, fault, field]]);
      assert.equal(store.reports("C001").get(day("2022-07-05"))?.fever, 7);
    });
  }

  it("begins with its head, and has no days without it", () => {
    const store = feed(clinic("C001"), head, clinic("C002"));
    assert.deepEqual(store.problems.map(({ line, fault }) => [line, fault.what]), [[1, "first"]]);
    assert.deepEqual([...store.clinics.keys()], ["C002"]);
  });

  it("goes on after its last day, as far as one screen shows", () => {
    const end = day("2022-07-01") + DAYS - 1;
    const store = feed(head, clinic("C001"), report("C001", "2022-07-30", 1), report("C001", dayText(end), 1), report("C001", dayText(end + 1), 1));
    assert.deepEqual(store.problems.map(({ line }) => line), [5]);
    assert.equal(store.last, end);
  });

  it("a head that moves on forgets what lies before it", () => {
    const store = feed(head, clinic("C001"), report("C001", "2022-07-01", 1), report("C001", "2022-07-20", 2), { ...head, first: "2022-07-15", last: "2022-08-11" });
    assert.deepEqual([...store.reports("C001").keys()].map(dayText), ["2022-07-20"]);
  });

  it("is bounded: names, records and problems", () => {
    const clinics = Array.from({ length: MOST.clinic + 1 }, (_, n) => clinic(`C${n}`));
    const many = feed(head, ...clinics);
    assert.deepEqual([many.clinics.size, many.wrong, many.problems[0]?.fault], [MOST.clinic, 1, { what: "many", of: "clinic", limit: MOST.clinic }]);
    const decisions = Array.from({ length: MOST.decision + 1 }, (_, n) => ({ kind: "levels", county: "620102", day: "2022-07-04", decision: `d${n}`, persons: { green: 1 } }));
    assert.equal(feed(head, ...decisions).decisions().length, MOST.decision);
    const bad = feed(head, ...Array<string>(PROBLEMS + 5).fill("x"));
    assert.deepEqual([bad.problems.length, bad.wrong], [PROBLEMS, PROBLEMS + 5]);
    bad.again();
    assert.deepEqual([bad.problems.length, bad.wrong], [0, 0]);
  });

  it("records are bounded, and known ones can still be replaced", () => {
    const store = feed(head, clinic("C001"), site("S01"));
    const at = (n: number): string => new Date(Date.UTC(2022, 6, 2) + n * 60_000).toISOString();
    let number = 3;
    const put = (n: number, people: number): void => store.read({ number: (number += 1), text: JSON.stringify({ kind: "queue", site: "S01", at: at(n), people, minutes: 1 }) });
    for (let n = 0; n < MOST.record; n += 1) put(n, 1);
    assert.equal(store.wrong, 0);
    put(MOST.record, 1);
    assert.deepEqual(store.problems.map(({ fault }) => fault), [{ what: "many", of: "record", limit: MOST.record }]);
    put(0, 5);
    assert.equal(store.wrong, 1);
    assert.equal([...store.queues("S01")][0]?.people, 5);
  });
});

describe("the board", () => {
  const last = day("2022-07-02");
  const store = feed(
    { ...head, last: "2022-07-02" },
    { kind: "place", code: "6201", name: { en: "Lanzhou" }, parent: "62" },
    { kind: "place", code: "620102", name: { en: "Chengguan" }, parent: "6201" },
    clinic("A", "620102"),
    clinic("B", "620102"),
    clinic("C", "620103"),
    clinic("D", "621202"),
    report("A", "2022-07-01", 3, 30),
    report("A", "2022-07-02", 4, 40),
    report("B", "2022-07-01", 5, 50),
    report("C", "2022-07-01", 7, 70),
    report("C", "2022-07-02", 8),
    report("D", "2022-07-02", 0, 10),
  );
  const days = daysShown(store, last, 21);

  it("shows no days before the feed begins", () => assert.deepEqual(days.map(dayText), ["2022-07-01", "2022-07-02"]));

  it("adds up by county and city, and never takes a missing report for zero", () => {
    const rows = rollUp(store, days).map(({ code, level, today: { fever, visits, reported, clinics, missing } }) => [code, level, fever, visits, `${reported}/${clinics}`, missing.map(({ id }) => id).join()]);
    assert.deepEqual(rows, [
      ["62", "region", 12, undefined, "3/4", "B"],
      ["6201", "city", 12, undefined, "2/3", "B"],
      ["620102", "county", 4, 40, "1/2", "B"],
      ["620103", "county", 8, undefined, "1/1", ""],
      ["6212", "city", 0, 10, "1/1", ""],
      ["621202", "county", 0, 10, "1/1", ""],
    ]);
    const [, lanzhou] = rollUp(store, days);
    assert.deepEqual(lanzhou?.days.map(({ fever, missing }) => [fever, missing.length]), [[15, 0], [12, 1]]);
  });

  it("puts the clinic that is missing before those that cannot be compared", () => {
    assert.deepEqual(clinicRows(store, days).map(({ clinic: its, today, silent }) => [its.id, today.grade, silent]), [
      ["B", "missing", 1],
      ["A", "blind", 0],
      ["C", "blind", 0],
      ["D", "blind", 0],
    ]);
  });

  it("colours are shares of those who were counted, and a day that nobody told is none", () => {
    const levels = (when: string, persons: object, county = "620102"): object => ({ kind: "levels", county, day: when, decision: "code", persons });
    const its = feed(head, levels("2022-07-01", { green: 90, gold: 5, yellow: 3, red: 2 }), levels("2022-07-03", { green: 0, red: 0 }), levels("2022-07-03", { green: 3, unknown: 1 }, "620103"));
    const { decision, levels: named, rows } = colours(its, daysFrom(day("2022-07-01"), day("2022-07-03")));
    assert.equal(decision, "code");
    assert.deepEqual(named, ["red", "yellow", "unknown", "gold", "green"]);
    assert.deepEqual(rows.map(({ code, days: all }) => [code, ...all.map((one) => shareNotGreen(one.levels))]), [
      ["620103", undefined, undefined, 0.25],
      ["620102", 0.05, undefined, undefined],
    ]);
  });

  it("duties know what is still open, and a change only from a day that was told", () => {
    const duties = (county: string, when: string, due: number, done: number, overdue: number): object => ({ kind: "duties", county, day: when, due, done, overdue });
    const its = feed(head, duties("620102", "2022-07-03", 100, 80, 5), duties("620102", "2022-07-04", 120, 90, 12), duties("620103", "2022-07-04", 50, 10, 20), duties("620104", "2022-07-03", 9, 9, 0));
    assert.deepEqual(dutyRows(its, day("2022-07-04")).map(({ code, today, change }) => [code, today?.overdue, today && openOf(today), change]), [
      ["620103", 20, 20, undefined],
      ["620102", 12, 18, 7],
      ["620104", undefined, undefined, undefined],
    ]);
  });

  it("duties of many places are added up by city, and the last of a chart stands for all others", () => {
    const duties = (county: string, due: number, done: number, overdue: number): object => ({ kind: "duties", county, day: "2022-07-04", due, done, overdue });
    const its = feed(head, duties("620102", 100, 80, 5), duties("620103", 50, 10, 20), duties("621002", 30, 10, 9), duties("621202", 8, 1, 7), { ...duties("621226", 9, 9, 0), day: "2022-07-03" });
    const cities = cityDuties(its, dutyRows(its, day("2022-07-04")));
    const said = (rows: typeof cities): unknown[] => rows.map(({ code, name: its2, today }) => [code || its2.en, today?.due, today?.done, today?.overdue]);
    assert.deepEqual(said(cities), [["6201", 150, 90, 25], ["6210", 30, 10, 9], ["6212", 8, 1, 7]]);
    assert.deepEqual(said(foldedDuties(cities, 2, (n) => ({ en: `${n} others` }))), [["6201", 150, 90, 25], ["2 others", 38, 11, 16]]);
    assert.equal(foldedDuties(cities, 3, () => name).length, 3);
  });

  it("queues are the day's last, whatever their order in the feed, and the longest of the day beside it", () => {
    const queue = (id: string, at: string, minutes: number): object => ({ kind: "queue", site: id, at, people: 1, minutes });
    const its = feed(head, site("S1"), site("S2"), site("S3"), queue("S1", "2022-07-04T18:00:00+08:00", 20), queue("S1", "2022-07-04T09:00:00+08:00", 50), queue("S2", "2022-07-04T09:00:00+08:00", 30), queue("S3", "2022-07-03T09:00:00+08:00", 90));
    assert.deepEqual(queueRows(its, day("2022-07-04")).map(({ site: one, now, longest }) => [one.id, now?.minutes, longest?.minutes]), [
      ["S2", 30, 30],
      ["S1", 20, 50],
      ["S3", undefined, undefined],
    ]);
  });
});

describe("the demo feed", () => {
  const text = readFileSync(fileURLToPath(new URL("../public/generated/monitor.ndjson", import.meta.url)), "utf8");
  const store = feed(text);

  it("is whole, says that it is invented, and names only places of the table of places", () => {
    assert.deepEqual(store.problems, []);
    assert.equal(store.head?.invented, true);
    const places = new Map(readFileSync(fileURLToPath(new URL("../../rules/reference/places.csv", import.meta.url)), "utf8").split("\n").map((row) => row.split(",").slice(0, 2) as [string, string]));
    for (const { code, name: its } of store.places.values()) assert.equal(its["zh-CN"], places.get(code.padEnd(6, "0")));
    assert.deepEqual([...store.clinics.values()].filter(({ county }) => !store.places.has(county)), []);
  });

  it("has an outbreak that alerts on its last day, and a clinic that went silent", () => {
    const rows = clinicRows(store, daysShown(store, day("2022-07-28"), 21));
    assert.deepEqual(rows.filter(({ today }) => today.grade === "alarm").map(({ clinic: its }) => its.county), ["621002", "621002"]);
    assert.deepEqual(rows.filter(({ today }) => today.grade === "missing").map(({ clinic: its, silent }) => [its.id, silent]), [["C012", 5], ["C004", 1]]);
  });
});

describe("what is said", () => {
  it("has the same keys in both languages, and no empty text", () => {
    const keys = (of: object, path = ""): string[] => Object.entries(of).flatMap(([key, value]: [string, unknown]) => (typeof value === "object" && value !== null ? keys(value, `${path}${key}.`) : [`${path}${key}:${typeof value}`]));
    assert.deepEqual(keys(en), keys(zhCN));
    const texts = (of: object): unknown[] => Object.values(of).flatMap((value: unknown) => (typeof value === "object" && value !== null ? texts(value) : [value]));
    for (const catalogue of [zhCN, en]) assert.ok(!texts(catalogue).includes(""));
  });
  it("a feed is read from the page's own origin only", () => {
    const here = "https://longma.example/app/monitor.html";
    assert.equal(ownAddress("./feed.ndjson", here)?.href, "https://longma.example/app/feed.ndjson");
    assert.equal(ownAddress("/v1/feed?county=620102", here)?.href, "https://longma.example/v1/feed?county=620102");
    for (const other of ["https://elsewhere.example/feed", "//elsewhere.example/feed", "http://longma.example/feed", "data:text/plain,x", "javascript:alert(1)", "http://["]) assert.equal(ownAddress(other, here), undefined, other);
  });
  it("C2 lags by two days", () => assert.equal(LAG, 2));
});
