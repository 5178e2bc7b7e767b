// The types of the tarball, checked by the compilers of users, and the package's own form.
import assert from "node:assert/strict";
import { test } from "node:test";
import { app, command, node, tarball } from "./tools.mjs";

const USAGE = `import { createEngine, outcomeOf, LongmaError } from "longma";
import type { Card, Change, DecideOptions, EngineOptions, Outcome, OutcomeData, Person, Result, Status, Statuses, Tables, Time } from "longma";
import { connect, serve } from "longma/worker";
import rules from "longma/rules/gansu";
import { persons, sites, tables, venues } from "longma/samples";

const person = persons[0];
if (person === undefined) throw new Error("no sample");
const facts: Person = person.facts;
const instant: Time = person.at;

// Named decisions are known, and no others.
const engine = await createEngine({ rules, tables, decisions: ["code", "gold"] });
const outcome: Outcome<"code" | "gold"> = engine.decide(facts);
const at: Statuses<"code" | "gold"> = outcome.at(instant);
const gold: Status = at.gold;
// @ts-expect-error tests were not asked for
at.tests;
// @ts-expect-error nor can they be named
outcome.changes("tests");
// @ts-expect-error a card is never of other facts
outcome.card(facts);
const card: Card = outcome.card(at);
const change: Change<"code" | "gold"> | null = outcome.next("green", { after: instant, decision: "code" });

// A call can ask for something else, and then that is known.
const tests = engine.decide(facts, { region: "620102", decisions: ["tests"], from: new Date(0), until: 1657414800000 }).at(instant);
const level: string = tests.tests.level;
// @ts-expect-error the colour was not asked for here
tests.code;

// Without names, what is looked up may not be there.
const all = (await createEngine({ rules, tables })).decide(facts).at(instant);
// @ts-expect-error it may be undefined
all.code.level;
const code: string | undefined = all.code?.level;

// Options that are not set may be undefined, with exactOptionalPropertyTypes too.
const region: string | undefined = undefined;
const options: DecideOptions = { region, decisions: undefined, from: undefined, until: undefined, received: undefined };
const given: EngineOptions<"code"> = { rules, tables: { risk_areas: null } satisfies Tables, decisions: ["code"] };
// @ts-expect-error a table is a text or null
const wrong: EngineOptions = { rules, tables: { risk_areas: 5 } };

const tried: Result<Outcome> = engine.tryDecide<string>(facts, options);
const words: string = tried.ok ? tried.value.region : new LongmaError(tried.problems).words("zh-CN");
const data: OutcomeData = outcome.toJSON();
const again: string = outcomeOf<"code">(data).at(instant).code.tone;
const stop: () => void = outcome.watch((statuses) => void statuses.code.words?.["zh-CN"], { clock: () => 1657414800000 });
const near: number | undefined = engine.sites(sites).nearest({ latitude: 36.06, longitude: "103.83" }, { count: 1 })[0]?.metres;
const door: object = outcome.present(venues[0]?.facts ?? {}, "p1", instant, "on_site");
await engine.update(rules, { tables });
engine.setTable("risk_areas", null);
engine.dispose();

const end = { postMessage(_: unknown): void {}, addEventListener(_: string, __: unknown): void {}, terminate(): void {} };
const remote = await connect(end, { rules, tables, decisions: ["code"] });
const drawn: Promise<Card> = remote.decide(facts).then((held) => held.card(held.at(instant)));
serve();
export { again, card, change, code, door, drawn, given, gold, level, near, stop, words, wrong };
`;

/** On a page, a browser's own worker fits. */
const PAGE = `import { connect } from "longma/worker";
import rules from "longma/rules/gansu";
export const engine = connect(new Worker("worker.js", { type: "module" }), { rules, decisions: ["tests"] });
`;

const STRICT = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noPropertyAccessFromIndexSignature: false,
  skipLibCheck: false,
  noEmit: true,
  target: "es2022",
  types: [],
};

const config = (options, file) => JSON.stringify({ compilerOptions: { ...STRICT, ...options }, files: [file] });

for (const compiler of ["typescript", "typescript-5.0"]) {
  for (const [module, moduleResolution] of [["esnext", "bundler"], ["node16", "node16"]]) {
    test(`${compiler} takes an app with moduleResolution ${moduleResolution}, without the DOM`, async () => {
      const folder = app({
        "usage.ts": USAGE,
        "tsconfig.json": config({ module, moduleResolution, lib: ["es2022"] }, "usage.ts"),
      });
      await node(folder, command(compiler, "tsc"));
    });
  }
}

test("TypeScript takes a browser's worker", async () => {
  const lib = ["es2022", "dom"];
  const folder = app({ "page.ts": PAGE, "tsconfig.json": config({ module: "esnext", moduleResolution: "bundler", lib }, "page.ts") });
  await node(folder, command("typescript", "tsc"));
});

test("publint finds nothing in the tarball", async () => {
  const { publint } = await import("publint");
  const { readFileSync } = await import("node:fs");
  const bytes = readFileSync(tarball());
  const { messages } = await publint({ pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) }, strict: true });
  assert.deepEqual(messages, []);
});

test("attw finds nothing in the tarball", async () => {
  // There is no CommonJS build to have types for: Node 20.19 and later can `require` ES modules, which a test does.
  // `longma/longma.wasm` is a file for bundlers, which no compiler resolves.
  await node(".", command("@arethetypeswrong/cli", "attw"), tarball(), "--profile", "esm-only", "--exclude-entrypoints", "longma.wasm");
});
