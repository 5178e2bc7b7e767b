// Takes pictures while working: `npx tsx scripts/look.ts` and see test-results.
import { Stage, results } from "../tests/host/stage";
const stage = await Stage.set();
const steps = process.argv.slice(2);
for (const step of steps) {
  const [name = "", path = "/pages/code/code", lang = "zh-CN", look = "", whole = ""] = step.split("|");
  const visitor = await stage.open({ dark: look.includes("dark") });
  if (lang === "en") await visitor.set({ lang });
  if (look.includes("large")) await visitor.set({ large: true });
  if (name !== "") await visitor.sample(name);
  if (path !== "/pages/code/code") await visitor.go(path);
  await visitor.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  const file = `${results}/look-${steps.indexOf(step)}.png`;
  await visitor.picture(file, whole !== "");
  console.log(file, await visitor.host((it) => it.path()), await visitor.leave());
}
await stage.end();
