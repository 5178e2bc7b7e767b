// Parity on a phone's terms: every case of every pack and 2,000 invented persons, byte for byte the native answer.
// `parity-inputs` writes both files; its lines are described in tests/src/bin/parity-inputs.rs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { phone } from "./support/phone.mjs";
import { NAME, at, project } from "./support/package.mjs";

const lines = (name) => readFileSync(at("target/parity", name), "utf8").split("\n").filter((line) => line !== "");

/** An outcome's status as the native engine writes it: causes under their own name, problems by their position. */
function wire({ at: instant, level, at_least, since, until, next, packs, why, problems }, all) {
  const positions = problems.map((it) => all.indexOf(it));
  return { at: instant, level, at_least, since, until, next, packs, causes: why, problems: positions };
}

function answer(engine, { facts, seconds }) {
  const tried = engine.tryDecide(facts);
  if (!tried.ok) return JSON.stringify(tried.problems);
  const { value: outcome } = tried;
  const found = outcome.at(seconds * 1000);
  const statuses = {};
  for (const decision of outcome.decisions) statuses[decision] = wire(found[decision], outcome.problems);
  const card = outcome.card(seconds * 1000);
  return `${JSON.stringify(outcome.toJSON().outcome)}\t${JSON.stringify(statuses)}\t${JSON.stringify(card)}`;
}

/** The first place where two texts part, with some text around it. */
function parted(native, other) {
  let place = 0;
  while (native[place] === other[place]) place++;
  const near = (text) => text.slice(Math.max(0, place - 80), place + 80);
  return `at character ${place}\n  native: ${near(native)}\n  phone:  ${near(other)}`;
}

test("every answer under the shim is the native engine's, byte for byte", async (context) => {
  const device = phone(project("parity"));
  const { createEngine, LongmaError } = device.require(NAME);
  const rules = readFileSync(at("target/rules.longma"));
  const plain = await createEngine({ rules, decisions: [] });
  const none = Object.fromEntries(Object.keys(plain.tables()).map((table) => [table, null]));
  const [inputs, expected] = [lines("inputs.ndjson"), lines("expected.ndjson")];
  assert.equal(inputs.length, expected.length);
  assert.ok(inputs.length > 2000, "the cases and the persons");
  let prepared = { key: "" };
  const different = [];
  for (const [index, line] of inputs.entries()) {
    const input = JSON.parse(line);
    const key = JSON.stringify(input.references);
    if (prepared.key !== key) {
      prepared.engine?.dispose();
      prepared = { key };
      try {
        prepared.engine = await createEngine({ rules, tables: { ...none, ...input.references } });
      } catch (error) {
        if (!(error instanceof LongmaError)) throw error;
        prepared.refused = JSON.stringify(error.problems);
      }
    }
    const got = prepared.refused ?? answer(prepared.engine, input);
    if (got !== expected[index]) different.push(`line ${index + 1}: ${parted(expected[index], got)}`);
  }
  context.diagnostic(`parity on a phone's terms: ${inputs.length - different.length} of ${inputs.length} answers are the same`);
  assert.deepEqual(different.slice(0, 3), []);
});
