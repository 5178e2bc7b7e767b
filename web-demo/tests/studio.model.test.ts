// The studio's pure parts: strangers' zips and links, the tree, the axis of time, the sources.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { deflateSync, zipSync, type Zippable } from "fflate";
import { en } from "../src/studio/messages/en";
import { zhCN } from "../src/studio/messages/zh-CN";
import { byFile, caseName, tallyOf } from "../src/studio/model/cases";
import { blindOf, livingIn, readable, sorted, spotOf, toneOf } from "../src/studio/model/compare";
import { differences, editionOf, firstPath, matching, packsOf, tableOf, treeOf } from "../src/studio/model/house";
import { isOfHouse, nameFault, packOf, prefixOf, within } from "../src/studio/model/names";
import { byGrade, reviewOf } from "../src/studio/model/review";
import { readShare, SHARE, shareText } from "../src/studio/model/share";
import { citationsOf, sourcesOf } from "../src/studio/model/sources";
import { axisOf, barOf, dayOf, yearsOf } from "../src/studio/model/spans";
import { inflated, LIMITS, readZip, Refused, writeZip, type Fault } from "../src/studio/model/zip";

const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8");
const shipped = new Map(Object.entries(JSON.parse(read("../public/generated/house.json")) as Record<string, string>));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const PACK = "packs/62/2022-03-07/";

describe("names", () => {
  for (const [name, fault] of [
    ["packs/62/2022-03-07/code.rhai", undefined],
    ["packs/62/2022-03-07/cases/密接.toml", undefined],
    ["../code.rhai", "above"],
    ["packs/../../code.rhai", "above"],
    ["packs/./code.rhai", "above"],
    ["packs/..rhai", undefined],
    ["/etc/passwd", "absolute"],
    ["C:/code.rhai", "absolute"],
    ["packs\\62\\code.rhai", "backslash"],
    ["packs/co\u0000de.rhai", "control"],
    ["packs/co\nde.rhai", "control"],
    ["packs/\u202eiahr.edoc", "control"],
    ["packs//code.rhai", "long"],
    ["x".repeat(201), "long"],
  ] as const) {
    it(`${JSON.stringify(name.slice(0, 40))}: ${fault ?? "taken"}`, () => assert.equal(nameFault(name), fault));
  }
  it("tell a house's files from others", () => {
    for (const path of [`${PACK}code.rhai`, `${PACK}pack.toml`, `${PACK}cases/a.toml`, "schema/person.schema.json", "reference/places.csv"]) assert.ok(isOfHouse(path), path);
    for (const path of ["README.md", "packs/README.toml", `${PACK}notes.md`, `${PACK}other.toml`, "schema/a/b.schema.json", "samples/a.json", "__proto__"]) assert.ok(!isOfHouse(path), path);
  });
  it("find the folder that a house lies in", () => {
    assert.equal(prefixOf(["a/rules/README.md", `a/rules/${PACK}code.rhai`]), "a/rules/");
    assert.equal(prefixOf([`${PACK}code.rhai`]), "");
  });
  it("split a path at its pack", () => {
    assert.equal(packOf(`${PACK}cases/a.toml`), "62/2022-03-07");
    assert.equal(within(`${PACK}cases/a.toml`), "cases/a.toml");
    assert.equal(packOf("schema/person.schema.json"), undefined);
  });
});

describe("a zip", () => {
  const small = new Map([[`${PACK}pack.toml`, "version = \"1\"\n"], [`${PACK}code.rhai`, "// 规则\n"]]);
  const faultOf = (zip: Uint8Array): Fault | undefined => {
    try {
      readZip(zip);
      return undefined;
    } catch (error) {
      assert.ok(error instanceof Refused, String(error));
      return error.fault;
    }
  };
  const zipped = (files: Zippable): Uint8Array => zipSync({ [`${PACK}pack.toml`]: bytes("version = \"1\"\n"), ...files });
  /** Changes a field of the list's first entry whose name ends so. */
  const patched = (zip: Uint8Array, name: string, at: number, value: number, size: 2 | 4): Uint8Array => {
    const copy = zip.slice();
    const view = new DataView(copy.buffer);
    for (let i = 0; i < copy.length - 46; i++) {
      if (view.getUint32(i, true) !== 0x02014b50) continue;
      if (!new TextDecoder().decode(copy.subarray(i + 46, i + 46 + view.getUint16(i + 28, true))).endsWith(name)) continue;
      if (size === 2) view.setUint16(i + at, value, true);
      else view.setUint32(i + at, value, true);
      return copy;
    }
    throw new Error(`no ${name} in the zip`);
  };

  it("gives back every text of the shipped house", () => assert.deepEqual(readZip(writeZip(shipped)), new Map([...shipped].sort())));
  it("is the same for the same texts", () => assert.deepEqual(writeZip(small), writeZip(new Map([...small].reverse()))));
  it("may have the house in a folder, and other files beside it", () => {
    const files = Object.fromEntries([...small].map(([path, text]) => [`rules/${path}`, bytes(text)]));
    assert.deepEqual(readZip(zipSync({ ...files, "rules/README.md": bytes("x"), "x/y.exe": bytes("MZ") })), small);
  });
  it("may hold texts in GB 18030, as older systems write", () => {
    const text = Uint8Array.of(0x2f, 0x2f, 0x20, 0xb9, 0xe6, 0xd4, 0xf2);
    assert.equal(readZip(zipped({ [`${PACK}code.rhai`]: text })).get(`${PACK}code.rhai`), "// 规则");
  });
  const zeros = new Uint8Array(LIMITS.file);
  const cases: [string, () => Uint8Array, Partial<Fault>][] = [
    ["that is none is refused", () => bytes("hello, this is no zip at all"), { what: "not-zip" }],
    ["that is empty is refused", () => new Uint8Array(0), { what: "not-zip" }],
    ["that ends early is refused", () => writeZip(shipped).slice(0, 5000), { what: "cut" }],
    ["without packs is refused", () => zipSync({ "a.txt": bytes("x") }), { what: "empty" }],
    ["with too many files is refused", () => zipSync(Object.fromEntries(Array.from({ length: LIMITS.files + 1 }, (_, i) => [`${i}`, bytes("")]))), { what: "files" }],
    ["with a file too large is refused", () => zipped({ "big.txt": [new Uint8Array(LIMITS.file + 1), { level: 9 }] }), { what: "size", file: "big.txt" }],
    ["that becomes too large is refused", () => zipped(Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`${i}.txt`, zeros]))), { what: "total" }],
    ["whose list says too little of a bomb is refused", () => patched(zipped({ [`${PACK}code.rhai`]: [zeros, { level: 9 }] }), "code.rhai", 24, 100, 4), { what: "damaged", file: `${PACK}code.rhai` }],
    ["with a changed byte is refused", () => {
      const zip = zipSync({ [`${PACK}pack.toml`]: [bytes("version = \"1\"\n"), { level: 0 }] });
      const at = zip.indexOf("v".charCodeAt(0), 30 + PACK.length + 9);
      zip[at] = "w".charCodeAt(0);
      return zip;
    }, { what: "damaged" }],
    ["with a password is refused", () => patched(zipped({}), "pack.toml", 8, 1, 2), { what: "locked" }],
    ["of an unknown kind is refused", () => patched(zipped({}), "pack.toml", 10, 12, 2), { what: "method" }],
    ["with a link in it is refused", () => patched(zipped({}), "pack.toml", 38, 0o120777 << 16 >>> 0, 4), { what: "link" }],
    ["with bytes for text is refused", () => zipped({ [`${PACK}code.rhai`]: Uint8Array.of(1, 0, 2) }), { what: "not-text" }],
    ["with .. in a name is refused", () => zipped({ "../x.toml": bytes("") }), { what: "name", file: "../x.toml", why: "above" } as Fault],
    ["with an absolute name is refused", () => zipped({ "/x.toml": bytes("") }), { what: "name", why: "absolute" } as Fault],
    ["with a backslash is refused", () => zipped({ "a\\x.toml": bytes("") }), { what: "name", why: "backslash" } as Fault],
    ["with a control character is refused", () => zipped({ "a\u0007.toml": bytes("") }), { what: "name", why: "control" } as Fault],
  ];
  for (const [name, zip, expected] of cases) {
    it(name, () => {
      const fault = faultOf(zip());
      assert.ok(fault !== undefined, "it was taken");
      assert.deepEqual({ ...fault, ...expected }, fault);
      for (const words of [zhCN, en]) {
        const said = words.refused("a.zip", fault);
        assert.match(said, /a\.zip/);
        if ("file" in fault) assert.ok(said.includes(fault.what === "name" ? JSON.stringify(fault.file) : fault.file), said);
      }
    });
  }
  it("names a file twice: refused", () => {
    const zip = zipSync({ [`${PACK}a.toml`]: bytes("1"), [`${PACK}b.toml`]: bytes("2") });
    const view = new DataView(zip.buffer);
    for (let i = 0; i < zip.length - 46; i++) {
      if (view.getUint32(i, true) === 0x02014b50) zip[i + 46 + PACK.length] = "a".charCodeAt(0);
    }
    assert.deepEqual(faultOf(zip), { what: "twice", file: `${PACK}a.toml` });
  });
  it("is inflated no further than asked", () => {
    assert.equal(inflated(deflateSync(zeros), LIMITS.file - 1), undefined);
    assert.equal(inflated(deflateSync(zeros), LIMITS.file)?.length, LIMITS.file);
    assert.equal(inflated(deflateSync(bytes("abc")).slice(0, 2), 10), undefined);
  });
});

describe("a share link", () => {
  const shared = { edition: "0a1b2c3d", files: new Map([[`${PACK}code.rhai`, "// 规则 𝄞\n"], [`${PACK}cases/a.toml`, null]]) };
  it("gives back what was put in", () => {
    const text = shareText(shared);
    assert.match(text ?? "", /^#h=[A-Za-z0-9_-]+$/);
    assert.deepEqual(readShare(text as string), shared);
  });
  it("is not made too long", () => {
    let noise = "";
    for (let i = 1, x = 1; i < 60_000; i++) noise += String.fromCharCode(32 + ((x = (x * 48271) % 0x7fffffff) % 94));
    assert.equal(shareText({ edition: "", files: new Map([[`${PACK}code.rhai`, noise]]) }), undefined);
  });
  const link = (json: unknown): string => `#h=${Buffer.from(deflateSync(bytes(JSON.stringify(json)))).toString("base64url")}`;
  for (const [name, text, expected] of [
    ["that is too long", `#h=${"A".repeat(SHARE.link + 1)}`, "too-large"],
    ["that would become too large", link({ v: 1, edition: "", files: { [`${PACK}code.rhai`]: "x".repeat(SHARE.text) } }), "broken"],
    ["that is cut", (shareText(shared) as string).slice(0, 30), "broken"],
    ["with other characters", "#h=%3Cscript%3E", "broken"],
    ["that is empty", "#h=", "broken"],
    ["of another version", link({ v: 2, edition: "", files: { [`${PACK}code.rhai`]: "x" } }), "broken"],
    ["without files", link({ v: 1, edition: "", files: {} }), "broken"],
    ["with a name that leads away", link({ v: 1, edition: "", files: { "packs/../code.rhai": "x" } }), "broken"],
    ["with a file that is no text", link({ v: 1, edition: "", files: { [`${PACK}code.rhai`]: 7 } }), "broken"],
    ["that is no object", link([1]), "broken"],
  ] as const) {
    it(`${name} is ${expected}`, () => assert.equal(readShare(text), expected));
  }
});

describe("the tree", () => {
  const packs = packsOf(shipped);
  it("has every pack of the house", () => {
    const manifests = [...shipped.keys()].filter((path) => path.endsWith("/pack.toml"));
    assert.equal(packs.length, manifests.length);
    assert.equal(treeOf(packs).flatMap(({ series }) => series.flatMap((one) => one.packs)).length, manifests.length);
  });
  it("begins with the country and ends with organisations", () => assert.deepEqual(treeOf(packs).map(({ code }) => code), ["cn", "11", "62", "6201", "org-campus"]));
  it("tells series apart, the main one first, packs by date", () => {
    const gansu = treeOf(packs).find(({ code }) => code === "62");
    assert.equal(gansu?.series[0]?.name, "");
    assert.deepEqual(gansu?.series[0]?.packs.map(({ id }) => id), ["62/2020-02-21", "62/2020-03-19", "62/2021-10-25", "62/2022-03-07", "62/2022-12-07"]);
    assert.ok(gansu?.series.some(({ name }) => name === "gold"));
  });
  it("reads when a pack is in force", () => {
    const span = packs.find(({ id }) => id === "62/2022-03-07")?.span;
    assert.deepEqual(span, { from: Date.parse("2022-03-07T00:00:00+08:00") / 1000, until: Date.parse("2022-12-07T00:00:00+08:00") / 1000 });
  });
  it("keeps a pack whose manifest is broken, with the date of its folder", () => {
    const [pack] = packsOf(new Map([[`${PACK}pack.toml`, "[effective\n"]]));
    assert.deepEqual(pack?.span, { from: Date.parse("2022-03-07T00:00:00+08:00") / 1000, until: undefined });
    assert.equal(pack?.title, undefined);
  });
  it("puts scripts first, then captions, manifest and cases", () => {
    const files = packs.find(({ id }) => id === "cn/2022-06-28")?.files.map(within) ?? [];
    assert.deepEqual(files.slice(0, 4), ["code.rhai", "shared.rhai", "captions.toml", "pack.toml"]);
    assert.ok(files.slice(4).every((name) => name.startsWith("cases/")) && files.length > 4);
  });
  it("is filtered by id, title and file", () => {
    assert.deepEqual(matching(packs, "62/gold").map(({ id }) => id), ["62/gold-2021-05-01"]);
    assert.ok(matching(packs, "第九版").some(({ id }) => id === "cn/2022-06-28"));
    assert.ok(matching(packs, "62 captions").length > 5);
    assert.deepEqual(matching(packs, "nothing of the kind"), []);
  });
  it("first shows the script of the province's latest health code", () => assert.equal(firstPath(packs), `${PACK}code.rhai`));
  it("remembers a table by its text", () => {
    assert.equal(tableOf("x", "a = 1")?.["a"], 1);
    assert.equal(tableOf("x", "a = 2")?.["a"], 2);
  });
});

describe("differences", () => {
  const before = new Map([["a", "1"], ["b", "2"], ["c", "3"]]);
  it("are what is new, changed and gone", () => assert.deepEqual(differences(before, new Map([["a", "1"], ["b", "9"], ["d", "4"]])), new Map([["b", "9"], ["c", null], ["d", "4"]])));
  it("of the same texts are none, and the edition is the same", () => {
    assert.equal(differences(before, new Map([...before].reverse())).size, 0);
    assert.equal(editionOf(before), editionOf(new Map([...before].reverse())));
    assert.notEqual(editionOf(before), editionOf(new Map([["a", "1"], ["b", "2"], ["c", "4"]])));
  });
});

describe("spans on the axis", () => {
  const at = (day: string): number => Date.parse(`${day}T00:00:00+08:00`) / 1000;
  const axis = axisOf([{ from: at("2020-06-01"), until: at("2022-01-01") }, { from: undefined, until: undefined }]);
  it("are held by whole years", () => assert.deepEqual(axis, { from: at("2020-01-01"), until: at("2023-01-01") }));
  it("stand where their ends do", () => {
    const { x, width, open } = barOf(axis, { from: at("2021-01-01"), until: at("2022-01-01") });
    assert.equal(Math.round(x), 33);
    assert.equal(Math.round(width), 33);
    assert.equal(open, false);
  });
  it("reach to the axis's ends when they are open", () => assert.deepEqual(barOf(axis, { from: undefined, until: undefined }), { x: 0, width: 100, open: true }));
  it("are seen however short", () => assert.equal(barOf(axis, { from: at("2021-01-01"), until: at("2021-01-02") }).width, 1));
  it("have their years told", () => assert.deepEqual(yearsOf(axis).map(({ year }) => year), [2020, 2021, 2022]));
  it("are days at +08:00", () => assert.equal(dayOf(at("2022-03-07")), "2022-03-07"));
});

describe("sources", () => {
  const script = "/// 一\n/// source: v9\nfn one(a) {\n}\n\n// source: no\nprivate fn step() {}\n\n/// source: v9, plan\n\nfn none() {}\n/// source: v9, plan\nfn two() {}\n";
  it("are cited by the rules that they stand above", () => {
    const found = citationsOf("x.rhai", script).map(({ source, citation }) => `${citation.name} ${source} ${citation.line}`);
    assert.deepEqual(found, ["one v9 3", "two v9 13", "two plan 13"]);
  });
  const packs = packsOf(shipped);
  const of = (id: string) => sourcesOf(packs.find((pack) => pack.id === id) as (typeof packs)[number], packs, shipped);
  it("come with title, date, grade, place and what cites them", () => {
    const [first] = of("62/2022-03-07");
    assert.equal(first?.id, "gansu-2022-03-08");
    assert.deepEqual([first?.date, first?.grade, first?.inherited], ["2022-03-08", "V", undefined]);
    assert.match(first?.title?.en ?? "", /Provincial CDC/);
    const lines = (shipped.get(`${PACK}pack.toml`) as string).split("\n");
    assert.equal(lines[(first?.spot?.line ?? 0) - 1], "[sources.gansu-2022-03-08]");
    assert.deepEqual(first?.citations.map(({ name }) => name), ["time_space_companion", "key_area_stay", "medium_risk_stay", "risk_city_inflow", "recent_test", "clearing_gaps"]);
  });
  it("are found for every rule of the shipped house", () => {
    for (const pack of packs) for (const source of of(pack.id)) assert.ok(source.spot !== undefined, `${pack.id}: ${source.id}`);
  });
  it("that nobody names are listed without a place", () => {
    const house = new Map([["packs/aa/2020-01-01/pack.toml", ""], ["packs/aa/2020-01-01/code.rhai", "/// source: gone\nfn a() {}\n"]]);
    const its = packsOf(house);
    assert.deepEqual(sourcesOf(its[0] as (typeof its)[number], its, house).map(({ id, spot }) => [id, spot]), [["gone", undefined]]);
  });
});

describe("words", () => {
  const keys = (value: unknown, at = ""): string[] =>
    typeof value === "object" && value !== null && !/\.(phrases|regions|files)$/.test(at) ? Object.entries(value).flatMap(([key, one]) => keys(one, `${at}.${key}`)) : [at];
  it("stand in both languages", () => assert.deepEqual(keys(en).sort(), keys(zhCN).sort()));
});

describe("cases", () => {
  const run = (file: string, line: number, passed: boolean) => ({ file, line, name: "", passed, failures: passed ? [] : ["no"] });
  const cases = [run("b", 9, true), run("a", 3, true), run("b", 2, false), run("a", 1, true)];
  it("are counted", () => assert.deepEqual(tallyOf(cases), { passed: 3, failed: 1 }));
  it("stand by file, those with failures first, as they are written", () => {
    assert.deepEqual(byFile(cases).map(({ file, cases, tally }) => [file, cases.map(({ line }) => line), tally.failed]), [["b", [2, 9], 1], ["a", [1, 3], 0]]);
  });
  it("are named in the page's language where both are written", () => {
    assert.deepEqual([caseName("有效 — valid", "en"), caseName("有效 — valid", "zh-CN"), caseName("one name", "en"), caseName("a — b — c", "en")], ["valid", "有效", "one name", "a — b — c"]);
  });
});

describe("a comparison", () => {
  const decision = (name: string, persons: number) => ({ name, changed: { persons } });
  const report = {
    decisions: [decision("tests", 2), decision("code", 0), decision("validity", 9)],
    fired: [[{ rule: "old", persons: 0 }], [{ rule: "seen", persons: 3 }, { rule: "blind", persons: 0 }]],
  } as unknown as Parameters<typeof sorted>[0];
  it("shows what changes most first, and tells what does not", () => {
    const { changed, same } = sorted(report);
    assert.deepEqual([changed.map(({ name }) => name), same.map(({ name }) => name)], [["validity", "tests"], ["code"]]);
  });
  it("tells the later side's rules that held for nobody", () => assert.deepEqual(blindOf(report), ["blind"]));
  it("finds where a rule stands", () => {
    const spot = spotOf(shipped, "62/validity-2020-02-21/validity/issued");
    assert.equal(shipped.get(spot?.path ?? "")?.split("\n")[(spot?.line ?? 0) - 1], "fn issued(issuance, params) {");
    assert.equal(spotOf(shipped, "62/validity-2020-02-21/validity/issue"), undefined);
    assert.equal(spotOf(shipped, "manual/code"), undefined);
  });
  it("asks for regions that a person can live in, with six digits", () => {
    const found = livingIn(treeOf(packsOf(shipped)));
    assert.deepEqual(found.find(({ code }) => code === "6201"), { code: "6201", region: "620100" });
    assert.ok(found.some(({ region }) => region === "org-campus") && !found.some(({ code }) => code === "cn"));
  });
  it("reads instants without seconds where there are none", () => {
    assert.deepEqual(["2020-02-29T12:00:00+08:00", "2020-02-29T12:00:01+08:00"].map(readable), ["2020-02-29 12:00", "2020-02-29 12:00:01"]);
  });
  it("gives levels their tones, and grey where a pack names none", () => {
    assert.deepEqual([toneOf({ name: "red", colour: "red" }), toneOf({ name: "unknown", colour: "" }), toneOf({ name: "odd", colour: "mauve" })], ["red", "unknown", "grey"]);
  });
});

describe("a review", () => {
  const pack = packsOf(shipped).find(({ id }) => id === "62/2022-03-07") as ReturnType<typeof packsOf>[number];
  it("tells the version, and each assumed param with its value and reason", () => {
    const { version, assumed } = reviewOf(pack, shipped);
    assert.match(version ?? "", /^\d+$/);
    assert.deepEqual(assumed.map(({ name, value, unit }) => [name, value, unit]), [["look_back", "14", "days"]]);
    assert.ok(assumed[0]?.note?.en.includes("the travel card's 14 days"));
    assert.equal(shipped.get(`${PACK}pack.toml`)?.split("\n")[(assumed[0]?.spot.line ?? 0) - 1], "[params.look_back]");
  });
  it("is empty while the manifest cannot be read", () => {
    assert.deepEqual(reviewOf(pack, new Map([[`${PACK}pack.toml`, "["]])), { version: undefined, authority: undefined, assumed: [] });
  });
  it("puts sources by grade, assumed ones after those that were read", () => {
    const source = (id: string, grade: string | undefined) => ({ id, grade, title: undefined, date: undefined, inherited: undefined, spot: undefined, citations: [] });
    const found = byGrade([source("a", "A"), source("n", undefined), source("v", "V"), source("w", "W"), source("x", "V")]);
    assert.deepEqual(found.map(({ grade, sources }) => grade + sources.map(({ id }) => id).join("")), ["Vvx", "Ww", "Aa", "n"]);
  });
});
