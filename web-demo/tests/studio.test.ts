// What somebody sees who writes rules in the studio: the built page, the real language server, the shipped packs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { zipSync } from "fflate";
import type { Page } from "playwright-core";
import { readZip } from "../src/studio/model/zip";
import { PHONE, setStage, Visitor, type Language, type Stage } from "./browser";
import { DESKTOP, exported, house, keeping, type Opened, openZip, ready, toLine, visit as visitOn } from "./studio";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const PACK = "packs/62/2022-03-07/";
const VALIDITY = "packs/62/validity-2020-02-21/";
const languages: Language[] = ["zh-CN", "en"];

const words = {
  "zh-CN": {
    title: "陇码 · 规则工作台", source: "甘肃省疾控中心关于健康码转码的说明，省内报道", grade: "读过公布的原文", noField: "没有", changed: "1 个文件有改动", unchanged: "没有改动", kept: "已保存在本机",
    other: "这项工作在另一个标签页里打开着", notZip: "这不是 ZIP 文件", bomb: "超过 2 MB", name: "含有“.”或“..”", full: "设备上的空间已满", broken: "分享链接不完整或已损坏", saved: "已保存", failedCase: "validity 应为 invalid，实为 valid", unloadable: "规则包有错误，无法载入", nobody: "没有人的结果有变化", onlyBefore: "只在原来成立", stopped: "已停止", mend: "请先改正", note: "原文未说明“风险城市”回看多久", days: "14 天", book: "规则手册", review: "发布前检查", issued: "签发后 24 小时内有效", written: "已写回 1 个文件", step: "第 1 步，共 5 步",
  },
  en: {
    title: "Longma · rule studio", source: "Provincial CDC on how codes turn green, as in the provincial news", grade: "published text, read", noField: "there is no field", changed: "1 file changed", unchanged: "nothing changed", kept: "Kept on this device",
    other: "This work is open in another tab", notZip: "this is not a zip", bomb: "is larger than 2 MB", name: "contains . or ..", full: "The device has no room left", broken: "The share link is cut or damaged", saved: "Saved", failedCase: "validity should be invalid, and is valid", unloadable: "The packs have errors and cannot be loaded", nobody: "Nobody changes among", onlyBefore: "holds only before", stopped: "Stopped", mend: "Mend them first", note: "The text does not say how far back a city counts", days: "14 days", book: "Rule book", review: "Review before publishing", issued: "Valid for 24 hours from its issue", written: "1 file written back", step: "Step 1 of 5",
  },
} satisfies Record<Language, Record<string, string>>;

let stage: Stage;
before(async () => {
  stage = await setStage();
});
after(() => stage.end());

const visit = (how: Opened, act: (visitor: Visitor) => Promise<void>): Promise<void> => visitOn(stage, how, act);

const changes = (page: Page, said: string): Promise<void> => page.locator("[data-test=changes]", { hasText: said }).waitFor();
const finding = (page: Page, code: string) => page.locator(`.finding[data-code="${code}"]`);
const tab = (page: Page, file: string) => page.locator(`[role=tab][data-path="${PACK}${file}"]`);
const FILTER = 8;

/** Makes a code valid for 12 hours and not for 24. */
async function shorten(page: Page): Promise<void> {
  await page.locator('[data-key="62/validity-2020-02-21"]').click();
  await page.locator(`[role=tab][data-path="${VALIDITY}pack.toml"]`).click();
  const line = (house.get(`${VALIDITY}pack.toml`) as string).split("\n").findIndex((text) => text.startsWith("value  = 24"));
  await page.locator(".cm-content").click();
  await toLine(page, line + 1);
  for (const key of ["Backspace", "Backspace"]) await page.keyboard.press(key);
  await page.keyboard.type("12");
  await page.locator(".cm-activeLine", { hasText: "value  = 12" }).waitFor();
}

for (const language of languages) {
  const say = words[language];

  describe(`studio, ${language}`, { concurrency: 2 }, () => {
    it("opens the latest health code, ready to type, with its sources", () =>
      visit({ language }, async (visitor) => {
        const { page } = visitor;
        assert.equal(await page.title(), say.title);
        assert.equal(await tab(page, "code.rhai").getAttribute("aria-selected"), "true");
        assert.ok(await page.locator(".cm-content").evaluate((node) => node === document.activeElement), "the script is not focused");
        const source = page.locator('[data-source="gansu-2022-03-08"]');
        assert.ok((await source.innerText()).includes(say.source));
        assert.ok((await source.innerText()).includes(say.grade));
        await source.locator('[data-citation="key_area_stay"]').click();
        await page.locator(".cm-activeLine", { hasText: "fn key_area_stay" }).waitFor();
        await source.locator(".link").click();
        await page.locator(".cm-activeLine", { hasText: "[sources.gansu-2022-03-08]" }).waitFor();
      }));

    it("tells a mistake while it is typed, and no longer once it is mended", () =>
      visit({ language }, async ({ page }) => {
        await toLine(page, FILTER);
        await page.keyboard.press("Enter");
        await page.keyboard.type(".filter(|c| c.last_contct < c.identified_at)");
        // While it is typed, a part of the name is told at times.
        const told = finding(page, "unknown-field").filter({ hasText: "last_contct" });
        await told.waitFor();
        const said = await told.innerText();
        assert.ok(said.includes(say.noField) && said.includes("last_contact"), said);
        await page.locator(".cm-lintRange-error", { hasText: "last_contct" }).waitFor();
        await page.locator(`[data-key="62/2022-03-07"] [data-test=count-error]`).waitFor();
        await toLine(page, 1);
        await told.click();
        await page.locator(".cm-activeLine", { hasText: "last_contct" }).waitFor();
        for (let i = 0; i < "last_cont".length; i++) await page.keyboard.press("ArrowRight");
        await page.keyboard.type("a");
        await finding(page, "unknown-field").first().waitFor({ state: "detached" });
        await page.locator(".cm-lintRange-error").first().waitFor({ state: "detached" });
      }));

    it("runs the cases by itself: one made wrong turns red, and back", () =>
      visit({ language }, async (visitor) => {
        const { page } = visitor;
        await page.locator('[data-key="62/validity-2020-02-21"]').click();
        await page.locator(`[role=tab][data-path="${VALIDITY}cases/validity.toml"]`).click();
        const tally = page.locator("[data-pane=findings] .tallies");
        await page.locator('[data-pane=findings] .tallies[data-passed="9"][data-failed="0"]').waitFor();
        const line = (house.get(`${VALIDITY}cases/validity.toml`) as string).split("\n").findIndex((text) => text.includes("2020-02-25T10:00:00+08:00, validity"));
        await page.locator(".cm-content").click();
        await toLine(page, line + 1);
        const text = (house.get(`${VALIDITY}cases/validity.toml`) as string).split("\n")[line] as string;
        for (let i = text.length; i > text.indexOf('"valid"') + 1; i--) await page.keyboard.press("ArrowLeft");
        await page.keyboard.type("in");
        await page.locator('[data-pane=findings] .tallies[data-passed="8"][data-failed="1"]').waitFor();
        await page.locator(".cm-cases .failed").waitFor();
        assert.ok((await page.locator(".cm-cases .failed").getAttribute("title"))?.includes(say.failedCase));
        await page.locator("[data-test=lower-cases]:visible").click();
        const failed = page.locator('.case[data-passed="false"]');
        assert.equal(await failed.count(), 1);
        assert.ok((await failed.innerText()).includes(say.failedCase), await failed.innerText());
        assert.deepEqual(await visitor.violations(), []);
        await failed.click();
        await page.locator(".cm-activeLine", { hasText: "[[case]]" }).waitFor();
        await page.keyboard.press("Control+z");
        await page.locator('.case[data-passed="false"]').waitFor({ state: "detached" });
        await page.locator('[data-pane=cases] .tallies[data-passed="9"][data-failed="0"]').waitFor();
        await page.locator(".cm-cases .failed").waitFor({ state: "detached" });
        await page.locator(".cm-cases .passed:visible").first().waitFor();
        assert.equal(await tally.count(), 1);
      }));

    it("says that no case is run while the packs cannot be loaded, and leads to the findings", () =>
      visit({ language }, async ({ page }) => {
        await tab(page, "pack.toml").click();
        await page.locator("[data-test=lower-cases]:visible").click();
        await page.locator(".case").first().waitFor();
        await page.locator(".cm-content").click();
        await page.keyboard.press("Control+Home");
        await page.keyboard.type("[");
        const told = page.locator("[data-test=unloadable]", { hasText: say.unloadable });
        await told.waitFor();
        assert.equal(await page.locator(".case").count(), 0);
        await told.locator("button").click();
        await finding(page, "toml-syntax").first().waitFor();
        assert.equal(await page.locator("[data-pane=cases]").isVisible(), false);
      }));

    it("counts who changes colour by a changed param, and names the rule with an example", () =>
      visit({ language }, async (visitor) => {
        const { page } = visitor;
        await shorten(page);
        await page.locator("[data-test=view-compare]").click();
        assert.ok(await page.locator(".view h2").evaluate((node) => node === document.activeElement), "the view is not focused");
        await page.locator("[data-test=compare-start]").click();
        await page.locator("[data-compare=done]").waitFor();
        const changed = page.locator('[data-decision="validity"]');
        assert.ok(Number(await changed.getAttribute("data-persons")) > 0);
        assert.equal(await page.locator("[data-decision]").count(), 1, "a decision changes that the param has no part in");
        assert.notEqual((await changed.locator('[data-cell="valid-invalid"]').innerText()).trim(), "–");
        assert.equal((await changed.locator('[data-cell="invalid-valid"]').innerText()).trim(), "–");
        const rule = changed.locator('[data-rule="62/validity-2020-02-21/validity/issued"]');
        assert.ok((await rule.innerText()).includes(say.onlyBefore));
        const example = changed.locator("[data-test=example]").first();
        await example.locator("summary").first().click();
        assert.ok((await example.innerText()).includes(say.issued), await example.innerText());
        assert.deepEqual(await visitor.violations(), []);
        const [saved] = await Promise.all([page.waitForEvent("download"), page.locator("[data-test=compare-page]").click()]);
        assert.ok(readFileSync(await saved.path(), "utf8").includes("62/validity-2020-02-21/validity/issued"));
        await rule.locator("button").click();
        await page.locator(".cm-activeLine", { hasText: "fn issued" }).waitFor();
        // The results stay, and say that they are of another text once there is one.
        await page.keyboard.press("End");
        await page.keyboard.type(" // later");
        await page.locator("[data-test=view-compare]").click();
        await page.locator("[data-test=stale]").waitFor();
        assert.equal(await changed.count(), 1);
      }));

    it("stops counting when told, keeps what was counted, and takes keys meanwhile", () =>
      visit({ whole: true, language }, async ({ page }) => {
        await page.locator("[data-test=view-compare]").click();
        await page.locator('input[name="crowd"][value="100000"]').check({ force: true });
        await page.locator("[data-test=region]").selectOption("620000");
        await page.locator("[data-test=compare-start]").click();
        await page.locator("[data-compare=counting]").waitFor();
        await page.locator("[data-test=view-write]").click();
        await page.locator(".cm-content").click();
        await toLine(page, 1);
        await page.keyboard.type(" meanwhile");
        await page.locator(".cm-line", { hasText: " meanwhile" }).waitFor();
        await page.locator("[data-test=view-compare]").click();
        await page.locator("[data-test=compare-stop]").click();
        await page.locator("[data-compare=stopped]").waitFor();
        assert.ok((await page.locator("[data-test=compare-said]").innerText()).includes(say.stopped));
        assert.ok((await page.locator("[data-test=summary]").innerText()).includes(say.nobody));
        assert.ok((await page.locator("[data-test=blind] li").count()) > 0);
      }));

    it("says in words why packs cannot be compared", () =>
      visit({ language }, async ({ page }) => {
        await toLine(page, FILTER);
        await page.keyboard.press("Enter");
        await page.keyboard.type(".filter(|c| c.knd)");
        await page.locator("[data-test=view-compare]").click();
        await page.locator("[data-test=compare-start]").click();
        const trouble = page.locator("[data-test=trouble]", { hasText: say.mend });
        await trouble.waitFor();
        assert.ok((await trouble.innerText()).includes("knd"), await trouble.innerText());
      }));

    it("reviews a pack, and saves the rule book and the compiled packs", () =>
      visit({ whole: true, language }, async (visitor) => {
        const { page } = visitor;
        await page.locator("[data-test=view-publish]").click();
        assert.equal(await page.locator(".view h2").innerText(), say.review);
        await page.locator("[data-publish=ready]").waitFor();
        assert.ok((await page.locator("[data-test=effective]").innerText()).includes("2022-03-07"));
        const assumed = await page.locator('[data-param="look_back"]').innerText();
        assert.ok(assumed.includes(say.note) && assumed.includes(say.days), assumed);
        assert.ok((await page.locator('[data-test=publish-sources] [data-grade="V"]').innerText()).includes(say.source));
        const cases = page.locator("[data-test=publish-cases]");
        assert.equal(await cases.getAttribute("data-failed"), "0");
        assert.ok(Number(await cases.getAttribute("data-passed")) > 5);
        assert.deepEqual(await visitor.violations(), []);
        const saved = async (what: string): Promise<[string, Buffer]> => {
          const [download] = await Promise.all([page.waitForEvent("download"), page.locator(`[data-test=${what}]`).click()]);
          return [download.suggestedFilename(), readFileSync(await download.path())];
        };
        const [bookName, book] = await saved("book");
        assert.match(bookName, new RegExp(`^longma-book-${language}-\\d{4}-\\d\\d-\\d\\d\\.html$`));
        assert.ok(book.toString().startsWith(`<!DOCTYPE html><html lang="${language}">`), book.toString().slice(0, 80));
        const [name, packs] = await saved("compile");
        assert.match(name, /^rules-.+\.longma$/);
        assert.deepEqual(packs, readFileSync(here("../public/generated/rules.longma")), "the packs are not those that the command compiles");
        await page.locator("[data-test=publish-pack]").selectOption("62/validity-2020-02-21");
        await page.locator('[data-test=publish-cases][data-passed="9"]').waitFor();
        assert.equal(await page.locator("[data-param]").count(), 0);
      }));

    it("tells what is wrong with a pack in its review, and makes nothing of it", () =>
      visit({ language }, async ({ page }) => {
        await shorten(page);
        await page.locator("[data-test=view-publish]").click();
        await page.locator('[data-test=publish-cases][data-failed="6"]').waitFor();
        await page.locator("[data-test=publish-cases] button").first().click();
        await page.locator(".cm-activeLine", { hasText: "[[case]]" }).waitFor();
        await page.keyboard.press("Control+Home");
        await page.keyboard.type("[");
        await page.locator(`[role=tab][data-path="${VALIDITY}pack.toml"]`).click();
        await page.locator(".cm-content").click();
        await page.keyboard.press("Control+Home");
        await page.keyboard.type("[");
        await page.locator("[data-test=view-publish]").click();
        await page.locator('[data-test=publish-findings] [data-severity="error"]').waitFor();
        await page.locator("[data-test=compile]").click();
        await page.locator("[data-test=trouble]", { hasText: say.mend }).waitFor();
      }));

    it("lists the fields behind a dot", () =>
      visit({ language }, async ({ page }) => {
        await toLine(page, FILTER);
        await page.keyboard.press("Enter");
        await page.keyboard.type(".filter(|c| c.");
        const popup = page.locator(".cm-tooltip-autocomplete");
        await popup.locator("li", { hasText: "last_contact" }).waitFor();
        await page.keyboard.type("last");
        await popup.locator("li[aria-selected]", { hasText: "last_contact" }).waitFor();
        await popup.locator("li[aria-selected]").click();
        await page.locator(".cm-activeLine", { hasText: "c.last_contact" }).waitFor();
      }));

    it("leads from a param in the script to its place in the manifest", () =>
      visit({ language }, async ({ page }) => {
        const line = (house.get(`${PACK}code.rhai`) as string).split("\n").findIndex((text) => text.includes("params.recent_test"));
        await toLine(page, line + 1);
        const text = (house.get(`${PACK}code.rhai`) as string).split("\n")[line] as string;
        for (let i = text.length; i > text.indexOf("recent_test") + 2; i--) await page.keyboard.press("ArrowLeft");
        await page.keyboard.press("F12");
        await page.locator(".cm-activeLine", { hasText: "[params.recent_test]" }).waitFor();
        assert.equal(await tab(page, "pack.toml").getAttribute("aria-selected"), "true");
      }));

    it("keeps what was typed over a reload, with the step back", () =>
      visit({ language }, async ({ page }) => {
        await toLine(page, 1);
        await page.keyboard.type(" edited");
        await changes(page, say.changed);
        await page.locator("[data-test=keeping]", { hasText: say.kept }).waitFor();
        await keeping(page, "kept");
        await page.reload();
        await ready(page);
        await page.locator(".cm-line", { hasText: " edited" }).waitFor();
        await changes(page, say.changed);
        await page.keyboard.press("Control+z");
        await changes(page, say.unchanged);
        assert.equal(await page.locator(".cm-line", { hasText: " edited" }).count(), 0);
      }));

    it("tells a second tab, which reads and can take over", () =>
      visit({ language }, async ({ page }) => {
        const second = await page.context().newPage();
        await second.goto(`${stage.address}studio.html`);
        await second.locator("[data-test=other-tab]", { hasText: say.other }).waitFor();
        await ready(second);
        await second.locator(".cm-content[aria-readonly=true]").click();
        await second.keyboard.type("lost");
        assert.equal(await second.locator(".cm-line", { hasText: "lost" }).count(), 0);
        // What the first tab types until the last moment goes along.
        await page.bringToFront();
        await toLine(page, 1);
        await page.keyboard.type(" #first");
        await second.bringToFront();
        await second.locator("[data-test=take-over]").click();
        await second.locator("[data-test=other-tab]").waitFor({ state: "detached" });
        await second.locator(".cm-line", { hasText: " #first" }).waitFor();
        await page.locator("[data-test=other-tab]", { hasText: say.other }).waitFor();
        await second.locator(".cm-content[aria-readonly=false]").click();
        await second.keyboard.press("Control+Home");
        await second.keyboard.type("// #second");
        await keeping(second, "kept");
        await changes(second, say.changed);
        assert.equal(await page.locator(".cm-line", { hasText: "#second" }).count(), 0);
      }));

    it("exports a zip that opens with the same texts", () =>
      visit({ whole: true, language }, async ({ page }) => {
        await toLine(page, 1);
        await page.keyboard.type(" edited");
        const zip = await exported(page);
        const texts = readZip(zip);
        assert.equal(texts.size, house.size);
        assert.ok(texts.get(`${PACK}code.rhai`)?.split("\n")[0]?.endsWith(" edited"));
        await openZip(page, "mine.zip", zip);
        await page.locator("[data-test=work]", { hasText: "mine.zip" }).waitFor();
        await changes(page, say.unchanged);
        await page.locator(".cm-line", { hasText: " edited" }).waitFor();
        assert.deepEqual(await exported(page), zip);
        await page.reload();
        await ready(page);
        await page.locator("[data-test=work]", { hasText: "mine.zip" }).waitFor();
        await page.locator(".cm-line", { hasText: " edited" }).waitFor();
      }));

    it("says in words why a zip is not opened, and keeps what was open", () =>
      visit({ language }, async ({ page }) => {
        for (const [name, zip, said] of [
          ["broken.zip", new TextEncoder().encode("PK, but not really"), say.notZip],
          ["bomb.zip", zipSync({ [`${PACK}pack.toml`]: [new Uint8Array(8 * 1024 * 1024), { level: 9 }] }), say.bomb],
          ["odd.zip", zipSync({ "packs/../../up.toml": new Uint8Array(1) }), say.name],
        ] as const) {
          await openZip(page, name, zip);
          const notice = page.locator("[data-test=notice]", { hasText: name });
          await notice.waitFor();
          assert.ok((await notice.innerText()).includes(said), await notice.innerText());
          await notice.locator("[data-test=dismiss]").click();
          await notice.waitFor({ state: "detached" });
        }
        assert.equal(await tab(page, "code.rhai").getAttribute("aria-selected"), "true");
      }));

    it("shares what was changed by a link, and says when one is broken", () =>
      visit({ language }, async ({ page }) => {
        await toLine(page, 1);
        await page.keyboard.type(" shared");
        await page.locator("[data-test=share]").click();
        const link = await page.locator("[data-test=link]").inputValue();
        assert.ok(link.startsWith(`${stage.address}studio.html#h=`), link.slice(0, 80));
        await visit({ language, fragment: link.slice(link.indexOf("#")) }, async (other) => {
          await other.page.locator(".cm-line", { hasText: " shared" }).waitFor();
          assert.ok(!other.page.url().includes("#"), "a reload would bring the link again");
          await keeping(other.page, "kept");
          await other.page.reload();
          await other.page.locator(".cm-line", { hasText: " shared" }).waitFor();
          await ready(other.page);
        });
        await visit({ language, fragment: link.slice(link.indexOf("#"), -20) }, async (other) => {
          await other.page.locator("[data-test=notice]", { hasText: say.broken }).waitFor();
          assert.equal(await other.page.locator(".cm-line", { hasText: " shared" }).count(), 0);
        });
      }));

    it("goes on in memory when the device is full, and offers the zip", () =>
      visit({ language }, async ({ page }) => {
        const devtools = await page.context().newCDPSession(page);
        await devtools.send("Storage.overrideQuotaForOrigin", { origin: new URL(stage.address).origin, quotaSize: 1 });
        await toLine(page, 1);
        await page.keyboard.type(" unkept");
        const notice = page.locator("[data-test=notice]", { hasText: say.full });
        await notice.waitFor();
        await keeping(page, "full");
        const [download] = await Promise.all([page.waitForEvent("download"), notice.locator(".button").first().click()]);
        assert.ok(readZip(readFileSync(await download.path())).get(`${PACK}code.rhai`)?.includes(" unkept"));
        await devtools.send("Storage.overrideQuotaForOrigin", { origin: new URL(stage.address).origin });
        await page.locator(".cm-content").click();
        await page.keyboard.type("x");
        await keeping(page, "kept");
      }));

    it("writes a folder back on Ctrl+S, and not over what was changed there", () =>
      visit({ language }, async ({ page }) => {
        const [path, text] = [`${PACK}code.rhai`, house.get(`${PACK}code.rhai`) as string];
        // The picker cannot be worked from a test; it gives a folder of the page's own, with the same handles.
        const write = (to: string, its: string): Promise<void> =>
          page.evaluate(async ([path, text]) => {
            let folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("a-folder", { create: true });
            const parts = (path as string).split("/");
            for (const part of parts.slice(0, -1)) folder = await folder.getDirectoryHandle(part, { create: true });
            const stream = await (await folder.getFileHandle(parts.at(-1) as string, { create: true })).createWritable();
            await stream.write(text as string);
            await stream.close();
          }, [to, its]);
        const read = (): Promise<string> =>
          page.evaluate(async (path) => {
            let folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("a-folder");
            const parts = path.split("/");
            for (const part of parts.slice(0, -1)) folder = await folder.getDirectoryHandle(part);
            return (await (await folder.getFileHandle(parts.at(-1) as string)).getFile()).text();
          }, path);
        for (const file of ["pack.toml", "captions.toml"]) await write(PACK + file, house.get(PACK + file) as string);
        await write(path, text);
        await page.evaluate('window.showDirectoryPicker = () => navigator.storage.getDirectory().then((root) => root.getDirectoryHandle("a-folder"))');
        await page.locator("[data-test=open]").click();
        await page.locator("[data-test=open-folder]").click();
        await page.locator("[data-test=work]", { hasText: "a-folder" }).waitFor();
        await ready(page);
        await page.locator(".cm-content").click();
        await page.keyboard.press("Control+Home");
        await page.keyboard.type("// mine\n");
        await page.keyboard.press("Control+s");
        await page.locator("[data-test=saved]", { hasText: say.written }).waitFor({ state: "attached" });
        assert.equal(await read(), `// mine\n${text}`);
        await write(path, "// theirs\n");
        await page.keyboard.type("// again\n");
        await page.keyboard.press("Control+s");
        const notice = page.locator("[data-test=notice]", { hasText: path });
        await notice.waitFor();
        assert.equal(await read(), "// theirs\n");
        await notice.locator(".button").first().click();
        await page.locator("[data-test=saved]", { hasText: say.written }).waitFor({ state: "attached" });
        await changes(page, say.unchanged);
        assert.equal(await read(), `// mine\n// again\n${text}`);
      }));

    it("is worked by keys: F6 through the panes, arrows in the tree, Ctrl+S", () =>
      visit({ language }, async ({ page }) => {
        const pane = (): Promise<string | undefined> => page.evaluate(() => (document.activeElement?.closest("[data-pane]") as HTMLElement | null)?.dataset["pane"]);
        const seen: (string | undefined)[] = [];
        for (let i = 0; i < 4; i++) {
          await page.keyboard.press("F6");
          seen.push(await pane());
        }
        assert.deepEqual(seen, ["findings", "sources", "tree", "editor"]);
        await page.keyboard.press("Shift+F6");
        assert.equal(await pane(), "tree");
        const focused = (): Promise<string | null> => page.evaluate(() => document.activeElement?.getAttribute("data-key") ?? null);
        assert.equal(await focused(), "62/2022-03-07");
        await page.keyboard.press("ArrowUp");
        assert.equal(await focused(), "62/2021-10-25");
        await page.keyboard.press("ArrowLeft");
        assert.equal(await focused(), "62/");
        await page.keyboard.press("ArrowLeft");
        assert.equal(await page.locator('[data-key="62/"]').getAttribute("aria-expanded"), "false");
        assert.equal(await page.locator('[data-key="62/2021-10-25"]').count(), 0);
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("ArrowRight");
        assert.equal(await focused(), "62/2020-02-21");
        await page.keyboard.press("Enter");
        await page.locator('[role=tab][data-path="packs/62/2020-02-21/code.rhai"][aria-selected=true]').waitFor();
        assert.equal(await pane(), "editor");
        await page.keyboard.press("Control+s");
        await page.locator("[data-test=saved]", { hasText: say.saved }).waitFor({ state: "attached" });
      }));

    it("edits and checks without a network", () =>
      visit({ whole: true, language }, async ({ page }) => {
        // Once cases have been run, everything that runs them is loaded.
        await page.locator("[data-pane=findings] .tallies[data-passed]").first().waitFor();
        await page.context().setOffline(true);
        await toLine(page, FILTER);
        await page.keyboard.press("Enter");
        await page.keyboard.type(".filter(|c| c.knd)");
        await finding(page, "unknown-field").first().waitFor();
        await keeping(page, "kept");
        await page.locator('[data-key="62/2021-10-25"]').click();
        await page.locator('[role=tab][data-path="packs/62/2021-10-25/code.rhai"][aria-selected=true]').waitFor();
        assert.equal(readZip(await exported(page)).size, house.size);
      }));

    it("shows its tour once, and it can be skipped", () =>
      visit({ language, first: true }, async ({ page }) => {
        const tour = page.locator("[data-test=tour]");
        assert.ok((await tour.innerText()).includes(say.step));
        assert.ok(await page.locator(".cm-content").evaluate((node) => node === document.activeElement), "the tour took the focus");
        for (let i = 0; i < 5; i++) await page.locator("[data-test=tour-next]").click();
        await tour.waitFor({ state: "detached" });
        await page.reload();
        await ready(page);
        assert.equal(await tour.count(), 0);
        await page.evaluate(() => localStorage.removeItem("longma.studio.tour"));
        await page.reload();
        await page.locator("[data-test=tour-skip]").click();
        await tour.waitFor({ state: "detached" });
        await page.reload();
        await ready(page);
        assert.equal(await tour.count(), 0);
      }));

    for (const dark of [false, true]) {
      it(`has nothing that axe-core objects to, ${dark ? "dark" : "light"}`, () =>
        visit({ language, dark, first: true }, async (visitor) => {
          const { page } = visitor;
          assert.deepEqual(await visitor.violations(), []);
          await page.locator("[data-test=tour-skip]").click();
          await toLine(page, FILTER);
          await page.keyboard.press("Enter");
          await page.keyboard.type(".filter(|c| c.knd)");
          await finding(page, "unknown-field").first().waitFor();
          assert.deepEqual(await visitor.violations(), []);
          await page.locator("[data-test=open]").click();
          await page.locator("[data-test=works] li").first().waitFor();
          assert.deepEqual(await visitor.violations(), []);
        }));
    }

    it("shows one pane at a time on a phone", () =>
      visit({ language, size: PHONE }, async (visitor) => {
        const { page } = visitor;
        const shown = (): Promise<string[]> => page.locator("[data-pane]").evaluateAll((nodes) => nodes.filter((node) => node.getBoundingClientRect().width > 0).map((node) => (node as HTMLElement).dataset["pane"] as string));
        assert.deepEqual(await shown(), ["editor"]);
        for (const pane of ["tree", "findings", "cases", "sources"]) {
          await page.locator(`[data-test=pane-${pane}]`).click();
          assert.deepEqual(await shown(), [pane]);
          assert.deepEqual(await visitor.violations(), []);
        }
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight), "the page is larger than the phone");
        await page.locator("[data-test=pane-tree]").click();
        const row = await page.locator("[role=treeitem][aria-selected=true]").boundingBox();
        assert.ok(row !== null && row.y > 100 && row.y + row.height < PHONE.height - 60, "the open pack is not in sight");
        await page.locator("[data-test=pane-sources]").click();
        await page.locator('[data-citation="key_area_stay"]').click();
        assert.deepEqual(await shown(), ["editor"]);
        await page.locator(".cm-activeLine", { hasText: "fn key_area_stay" }).waitFor();
      }));
  });
}

describe("studio", () => {
  it("steps back twenty times, over a reload", () =>
    visit({ language: "en" }, async ({ page }) => {
      await toLine(page, 1);
      for (let i = 0; i < 20; i++) {
        await page.keyboard.type(String(i % 10));
        await page.keyboard.press("ArrowLeft");
        await page.keyboard.press("ArrowRight");
      }
      await changes(page, words.en.changed);
      await keeping(page, "kept");
      await page.reload();
      await ready(page);
      await page.locator(".cm-line", { hasText: "01234567890123456789" }).waitFor();
      for (let i = 0; i < 19; i++) await page.keyboard.press("Control+z");
      await page.locator(".cm-line").first().filter({ hasText: /[^\d]0$/ }).waitFor();
      await keeping(page, "kept");
      assert.equal(await page.locator("[data-test=changes]").innerText(), words.en.changed);
      await page.keyboard.press("Control+z");
      await changes(page, words.en.unchanged);
    }));

  it("speaks the other language at once, findings too, with what was typed", () =>
    visit({ language: "en" }, async ({ page }) => {
      await toLine(page, FILTER);
      await page.keyboard.press("Enter");
      await page.keyboard.type(".filter(|c| c.knd)");
      await finding(page, "unknown-field").filter({ hasText: words.en.noField }).waitFor();
      await page.getByText("中文").click();
      await finding(page, "unknown-field").filter({ hasText: words["zh-CN"].noField }).waitFor();
      assert.equal(await page.title(), words["zh-CN"].title);
      await page.locator(".cm-content").click();
      await page.keyboard.press("Control+z");
      await finding(page, "unknown-field").first().waitFor({ state: "detached" });
    }));

  it("finds what a change means elsewhere, once typing has paused", () =>
    visit({ language: "en" }, async ({ page }) => {
      await tab(page, "pack.toml").click();
      const line = (house.get(`${PACK}pack.toml`) as string).split("\n").findIndex((text) => text === "[params.recent_test]");
      await page.locator(".cm-content").click();
      await toLine(page, line + 1);
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.type("s");
      await page.locator(`.finding[data-path="${PACK}code.rhai"][data-severity=error]`).first().waitFor();
    }));

  it("says which changes were made on an older edition of the shipped packs", () =>
    visit({ whole: true, language: "en" }, async ({ page }) => {
      await toLine(page, 1);
      await page.keyboard.type(" mine");
      await changes(page, words.en.changed);
      await keeping(page, "kept");
      const newer = Object.fromEntries([...house].map(([path, text]) => [path, path === `${PACK}code.rhai` ? `// newer\n${text}` : text]));
      await page.context().route(/house\.json$/, (route) => route.fulfill({ json: newer }));
      await page.reload();
      await ready(page);
      await page.locator("[data-test=notice]", { hasText: `older edition: ${PACK}code.rhai` }).waitFor();
      await page.locator(".cm-line", { hasText: " mine" }).waitFor();
    }));

  it("deletes work for good, at a second press", () =>
    visit({ language: "en" }, async ({ page }) => {
      await toLine(page, 1);
      await page.keyboard.type(" mine");
      await changes(page, words.en.changed);
      await keeping(page, "kept");
      await page.locator("[data-test=open]").click();
      await page.getByRole("button", { name: "Delete The shipped packs from this device" }).click();
      await page.getByRole("button", { name: "Delete for good?" }).click();
      await changes(page, words.en.unchanged);
      await page.reload();
      await ready(page);
      assert.equal(await page.locator("[data-test=changes]").innerText(), words.en.unchanged);
      assert.equal(await page.locator(".cm-line", { hasText: " mine" }).count(), 0);
    }));

  it("filters the tree", () =>
    visit({ language: "en" }, async ({ page }) => {
      await page.locator("[data-test=filter]").fill("gold");
      assert.deepEqual(await page.locator("[role=treeitem][aria-level='3'] code").allInnerTexts(), ["62/gold-2021-05-01"]);
      await page.locator("[data-test=filter]").fill("nothing of the kind");
      await page.getByText("No pack fits.").waitFor();
    }));

  it("says that work is not kept where the browser keeps none", async () => {
    const visitor = await Visitor.arrive(stage, { language: "en", size: DESKTOP });
    try {
      await visitor.page.addInitScript({ content: 'navigator.storage.getDirectory = () => Promise.reject(new Error("none"));' });
      await visitor.page.goto(`${stage.address}studio.html`);
      await visitor.page.locator("[data-test=notice]", { hasText: "cannot keep work on the device" }).waitFor();
      await ready(visitor.page);
      await keeping(visitor.page, "off");
    } finally {
      await visitor.leave();
    }
  });

  it("says that checking has stopped when its engine does not load, and still edits", async () => {
    const visitor = await Visitor.arrive(stage, { language: "en", size: DESKTOP });
    try {
      await visitor.page.context().route(/\.wasm$/, (route) => route.abort());
      await visitor.page.goto(`${stage.address}studio.html`);
      const notice = visitor.page.locator("[data-test=notice]", { hasText: "Checking has stopped" });
      await notice.waitFor();
      await visitor.page.locator(".cm-content").click();
      await visitor.page.keyboard.type("x");
      await changes(visitor.page, words.en.changed);
      await visitor.page.context().unroute(/\.wasm$/);
      await notice.locator(".button").first().click();
      await ready(visitor.page);
    } finally {
      await visitor.leave();
    }
  });

  it("shows words of a pack as words, never as a page's parts", () =>
    visit({ language: "en" }, async ({ page }) => {
      const pack = (house.get(`${PACK}pack.toml`) as string).replace("How far the travel card looked back", "<img src=x onerror=alert(1)><a href=javascript:alert(1)>far</a>");
      const files = Object.fromEntries([...house].map(([path, text]) => [path, new TextEncoder().encode(path === `${PACK}pack.toml` ? pack : text)]));
      await openZip(page, "odd.zip", zipSync(files));
      await page.locator("[data-test=work]", { hasText: "odd.zip" }).waitFor();
      await ready(page);
      await page.locator('[data-source="travel-card"] .link', { hasText: "<img src=x" }).waitFor();
      assert.equal(await page.locator("img[src=x], a[href^=javascript]").count(), 0);
      const hovered = page.locator(".cm-line span", { hasText: /^look_back$/ }).first();
      await page.locator('[data-citation="risk_city_inflow"]').click();
      await page.keyboard.press("Control+End");
      await hovered.hover();
      const tooltip = page.locator(".cm-lsp-hover-tooltip", { hasText: "look_back" });
      await tooltip.waitFor();
      assert.equal(await page.locator("img[src=x], a[href^=javascript]").count(), 0);
    }));

  it("is linked with the card page, which loads nothing of it", async () => {
    const visitor = await Visitor.open(stage, { language: "en", size: DESKTOP });
    try {
      assert.ok(!visitor.requests.some((address) => /studio|house\.json/.test(address)), "the card page loads the studio");
      await visitor.page.getByRole("link", { name: "Rule studio" }).click();
      await ready(visitor.page);
      await visitor.page.getByRole("link", { name: "Health code" }).click();
      await visitor.page.locator("[data-test=level]").waitFor();
      assert.deepEqual(visitor.errors, []);
    } finally {
      await visitor.leave();
    }
  });
});

