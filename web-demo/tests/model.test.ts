// The page's pure functions, with each boundary as a line of data.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { decoded } from "../src/model/encoding";
import { locate, pieceAt, pointerSteps, readBearer, withIssuance } from "../src/model/facts";
import { qrText } from "../src/model/qr";
import { readRiskAreas } from "../src/model/riskAreas";
import { clockText, DAY, dayStart, fromInput, HOUR, instantOf, lengthOf, longDate, rfc3339, shortDate, stamp, toInput } from "../src/model/time";
import { around, boundaries, episode, everything, inOrder, percent, policyChanges, segmentAt, ticks } from "../src/model/timeline";
import type { Outcome, Person } from "../src/types";

const t = (text: string): number => instantOf(`${text}+08:00`);

describe("time", () => {
  const noon = t("2022-07-10T12:00:00");
  it("reads any offset and writes +08:00", () => assert.equal(rfc3339(instantOf("2022-07-10T04:00:00Z")), "2022-07-10T12:00:00+08:00"));
  it("reads a time without seconds", () => assert.equal(instantOf("2022-07-10T12:00+08:00"), noon));
  it("goes through the input field and back", () => assert.equal(fromInput(toInput(noon + 7)), noon + 7));
  it("takes an input field without seconds", () => assert.equal(fromInput("2022-07-10T12:00"), noon));
  it("starts the day at midnight in Beijing", () => assert.equal(rfc3339(dayStart(t("2022-07-10T23:59:59"))), "2022-07-10T00:00:00+08:00"));
  it("shows seconds only where there are some", () => {
    assert.equal(stamp(noon), "2022-07-10 12:00");
    assert.equal(stamp(noon + 1), "2022-07-10 12:00:01");
  });
  it("shows Beijing time whatever the device's zone", () => assert.equal(clockText(noon), "12:00:00"));
  it("writes dates as each language does", () => {
    assert.equal(longDate(noon, "zh-CN"), "2022年7月10日星期日");
    assert.match(longDate(noon, "en"), /^Sunday,? 10 July 2022$/);
    assert.equal(shortDate(noon, "en"), "10 Jul");
  });
  it("splits a length to the second", () => assert.deepEqual(lengthOf(2 * DAY + 3 * HOUR + 61), { days: 2, hours: 3, minutes: 1, seconds: 1 }));
  it("counts nothing left of the past", () => assert.deepEqual(lengthOf(-5), { days: 0, hours: 0, minutes: 0, seconds: 0 }));
});

describe("QR text", () => {
  it("holds level, issue, end and pack", () => {
    const issued = t("2022-07-10T08:00:00");
    const text = qrText({ level: "red", issued, until: issued + DAY, pack: "62/2022-03-07" });
    assert.equal(text, "LONGMA1|red|2022-07-10T08:00:00+08:00|2022-07-11T08:00:00+08:00|62/2022-03-07");
  });
  it("says with a dash what it does not know", () => assert.equal(qrText({ level: "unknown" }), "LONGMA1|unknown|-|-|-"));
});

describe("facts as text", () => {
  const issued = (facts: string): number[] => (JSON.parse(facts) as Person).issuance?.map((one) => instantOf(one.issued_at)) ?? [];
  const text = '{\n  "subject": "person",\n  "identity": { "name": "李明", "document": { "type": "passport", "number": "E1" }, "region": "620102" },\n  "contacts": [\n    { "kind": "close" },\n    { "kind": "odd" }\n  ]\n}\n';
  const shown = (pointer: string): string | undefined => {
    const piece = locate(text, pointer);
    return piece === undefined ? undefined : text.slice(piece.start, piece.end);
  };
  it("finds a member with its name", () => assert.equal(shown("/contacts/1/kind"), '"kind": "odd"'));
  it("finds a record", () => assert.equal(shown("/contacts/0"), '{ "kind": "close" }'));
  it("counts lines from 1", () => assert.equal(locate(text, "/contacts/1/kind")?.line, 6));
  it("shows a missing member by what would hold it", () => assert.equal(shown("/contacts/0/last_contact"), '{ "kind": "close" }'));
  it("shows a missing section by the document's first character", () => assert.equal(shown("/tests"), "{"));
  it("finds nothing in an empty text", () => assert.equal(locate("", "/x"), undefined));
  it("reads the escapes of a pointer", () => assert.deepEqual(pointerSteps("/a~1b/~0c/0"), ["a/b", "~c", "0"]));
  it("shows a line and column of the facts", () => {
    const place = pieceAt('{\n  "a": 1,\n  "b": }\n', { kind: "file", file: "facts", line: 3, column: 8 });
    assert.deepEqual(place, { start: 19, end: 20, line: 3, lastLine: 3 });
  });
  it("stays in the text where a line or column is beyond its end", () => {
    const place = pieceAt("{", { kind: "file", file: "facts", line: 9, column: 9 });
    assert.deepEqual(place, { start: 0, end: 1, line: 1, lastLine: 1 });
  });
  it("shows nothing for a place elsewhere", () => assert.equal(pieceAt(text, { kind: "reference", table: "risk_areas", line: 2 }), undefined));
  it("reads what it names in words of its own", () => {
    const person = readBearer(text);
    assert.deepEqual(person, { documentType: "passport", region: "620102" });
  });
  it("reads nothing from what is not facts", () => assert.equal(readBearer("[1]").region, ""));
  it("adds an issuance to facts without any", () => {
    const added = withIssuance(text, t("2022-07-10T08:00:00"));
    assert.deepEqual(issued(added), [t("2022-07-10T08:00:00")]);
    assert.match(added, /"kind": "odd"/);
  });
  it("adds an issuance after the others", () => {
    const twice = withIssuance(withIssuance(text, 1_657_400_000), 1_657_500_000);
    assert.deepEqual(issued(twice), [1_657_400_000, 1_657_500_000]);
  });
});

describe("risk areas", () => {
  const header = "province,city,county,community,level,from,until\n";
  it("are read row by row, open ends and quoted commas included", () =>
    assert.deepEqual(readRiskAreas(`${header}甘肃省,兰州市,城关区,"甲, 乙",high,2022-07-08T21:00+08:00,\n`), [
      { place: "甘肃省兰州市城关区甲, 乙", level: "high", from: t("2022-07-08T21:00:00") },
    ]));
  it("are read in the order of the file", () =>
    assert.deepEqual(readRiskAreas(`${header}a,,,,low,,2022-07-08T21:00+08:00\nb,,,,low,,\n`).map(({ place }) => place), ["a", "b"]));
  it("are none in an empty file", () => assert.deepEqual(readRiskAreas(""), []));
});

describe("timeline", () => {
  const at = ["2022-07-08T10:00:00+08:00", "2022-07-15T10:00:00+08:00"] as const;
  const policy = "2022-06-28T00:00:00+08:00";
  const common = { at_least: null, problems: [] };
  const outcome: Outcome = {
    longma: 2,
    subject: "person",
    region: "620102",
    problems: [],
    decisions: {
      code: {
        caption: { "zh-CN": "码", en: "Code" },
        levels: [],
        rules: [],
        evidence: [],
        causes: [],
        timeline: [
          { ...common, from: null, until: policy, level: "green", packs: ["62/a", "cn/a"] },
          { ...common, from: policy, until: at[0], level: "green", packs: ["62/a", "cn/b"] },
          { ...common, from: at[0], until: at[1], level: "red", packs: ["62/a", "cn/b"] },
          { ...common, from: at[1], until: null, level: "green", packs: ["62/a", "cn/b"] },
        ],
      },
    },
  };
  const [first, last] = [instantOf(at[0]), instantOf(at[1])];
  const { code } = outcome.decisions;

  it("orders decisions as the packs order the card, the others last", () => {
    const none = { overlay: [], badge: [], duty: [], presented: [], admission: [], proxy: [], urgency: [], validity: [] };
    const decisions = { b: code, code, a: code, tests: code } as Outcome["decisions"];
    const roles = { ...none, face: ["code"], badge: ["tests", "b"] };
    assert.deepEqual(inOrder(decisions, roles).map(([name]) => name), ["code", "tests", "b", "a"]);
  });
  it("lists every boundary once, in order", () => assert.deepEqual(boundaries(outcome), [instantOf(policy), first, last]));
  it("finds a policy change where the packs differ", () =>
    assert.deepEqual(policyChanges(outcome), [{ at: instantOf(policy), before: ["62/a", "cn/a"], after: ["62/a", "cn/b"] }]));
  it("gives a boundary to the segment that begins there", () => {
    assert.equal(code && segmentAt(code, first)?.level, "red");
    assert.equal(code && segmentAt(code, first - 1)?.level, "green");
    assert.equal(code && segmentAt(code, last)?.level, "green");
  });
  it("shows the episode that now falls in, with room", () => {
    const range = episode(boundaries(outcome), first + DAY);
    assert.ok(range.from < instantOf(policy) && range.until > last);
    assert.ok(range.until - range.from < 30 * DAY);
  });
  it("leaves out what is far away", () => assert.ok(episode([t("2020-02-21T00:00:00"), first, last], first).from > t("2022-07-01T00:00:00")));
  it("shows six days where nothing is near", () => {
    const range = episode([t("2020-02-21T00:00:00")], first);
    assert.deepEqual(range, { from: first - 3 * DAY, until: first + 3 * DAY });
  });
  it("shows everything on request", () => {
    const range = everything(boundaries(outcome), last + DAY);
    assert.ok(range.from < instantOf(policy) && range.until > last + DAY);
  });
  it("shows a round number of days around now", () => {
    const range = around(first, 14);
    assert.equal(range.until - range.from, 14 * DAY);
    assert.equal(range.from % HOUR, 0);
  });
  it("keeps a place inside the picture", () => {
    const range = { from: 100, until: 200 };
    assert.deepEqual([50, 100, 150, 200, Infinity].map((x) => percent(range, x)), [0, 0, 50, 100, 100]);
  });
  for (const days of [1, 3, 10, 40, 120, 400, 1200]) {
    it(`sets a few round marks in ${days} days`, () => {
      const marks = ticks({ from: first, until: first + days * DAY }, 6);
      assert.ok(marks.length >= 2 && marks.length <= 7, `${marks.length} marks`);
      for (const mark of marks) if (mark.unit !== "hour") assert.equal(dayStart(mark.at), mark.at);
    });
  }
});

describe("style", () => {
  /** Relative luminance and contrast, as defined in WCAG 2.2. */
  const luminance = (hex: string): number => {
    const full = hex.length === 4 ? hex.replace(/[0-9a-f]/g, "$&$&") : hex;
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => {
      const c = parseInt(full.slice(i, i + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a: string, b: string): number => {
    const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };
  const css = readFileSync(new URL("../src/style.css", import.meta.url), "utf8");
  for (const [, tone = "", body = ""] of css.matchAll(/\[data-tone="(\w+)"\] \{ (--[^}]+)\}/g)) {
    const value = (name: string): string | undefined => new RegExp(`${name}: (#[0-9a-f]+)`).exec(body)?.[1];
    for (const [paper, ink] of [["--tone", "--on"], ["--tone-2", "--on"], ["--tint", "--tint-ink"]] as const) {
      const [below, above] = [value(paper), value(ink)];
      if (below === undefined || above === undefined) continue;
      it(`text on ${tone} (${below}) meets AA`, () => assert.ok(contrast(below, above) >= 4.5, `contrast is ${contrast(below, above).toFixed(2)}`));
    }
  }
});

describe("the encoding of a file", () => {
  const utf16 = (text: string, swap: boolean): Uint8Array => {
    const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
    return new Uint8Array(swap ? bytes.swap16() : bytes);
  };
  // 绿码 in each encoding, by the tables of Unicode and GB 18030; 𠮷 lies beyond the first plane.
  for (const [name, bytes, text, assumed] of [
    ["UTF-8", Buffer.from("绿码"), "绿码", undefined],
    ["UTF-8 with a mark", Buffer.from("\ufeff绿码"), "绿码", undefined],
    ["UTF-16, little end first", utf16("绿码𠮷", false), "绿码𠮷", "UTF-16LE"],
    ["UTF-16, big end first", utf16("绿码𠮷", true), "绿码𠮷", "UTF-16BE"],
    ["GB 18030", new Uint8Array([0xc2, 0xcc, 0xc2, 0xeb]), "绿码", "gb18030"],
    ["nothing", new Uint8Array(), "", undefined],
  ] as const) {
    it(`is told: ${name}`, () => {
      const expected = assumed === undefined ? { text } : { text, assumed };
      assert.deepEqual(decoded(bytes), expected);
    });
  }
  for (const [name, bytes] of [
    ["bytes of no encoding", [0xff, 0xff, 0xff]],
    ["half a surrogate pair", [0xff, 0xfe, 0x00, 0xd8]],
    ["a cut character", [0xe7, 0xbb, 0xbf, 0xff]],
  ] as const) {
    it(`is not guessed: ${name}`, () => assert.equal(decoded(new Uint8Array(bytes)), undefined));
  }
});
