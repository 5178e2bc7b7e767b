// What somebody sees who writes a pack without code: mends, files.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { readZip } from "../src/studio/model/zip";
import { PHONE, setStage, type Language, type Stage, type Visitor } from "./browser";
import { exported, house, keeping, type Opened, ready, toLine, visit as visitOn } from "./studio";

const PACK = "packs/62/2022-03-07/";
/** Lines of the script, from 1: a filter, inside of key_area_stay, and the param recent_test. */
const [FILTER, STAY, RECENT] = [8, 20, 52];
/** For what the engine works long at, in milliseconds: making a pack runs the cases of all. */
const SLOW = 120_000;
const languages: Language[] = ["zh-CN", "en"];
const words = {
  "zh-CN": { write: "改为 last_contact", exists: "已经有了", hours: "= 48 小时", removed: "已删除", removedPack: "已删除规则包 62/2022-03-07", pinned: "3 句中有 1 句写成了规则", none: "3 句中有 0 句写成了规则", lost: "原文里没有这段话", noTitle: "还没有写标题", question: "通告没有说明什么使它提前结束", noRegion: "不是地区代码", noValue: "不能写这个值", filled: "转黄前 36 小时内", broken: "文本现在不是合法的 TOML" },
  en: { write: "Write last_contact", exists: "There is a file", hours: "= 48 hours", removed: "is deleted", removedPack: "The pack 62/2022-03-07 is deleted", pinned: "1 of 3 sentences have a rule", none: "0 of 3 sentences have a rule", lost: "These words are not in the text", noTitle: "There is no title yet", question: "The notice does not say what ends it earlier", noRegion: "is not a region's code", noValue: "cannot be this", filled: "within 36 hours before", broken: "The text is not valid TOML" },
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

const NEW = "packs/63/2022-04-01/";
/** The files of the guide's pack, each as it stands last in the guide. */
const guide = new Map([...readFileSync(fileURLToPath(new URL("../../docs/policy-guide.md", import.meta.url)), "utf8").matchAll(/^```\w+ file=rules\/(\S+)\n([\s\S]*?)^```/gm)].map(([, path, text]) => [path as string, text as string]));

const NOTICE = "关于时空伴随人员健康码的通告\n自2022年4月1日零时起：\n（一）时空伴随人员，自判定之时起赋黄码。\n（二）未检测的，满7天转绿。\n（三）本通告有效期至2022年6月30日24时。";

/** Marks words of the notice, as one selects them by keys: Ctrl+Home, then arrows, with Shift over the words. */
async function markAs(page: Page, mark: string, words: string): Promise<void> {
  await page.locator("[data-test=marking]").evaluate((area, words) => {
    const field = area as HTMLTextAreaElement;
    field.focus();
    field.setSelectionRange(field.value.indexOf(words), field.value.indexOf(words) + words.length);
  }, words);
  await page.locator(`[data-mark=${mark}] > .button`).press("Enter");
  await page.locator(`[data-mark=${mark}] q`, { hasText: words }).waitFor();
}

/** Goes through the wizard up to its summary. */
async function upToSummary(page: Page): Promise<void> {
  await page.locator("[data-test=new-pack]").click();
  await page.locator("[data-test=notice-title]").fill("关于时空伴随人员健康码的通告");
  await page.locator("[data-test=notice-date]").fill("2022-03-30");
  await page.locator("[data-test=notice-text]").fill(NOTICE);
  await page.locator("[data-test=next]").click();
  for (const [mark, words] of [["who", "时空伴随人员，"], ["colour", "赋黄码"], ["from", "自判定之时起"], ["until", "满7天"], ["holds", "自2022年4月1日零时起"], ["holds", "有效期至2022年6月30日24时"]] as const) await markAs(page, mark, words);
  await page.locator("[data-test=next]").click();
  await page.locator("[data-field=region]").fill("63");
}

for (const language of languages) {
  const say = words[language];

  describe(`writing, ${language}`, { concurrency: 2 }, () => {
    it("mends a finding from its list and by a key, and takes it back", () =>
      visit({ language }, async ({ page }) => {
        await slip(page);
        const button = page.locator("[data-test=mend]", { hasText: say.write });
        await button.waitFor();
        await page.locator(".cm-lintRange-error", { hasText: "last_contct" }).hover();
        await page.locator(".cm-tooltip .cm-diagnosticAction", { hasText: say.write }).waitFor();
        await button.click();
        await mended(page).waitFor();
        await finding(page, "unknown-field").first().waitFor({ state: "detached" });
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
        await finding(page, "unknown-field").first().waitFor({ state: "detached" });
        const notice = page.locator("[data-test=notice]", { hasText: say.removedPack });
        await notice.locator(".button").first().click();
        await page.locator('[data-key="62/2022-03-07"]').waitFor();
        await tab(page, "code.rhai").and(page.locator("[aria-selected=true]")).waitFor();
        await finding(page, "unknown-field").first().waitFor();
        await page.locator(".cm-line", { hasText: "last_contct" }).waitFor();
        await page.locator('[data-pane=findings] .tallies[data-passed="0"]').waitFor({ state: "detached" });
      }));

    it("keeps a notice's text beside the script, and pins its words to a rule", () =>
      visit({ language }, async (visitor) => {
        const { page } = visitor;
        const source = page.locator('[data-source="gansu-2022-03-08"]');
        await source.locator("[data-test=paste-notice]").click();
        await source.locator("[data-test=notice-pasted]").fill("说明\n一、时空伴随者一次阴性转绿。\n二、驻留人员两次阴性\n转绿；三、查不到记录的，可以申请。");
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

    it("changes params and captions in forms, and nothing of the text around them", () =>
      visit({ language }, async (visitor) => {
        const { page } = visitor;
        await tab(page, "pack.toml").click();
        await page.locator("input[name=as][value=form]").focus();
        await page.keyboard.press("Space");
        const param = page.locator("[data-param=recent_test]");
        const value = param.locator("[data-name=value]");
        await value.fill("two");
        await value.press("Tab");
        await param.locator("[role=alert]", { hasText: say.noValue }).waitFor();
        await value.fill("36");
        await value.press("Tab");
        await param.locator("[role=alert]").waitFor({ state: "detached" });
        await page.locator("[data-name=new-param]").fill("grace");
        await page.locator("[data-test=add-param]").click();
        await page.locator("[data-param=grace] [data-name=unit]").selectOption("hours");
        await finding(page, "param-unused").or(page.locator('.finding[data-path$="pack.toml"]', { hasText: "grace" })).first().waitFor();
        assert.deepEqual(await visitor.violations(), []);
        await tab(page, "captions.toml").click();
        const rule = page.locator("[data-rule=time_space_companion]");
        await rule.locator(".filled", { hasText: language === "en" ? say.filled : "转黄前 36 小时内" }).waitFor();
        const caption = rule.locator('[data-name="code.rules.time_space_companion.caption.en"]');
        await caption.fill('A "companion"');
        await caption.press("Tab");
        await rule.locator(".chip-button", { hasText: "{look_back}" }).click();
        await page.locator('[data-name="code.rules.time_space_companion.caption.en"]:focus').waitFor();
        assert.ok((await caption.inputValue()).includes("{look_back}"));
        assert.deepEqual(await visitor.violations(), []);
        await page.locator("[data-test=form-undo]").click();
        await page.waitForFunction(() => !(document.querySelector('[data-name="code.rules.time_space_companion.caption.en"]') as HTMLInputElement).value.includes("look_back"));
        const texts = readZip(await exported(page));
        const [before, now] = [house.get(`${PACK}pack.toml`) as string, texts.get(`${PACK}pack.toml`) as string];
        assert.ok(now.includes('[params.grace]\nvalue  = 1\nunit   = "hours"\nsource = "gansu-2022-03-08"\n'));
        assert.equal(now.replace(/\n?\[params\.grace\]\n[^[#]*(?=\n*[[#])/, "").replace(/\n+/g, "\n"), before.replace("value  = 48", "value  = 36").replace(/\n+/g, "\n"));
        assert.equal(texts.get(`${PACK}captions.toml`), (house.get(`${PACK}captions.toml`) as string).replace('en = "Companion in time and space"', 'en = "A \\"companion\\""'));
      }));

    it("makes a pack from a notice, asks what is not marked, and keeps what was filled in", () =>
      visit({ language }, async (visitor) => {
        const { page } = visitor;
        await page.locator("[data-test=new-pack]").click();
        await page.locator("[data-test=next]").click();
        assert.ok((await page.locator("#no-title").innerText()).includes(say.noTitle));
        assert.equal(await page.locator("[data-test=notice-title]:focus").count(), 1, "the field that is missing is not focused");
        await page.keyboard.press("Escape");
        await upToSummary(page);
        assert.equal(await page.locator("[data-field=from]").inputValue(), "2022-04-01");
        assert.equal(await page.locator("[data-field=until]").inputValue(), "2022-07-01");
        await page.locator("[data-field=region]").fill("99");
        await page.locator("[data-test=next]").click();
        await page.locator("#wrong-region", { hasText: say.noRegion }).waitFor();
        await page.locator("[data-field=region]:focus").waitFor();
        assert.deepEqual(await visitor.violations(), []);
        await page.keyboard.press("Escape");
        await page.reload();
        await ready(page);
        await page.locator("[data-test=new-pack]").click();
        assert.equal(await page.locator("[data-field=region]").inputValue(), "99");
        await page.locator("[data-test=back]").click();
        await page.locator("[data-mark=who] q", { hasText: "时空伴随人员" }).waitFor();
        await page.locator("[data-test=next]").click();
        await page.locator("[data-field=region]").fill("63");
        await page.locator("[data-test=next]").click();
        await page.locator("[data-step=summary]").waitFor({ timeout: SLOW });
        assert.equal((await page.locator("[data-test=questions] li").allInnerTexts()).join(), `${say.question}${language === "en" ? "." : "。"}`);
        await page.locator("[data-test=next]").click();
        await page.locator(`[role=tab][data-path="${NEW}cases/code.toml"][aria-selected=true]`).waitFor();
        await page.locator("[data-test=guide] [data-step=check]").waitFor();
        // The template may be without errors; nothing else of it is done.
        assert.equal(await page.locator("[data-test=guide] [data-done=true]:not([data-step=check])").count(), 0);
        await page.locator('[data-source=notice] .bare', { hasText: "满7天转绿" }).waitFor();
        await page.locator('[data-pane=findings] .tallies[data-passed="2"][data-failed="0"]').waitFor();
        assert.deepEqual(await visitor.violations(), []);
        const texts = readZip(await exported(page));
        assert.equal(texts.get(`${NEW}sources/notice.txt`), NOTICE);
        assert.match(texts.get(`${NEW}pack.toml`) as string, /\[sources\.notice\]\ntitle = \{ zh-CN = "关于时空伴随人员健康码的通告", [^\n]*\ndate  = 2022-03-30\ngrade = "V"\n/);
      }));
  });
}

describe("writing", { concurrency: 2 }, () => {
  it("takes a deleted file out of the folder on Ctrl+S, and writes a new one", () =>
    visit({ language: "en" }, async ({ page }) => {
      // The picker cannot be worked from a test; it gives a folder of the page's own, with the same handles.
      const files = ["pack.toml", "captions.toml", "code.rhai", "cases/change.toml", "cases/inflow.toml"].map((file) => [PACK + file, house.get(PACK + file) as string]);
      await page.evaluate(async (files) => {
        const root = await (await navigator.storage.getDirectory()).getDirectoryHandle("a-folder", { create: true });
        for (const [path, text] of files) {
          let folder = root;
          const parts = (path as string).split("/");
          for (const part of parts.slice(0, -1)) folder = await folder.getDirectoryHandle(part, { create: true });
          const stream = await (await folder.getFileHandle(parts.at(-1) as string, { create: true })).createWritable();
          await stream.write(text as string);
          await stream.close();
        }
      }, files);
      const there = (folder: string): Promise<string[]> =>
        page.evaluate(async (path) => {
          let folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("a-folder");
          for (const part of path.split("/")) folder = await folder.getDirectoryHandle(part);
          const names: string[] = [];
          for await (const name of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) names.push(name);
          return names.sort();
        }, folder);
      await page.evaluate('window.showDirectoryPicker = () => navigator.storage.getDirectory().then((root) => root.getDirectoryHandle("a-folder"))');
      await page.locator("[data-test=open]").click();
      await page.locator("[data-test=open-folder]").click();
      await page.locator("[data-test=work]", { hasText: "a-folder" }).waitFor();
      await ready(page);
      await page.locator("[data-test=files]").click();
      await page.locator(`[data-file="${PACK}cases/change.toml"] [data-test=remove]`).click();
      await tab(page, "cases/change.toml").waitFor({ state: "detached" });
      await page.locator('[data-source="travel-card"] [data-test=paste-notice]').click();
      await page.locator('[data-source="travel-card"] [data-test=notice-pasted]').fill("行程卡回看 14 天。");
      await page.locator('[data-source="travel-card"] [data-test=keep-notice]').click();
      await page.locator('[data-source="travel-card"] .notice-text').waitFor();
      await page.keyboard.press("Control+s");
      await page.locator("[data-test=saved]", { hasText: "2 files written back" }).waitFor({ state: "attached" });
      assert.deepEqual(await there(`${PACK}cases`), ["inflow.toml"]);
      assert.deepEqual(await there(`${PACK}sources`), ["travel-card.txt"]);
    }));

  it("shows the text while it is no TOML, and the form again", () =>
    visit({ language: "en" }, async ({ page }) => {
      await tab(page, "pack.toml").click();
      await page.locator(".cm-content").click();
      await page.keyboard.press("Control+Home");
      await page.keyboard.type("[");
      await page.locator("input[name=as][value=form]").check({ force: true });
      await page.locator("[data-test=form-broken]", { hasText: words.en.broken }).waitFor();
      await page.locator(".cm-content").click();
      await page.keyboard.press("Control+z");
      await page.locator("[data-param=recent_test]").waitFor();
      assert.equal(await page.locator(".cm-content").isVisible(), false);
      // A finding leads into the text.
      await page.locator('.finding[data-code="param-assumed"]').click();
      await page.locator(".cm-activeLine", { hasText: /look_back|assumed/ }).waitFor();
    }));

  for (const dark of [false, true]) {
    it(`is read on a phone, ${dark ? "dark" : "light"}`, () =>
      visit({ language: "zh-CN", size: PHONE, dark }, async (visitor) => {
        const { page } = visitor;
        const wide = (): Promise<boolean> => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        await page.locator(`[role=tab][data-path="${PACK}captions.toml"]`).click();
        await page.locator("input[name=as][value=form]").check({ force: true });
        await page.locator("[data-rule=key_area_stay]").waitFor();
        assert.deepEqual(await visitor.violations(), []);
        assert.equal(await wide(), false);
        await page.locator("[data-test=pane-tree]").click();
        await page.locator("[data-test=new-pack]").click();
        await page.locator("[data-test=wizard][open]").waitFor();
        assert.deepEqual(await visitor.violations(), []);
        assert.equal(await wide(), false);
      }));
  }

  it("ticks the guide's steps by what is true", () =>
    visit({ language: "en" }, async ({ page }) => {
      await upToSummary(page);
      await page.locator("[data-test=next]").click();
      await page.locator("[data-step=summary] [data-test=next]").click({ timeout: SLOW });
      const step = (name: string, done: boolean) => page.locator(`[data-test=guide] [data-step=${name}][data-done=${done}]`).waitFor();
      await step("cases", false);
      // A step leads to its file; there stands then what the guide says.
      for (const [name, file] of [["cases", "cases/code.toml"], ["numbers", "pack.toml"], ["rule", "code.rhai"], ["captions", "captions.toml"]] as const) {
        await page.locator(`[data-test=guide] [data-step=${name}] button`).click();
        await page.locator(`[role=tab][data-path="${NEW}${file}"][aria-selected=true]`).waitFor();
        await page.locator(".cm-content").focus();
        await page.keyboard.press("Control+a");
        await page.keyboard.insertText(guide.get(NEW + file) as string);
        await step(name, true);
      }
      await step("check", true);
      await step("green", true);
      await step("compare", false);
      await page.locator("[data-test=guide] [data-step=compare] button").click();
      await page.locator("[data-test=compare-start]").click();
      await page.locator("[data-compare=done]").waitFor({ timeout: SLOW });
      await page.locator("[data-test=view-publish]").click();
      await page.locator("[data-test=view-write]").click();
      await step("compare", true);
      await step("review", true);
      await page.locator(".cm-content").focus();
      await page.keyboard.press("Control+End");
      await page.keyboard.type("# later");
      await step("compare", false);
      await step("review", false);
    }));

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
