// What somebody sees who tries a person on the packs as they stand: the built page, the real engine, the shipped packs.
// The expectations are those of Gansu's rules of 2022-03-07: a companion in time and space is yellow from being
// identified on, and green when one negative is reported.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { PHONE, setStage, type Language, type Stage } from "./browser";
import { house, ready, toLine, visit } from "./studio";

const PACK = "packs/62/2022-03-07/";
const COMPANION = "62/2022-03-07/code/time_space_companion";
const IDENTIFIED = "2022-03-10T09:00:00";
const languages: Language[] = ["zh-CN", "en"];

const words = {
  "zh-CN": { title: "试算", because: "时空伴随者", release: "转黄前 48 小时内或转黄后有一次核酸检测阴性", unknown: "未知", unloadable: "规则包有错误，无法载入", older: "出错之前", before: "改动之前", notFacts: "这不是一个人的资料", name: "请用中文和英文", empty: "没有记录", gap: "没有", rules: "规则 4/4" },
  en: { title: "Try", because: "Companion in time and space", release: "negative nucleic acid test", unknown: "Unknown", unloadable: "The packs have errors and cannot be loaded", older: "before their errors", before: "before the change", notFacts: "These are no facts about a person", name: "Name the case in Chinese and in English", empty: "there are no records", gap: "no case", rules: "rules 4 of 4" },
} satisfies Record<Language, Record<string, string>>;

let stage: Stage;
before(async () => {
  stage = await setStage();
});
after(() => stage.end());

const why = (page: Page, level: string) => page.locator(`[data-test=why][data-level="${level}"]`);
const whyAt = (page: Page, instant: string): Promise<void> => page.locator(`[data-test=why][data-at="${instant}+08:00"]`).waitFor();
const section = (page: Page, name: string) => page.locator(`[data-section="${name}"]`);
const field = (page: Page, pointer: string) => page.locator(`[data-pointer="${pointer}"]`);

/** All cases of all packs run to measure what they exercise. */
const MEASURED = 120_000;
const measured = (page: Page): Promise<void> => page.locator(".covered.all:visible").first().waitFor({ timeout: MEASURED });

/** Opens the view and waits until its first person is decided. */
async function open(page: Page): Promise<void> {
  await page.locator("[data-test=view-try]").click();
  await page.locator("[data-test=why][data-level]").waitFor();
}

/** Begins with an invented person of whom nothing is told. */
async function empty(page: Page): Promise<void> {
  await page.locator("[data-test=try-from]").selectOption("empty:person");
  await section(page, "tests").and(page.locator("[data-known=none]")).waitFor();
  await page.locator('[data-decision="code"]').click();
  await why(page, "green").waitFor();
}

/** Unfolds a section and says that there are records. */
async function some(page: Page, name: string): Promise<void> {
  if ((await section(page, name).getAttribute("open")) === null) await section(page, name).locator("summary").click();
  await section(page, name).locator('input[value="some"]').check({ force: true });
  await field(page, `/${name}/0`).waitFor();
}

async function put(page: Page, pointer: string, value: string): Promise<void> {
  const at = field(page, pointer);
  if ((await at.evaluate((node) => node.tagName)) === "SELECT") await at.selectOption(value);
  else {
    await at.fill(value);
    await at.blur();
  }
}

/** An invented companion in time and space. */
async function companion(page: Page): Promise<void> {
  await empty(page);
  await some(page, "contacts");
  await put(page, "/contacts/0/kind", "time_space");
  await put(page, "/contacts/0/last_contact", "2022-03-09T14:00:00");
  await put(page, "/contacts/0/identified_at", IDENTIFIED);
  await goTo(page, IDENTIFIED);
  await why(page, "yellow").waitFor();
}

async function goTo(page: Page, instant: string): Promise<void> {
  await page.locator("[data-test=instant]").fill(instant);
  await page.locator("[data-test=instant]").press("Enter");
  await whyAt(page, instant);
}

for (const language of languages) {
  const say = words[language];

  describe(`trying, ${language}`, { concurrency: 2 }, () => {
    it("decides a person who is told in the form, and says why, by which record and which rule", () =>
      visit(stage, { language }, async (visitor) => {
        const { page } = visitor;
        await open(page);
        assert.equal(await page.locator(".view h2").innerText(), say.title);
        await companion(page);
        const cause = page.locator(`[data-test=cause][data-rule="${COMPANION}"]`);
        const said = await cause.innerText();
        assert.ok(said.includes(say.because) && said.includes(say.release) && said.includes("2022-03-10 09:00"), said);
        assert.deepEqual(await visitor.violations(), []);
        await cause.locator("[data-test=to-record]").click();
        assert.equal(await page.evaluate(() => (document.activeElement as HTMLElement).dataset["pointer"]), "/contacts/0");
        const red = page.locator('[data-other="red"]');
        // The check above has opened every fold.
        await red.locator("details[open]").waitFor();
        assert.ok((await red.innerText()).includes(say.empty), await red.innerText());
        await cause.locator(".link", { hasText: COMPANION }).click();
        await page.locator(".cm-activeLine", { hasText: "fn time_space_companion" }).waitFor();
      }));

    it("moves the handle by keys: an arrow to the next change, with Shift by a day", () =>
      visit(stage, { language }, async ({ page }) => {
        await open(page);
        await companion(page);
        await goTo(page, "2022-03-09T20:00:00");
        await why(page, "green").waitFor();
        const handle = page.locator("[data-test=handle]");
        await handle.focus();
        await page.keyboard.press("ArrowRight");
        await whyAt(page, IDENTIFIED);
        await why(page, "yellow").waitFor();
        assert.ok((await handle.getAttribute("aria-valuetext"))?.startsWith("2022-03-10 09:00"));
        await page.keyboard.press("Shift+ArrowLeft");
        await whyAt(page, "2022-03-09T09:00:00");
        await why(page, "green").waitFor();
        await page.keyboard.press("Shift+ArrowRight");
        await whyAt(page, IDENTIFIED);
      }));

    it("finds what would make it green, and adds it to the person", () =>
      visit(stage, { language }, async ({ page }) => {
        await open(page);
        await companion(page);
        await page.locator("[data-bring=green]").click();
        const negative = page.locator('[data-test=brought][data-section="tests"]').first();
        await negative.waitFor();
        assert.ok((await negative.innerText()).includes("negative"), await negative.innerText());
        await negative.locator("[data-test=add-brought]").click();
        await section(page, "tests").and(page.locator("[data-known=some]")).waitFor();
        // From being identified to the report it is yellow, and green from then on.
        const reported = `${await field(page, "/tests/0/reported_at").inputValue()}:00`.slice(0, 19);
        await goTo(page, reported);
        await why(page, "green").waitFor();
        await page.locator("[data-test=step-back]").click();
        await section(page, "tests").and(page.locator("[data-known=none]")).waitFor();
        await why(page, "yellow").waitFor();
      }));

    it("goes on with the person after a reload, at the same instant", () =>
      visit(stage, { language }, async ({ page }) => {
        await open(page);
        await companion(page);
        await page.reload();
        await ready(page);
        await open(page);
        await whyAt(page, IDENTIFIED);
        await why(page, "yellow").waitFor();
        assert.equal(await field(page, "/contacts/0/kind").inputValue(), "time_space");
      }));

    it("tells what is wrong with a field beside it, and keeps what was decided before, marked as older", () =>
      visit(stage, { language }, async ({ page }) => {
        await open(page);
        await companion(page);
        await put(page, "/contacts/0/last_contact", "2022-03-11T09:00:00");
        await page.locator('.try[data-old="person"]').waitFor();
        assert.ok((await page.locator("[data-test=old]").innerText()).includes(say.before));
        assert.equal(await page.locator(".person [data-test=form-problem]").count(), 1);
        const wrong = await page.locator('.person [aria-invalid="true"]').getAttribute("data-pointer");
        assert.ok(wrong === "/contacts/0/identified_at" || wrong === "/contacts/0/last_contact", String(wrong));
        assert.equal(await why(page, "yellow").count(), 1);
        await page.locator("[data-test=step-back]").click();
        await page.locator("[data-test=old]").waitFor({ state: "detached" });
        assert.equal(await page.locator(".person [data-test=form-problem]").count(), 0);
      }));

    it("tells not known from none, in sections and in tables", () =>
      visit(stage, { language }, async ({ page }) => {
        await open(page);
        await empty(page);
        await section(page, "contacts").locator("summary").click();
        await section(page, "contacts").locator('input[value="missing"]').check({ force: true });
        await why(page, "unknown").waitFor();
        await section(page, "contacts").locator('input[value="none"]').check({ force: true });
        await why(page, "green").waitFor();
        await page.locator('[role=tab][data-table="risk_areas"]').click();
        await page.locator("[data-test=table-away]").click();
        await why(page, "unknown").waitFor();
        await page.locator("[data-test=table-give]").click();
        await why(page, "green").waitFor();
      }));

    it("takes pasted facts and keeps what the form does not show; refuses what are none", () =>
      visit(stage, { language }, async ({ page }) => {
        await open(page);
        await page.locator("[data-test=paste]").click();
        await page.locator("[data-test=pasted]").fill("not facts");
        await page.locator("[data-test=paste-take]").click();
        await page.locator(".pasting [role=alert]", { hasText: say.notFacts }).waitFor();
        const facts = '{ "subject": "person",\n  "identity": { "name": "乙", "document": { "type": "other", "number": "P-1" }, "region": "620102" }, "visits": [],   "tests": [] }';
        await page.locator("[data-test=pasted]").fill(facts);
        await page.locator("[data-test=paste-take]").click();
        await section(page, "tests").and(page.locator("[data-known=none]")).waitFor();
        await section(page, "visits").locator("summary").click();
        await section(page, "visits").locator('input[value="missing"]').check({ force: true });
        await section(page, "visits").and(page.locator("[data-known=missing]")).waitFor();
        await page.locator('input[name="person-as"][value="text"]').check({ force: true });
        assert.deepEqual(JSON.parse(await page.locator("[data-test=person-text]").inputValue()), { subject: "person", identity: { name: "乙", document: { type: "other", number: "P-1" }, region: "620102" }, tests: [] });
      }));

    it("makes a case from what one sees, in a file that is there or a new one, and it passes", () =>
      visit(stage, { language }, async ({ page }) => {
        const file = `${PACK}cases/${language === "en" ? "companions" : "tried"}.toml`;
        const tally = page.locator("[data-pane=findings] .tallies");
        await tally.first().waitFor({ state: "attached" });
        const passed = Number(await tally.getAttribute("data-passed"));
        await open(page);
        await companion(page);
        await page.locator("[data-test=case-make]").click();
        await page.locator("[data-test=case-maker] [role=alert]", { hasText: say.name }).waitFor();
        await page.locator("[data-test=case-zh]").fill("判定之时转黄");
        await page.locator("[data-test=case-en]").fill("yellow when identified");
        await page.locator("[data-test=case-file]").selectOption(file);
        await page.locator("[data-test=case-make]").click();
        await page.locator(".cm-activeLine", { hasText: "[[case]]" }).waitFor();
        await page.locator(".cm-line", { hasText: "判定之时转黄 — yellow when identified" }).waitFor();
        await page.locator(".cm-line", { hasText: `at = [ { time = ${IDENTIFIED}+08:00, code = "yellow", rules = ["time_space_companion"] } ]` }).waitFor();
        await page.locator(`[data-pane=findings] .tallies[data-passed="${passed + 1}"][data-failed="0"]`).waitFor();
        // It is kept for the next visit.
        await page.locator("[data-keeping=kept]").waitFor();
        await page.reload();
        await ready(page);
        await page.locator(`[role=tab][data-path="${file}"][aria-selected=true]`).waitFor();
        await page.locator(".cm-content").focus();
        await page.keyboard.press("Control+End");
        await page.locator(".cm-line", { hasText: "判定之时转黄" }).waitFor();
      }));

    it("shows each case as a picture that leads to its first instant", () =>
      visit(stage, { language }, async (visitor) => {
        const { page } = visitor;
        await page.locator("[data-test=lower-cases]:visible").click();
        const file = `${PACK}cases/companions.toml`;
        const line = (house.get(file) as string).split("\n").findIndex((text) => text.startsWith("[[case]]")) + 1;
        const picture = page.locator(`[data-picture="${file}:${line}"]`);
        await picture.waitFor();
        assert.deepEqual(await picture.locator(".asked").allInnerTexts(), ["✓", "✓", "✓"]);
        assert.deepEqual(await visitor.violations(), []);
        await picture.click();
        await whyAt(page, "2022-03-10T08:59:59");
        await why(page, "green").waitFor();
        await page.locator("[data-test=handle]").focus();
        await page.keyboard.press("ArrowRight");
        await whyAt(page, IDENTIFIED);
        await why(page, "yellow").waitFor();
      }));

    it("tries the packs as they stand: with their errors, by a link, and once they are mended", () =>
      visit(stage, { language }, async ({ page }) => {
        await open(page);
        await companion(page);
        await page.locator("[data-test=view-write]").click();
        await page.locator(".cm-content").click();
        await toLine(page, 8);
        await page.keyboard.press("Enter");
        await page.keyboard.type(".filter(|c| c.knd)");
        await page.locator("[data-test=view-try]").click();
        const trouble = page.locator("[data-test=try-unloadable]", { hasText: say.unloadable });
        await trouble.waitFor();
        assert.ok((await trouble.innerText()).includes("knd"), await trouble.innerText());
        assert.ok((await page.locator("[data-test=old]").innerText()).includes(say.older));
        assert.equal(await why(page, "yellow").count(), 1);
        await trouble.locator("button").first().click();
        await page.locator(".cm-activeLine", { hasText: "c.knd" }).waitFor();
        // A rule that holds for nobody.
        await page.keyboard.press("End");
        for (let i = 0; i < "knd)".length; i++) await page.keyboard.press("Backspace");
        await page.keyboard.type('kind == "close")');
        await page.locator("[data-test=view-try]").click();
        await trouble.waitFor({ state: "detached" });
        await why(page, "green").waitFor();
      }));
  });
}

it("trying can be read on a phone, in the dark, without a scroll sideways", () =>
  visit(stage, { language: "zh-CN", size: PHONE, dark: true }, async (visitor) => {
    const { page } = visitor;
    await open(page);
    await companion(page);
    assert.deepEqual(await visitor.violations(), []);
    const wide = await page.locator("main.try").evaluate((node) => node.scrollWidth - node.clientWidth);
    assert.equal(wide, 0);
    const [seen, person] = [await page.locator("[data-test=timelines]").boundingBox(), await page.locator("[data-test=person]").boundingBox()];
    assert.ok(seen !== null && person !== null && seen.y < person.y, "what is decided does not come first");
  }));

it("says beside a line what no case does there", () =>
  visit(stage, { language: "en" }, async ({ page }) => {
    const script = house.get(`${PACK}code.rhai`) as string;
    const at = script.split("\n").findIndex((text) => text.includes('c.kind == "time_space")'));
    await measured(page);
    assert.equal(await page.locator(".covered.partly:visible, .covered.none:visible").count(), 0);
    await page.locator("[data-test=lower-cases]:visible").click();
    assert.ok((await page.locator("[data-test=coverage]").innerText()).includes(words.en.rules));
    await page.locator(".cm-content").click();
    await toLine(page, at + 1);
    await page.keyboard.press("ArrowLeft");
    // Who is one kind is not another, so that this is never false.
    await page.keyboard.type(` && c.kind != "close"`);
    const partly = page.locator(".covered.partly:visible");
    await partly.first().waitFor({ timeout: MEASURED });
    assert.equal(await partly.count(), 1);
    assert.ok((await partly.getAttribute("title"))?.includes(words.en.gap), String(await partly.getAttribute("title")));
  }));
