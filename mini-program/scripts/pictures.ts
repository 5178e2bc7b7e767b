// Takes the pictures of docs/mini-program, with a clock that stands still: `npm run pictures`.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Stage } from "../tests/host/stage";

interface Picture {
  file: string;
  sample?: string;
  path?: string;
  lang?: "zh-CN" | "en";
  dark?: boolean;
  large?: boolean;
  /** What to touch before, and what to wait for. */
  taps?: string[];
  wait?: string;
  scroll?: number;
}

const CONTACT = "Close contact, red";
const pictures: Picture[] = [
  { file: "red", sample: CONTACT },
  { file: "gold", sample: "Green with gold" },
  { file: "unknown.en", sample: "Tests not known, colour unknown", lang: "en" },
  { file: "why", sample: CONTACT, path: "/pages/why/why" },
  { file: "timeline.en", sample: CONTACT, path: "/pages/why/why", lang: "en", scroll: 1150 },
  { file: "services.dark", sample: "Came from a medium-risk area", path: "/pages/services/services", dark: true },
  { file: "tests", sample: CONTACT, path: "/pages/decision/decision?name=tests" },
  { file: "policy.en", sample: CONTACT, path: "/pages/policy/policy", lang: "en" },
  { file: "venue", sample: CONTACT, path: "/pages/venue/venue", taps: [".options >> nth=1 >> .option >> nth=1"], wait: ".door .face" },
  { file: "family.large", sample: "A granddaughter who holds her grandmother's code", path: "/pages/cards/cards", large: true },
  { file: "arrival", sample: "Came from a medium-risk area", path: "/pages/record/record?section=arrivals" },
  { file: "sites.en", sample: CONTACT, path: "/pages/sites/sites", lang: "en", wait: ".site" },
];

const into = fileURLToPath(new URL("../../docs/mini-program/", import.meta.url));
mkdirSync(into, { recursive: true });
const stage = await Stage.set(1.5);
for (const { file, sample, path, lang = "zh-CN", dark = false, large = false, taps = [], wait, scroll = 0 } of pictures) {
  const visitor = await stage.open({ dark, before: "const at = Date.now(); Date.now = () => at;" });
  await visitor.set({ lang, large });
  if (sample !== undefined) await visitor.sample(sample);
  if (path !== undefined) await visitor.go(path);
  for (const tap of taps) await visitor.tap(tap);
  if (wait !== undefined) await visitor.page.locator(`.page-holder:visible >> ${wait}`).first().waitFor();
  await visitor.page.evaluate((top) => document.querySelector(".screen")?.scrollTo(0, top), scroll);
  await visitor.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  const shot = await visitor.page.screenshot({ animations: "disabled" });
  // A browser writes WebP, which is a fifth of the size.
  const small = await visitor.page.evaluate(async (png) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    canvas.getContext("2d")?.drawImage(image, 0, 0);
    return canvas.toDataURL("image/webp", 0.86).split(",")[1] ?? "";
  }, shot.toString("base64"));
  writeFileSync(`${into}${file}.webp`, Buffer.from(small, "base64"));
  await visitor.leave();
}
await stage.end();
