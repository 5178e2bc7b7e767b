// Every page, in both languages, light and dark, small type and large: names for screen readers, contrast, and targets
// of 44 px. And no page shows a key of the catalogue in place of a text.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Stage, type Visitor } from "./host/stage";

let stage: Stage;
before(async () => {
  stage = await Stage.set();
});
after(() => stage.end());

const PATHS = ["pages/code/code", "pages/why/why", "pages/services/services", "pages/me/me", "pages/apply/apply", "pages/decision/decision?name=tests", "pages/policy/policy", "pages/cards/cards", "pages/venue/venue", "pages/contact/contact", "pages/record/record?section=check_ins", "pages/record/record?section=arrivals", "pages/care/care", "pages/sites/sites", "pages/facts/facts", "pages/samples/samples", "pages/appeal/appeal?name=code", "gate/pages/gate/gate"];

/** What can be touched and is less than 44 px high or wide. */
const small = (visitor: Visitor): Promise<string[]> =>
  visitor.page.evaluate(() =>
    [...document.querySelectorAll(".page-holder:not([style*=none]) :is([role=button], [role=link], [role=radio], [role=checkbox], [role=switch], input, textarea)")]
      .map((node) => ({ node, box: node.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.height < 43.5 || box.width < 43.5))
      .map(({ node, box }) => `${node.className} ${node.textContent?.trim().slice(0, 20)} ${box.width.toFixed(0)}x${box.height.toFixed(0)}`),
  );

/** What sticks out of the screen to the right. */
const wide = (visitor: Visitor): Promise<string[]> =>
  visitor.page.evaluate(() =>
    [...document.querySelectorAll(".page-holder:not([style*=none]) page *")]
      .filter((node) => node.getBoundingClientRect().right > 391 && node.closest(".band-track, .code-head, wx-map, .band-axis") === null)
      .map((node) => `${node.className} ${node.textContent?.trim().slice(0, 20)}`)
      .slice(0, 5),
  );

describe("every page", () => {
  for (const lang of ["zh-CN", "en"] as const) {
    for (const [look, dark, large] of [["light", false, false], ["dark", true, false], ["large type", false, true]] as const) {
      it(`${lang}, ${look}`, { timeout: 120_000 }, async () => {
        const visitor = await stage.open({ dark });
        await visitor.set({ lang, large });
        await visitor.sample("Close contact, red");
        const found: string[] = [];
        for (const path of PATHS) {
          // From a tab each time: the platform keeps ten pages.
          await visitor.go("/pages/code/code");
          await visitor.go(`/${path}`);
          await visitor.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
          const text = await visitor.text();
          const key = /\b(?:code|why|card|time|me|apply|policy|cards|venue|contact|record|care|sites|facts|appeal|notices|values|fields|services|decision|gate)\.[a-zA-Z]\w+\b|\{\w+\}|undefined|\bNaN\b/.exec(text);
          if (key !== null) found.push(`${path}: shows ${key[0]}`);
          for (const one of [...(await visitor.violations()), ...(await small(visitor)).map((it) => `small: ${it}`), ...(await wide(visitor)).map((it) => `wide: ${it}`)]) found.push(`${path}: ${one}`);
        }
        assert.deepEqual([...new Set(found)], []);
        assert.deepEqual(await visitor.leave(), []);
      });
    }
  }
});

describe("the catalogue", () => {
  it("has words in both languages for every field, value and section of the schema", async () => {
    const { zh } = await import("../src/messages/zh-CN");
    const { en } = await import("../src/messages/en");
    const { readFileSync } = await import("node:fs");
    const schema = JSON.parse(readFileSync(new URL("../../rules/schema/person.schema.json", import.meta.url), "utf8")) as object;
    const values = new Set<string>();
    const fields = new Set<string>();
    const sections = Object.keys((schema as { properties: object }).properties).filter((it) => !["subject", "incomplete"].includes(it));
    (function look(node: unknown): void {
      if (node === null || typeof node !== "object") return;
      if (Array.isArray((node as { enum?: string[] }).enum)) for (const one of (node as { enum: string[] }).enum) values.add(one);
      const { properties, type } = node as { properties?: Record<string, { type?: string }>; type?: string };
      for (const [name, inner] of Object.entries(properties ?? {})) if (type === "object" && inner.type !== "object") fields.add(name);
      for (const inner of Object.values(node)) look(inner);
    })(schema);
    for (const name of ["person", "visits"]) values.delete(name);
    // Not shown: what the facts are about, sections and which of them are incomplete, and digests that only the engine reads.
    for (const name of ["subject", "incomplete", "digest", ...sections.filter((it) => it !== "symptoms")]) fields.delete(name);
    for (const catalogue of [zh, en] as { values: Record<string, string>; fields: Record<string, string>; sections: Record<string, string> }[]) {
      assert.deepEqual([...values].filter((it) => catalogue.values[it] === undefined), []);
      assert.deepEqual([...fields].filter((it) => catalogue.fields[it] === undefined), []);
      assert.deepEqual(sections.filter((it) => catalogue.sections[it] === undefined), []);
    }
  });
});
