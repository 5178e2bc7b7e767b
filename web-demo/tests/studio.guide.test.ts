// docs/policy-guide.md from the notice to the published pack, clicked: what the guide lets one type is typed here, and what it
// says comes out must be seen. In the end the engine of phones decides the guide's person by the packs that the page made.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { createEngine } from "longma";
import type { Page } from "playwright-core";
import { readZip } from "../src/studio/model/zip";
import { setStage, type Language, type Stage } from "./browser";
import { exported, visit } from "./studio";

const PACK = "packs/63/2022-04-01/";
/** Making a pack, and counting who changes colour, read all packs. */
const LONG = 120_000;

interface Guide {
  /** The notice, and its title, which it begins with. */
  title: string;
  notice: string;
  /** What each file holds, first and last. */
  files: Map<string, string[]>;
}

function read(language: Language): Guide {
  const name = language === "en" ? "policy-guide.md" : `policy-guide.${language}.md`;
  const text = readFileSync(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), "utf8");
  const quoted = text.split("\n").filter((line) => line.startsWith(">")).map((line) => line.slice(1).trim());
  const title = /\*\*(.+?)\*\*/.exec(quoted[0] ?? "")?.[1] ?? "";
  const files = new Map<string, string[]>();
  for (const [, path, body] of text.matchAll(/^```\w+ file=(?:rules\/)?(\S+)\n([\s\S]*?)^```/gm)) files.set(path as string, [...(files.get(path as string) ?? []), body as string]);
  return { title, notice: quoted.join("\n").replaceAll("**", ""), files };
}

let stage: Stage;
before(async () => {
  stage = await setStage();
});
after(() => stage.end());

describe("the guide's whole path", { concurrency: 1 }, () => {
  for (const language of ["zh-CN", "en"] as const)
    it(`leads from the notice to a pack that decides, ${language}`, () =>
      visit(stage, { language }, async ({ page }) => {
        const { title, notice, files } = read(language);
        const wang = files.get("wang.json")?.[0] as string;
        const first = (file: string): string => files.get(PACK + file)?.[0] as string;
        const tally = (passed: number, failed: number): Promise<void> => page.locator(`[data-pane=findings] .tallies[data-passed="${passed}"][data-failed="${failed}"]`).waitFor({ timeout: LONG });
        const step = (name: string) => page.locator(`[data-test=guide] [data-step=${name}]`);

        // 1 and 2: the notice, and the pack that is begun from it.
        await page.locator("[data-test=new-pack]").click();
        await page.locator("[data-test=notice-title]").fill(title);
        await page.locator("[data-test=notice-date]").fill("2022-03-30");
        await page.locator("[data-test=notice-text]").fill(notice);
        await page.locator("[data-test=next]").click();
        await page.locator("[data-test=next]").click();
        await page.locator("[data-field=region]").fill("63");
        await page.locator("[data-field=from]").fill("2022-04-01");
        await page.locator("[data-field=until]").fill("2022-07-01");
        await page.locator("[data-test=next]").click();
        await page.locator("[data-step=summary] [data-test=next]").click({ timeout: LONG });
        await tally(2, 0);

        // 3 to 6: cases first, then numbers, the rule with its slip, captions.
        await write(page, step, "cases", first("cases/code.toml"));
        await tally(1, 6);
        await write(page, step, "numbers", first("pack.toml"));
        await write(page, step, "rule", first("code.rhai"));
        const slip = page.locator('.finding[data-code="unknown-field"]');
        await slip.waitFor();
        // 7: a message that is read and mended.
        await page.locator("[data-test=mend]", { hasText: "identified_at" }).click();
        await slip.waitFor({ state: "detached" });
        await write(page, step, "captions", first("captions.toml"));
        await tally(7, 0);
        for (const name of ["cases", "numbers", "rule", "captions", "check", "green"]) await page.locator(`[data-test=guide] [data-step=${name}][data-done=true]`).waitFor();
        const texts = readZip(await exported(page));
        assert.equal(texts.get(`${PACK}code.rhai`), files.get(`${PACK}code.rhai`)?.at(-1));

        // 8: one person.
        await page.locator("[data-test=view-try]").click();
        await page.locator("[data-test=why][data-level]").waitFor();
        await page.locator("[data-test=paste]").click();
        await page.locator("[data-test=pasted]").fill(wang);
        await page.locator("[data-test=paste-take]").click();
        await page.locator('[data-decision="code"]').click();
        await page.locator("[data-test=instant]").fill("2022-04-10T20:00:00");
        await page.locator("[data-test=instant]").press("Enter");
        await page.locator('[data-test=why][data-level="yellow"][data-at="2022-04-10T20:00:00+08:00"]').waitFor();
        await page.locator('[data-test=cause][data-rule="63/2022-04-01/code/companion"]').waitFor();

        // 9: who changes colour.
        await page.locator("[data-test=view-compare]").click();
        await page.locator("[data-test=compare-start]").click();
        await page.locator("[data-compare=done] [data-decision=code]").waitFor({ timeout: LONG });

        // 10: read by two, and published.
        await page.locator("[data-test=view-publish]").click();
        await page.locator('[data-changes-of="63/2022-04-01"] [data-group=rule]').waitFor();
        const card = page.locator('[data-approvals-of="63/2022-04-01"]');
        for (const [count, name] of [[1, "王敏"], [2, "李强"]] as const) {
          await card.locator("[data-test=approve-open]").click();
          await page.locator("#approve-name").fill(name);
          await page.locator("#approve-office").fill("法规处");
          await page.keyboard.press("Enter");
          await page.locator(`[data-approvals-of="63/2022-04-01"][data-count="${count}"]`).waitFor();
        }
        const [download] = await Promise.all([page.waitForEvent("download", { timeout: LONG }), page.locator("[data-test=compile]").click()]);
        const tables = { risk_areas: readFileSync(fileURLToPath(new URL("../../rules/reference/risk_areas.sample.csv", import.meta.url)), "utf8") };
        const engine = await createEngine({ rules: readFileSync(await download.path()), tables, decisions: ["code"] });
        const outcome = engine.decide(JSON.parse(wang));
        assert.deepEqual(["2022-04-10T20:00:00+08:00", "2022-04-11T08:00:00+08:00"].map((at) => outcome.at(at).code?.level), ["yellow", "green"]);
      }));
});

/** Goes to the file of a step of the guide, and puts there what the guide says. */
async function write(page: Page, step: (name: string) => ReturnType<Page["locator"]>, name: string, text: string): Promise<void> {
  const before = await page.locator("[role=tab][aria-selected=true]").getAttribute("data-path");
  await step(name).locator("button").click();
  const file = { cases: "cases/code.toml", numbers: "pack.toml", rule: "code.rhai", captions: "captions.toml" }[name] as string;
  if (before !== PACK + file) await page.locator(`[role=tab][data-path="${PACK}${file}"][aria-selected=true]`).waitFor();
  await page.locator(".cm-content").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
}
