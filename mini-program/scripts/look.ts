// Takes pictures while working: `npx tsx scripts/look.ts` and see test-results.
import { readFileSync } from "node:fs";
import { Stage, results } from "../tests/host/stage";
const stage = await Stage.set();
const steps = process.argv.slice(2);
for (const step of steps) {
  const [name, to, language, look = "", whole = ""] = step.split("|");
  const [path, lang] = [to || "/pages/code/code", language || "zh-CN"];
  const visitor = await stage.open({ dark: look.includes("dark") });
  if (lang === "en") await visitor.set({ lang });
  if (look.includes("large")) await visitor.set({ large: true });
  if (name) await visitor.sample(name);
  if (path !== "/pages/code/code") await visitor.go(path);
  await visitor.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  const file = `${results}/look-${steps.indexOf(step)}.png`;
  await visitor.picture(file, whole !== "");
  console.log(file, await visitor.host((it) => it.path()), await visitor.leave());
}
// All of them on one sheet.
const sheet = await stage.open();
const pictures = steps.map((_, index) => `data:image/png;base64,${readFileSync(`${results}/look-${index}.png`).toString("base64")}`);
await sheet.page.setViewportSize({ width: 400 * Math.min(4, steps.length), height: 880 });
await sheet.page.setContent(`<body style="margin:0;display:flex;flex-wrap:wrap;align-items:flex-start;gap:10px;background:#888">${pictures.map((it) => `<img src="${it}" width=390>`).join("")}`);
await sheet.page.screenshot({ path: `${results}/sheet.png`, fullPage: true });
await stage.end();
