// What a script can be at worst: as long as a script may be, one that would not end, one that would take for ever.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { writeZip } from "../src/studio/model/zip";
import { setStage, type Stage } from "./browser";
import { house, openZip, ready, toLine, visit } from "./studio";

const PACK = "packs/62/2022-03-07/";
/** The line of the script on which its first rule begins. */
const RULE = 7;

let stage: Stage;
before(async () => {
  stage = await setStage();
});
after(() => stage.end());

const finding = (page: Page, code: string) => page.locator(`.finding[data-code="${code}"]`);
const tally = (page: Page, passed: number, failed: number): Promise<void> => page.locator(`.tallies[data-passed="${passed}"][data-failed="${failed}"]`).first().waitFor();

/** Types at the end of the script that is shown. */
async function append(page: Page, text: string): Promise<void> {
  await page.locator(".cm-content").focus();
  await page.keyboard.press("Control+End");
  await page.keyboard.insertText(text);
}

/** Takes back what was typed last. */
async function takeBack(page: Page): Promise<void> {
  await page.locator(".cm-content").focus();
  await page.keyboard.press("Control+z");
}

describe("scripts at their worst", { concurrency: 2 }, () => {
  it("checks a script of 5,000 lines, and tells a mistake at its end while it is typed", () =>
    visit(stage, { language: "en" }, async ({ page }) => {
      const rules = Array.from({ length: 620 }, (_, i) => `
/// 第 ${i} 类密切接触者，自判定之时起
/// A close contact of kind ${i}, from being identified
/// source: gansu-2022-03-08
fn kind_${i}(contacts) {
    contacts.filter(|c| c.kind == "close" && c.last_contact < c.identified_at)
            .map(|c| yellow(c.identified_at, c.identified_at + days(${(i % 30) + 1})).because(c))
}
`);
      const captions = rules.map((_, i) => `
[code.rules.kind_${i}]
caption = { zh-CN = "第 ${i} 类密切接触者", en = "Close contact of kind ${i}" }
release = { zh-CN = "到期自动转绿。", en = "Turns green by itself when the time is over." }
`);
      const near = [...house].filter(([path]) => !path.startsWith("packs/") || /^packs\/(cn\/\d|62\/(202|tests))/.test(path));
      const long = new Map(near);
      long.set(`${PACK}code.rhai`, `${long.get(`${PACK}code.rhai`)}${rules.join("")}`);
      long.set(`${PACK}captions.toml`, `${long.get(`${PACK}captions.toml`)}${captions.join("")}`);
      assert.ok((long.get(`${PACK}code.rhai`)?.split("\n").length ?? 0) > 5000);
      await openZip(page, "long.zip", writeZip(long));
      await page.locator("[data-test=open-dialog]").waitFor({ state: "hidden" });
      await ready(page);
      await page.locator(`[data-key="62/2022-03-07"]`).click();
      await page.locator(`[role=tab][data-path="${PACK}code.rhai"]`).click();
      await append(page, "fn last(contacts) { contacts.filter(|c| c.knd == \"close\") }\n");
      await finding(page, "unknown-field").filter({ hasText: "knd" }).waitFor();
      await takeBack(page);
      await finding(page, "unknown-field").first().waitFor({ state: "detached" });
    }));

  it("tells a loop where it is typed", () =>
    visit(stage, { language: "zh-CN" }, async ({ page }) => {
      await append(page, "\nprivate fn endless() { loop { } }\n");
      await page.locator(".finding[data-severity=error]").first().waitFor();
      await takeBack(page);
      await page.locator(".finding[data-severity=error]").first().waitFor({ state: "detached" });
      await tally(page, 101, 0);
    }));

  it("ends a rule that would take for ever, says so, and goes on", () =>
    visit(stage, { language: "en" }, async ({ page }) => {
      await tally(page, 101, 0);
      const list = `[${Array.from({ length: 300 }, (_, i) => i).join(", ")}]`;
      await toLine(page, RULE);
      await page.keyboard.press("Enter");
      await page.keyboard.insertText(`let many = ${list}; if many.any(|a| many.any(|b| many.any(|c| a * b + c == 100001))) { return (); }`);
      await finding(page, "rule-limit").waitFor();
      await finding(page, "case-failed").first().waitFor();
      await page.locator(".cm-content").focus();
      for (let i = 0; i < 2; i++) await page.keyboard.press("Control+z");
      await tally(page, 101, 0);
    }));
});
