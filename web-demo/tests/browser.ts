// Shared by the page's tests: the built page served from this machine, a browser, and a user's actions.
// No test waits a fixed time; each waits for what it expects to see.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { preview, type PreviewServer } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const root = here("..");
const results = here("../test-results");
const axe = readFileSync(here("../node_modules/axe-core/axe.min.js"), "utf8");

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 800 };
export type Language = "zh-CN" | "en";

export interface Stage {
  address: string;
  browser: Browser;
  end(): Promise<void>;
}

/** Serves `dist`, or another folder. */
export async function serve(folder = here("../dist")): Promise<Omit<Stage, "browser">> {
  if (!existsSync(here("../dist/index.html"))) throw new Error("there is no built page to test: run `npm run build` first");
  const server: PreviewServer = await preview({ root, logLevel: "warn", build: { outDir: folder }, preview: { port: 0, host: "127.0.0.1" } });
  const address = server.resolvedUrls?.local[0];
  if (address === undefined) throw new Error("the preview server has no address");
  return { address, end: () => server.close() };
}

/** Serves `dist`, or another folder, and starts the browser at CHROME_PATH. */
export async function setStage(folder?: string, flags: string[] = []): Promise<Stage> {
  const executablePath = process.env.CHROME_PATH ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) throw new Error(`no browser at ${executablePath}: set CHROME_PATH to an installed Chrome or Chromium`);
  mkdirSync(results, { recursive: true });
  const { address, end } = await serve(folder);
  const browser = await chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...flags,
    ],
  });
  return {
    address,
    browser,
    async end() {
      await browser.close();
      await end();
    },
  };
}

export interface Visit {
  language?: Language;
  size?: { width: number; height: number };
  dark?: boolean;
}

/** How long a test waits for a page before it fails, in milliseconds. */
const PATIENCE = 120_000;

/** A page that a user has open. */
export class Visitor {
  readonly #context: BrowserContext;
  readonly page: Page;
  /** Every address that the page requested. */
  readonly requests: string[] = [];
  /** Errors that the page logged or threw. */
  readonly errors: string[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    context.on("request", (request) => this.requests.push(request.url()));
    page.on("pageerror", (error) => this.errors.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.errors.push(message.text());
    });
  }

  /** A fresh browser profile, with the page not yet open. */
  static async arrive({ browser }: Stage, { language = "zh-CN", size = PHONE, dark = false }: Visit = {}): Promise<Visitor> {
    const context = await browser.newContext({
      viewport: size,
      deviceScaleFactor: 2,
      locale: language,
      // Far from Beijing, so that a time in the device's own zone would be noticed.
      timezoneId: "America/New_York",
      colorScheme: dark ? "dark" : "light",
      reducedMotion: "reduce",
    });
    // Tests hold what a page does and not how fast: a machine may be busy.
    context.setDefaultTimeout(PATIENCE);
    return new Visitor(context, await context.newPage());
  }

  /** Like `arrive`, with the page open and its first sample decided. */
  static async open(stage: Stage, visit: Visit = {}): Promise<Visitor> {
    const visitor = await Visitor.arrive(stage, visit);
    await visitor.page.goto(stage.address);
    await visitor.page.locator("[data-test=level]").waitFor();
    return visitor;
  }

  leave(): Promise<void> {
    return this.#context.close();
  }

  /** Chooses the sample with this file name and stops the clock at its instant. */
  async choose(file: string): Promise<void> {
    const { page } = this;
    await page.locator(".person-cell").click();
    await page.locator(`.sample[data-file="${file}"]`).click();
    await page.locator(`.person-cell[data-file="${file}"]`).waitFor();
    await page.locator(".sample-sheet").waitFor({ state: "hidden" });
    await this.stop();
  }

  /** Stops the clock. */
  async stop(): Promise<void> {
    const button = this.page.locator("[data-test=pause][data-running=true]");
    if (await button.count()) await button.click();
    await this.page.locator("[data-test=pause][data-running=false]").waitFor();
  }

  /** Moves now to this Beijing time ("2022-07-10T09:00:00"), using the page's own field. */
  async goTo(instant: string): Promise<void> {
    await this.page.locator(".go-to input").fill(instant.replace(/:00$/, (seconds, at: number) => (at === 16 ? "" : seconds)));
    await this.page.locator(".go-to button").click();
    await this.at(instant);
  }

  /** Waits until the card shows this Beijing time. */
  async at(instant: string): Promise<void> {
    await this.page.locator(`#code[data-at="${instant}+08:00"]`).waitFor();
  }

  /** The instant on the card, in Beijing time. */
  async instant(): Promise<string> {
    const at = await this.page.locator("#code").getAttribute("data-at");
    return (at ?? "").slice(0, 19);
  }

  /** Replaces the facts with a text and decides. */
  async decide(facts: string): Promise<void> {
    await this.page.locator("#facts-text").fill(facts);
    await this.page.locator("[data-test=decide]").click();
  }

  /** Waits until the facts in the editor have been decided; if they are refused, fails with what the page says. */
  async decided(): Promise<void> {
    const refusal = this.page.locator(".facts .refusal");
    await this.page.locator("#facts-text[data-decided=true]").or(refusal).first().waitFor();
    if (await refusal.isVisible()) throw new Error(`the facts were refused: ${await refusal.innerText()}`);
  }

  /** The selected text in the facts; empty if they are not focused. */
  selected(): Promise<string> {
    return this.page.locator("#facts-text").evaluate((node) => {
      const area = node as HTMLTextAreaElement;
      return document.activeElement === area ? area.value.slice(area.selectionStart, area.selectionEnd) : "";
    });
  }

  facts(): Promise<string> {
    return this.page.locator("#facts-text").inputValue();
  }

  /** The text of an element, with white space normalised. */
  async text(selector: string): Promise<string> {
    return (await this.page.locator(selector).innerText()).replace(/\s+/g, " ").trim();
  }

  texts(selector: string): Promise<string[]> {
    return this.page.locator(selector).allInnerTexts();
  }

  async tone(): Promise<string | null> {
    return this.page.locator("#code").getAttribute("data-tone");
  }

  /** The level of the card's face, even if the card is grey. */
  level(): Promise<string | null> {
    return this.page.locator("#code").getAttribute("data-level");
  }

  /** Takes a screenshot of the whole page or of its visible part. */
  async screenshot(name: string, part: "whole" | "seen" = "whole"): Promise<void> {
    await this.page.screenshot({ path: `${results}/${name}.png`, fullPage: part === "whole" });
  }

  /** The violations that axe-core finds on the current page, with every fold opened. */
  async violations(): Promise<string[]> {
    await this.page.evaluate(() => {
      for (const fold of document.querySelectorAll("details")) fold.open = true;
    });
    await this.page.evaluate(axe);
    const look = (): Promise<string[]> =>
      this.page.evaluate(async () => {
        const found = await (globalThis as unknown as { axe: typeof import("axe-core") }).axe.run(document);
        return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
      });
    // What a worker answers meanwhile can take away a node that axe-core is about to describe; then it fails and is asked again.
    return look().catch(look);
  }
}
