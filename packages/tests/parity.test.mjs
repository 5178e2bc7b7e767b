// Every line of target/parity through the package's API: outcome, statuses and card must be the native engine's, byte
// for byte. tests/src/bin/parity-inputs.rs says what a line is.
import assert from "node:assert/strict";
import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { app, from } from "./tools.mjs";

// The V8 of Node 20 can abort ("unreachable code", Deoptimizer) when optimised JavaScript
// with an inlined WebAssembly call is deoptimised during that call.
setFlagsFromString("--no-turbo-inline-js-wasm-calls");

const target = (path) => fileURLToPath(new URL(`../../target/${path}`, import.meta.url));
const lines = (path) => createInterface({ input: createReadStream(target(path)), crlfDelay: Infinity });

/** The tables that a line has not are said to be absent. */
const NONE = { risk_areas: null, exposures: null, fire_orders: null, holidays: null };

/** A status as the native engine writes it: problems are positions in the outcome's. */
const native = (all) => ({ at, level, at_least, since, until, next, packs, why, problems }) => ({
  at, level, at_least, since, until, next, packs, causes: why, problems: problems.map((it) => all.indexOf(it)),
});

test("every line of the native engine's, through the package", async () => {
  const folder = app();
  const { createEngine, outcomeOf, LongmaError } = await from(folder, "longma");
  const rules = readFileSync(target("rules.longma"));
  const engines = new Map();

  /** One engine for each set of tables, kept to the end. */
  const engineFor = (references) => {
    const key = JSON.stringify(references);
    const made = engines.get(key) ?? createEngine({ rules, tables: { ...NONE, ...references } });
    engines.set(key, made);
    return made;
  };

  const answer = async ({ facts, references, seconds }) => {
    try {
      const outcome = (await engineFor(references)).decide(facts);
      const time = new Date(seconds * 1000);
      const data = outcome.toJSON();
      const mapped = (lookup) => Object.fromEntries(Object.entries(lookup.at(time)).map(([name, status]) => [name, native(lookup.problems)(status)]));
      const statuses = JSON.stringify(mapped(outcome));
      // What a store kept answers alike.
      assert.equal(JSON.stringify(mapped(outcomeOf(structuredClone(data)))), statuses);
      return `${JSON.stringify(data.outcome)}\t${statuses}\t${JSON.stringify(outcome.card(time))}`;
    } catch (error) {
      if (!(error instanceof LongmaError)) throw error;
      return JSON.stringify(error.problems);
    }
  };

  const expected = lines("parity/expected.ndjson")[Symbol.asyncIterator]();
  let count = 0;
  for await (const line of lines("parity/inputs.ndjson")) {
    const got = await answer(JSON.parse(line));
    const { value } = await expected.next();
    count += 1;
    // Lines are long; what differs is shown from where it does.
    if (got !== value) {
      const place = [...value].findIndex((sign, index) => sign !== got[index]);
      assert.equal(got.slice(Math.max(0, place - 60), place + 200), value.slice(Math.max(0, place - 60), place + 200), `line ${count}`);
      assert.fail(`line ${count} is longer than the native engine's`);
    }
  }
  assert.equal((await expected.next()).done, true);
  assert.ok(count > 2000, `${count} lines`);
});
