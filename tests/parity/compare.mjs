// The lines that the native engine wrote, and how another engine answers them. Runs in Node and in a page.

/** The engine's answer to one line, in the form of tests/src/bin/parity-inputs.rs. */
export function answer(Engine, bundle, input) {
  // An engine of its own each time: reference tables of one line must not reach the next.
  const loaded = Engine.load(bundle);
  if (!loaded.ok) return JSON.stringify(loaded.problems);
  const { engine } = loaded;
  try {
    for (const [name, csv] of Object.entries(input.references)) {
      const table = engine.addReference(name, csv);
      if (!table.ok) return JSON.stringify(table.problems);
    }
    const evaluated = engine.evaluate(input.facts);
    if (!evaluated.ok) return JSON.stringify(evaluated.problems);
    const found = evaluated.outcome.at(input.seconds);
    const line = `${evaluated.outcome.json()}\t${JSON.stringify(found.statuses)}`;
    evaluated.outcome.free();
    return line;
  } finally {
    engine.free();
  }
}

/** The non-empty lines of a text. */
export const lines = (text) => text.split("\n").filter((line) => line !== "");

/** Compares line by line and says how it went; the exit status tells as well. */
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
