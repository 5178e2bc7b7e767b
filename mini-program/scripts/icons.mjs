// Draws the tab bar's icons, which the platform takes as bitmaps: `node scripts/icons.mjs` after a change of a drawing.
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { icons } from "./art.mjs";

const browser = await chromium.launch({ executablePath: process.env.CHROME_PATH ?? "/usr/bin/chromium", args: ["--headless", "--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage({ viewport: { width: 81, height: 81 } });
mkdirSync("src/assets", { recursive: true });
for (const name of ["code", "why", "services", "me"]) {
  for (const [suffix, colour, width] of [["", "#7a7263", 1.7], ["-on", "#2f7ea3", 2.1]]) {
    await page.setContent(`<body style="margin:0"><svg xmlns="http://www.w3.org/2000/svg" width="81" height="81" viewBox="-2.500 -2.500 29 29" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round">${icons[name]}</svg>`);
    await page.screenshot({ path: `src/assets/${name}${suffix}.png`, omitBackground: true });
  }
}
await browser.close();
