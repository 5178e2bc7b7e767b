// What somebody sees who writes a pack without code: mends, files.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { readZip } from "../src/studio/model/zip";
import { setStage, type Language, type Stage, type Visitor } from "./browser";
import { exported, keeping, ready, toLine, visit as visitOn, type Opened } from "./studio";

const PACK = "packs/62/2022-03-07/";
/** Lines of the script, from 1: a filter, inside of key_area_stay, and the param recent_test. */
const [FILTER, STAY, RECENT] = [8, 20, 52];
const languages: Language[] = ["zh-CN", "en"];
const words = {
  "zh-CN": { write: "改为 last_contact", exists: "已经有了", hours: "= 48 小时", removed: "已删除", removedPack: "已删除规则包 62/2022-03-07", pinned: "3 句中有 1 句写成了规则", none: "3 句中有 0 句写成了规则", lost: "原文里没有这段话" },
  en: { write: "Write last_contact", exists: "There is a file", hours: "= 48 hours", removed: "is deleted", removedPack: "The pack 62/2022-03-07 is deleted", pinned: "1 of 3 sentences have a rule", none: "0 of 3 sentences have a rule", lost: "These words are not in the text" },
} satisfies Record<Language, Record<string, string>>;

let stage: Stage;
before(async () => {
  stage = await setStage();
});
after(() => stage.end());
const visit = (how: Opened, act: (visitor: Visitor) => Promise<void>): Promise<void> => visitOn(stage, how, act);

const tab = (page: Page, file: string) => page.locator(`[role=tab][data-path="${PACK}${file}"]`);
const finding = (page: Page, code: string) => page.locator(`.finding[data-code="${code}"]`);

/** Writes a field that there is not, on a line of its own; its finding has one right mend. */
async function slip(page: Page): Promise<void> {
  await toLine(page, FILTER);
  await page.keyboard.press("Enter");
  await page.keyboard.type(".filter(|c| c.last_contct < c.identified_at)");
  await finding(page, "unknown-field").filter({ hasText: "last_contct" }).waitFor();
}
const mended = (page: Page) => page.locator(".cm-line", { hasText: ".filter(|c| c.last_contact < c.identified_at)" });

for (const language of languages) {
  const say = words[language];

  describe(`writing, ${language}`, { concurrency: 2 }, () => {
    it("mends a finding from its list and by a key, and takes it back", () =>
      visit({ language }, async ({ page }) => {
        await slip(page);
        const button = page.locator("[data-test=mend]", { hasText: say.write });
        await button.click();
        await mended(page).waitFor();
        await finding(page, "unknown-field").waitFor({ state: "detached" });
        await page.locator(".cm-content").focus();
        await page.keyboard.press("Control+z");
        await button.waitFor();
        await page.keyboard.press("Control+.");
        const menu = page.locator(".cm-mends [role=menuitem]:focus");
        await menu.waitFor();
        assert.equal(await menu.innerText(), say.write);
        await page.keyboard.press("Escape");
        await menu.waitFor({ state: "detached" });
        assert.equal(await mended(page).count(), 0);
        await page.keyboard.press("Control+.");
        await menu.waitFor();
        await page.keyboard.press("Enter");
        await mended(page).waitFor();
      }));

    it("shows a param's value behind its name, and what each word is", () =>
      visit({ language }, async ({ page }) => {
        await page.locator(".cm-is-event.cm-is-declaration", { hasText: "key_area_stay" }).waitFor();
        await toLine(page, RECENT);
        const line = page.locator(".cm-activeLine", { hasText: "params.recent_test" });
        await line.locator(".cm-hint", { hasText: say.hours }).waitFor();
        await line.locator(".cm-is-property.cm-is-readonly", { hasText: "recent_test" }).waitFor();
      }));

    it("makes, renames and deletes a file, and has it all after a reload and in the zip", () =>
      visit({ language }, async (visitor) => {
        const { page } = visitor;
        await page.locator("[data-test=files]").click();
        await page.locator("[data-test=file-name]").fill("change");
        await page.locator("[data-test=create]").click();
        assert.ok((await page.locator("[data-test=file-fault]").innerText()).includes(say.exists));
        assert.deepEqual(await visitor.violations(), []);
        await page.locator("[data-test=file-name]").fill("新");
        await page.keyboard.press("Enter");
        await tab(page, "cases/新.toml").and(page.locator("[aria-selected=true]")).waitFor();
        await page.locator(".cm-line", { hasText: "[base_reference]" }).waitFor();
        await page.keyboard.press("Control+Home");
        await page.keyboard.type("# typed ");
        await page.locator("[data-test=files]").click();
        await page.locator(`[data-file="${PACK}cases/新.toml"] [data-test=rename]`).click();
        await page.locator("[data-test=new-name]").fill("newer");
        await page.keyboard.press("Enter");
        await page.locator(`[data-file="${PACK}cases/newer.toml"]`).waitFor();
        await page.locator(`[data-file="${PACK}cases/change.toml"] [data-test=remove]`).click();
        await page.locator("[data-test=notice]", { hasText: say.removed }).waitFor();
        await tab(page, "cases/change.toml").waitFor({ state: "detached" });
        await keeping(page, "kept");
        await page.reload();
        await ready(page);
        await tab(page, "cases/newer.toml").and(page.locator("[aria-selected=true]")).waitFor();
        assert.equal(await tab(page, "cases/change.toml").count(), 0);
        assert.equal(await tab(page, "cases/新.toml").count(), 0);
        const texts = readZip(await exported(page));
        assert.ok(texts.get(`${PACK}cases/newer.toml`)?.startsWith("# typed "));
        assert.ok(!texts.has(`${PACK}cases/change.toml`) && !texts.has(`${PACK}cases/新.toml`));
        // The steps that led to it have moved with it.
        await page.locator(".cm-content").focus();
        await page.keyboard.press("Control+z");
        await page.locator(".cm-line", { hasText: "# typed" }).waitFor({ state: "detached" });
      }));

    it("deletes a pack, tells what that breaks, and brings it back", () =>
      visit({ language }, async ({ page }) => {
        await slip(page);
        await page.locator("[data-test=files]").click();
        await page.locator("[data-test=remove-pack]").click();
        await page.locator('[data-key="62/2022-03-07"]').waitFor({ state: "detached" });
        await finding(page, "unknown-field").waitFor({ state: "detached" });
        const notice = page.locator("[data-test=notice]", { hasText: say.removedPack });
        await notice.locator(".button").first().click();
        await page.locator('[data-key="62/2022-03-07"]').waitFor();
        await tab(page, "code.rhai").and(page.locator("[aria-selected=true]")).waitFor();
        await finding(page, "unknown-field").waitFor();
        await page.locator(".cm-line", { hasText: "last_contct" }).waitFor();
        await page.locator('[data-pane=findings] .tallies[data-passed="0"]').waitFor({ state: "detached" });
      }));

    it("keeps a notice's text beside the script, and pins its words to a rule", () =>
      visit({ language }, async (visitor) => {
        const { page } = visitor;
        const source = page.locator('[data-source="gansu-2022-03-08"]');
        await source.locator("[data-test=paste]").click();
        await source.locator("[data-test=pasted]").fill("说明\n一、时空伴随者一次阴性转绿。\n二、驻留人员两次阴性\n转绿；三、查不到记录的，可以申请。");
        await source.locator("[data-test=keep-notice]").click();
        const count = source.locator("[data-test=pinned-count]");
        assert.equal(await count.innerText(), say.none);
        await page.locator(".cm-content").focus();
        await toLine(page, STAY);
        // Dragged across a line's end.
        const [begin, end] = await source.locator(".text").evaluate((text) => {
          const node = [...text.querySelectorAll("span")].find((one) => one.textContent?.includes("驻留人员"))?.firstChild as Text;
          return [node.data.indexOf("驻"), node.data.indexOf("；") - 1].map((at, i) => {
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + 1);
            const box = range.getBoundingClientRect();
            return [i === 0 ? box.left + 1 : box.right - 1, box.top + box.height / 2];
          }) as [[number, number], [number, number]];
        });
        await page.mouse.move(begin[0], begin[1]);
        await page.mouse.down();
        await page.mouse.move(end[0], end[1], { steps: 4 });
        await page.mouse.up();
        await source.locator("[data-test=pin]:enabled").click();
        await count.filter({ hasText: say.pinned }).waitFor();
        await page.locator(".cm-line", { hasText: "/// passage: 驻留人员两次阴性转绿" }).waitFor();
        const passage = source.locator(".passage");
        assert.equal((await passage.innerText()).replace(/\s/g, ""), "驻留人员两次阴性转绿");
        assert.deepEqual(await visitor.violations(), []);
        await page.locator(".cm-content").focus();
        await toLine(page, 1);
        await page.locator(".passage.here").waitFor({ state: "detached" });
        await passage.focus();
        await page.keyboard.press("Enter");
        await page.locator(".cm-activeLine", { hasText: "fn key_area_stay" }).waitFor();
        await page.locator(".passage.here").waitFor();
        // The text says something else now: the words are told, and lead to their line.
        await source.locator(".link", { hasText: /Change the text|修改原文/ }).click();
        await page.locator(`[role=tab][data-path="${PACK}sources/gansu-2022-03-08.txt"][aria-selected=true]`).waitFor();
        await page.keyboard.press("Control+a");
        await page.keyboard.type("一、什么都没有了。");
        await source.locator(".lost", { hasText: say.lost }).waitFor();
        await source.locator("[data-test=lost]").click();
        await page.locator(".cm-activeLine", { hasText: "/// passage: 驻留人员" }).waitFor();
      }));
  });
}

describe("writing", { concurrency: 2 }, () => {
  it("carries a deletion in a share link", () =>
    visit({ language: "en" }, async ({ page }) => {
      await page.locator("[data-test=files]").click();
      await page.locator(`[data-file="${PACK}cases/change.toml"] [data-test=remove]`).click();
      await tab(page, "cases/change.toml").waitFor({ state: "detached" });
      await page.locator("[data-test=share]").click();
      const link = await page.locator("[data-test=link]").inputValue();
      await visit({ language: "en", fragment: link.slice(link.indexOf("#")) }, async (other) => {
        await other.page.locator('[data-key="62/2022-03-07"]').click();
        await tab(other.page, "cases/companions.toml").waitFor();
        assert.equal(await tab(other.page, "cases/change.toml").count(), 0);
      });
    }));
});
