// The packages' own messages: both languages say the same things, and each problem says what to do.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const [en, zh] = ["en", "zh-CN"].map((name) => JSON.parse(readFileSync(new URL(`../api/messages/${name}.json`, import.meta.url), "utf8")));
const names = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test("both languages have the same messages with the same names in them", () => {
  assert.deepEqual(Object.keys(zh), Object.keys(en));
  for (const [key, text] of Object.entries(en)) assert.deepEqual(names(zh[key]), names(text), key);
});

test("each problem has a help", () => {
  const problems = Object.keys(en).filter((key) => !key.endsWith(".help") && !key.startsWith("kind."));
  assert.deepEqual(problems.filter((key) => !(`${key}.help` in en)), []);
});
