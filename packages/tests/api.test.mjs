// The API of the tarball: what it refuses, what stays after an error, what a clock and memory do.
// That each call works is shown by docs/api.md, whose examples run in docs.test.mjs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { app, atEnd, from } from "./tools.mjs";

const folder = app();
const { createEngine, outcomeOf, LongmaError } = await from(folder, "longma");
const { connect, serve } = await from(folder, "longma/worker");
const { default: rules } = await from(folder, "longma/rules/gansu");
const { persons, sites, tables, venues } = await from(folder, "longma/samples");

const named = (name) => persons.find((person) => person.name.en === name);
const green = named("Green with gold");
const red = named("Close contact, red");
const engine = await createEngine({ rules, tables });

/** The codes of the error that `work` throws, which must be a LongmaError with words in both languages. */
async function refused(work) {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof LongmaError, error.stack);
    for (const { message, help } of error.problems) for (const text of [message, help ?? message]) assert.ok(text.en && text["zh-CN"]);
    return error.problems.map(({ code }) => code).join(" ");
  }
  return "nothing was refused";
}

/** A test for each row: what is handed over, and the code that refuses it. */
function refuses(rows) {
  for (const [name, code, work] of rows) test(`${name}: ${code}`, async () => assert.equal(await refused(work), code));
}

const { facts, at } = red;
const outcome = engine.decide(facts);
const disposed = await createEngine({ rules, tables });
const kept = disposed.decide(facts);
const nearby = disposed.sites(sites);
disposed.dispose();

describe("createEngine refuses", () => {
  const made = (options) => () => createEngine(options);
  const absent = "table-missing table-missing";
  refuses([
    ["nothing", "option-kind", made()],
    ["null", "option-kind", made(null)],
    ["a number", "option-kind", made(5)],
    ["a list", "option-kind", made([])],
    ["no rules", "rules-source", made({ tables })],
    ["rules that are a number", "rules-source", made({ rules: 5, tables })],
    ["rules that are an object", "rules-source", made({ rules: {}, tables })],
    ["rules that are no file", "rules-source", made({ rules: "no such file", tables })],
    ["rules that are empty", "packed-magic", made({ rules: new Uint8Array(), tables })],
    ["rules that are cut off", "packed-broken", made({ rules: rules.slice(0, 1000), tables })],
    ["an unknown option", "option-unknown", made({ rules, tables, table: {} })],
    ["no tables", absent, made({ rules })],
    ["tables that are a text", "option-kind", made({ rules, tables: "risk_areas" })],
    ["tables that are null", "option-kind", made({ rules, tables: null })],
    ["tables that are a list", "option-kind", made({ rules, tables: [] })],
    ["a table that is a number", "table-text", made({ rules, tables: { ...tables, risk_areas: 5 } })],
    ["a table that no rule knows", "reference-unknown", made({ rules, tables: { ...tables, areas: "a\n" } })],
    ["decisions that are a text", "option-kind", made({ rules, tables, decisions: "code" })],
    ["a decision that is a number", "option-kind", made({ rules, tables, decisions: [5] })],
    ["a wasm that is a number", "wasm-source", made({ rules, tables, wasm: 5 })],
    ["a wasm that is an object", "wasm-source", made({ rules, tables, wasm: {} })],
    ["a wasm that is null", "wasm-source", made({ rules, tables, wasm: null })],
    ["a wasm of other bytes", "wasm-source", made({ rules, tables, wasm: new Uint8Array(8) })],
    ["a function for wasm that gives nothing", "wasm-source", made({ rules, tables, wasm: () => undefined })],
    ["a function for wasm that throws", "wasm-source", made({ rules, tables, wasm: () => { throw new Error("no"); } })],
    ["another WebAssembly", "wasm-other", made({ rules, tables, wasm: Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0) })],
  ]);

  test("missing tables are told by name, with the decisions that read them", async () => {
    const error = await createEngine({ rules, tables: {}, decisions: ["code", "gold"] }).catch((it) => it);
    assert.equal(error.problems.length, 1);
    assert.match(error.problems[0].message.en, /risk_areas.*: code, gold$/);
  });
});

test("rules are bytes, a path or an address", async () => {
  const file = new URL("../../target/rules-small.longma", import.meta.url);
  const bytes = readFileSync(file);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  for (const given of [bytes, buffer, file, file.href, fileURLToPath(file)]) {
    const own = await createEngine({ rules: given, tables });
    assert.deepEqual(own.decide(facts).toJSON(), outcome.toJSON());
    own.dispose();
  }
});

describe("a call refuses", () => {
  const loop = {};
  loop.loop = loop;
  refuses([
    ["decide with nothing", "facts-kind", () => engine.decide()],
    ["decide with null", "facts-kind", () => engine.decide(null)],
    ["decide with a number", "facts-kind", () => engine.decide(5)],
    ["decide with a function", "facts-kind", () => engine.decide(() => facts)],
    ["decide with an object that is no JSON", "facts-kind", () => engine.decide({ toJSON: () => undefined })],
    ["decide with a loop", "facts-kind", () => engine.decide(loop)],
    ["decide with an empty object", "facts-subject", () => engine.decide({})],
    ["decide with a list", "facts-subject", () => engine.decide([])],
    ["decide with an empty text", "json-syntax", () => engine.decide("")],
    ["decide with bytes that are no UTF-8", "facts-utf8", () => engine.decide(Uint8Array.of(0x22, 0xff))],
    ["decide with options that are null", "option-kind", () => engine.decide(facts, null)],
    ["decide with an unknown option", "option-unknown", () => engine.decide(facts, { at })],
    ["decide with a region that is a number", "option-kind", () => engine.decide(facts, { region: 620102 })],
    ["decide with a region that is none", "region-invalid", () => engine.decide(facts, { region: "x" })],
    ["decide with decisions that are a text", "option-kind", () => engine.decide(facts, { decisions: "code" })],
    ["decide with an unknown decision", "unknown-decision", () => engine.decide(facts, { decisions: ["colour"] })],
    ["decide with an empty window", "window-empty", () => engine.decide(facts, { from: at, until: at })],
    ["at with an unknown time", "time-kind", () => outcome.at("now")],
    ["timeline of a decision that is not there", "decision-other", () => outcome.timeline("colour")],
    ["timeline of what every object has", "decision-other", () => outcome.timeline("constructor")],
    ["changes of a decision that is not there", "decision-other", () => outcome.changes("colour")],
    ["next with a level that is none", "level-other", () => outcome.next("purple")],
    ["card of facts", "time-kind", () => outcome.card(facts)],
    ["card of null", "time-kind", () => outcome.card(null)],
    ["present with a person that is a number", "option-kind", () => outcome.present(venues[0].facts, 5, at)],
    ["present with a presence that is none", "scan-presence", () => outcome.present(venues[0].facts, "p", at, "here")],
    ["present with a venue that is a number", "facts-kind", () => outcome.present(5, "p", at)],
    ["outcomeOf with nothing", "outcome-data", () => outcomeOf()],
    ["outcomeOf with a text", "outcome-data", () => outcomeOf(JSON.stringify(outcome))],
    ["setTable without a name", "option-kind", () => engine.setTable(undefined, null)],
    ["setTable with a number", "table-text", () => engine.setTable("risk_areas", 5)],
    ["setTable with nothing", "table-text", () => engine.setTable("risk_areas")],
    ["setTable with an unknown name", "reference-unknown", () => engine.setTable("areas", "a\n")],
    ["enter with a presence that is a number", "option-kind", () => engine.enter(facts, "TEST-MARKET-01", at, 5)],
    ["enter with a venue that is a number", "option-kind", () => engine.enter(facts, 5, at)],
    ["wallet without dependants", "option-kind", () => engine.wallet(facts)],
    ["policy of nothing", "option-kind", () => engine.policy()],
    ["tables of a text", "option-kind", () => engine.tables("code")],
    ["qrSvg of a number", "option-kind", () => engine.qrSvg(5)],
    ["qrSvg of a long text", "qr-length", () => engine.qrSvg("x".repeat(3000))],
    ["a salt that is short", "exposure-salt", () => engine.withDigests(facts, "x")],
    ["sites with holidays that are a text", "option-kind", () => engine.sites(sites, "2022-10-01")],
    ["nearest to nothing", "option-kind", () => engine.sites(sites).nearest()],
    ["nearest to no number", "site-point", () => engine.sites(sites).nearest({ latitude: NaN, longitude: 103 }, { time: at })],
    ["a count below zero", "option-kind", () => engine.sites(sites).nearest({ latitude: 36, longitude: 103 }, { time: at, count: -1 })],
    ["update with nothing", "rules-source", () => engine.update()],
    ["update with an unknown option", "option-unknown", () => engine.update(rules, { table: {} })],
  ]);
});

describe("an engine that was disposed of refuses", () => {
  const calls = {
    decide: (it) => it.decide(facts),
    inspect: (it) => it.inspect(facts, at),
    wallet: (it) => it.wallet(facts, [], at),
    policy: (it) => it.policy("620102", at),
    packs: (it) => it.packs(),
    tables: (it) => it.tables(),
    setTable: (it) => it.setTable("risk_areas", null),
    update: (it) => it.update(rules),
    enter: (it) => it.enter(facts, "TEST-MARKET-01", at),
    leave: (it) => it.leave(facts, "TEST-MARKET-01", at),
    withDigests: (it) => it.withDigests(facts, "a salt of sixteen or more"),
    venueOf: (it) => it.venueOf("longma:venue:TEST-MARKET-01"),
    venueText: (it) => it.venueText("TEST-MARKET-01"),
    qrSvg: (it) => it.qrSvg("a text"),
    qrModules: (it) => it.qrModules("a text"),
    sites: (it) => it.sites(sites),
  };
  refuses(Object.entries(calls).map(([name, call]) => [name, "engine-disposed", () => call(disposed)]));
  refuses([["nearest", "engine-disposed", () => nearby.nearest({ latitude: 36, longitude: 103 }, { time: at })]]);

  test("and being disposed of again does nothing", () => disposed.dispose());
  test("and tryDecide gives its problem", () => assert.equal(disposed.tryDecide(facts).problems[0].code, "engine-disposed"));
  test("and its outcomes are looked up in, but not drawn", async () => {
    assert.equal(kept.at(at).code.level, "red");
    assert.equal(await refused(() => kept.card(at)), "engine-disposed");
  });
});

describe("times", () => {
  const instant = Date.parse(at);
  for (const [name, time] of [
    ["a Date", new Date(instant)],
    ["milliseconds", instant],
    ["milliseconds with a fraction", instant + 0.5],
    ["RFC 3339", at],
    ["RFC 3339 in UTC", new Date(instant).toISOString()],
    ["a Date of another context", createRequire(import.meta.url)("node:vm").runInNewContext(`new Date(${instant})`)],
  ]) {
    test(`${name} is that time`, () => assert.equal(outcome.at(time).code.at, at));
  }
  refuses([
    ["seconds", "time-seconds", () => outcome.at(instant / 1000)],
    ["zero", "time-seconds", () => outcome.at(0)],
    ["a day", "time-kind", () => outcome.at("2022-07-08")],
    ["a time without an offset", "time-kind", () => outcome.at("2022-07-08T21:00:00")],
    ["the 30th of February", "time-kind", () => outcome.at("2022-02-30T25:00:00+08:00")],
    ["NaN", "time-kind", () => outcome.at(NaN)],
    ["Infinity", "time-kind", () => outcome.at(Infinity)],
    ["an Invalid Date", "time-kind", () => outcome.at(new Date("tomorrow"))],
    ["null", "time-kind", () => outcome.at(null)],
    ["an object", "time-kind", () => outcome.at({})],
    ["a BigInt", "time-kind", () => outcome.at(1n)],
    ["a year after 9999", "time-kind", () => outcome.at(8.64e15)],
  ]);
});

describe("what is not known", () => {
  test("a table that is null makes unknown what needs it, and never green", async () => {
    const without = await createEngine({ rules, tables: { risk_areas: null, exposures: null } });
    for (const person of persons) {
      const [some, all] = [without, engine].map((it) => it.decide(person.facts).at(person.at).code);
      if (some.level === "green") assert.equal(all.level, "green", person.name.en);
    }
    const { level, tone, words, problems } = without.decide(green.facts).at(green.at).code;
    assert.deepEqual([level, tone, words, problems[0].code], ["unknown", "grey", null, "missing-reference"]);
    assert.equal(without.decide(green.facts).card(green.at).tone, "grey");
  });

  test("a table that is taken away makes unknown what needs it, until it is given again", async () => {
    const own = await createEngine({ rules, tables });
    const level = () => own.decide(green.facts).at(green.at).code.level;
    assert.equal(level(), "green");
    own.setTable("risk_areas", null);
    assert.equal(level(), "unknown");
    own.setTable("risk_areas", tables.risk_areas);
    assert.equal(level(), "green");
  });

  test("a table with an error leaves the old one", async () => {
    const own = await createEngine({ rules, tables });
    assert.match(await refused(() => own.setTable("risk_areas", "a,b\n")), /^reference-column/);
    assert.equal(own.decide(green.facts).at(green.at).code.level, "green");
  });

  test("with `received`, only what needs the wrong section is unknown", async () => {
    const wrong = { ...facts, vaccinations: "none" };
    assert.match(await refused(() => engine.decide(wrong)), /^facts-/);
    const found = engine.decide(wrong, { received: at }).at(at);
    assert.deepEqual([found.code.level, found.vaccination.level], ["red", "unknown"]);
  });

  test("only the tables of the decisions that are asked for must be there", async () => {
    const own = await createEngine({ rules, decisions: ["tests", "validity"] });
    assert.deepEqual(Object.keys(own.decide(facts).at(at)), ["tests", "validity"]);
    assert.equal(await refused(() => own.decide(facts, { decisions: ["code"] })), "table-missing");
  });
});

describe("a window", () => {
  const [from, until] = ["2022-07-10T00:00:00+08:00", "2022-07-16T00:00:00+08:00"];
  const window = engine.decide(facts, { decisions: ["code"], from, until });

  test("holds its first instant and what is decided within", () => {
    assert.equal(window.at(from).code.level, "red");
    assert.equal(window.at(Date.parse(until) - 1000).code.level, "yellow");
    assert.deepEqual(window.changes(), [{ at: "2022-07-15T10:00:00+08:00", decision: "code", from: "red", to: "yellow" }]);
    assert.equal(window.card(from).face.level, "red");
  });

  const before = Date.parse(from) - 1;
  refuses([
    ["at before it", "time-window", () => window.at(before)],
    ["at its end", "time-window", () => window.at(until)],
    ["card at its end", "time-window", () => window.card(until)],
    ["changesAt at its end", "time-window", () => window.changesAt(until)],
    ["present at its end", "time-window", () => window.present(venues[0].facts, "p", until)],
    ["verdict at its end", "time-window", () => window.verdict(until)],
    ["watch at its end", "time-window", () => window.watch(() => undefined, { clock: () => Date.parse(until) })],
  ]);
});

describe("a look-up", () => {
  test("tryDecide gives an outcome or problems", () => {
    assert.equal(engine.tryDecide(facts).value.at(at).code.level, "red");
    const { ok, problems } = engine.tryDecide({ ...facts, subject: "ship" });
    assert.deepEqual([ok, problems[0].place], [false, { kind: "facts", pointer: "/subject" }]);
  });

  test("facts are an object, a text or its bytes", () => {
    const text = JSON.stringify(facts);
    const bytes = new TextEncoder().encode(text);
    for (const given of [text, bytes, bytes.buffer]) assert.deepEqual(engine.decide(given).toJSON(), outcome.toJSON());
  });

  test("toJSON survives structuredClone and JSON, and is looked up in alike", () => {
    const data = outcome.toJSON();
    for (const copy of [structuredClone(data), JSON.parse(JSON.stringify(outcome))]) {
      const lookup = outcomeOf(copy);
      assert.deepEqual(lookup.toJSON(), data);
      for (const time of ["2010-01-01T00:00:00+08:00", at, "2030-01-01T00:00:00+08:00"]) assert.deepEqual(lookup.at(time), outcome.at(time));
      assert.deepEqual(lookup.changes(), outcome.changes());
    }
  });

  test("next is the first such change after a time, and null if none comes", () => {
    assert.deepEqual(outcome.next("yellow", { after: at }), { at: "2022-07-15T10:00:00+08:00", decision: "code", from: "red", to: "yellow" });
    assert.equal(outcome.next("yellow", { after: "2022-07-15T10:00:00+08:00" }), null);
    assert.equal(outcome.next("gold", { after: at, decision: "gold" }), null);
  });

  test("changes of all decisions are in order of time", () => {
    const times = outcome.changes().map((change) => Date.parse(change.at));
    assert.ok(times.length > outcome.changes("code").length);
    assert.deepEqual(times, [...times].sort((a, b) => a - b));
  });

  test("following changesAt meets each change of a level", () => {
    const met = new Set();
    for (let time = "2010-01-01T00:00:00+08:00"; time !== null; time = outcome.changesAt(time)) met.add(Date.parse(time));
    assert.deepEqual(outcome.changes().filter((change) => !met.has(Date.parse(change.at))), []);
  });

  test("a decision for another person is of that person", () => {
    const greenOutcome = engine.decide(green.facts);
    // Another person's facts are no time, and of another person's statuses only the time is taken.
    assert.throws(() => greenOutcome.card(facts), LongmaError);
    const card = greenOutcome.card(outcome.at(at));
    assert.deepEqual([card.holder, card.face.level, card.at], [greenOutcome.card(at).holder, "green", at]);
  });

  test("whoever changes the data changes no card", () => {
    const own = engine.decide(facts);
    own.toJSON().outcome.decisions.code.timeline.forEach((segment) => (segment.level = "green"));
    assert.equal(own.card(at).face.level, "red");
  });
});

describe("watch", () => {
  const minute = 60_000;

  /** Watches at an instant with a clock that the test sets; `tick` lets time pass for timers and clock alike. */
  function watching(t, instant, outcome, options = {}) {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    let now = Date.parse(instant);
    const told = [];
    const stop = outcome.watch((statuses) => told.push(statuses.code.level), { clock: () => now, ...options });
    return {
      told,
      stop,
      tick(time) {
        now += time;
        t.mock.timers.tick(time);
      },
      set: (instant) => (now = Date.parse(instant)),
    };
  }
  const code = engine.decide(facts, { decisions: ["code"] });

  test("tells at once and at the second of a change", (t) => {
    const { told, tick, stop } = watching(t, "2022-07-15T09:59:30+08:00", code);
    assert.deepEqual(told, ["red"]);
    tick(29_999);
    assert.deepEqual(told, ["red"]);
    tick(1);
    assert.deepEqual(told, ["red", "yellow"]);
    stop();
  });

  test("tells within a minute that the clock was set on or back", (t) => {
    const { told, tick, set, stop } = watching(t, "2022-07-16T10:00:00+08:00", code);
    set("2022-07-14T10:00:00+08:00");
    tick(minute);
    assert.deepEqual(told, ["yellow", "red"]);
    set("2022-07-19T10:00:00+08:00");
    tick(minute);
    assert.deepEqual(told, ["yellow", "red", "green"]);
    stop();
  });

  test("says nothing while nothing changes", (t) => {
    const { told, tick, stop } = watching(t, "2022-07-16T10:00:00+08:00", code);
    for (let count = 0; count < 100; count++) tick(minute);
    assert.deepEqual(told, ["yellow"]);
    stop();
  });

  test("says nothing after it was stopped, from its listener too", (t) => {
    const { told, tick, stop } = watching(t, "2022-07-15T09:59:30+08:00", code);
    stop();
    tick(minute);
    assert.deepEqual(told, ["red"]);

    let now = Date.parse("2022-07-15T09:59:30+08:00");
    let end = () => undefined;
    let count = 0;
    end = code.watch(() => ++count === 2 && end(), { clock: () => now });
    for (const next of ["2022-07-15T10:00:00+08:00", "2022-07-18T10:00:00+08:00"]) {
      now = Date.parse(next);
      t.mock.timers.tick(minute);
    }
    assert.equal(count, 2);
  });

  test("a listener that throws misses nothing that comes later", (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    let now = Date.parse("2022-07-15T09:59:30+08:00");
    const told = [];
    const stop = code.watch(
      ({ code: { level } }) => {
        told.push(level);
        if (level === "yellow") throw new Error("from the listener");
      },
      { clock: () => now },
    );
    now = Date.parse("2022-07-15T10:00:00+08:00");
    assert.throws(() => t.mock.timers.tick(minute), /from the listener/);
    now = Date.parse("2022-07-18T10:00:00+08:00");
    t.mock.timers.tick(minute);
    assert.deepEqual(told, ["red", "yellow", "green"]);
    stop();
  });

  test("ends at the end of a window, and tells so", (t) => {
    const window = engine.decide(facts, { decisions: ["code"], until: "2022-07-15T12:00:00+08:00" });
    const ends = [];
    const { told, tick } = watching(t, "2022-07-15T11:59:50+08:00", window, { outside: ({ problems }) => ends.push(problems[0].code) });
    for (let count = 0; count < 3; count++) tick(minute);
    assert.deepEqual([told, ends], [["yellow"], ["time-window"]]);
  });
});

describe("update", () => {
  /** The version stands behind the seven bytes that every file of packs begins with. */
  const VERSION = 7;
  const flipped = (place) => rules.map((byte, index) => (index === place ? byte ^ 0xff : byte));
  for (const [name, bad, code] of [
    ["a file that is cut off", rules.slice(0, rules.length / 2), "packed-broken"],
    ["a file of another version", flipped(VERSION), "packed-version"],
    ["other bytes", new TextEncoder().encode("not compiled packs, but long enough"), "packed-magic"],
    ["no bytes", new Uint8Array(), "packed-magic"],
  ]) {
    test(`${name} leaves the old rules`, async () => {
      const own = await createEngine({ rules, tables });
      const before = own.decide(facts);
      assert.equal(await refused(() => own.update(bad)), code);
      assert.deepEqual(own.decide(facts).toJSON(), before.toJSON());
      assert.equal(before.card(at).face.level, "red");
    });
  }

  test("no file with a byte flipped stops the engine", async () => {
    const own = await createEngine({ rules, tables });
    for (let place = 0; place < rules.length; place += 997) {
      const code = await refused(() => own.update(flipped(place)));
      assert.notEqual(code, "engine-broken", `byte ${place}`);
    }
    await own.update(rules);
    assert.equal(own.decide(facts).at(at).code.level, "red");
  });

  test("of two at once the later one counts, whichever is read first", async () => {
    const other = readFileSync(new URL("../../target/rules.longma", import.meta.url));
    const own = await createEngine({ rules, tables });
    const ids = (it) => it.packs().length;
    const all = { ...tables, fire_orders: null, holidays: null };
    const slow = { get href() { return new URL("../../target/rules.longma", import.meta.url).href; } };
    await Promise.all([own.update(slow, { tables: all }), own.update(rules)]);
    assert.equal(ids(own), ids(await createEngine({ rules, tables })));
    await Promise.all([own.update(rules), own.update(slow, { tables: all })]);
    assert.equal(ids(own), ids(await createEngine({ rules: other, tables: all })));
  });

  test("an update that fails does not keep the next one from being taken over", async () => {
    const own = await createEngine({ rules, tables });
    const results = await Promise.allSettled([own.update(new Uint8Array(4)), own.update(rules)]);
    assert.deepEqual(results.map(({ status }) => status), ["rejected", "fulfilled"]);
  });

  test("takes other tables along, or none", async () => {
    const own = await createEngine({ rules, tables });
    await own.update(rules, { tables: { risk_areas: null, exposures: null } });
    assert.equal(own.decide(green.facts).at(green.at).code.level, "unknown");
    assert.equal(await refused(() => own.update(rules, { tables: {} })), "table-missing table-missing");
    await own.update(rules, { tables });
    assert.equal(own.decide(green.facts).at(green.at).code.level, "green");
  });

  test("an engine that is disposed of meanwhile stays so", async () => {
    const own = await createEngine({ rules, tables });
    const update = own.update(rules);
    own.dispose();
    assert.equal(await refused(() => update), "engine-disposed");
  });
});

describe("cards", () => {
  test("an outcome is drawn after twenty others", async () => {
    const first = engine.decide(facts);
    const card = first.card(at);
    for (let count = 0; count < 20; count++) engine.decide(green.facts);
    assert.deepEqual(first.card(at), card);
  });

  test("a card shows a colour only if validity was asked for too", () => {
    const { facts, at } = named("A companion in October 2021");
    const state = (decisions) => engine.decide(facts, { decisions }).card(at).state;
    assert.deepEqual([state(["code", "validity"]), state(undefined), state(["code"])], ["expired", "expired", "unknown"]);
  });

  test("options that the caller changes afterwards change no card", () => {
    const options = { region: "620102", decisions: ["code"], from: new Date("2022-07-01T00:00:00+08:00") };
    const first = engine.decide(facts, options);
    const card = first.card(at);
    options.region = "110101";
    options.decisions.push("tests");
    options.from.setFullYear(2023);
    for (let count = 0; count < 20; count++) engine.decide(green.facts);
    assert.deepEqual(first.card(at), card);
  });

  test("after an update, an outcome that is no longer held is outdated, and can be looked up in", async () => {
    const own = await createEngine({ rules, tables });
    const first = own.decide(facts);
    await own.update(rules);
    assert.equal(first.card(at).face.level, "red");
    for (let count = 0; count < 20; count++) own.decide(green.facts);
    assert.equal(await refused(() => first.card(at)), "card-outdated");
    assert.equal(first.at(at).code.level, "red");
  });
});

describe("much", () => {
  test("thousands of decisions take no more memory than some hundred", async () => {
    const bytes = readFileSync(join(folder, "node_modules/longma/dist/longma.wasm"));
    let memory;
    const wasm = async (imports) => {
      const { instance } = await WebAssembly.instantiate(bytes, imports);
      memory = instance.exports.memory;
      return instance;
    };
    const own = await createEngine({ rules, tables, wasm });
    const size = (count) => {
      for (let index = 0; index < count; index++) {
        const { facts, at } = persons[index % persons.length];
        const outcome = own.decide(facts, { decisions: ["code", "tests"] });
        if (index % 50 === 0) outcome.card(at);
      }
      return memory.buffer.byteLength;
    };
    // Free room between what is kept settles late and by some pages at a time; what leaks goes on growing.
    const room = 16 * 65_536;
    const settled = size(500);
    assert.ok(size(6000) <= settled + room, `${memory.buffer.byteLength} after ${settled}`);
    // Nor do rules that are taken over and over again.
    for (let count = 0; count < 50; count++) await own.update(rules);
    const updated = memory.buffer.byteLength;
    for (let count = 0; count < 300; count++) await own.update(rules);
    assert.ok(memory.buffer.byteLength <= updated + room, `${memory.buffer.byteLength} after ${updated}`);
  });

  const long = { ...facts, stays: Array.from({ length: 40_000 }, () => facts.stays[0]) };
  const nested = "[".repeat(2_000_000);
  refuses([
    ["megabytes of facts", "facts-size", () => engine.decide(long)],
    ["megabytes of one name", "facts-size", () => engine.decide({ ...facts, identity: { ...facts.identity, name: "样".repeat(3_000_000) } })],
    ["megabytes of nested JSON", "json-depth", () => engine.decide(nested)],
    ["nested JSON that is not long", "json-depth", () => engine.decide("[".repeat(1000))],
    ["a member given twice", "json-duplicate", () => engine.decide('{"subject":"person","subject":"venue"}')],
    ["a number that is none", "json-syntax", () => engine.decide('{"subject":1e99999}')],
  ]);

  test("and the engine decides on afterwards", () => assert.equal(engine.decide(facts).at(at).code.level, "red"));
});

describe("the worker helper", () => {
  async function connected(options = { rules, tables }) {
    const { port1, port2 } = new MessageChannel();
    atEnd(() => port1.close());
    serve(port1);
    [port1, port2].forEach((port) => port.start());
    return connect(Object.assign(port2, { terminate: () => port1.close() }), options);
  }

  refuses([
    ["connect with nothing", "option-kind", () => connected(null)],
    ["connect without tables", "table-missing table-missing", () => connected({ rules })],
    ["connect with a function", "worker-clone", () => connected({ rules, tables, wasm: () => undefined })],
  ]);

  test("refuses as the engine does, and goes on", async () => {
    const remote = await connected();
    assert.equal(await refused(() => remote.decide(5)), "facts-kind");
    assert.equal(await refused(() => remote.wallet(facts)), "option-kind");
    assert.equal(await refused(() => remote.update(new Uint8Array(4))), "packed-magic");
    const held = await remote.decide(facts);
    assert.equal(await refused(() => held.card("now")), "time-kind");
    assert.deepEqual(held.toJSON(), outcome.toJSON());
    assert.deepEqual(await held.card(held.at(at)), outcome.card(at));
    remote.dispose();
    assert.equal(await refused(() => remote.packs()), "engine-disposed");
  });

  test("takes facts that a framework wraps", async () => {
    const remote = await connected();
    const wrapped = new Proxy(facts, {});
    assert.throws(() => structuredClone(wrapped));
    assert.equal((await remote.decide(wrapped)).at(at).code.level, "red");
    remote.dispose();
  });

  test("a table that is set is there for the next question", async () => {
    const remote = await connected();
    const [, held] = await Promise.all([remote.setTable("risk_areas", null), remote.decide(green.facts)]);
    assert.equal(held.at(green.at).code.level, "unknown");
    remote.dispose();
  });

  test("an outcome whose card the worker no longer holds is outdated", async () => {
    const remote = await connected();
    const first = await remote.decide(facts, { decisions: ["code"] });
    for (let count = 0; count < 64; count++) await remote.decide(facts, { decisions: ["code"] });
    assert.equal(await refused(() => first.card(at)), "card-outdated");
    remote.dispose();
  });

  test("a worker that breaks refuses what waits and what comes", async () => {
    let broken;
    const silent = {
      postMessage() {
        queueMicrotask(() => broken({ message: "no such script" }));
      },
      addEventListener(kind, listener) {
        if (kind === "error") broken = listener;
      },
      terminate() {},
    };
    assert.equal(await refused(() => connect(silent, { rules, tables })), "engine-broken");
  });
});
