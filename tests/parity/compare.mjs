// Compares another engine's answers with the lines that the native engine wrote.
// Runs in Node and in a page.

/** The engine for lines with the same tables. One line's tables must not reach the next line. */
let prepared;

function engineFor(Engine, packs, references) {
  const key = JSON.stringify(references);
  if (prepared?.key === key) return prepared;
  prepared?.engine?.free();
  const loaded = Engine.load(packs);
  if (!loaded.ok) return (prepared = { key, refused: loaded.problems });
  prepared = { key, engine: loaded.engine };
  for (const [name, csv] of Object.entries(references)) {
    const table = prepared.engine.addReference(name, csv);
    if (!table.ok) prepared.refused ??= table.problems;
  }
  return prepared;
}

/** The engine's answer to one line, in the form of tests/src/bin/parity-inputs.rs. */
export function answer(Engine, packs, input) {
  const { engine, refused } = engineFor(Engine, packs, input.references);
  if (refused !== undefined) return JSON.stringify(refused);
  const evaluated = engine.evaluate(input.facts);
  if (!evaluated.ok) return JSON.stringify(evaluated.problems);
  const { outcome } = evaluated;
  const { statuses } = outcome.at(input.seconds);
  const { card } = outcome.card(input.seconds);
  const line = `${outcome.json()}\t${JSON.stringify(statuses)}\t${JSON.stringify(card)}`;
  outcome.free();
  return line;
}

/** The non-empty lines of a text. */
export const lines = (text) => text.split("\n").filter((line) => line !== "");

/** Compares line by line, prints the result and sets the exit status. */
export function report(where, expected, got) {
  const different = expected.flatMap((line, index) => (line === got[index] ? [] : [index]));
  for (const index of different.slice(0, 3)) {
    const [native, other] = [expected[index], got[index] ?? ""];
    const at = [...native].findIndex((char, place) => char !== other[place]);
    console.error(`line ${index + 1} differs at character ${at}:`);
    console.error(`  native: ${native.slice(Math.max(0, at - 60), at + 60)}`);
    console.error(`  ${where}: ${other.slice(Math.max(0, at - 60), at + 60)}`);
  }
  const same = expected.length === got.length && different.length === 0 && expected.length > 2000;
  console.log(`${where}: ${expected.length - different.length} passed, ${different.length} failed`);
  process.exitCode = same ? 0 : 1;
}
