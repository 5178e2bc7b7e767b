// The studio in Firefox: it begins, tells a mistake while it is typed, and has what was typed when it is opened again.
// FIREFOX_PATH names the browser; where there is none, nothing is tried.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { serve, type Language, type Stage } from "./browser";

const executablePath = process.env.FIREFOX_PATH ?? "/usr/bin/firefox-esr";
const titles: Record<Language, string> = { "zh-CN": "陇码 · 规则工作台", en: "Longma · rule studio" };

/** Has the studio opened, and nothing wrong there until the page is left. */
async function open(browser: Browser, address: string, act: (page: Page) => Promise<void>): Promise<void> {
  const page = await browser.newPage();
  const errors: string[] = [];
  // What the browser's own automation throws has no frame of the page's.
  page.on("pageerror", (error) => (error as Error).stack?.includes(address) && errors.push(String(error)));
  await page.evaluateOnNewDocument(() => localStorage.setItem("longma.studio.tour", "seen"));
  await page.goto(`${address}studio.html`);
  await page.waitForSelector("[data-server=ready]");
  await page.waitForSelector(".cm-content");
  await act(page);
  assert.deepEqual(errors, []);
  await page.close();
}

if (!existsSync(executablePath)) console.log(`# skipped: no Firefox at ${executablePath}; FIREFOX_PATH can name one`);
else
  describe("the studio in Firefox", () => {
    let stage: Omit<Stage, "browser">;
    before(async () => {
      stage = await serve();
    });
    after(() => stage.end());

    for (const [language, title] of Object.entries(titles))
      it(`takes what is typed and keeps it, ${language}`, { timeout: 120_000 }, async () => {
        const browser = await puppeteer.launch({
          browser: "firefox",
          executablePath,
          args: ["--width=1440", "--height=900"],
          // A viewport of its own is more than every release can do.
          defaultViewport: null,
          extraPrefsFirefox: { "intl.accept_languages": language },
        });
        try {
          await open(browser, stage.address, async (page) => {
            assert.equal(await page.title(), title);
            await page.focus(".cm-content");
            await page.keyboard.down("Control");
            await page.keyboard.press("Home");
            await page.keyboard.up("Control");
            await page.keyboard.type("x");
            await page.waitForSelector(".finding[data-severity=error]");
            await page.waitForSelector("[data-keeping=kept]");
          });
          await open(browser, stage.address, async (page) => {
            await page.waitForSelector(".finding[data-severity=error]");
            assert.match(await page.$eval(".cm-line", (line) => line.textContent), /^x/);
          });
        } finally {
          await browser.close();
        }
      });
  });
