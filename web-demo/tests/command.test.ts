// The page and the command draw the same card, the engine's, so names and numbers are masked in one place.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Card, Person } from "../src/types";
import { setStage, Visitor, type Stage } from "./browser";
import { longma } from "./longma";
import { closeContact, json, person, testsNotKnown, vaccinated } from "./people";

const folder = mkdtempSync(join(tmpdir(), "longma-page-"));
const AREAS = "rules/reference/risk_areas.sample.csv";
const EXPOSURES = "rules/reference/exposures.sample.csv";

/** The answer of `longma card --json`. */
function command(facts: Person, at: string): Card {
  const path = join(folder, "facts.json");
  writeFileSync(path, json(facts));
  const tables = ["--reference", `risk_areas=${AREAS}`, "--reference", `exposures=${EXPOSURES}`];
  const printed = longma("card", "--packs", "rules/packs", "--facts", path, "--at", `${at}+08:00`, "--json", ...tables);
  return (JSON.parse(printed) as { own: Card }).own;
}

const named = (facts: Person, name: string, number: string): Person => ({
  ...facts,
  identity: { ...facts.identity, name, document: { type: "passport", number } },
});

const cases: [string, Person, string][] = [
  ["a red code", closeContact, "2022-07-10T09:00:00"],
  ["a code that has run out", closeContact, "2022-07-11T08:00:00"],
  ["a code that was not issued", person(), "2022-07-10T09:00:00"],
  ["what is not known", testsNotKnown, "2022-07-10T09:00:00"],
  ["gold, a skin and a badge", vaccinated, "2022-07-10T09:00:00"],
  ["a name of two characters, a short number", named(closeContact, "李明", "E1234567"), "2022-07-10T09:00:00"],
  ["a name in Latin letters", named(closeContact, "Anna Maria Weiss", "C01X00T47"), "2022-07-10T09:00:00"],
  ["a long name, a very short number", named(closeContact, "阿卜杜拉·买买提", "A1234"), "2022-07-10T09:00:00"],
];

describe("page and command", () => {
  let stage: Stage;
  let visitor: Visitor;
  before(async () => {
    stage = await setStage();
    visitor = await Visitor.open(stage, { language: "zh-CN" });
    await visitor.stop();
  });
  after(async () => {
    await visitor.leave();
    await stage.end();
    rmSync(folder, { recursive: true });
  });

  for (const [what, facts, at] of cases) {
    it(`show the same of ${what}`, async () => {
      await visitor.decide(json(facts));
      await visitor.decided();
      await visitor.goTo(at);
      const card = command(facts, at);
      const { page } = visitor;
      assert.equal(await page.locator(".who .name").textContent(), card.holder.name);
      assert.equal(await page.locator(".who .number").textContent(), card.holder.document);
      assert.equal(await page.locator("#code").getAttribute("data-state"), card.state);
      assert.equal(await visitor.tone(), card.state === "unknown" ? "unknown" : card.tone);
      assert.equal(await visitor.text("[data-test=level]"), card.face?.words["zh-CN"]);
      const overlays = (await visitor.texts(".overlay")).map((text) => text.trim());
      assert.deepEqual(overlays, card.overlays.map(({ words }) => words["zh-CN"]));
      for (const kind of ["badge", "duty"] as const) {
        const parts = card[kind === "badge" ? "badges" : "duties"];
        const shown = await visitor.texts(`[data-test=${kind}] li`);
        assert.equal(shown.length, parts.length);
        parts.forEach((part, i) => assert.ok(shown[i]?.includes(part.name["zh-CN"]), shown[i]));
      }
      assert.equal(await page.locator("[data-test=not-known]").count(), card.not_known.length > 0 ? 1 : 0);
    });
  }
});
