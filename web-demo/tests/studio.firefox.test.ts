// The studio in Firefox: it begins, tells a mistake while it is typed, and has what was typed after a reload.
// FIREFOX_PATH names the browser; where there is none, nothing is tried.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import puppeteer, { type Browser } from "puppeteer-core";
import { serve, type Language, type Stage } from "./browser";

const executablePath = process.env.FIREFOX_PATH ?? "/usr/bin/firefox-esr";
const titles: Record<Language, string> = { "zh-CN": "陇码 · 规则工作台", en: "Longma · rule studio" };

if (!existsSync(executablePath)) console.log(`# skipped: no Firefox at ${executablePath}; FIREFOX_PATH can name one`);
else
  describe("the studio in Firefox", () => {
    let stage: Omit<Stage, "browser">;
    before(async () => {
      stage = await serve();
    });
    after(() => stage.end());

    for (const [language, title] of Object.entries(titles))
      it(`takes what is typed and keeps it, ${language}`, async () => {
        const browser: Browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true, extraPrefsFirefox: { "intl.accept_languages": language } });
        try {
          const page = await browser.newPage();
          const errors: string[] = [];
          page.on("pageerror", (error) => errors.push(String(error)));
          await page.setViewport({ width: 1440, height: 900 });
          await page.evaluateOnNewDocument(() => localStorage.setItem("longma.studio.tour", "seen"));
          await page.goto(`${stage.address}studio.html`);
          await page.waitForSelector("[data-server=ready]");
          assert.equal(await page.title(), title);

          await page.waitForSelector(".cm-content");
          await page.focus(".cm-content");
          await page.keyboard.down("Control");
          await page.keyboard.press("Home");
          await page.keyboard.up("Control");
          await page.keyboard.type("x");
          await page.waitForSelector(".finding[data-severity=error]");
          await page.waitForSelector("[data-keeping=kept]");

          await page.reload();
          await page.waitForSelector("[data-server=ready]");
          await page.waitForFunction(() => document.querySelector(".cm-line")?.textContent?.startsWith("x"));
          await page.waitForSelector(".finding[data-severity=error]");
          assert.deepEqual(errors, []);
        } finally {
          await browser.close();
        }
      });
  });
