// Opens the built mini-program in a browser, phone-sized. No test waits a fixed time; each waits for what it expects.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { compile, type Program } from "./compile";
import type { Boot, host } from "./host";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
export const results = here("../../test-results");
const axe = readFileSync(here("../../node_modules/axe-core/axe.min.js"), "utf8");

type Host = typeof host;

export interface Visit extends Boot {
  dark?: boolean;
  /** Whether the phone asks for less motion. */
  still?: boolean;
  /** Runs in the page before the app does. */
  before?: string;
}

export class Stage {
  private constructor(
    private readonly browser: Browser,
    private readonly server: Server,
    readonly address: string,
    readonly program: Program,
    private readonly scale: number,
  ) {}

  static async set(scale = 1): Promise<Stage> {
    const dist = here("../../dist");
    if (!existsSync(`${dist}/app.json`)) throw new Error("there is no built mini-program to test: run `npm run build` first");
    const executablePath = process.env["CHROME_PATH"] ?? "/usr/bin/chromium";
    if (!existsSync(executablePath)) throw new Error(`no browser at ${executablePath}: set CHROME_PATH to an installed Chrome or Chromium`);
    mkdirSync(results, { recursive: true });
    const program = compile(dist);
    const bundled = await build({ entryPoints: [here("host.ts")], bundle: true, write: false, format: "iife", logLevel: "warning", charset: "utf8" });
    const script = bundled.outputFiles[0]?.text ?? "";
    const files: Record<string, [string, string]> = {
      "/": ["text/html", `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>陇码</title><link rel="icon" href="data:,"><style>${readFileSync(here("frame.css"), "utf8")}</style><body><div class="bar" aria-hidden="true"><div class="bar-status">9:41</div><div class="bar-back">‹</div><div class="bar-title"></div><div class="bar-capsule">••• ◎</div></div><main class="screen"></main><nav class="tabs" aria-label="tabs"></nav><script src="/host.js"></script></body></html>`],
      "/host.js": ["text/javascript", script],
      "/program.json": ["application/json", JSON.stringify(program)],
    };
    const server = createServer((request, response) => {
      const found = files[request.url ?? "/"];
      response.writeHead(found === undefined ? 404 : 200, { "content-type": `${found?.[0] ?? "text/plain"}; charset=utf-8` });
      response.end(found?.[1] ?? "");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const browser = await chromium.launch({ executablePath, args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
    return new Stage(browser, server, `http://127.0.0.1:${port}/`, program, scale);
  }

  async end(): Promise<void> {
    await this.browser.close();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Opens the app on a fresh phone. */
  async open(visit: Visit = {}): Promise<Visitor> {
    const { dark = false, still = true, before, noWasm, ...boot } = visit;
    const context = await this.browser.newContext({
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: this.scale,
      hasTouch: true,
      isMobile: true,
      // Far from Beijing, so that a time in the phone's own zone would be noticed.
      timezoneId: "America/New_York",
      colorScheme: dark ? "dark" : "light",
      reducedMotion: still ? "reduce" : "no-preference",
    });
    const page = await context.newPage();
    const visitor = new Visitor(context, page);
    await page.goto(this.address);
    await page.evaluate(
      async ({ boot, before, noWasm }) => {
        const world = globalThis as unknown as { boot(program: object, options: object): void; withoutWasm(): void };
        if (noWasm) world.withoutWasm();
        if (before !== undefined) new Function(before)();
        const program = (await (await fetch("/program.json")).json()) as object;
        world.boot(program, boot);
      },
      { boot, before, noWasm: noWasm === true },
    );
    await page.waitForFunction(() => (globalThis as unknown as { host: Host }).host.data()?.["ready"] === true);
    return visitor;
  }
}

export class Visitor {
  readonly errors: string[] = [];

  constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
  ) {
    page.on("pageerror", (error) => this.errors.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.errors.push(message.text());
    });
  }

  /** Leaves, and answers what went wrong on the way. */
  async leave(): Promise<string[]> {
    const inside = await this.host((it) => it.errors());
    await this.context.close();
    return [...this.errors, ...inside];
  }

  host<T>(ask: (host: Host) => T): Promise<Awaited<T>> {
    return this.page.evaluate(`(${ask.toString()})(globalThis.host)`) as Promise<Awaited<T>>;
  }

  go(url: string): Promise<void> {
    return this.page.evaluate((to) => (globalThis as unknown as { host: Host }).host.go(to), url);
  }

  /** Chooses the sample with this English name, as the samples page does. */
  async sample(name: string): Promise<void> {
    await this.go("/pages/samples/samples");
    const index = await this.page.evaluate((wanted) => {
      const { persons } = (globalThis as unknown as { host: Host }).host.module("miniprogram_npm/longma-miniprogram/samples") as { persons: { name: { en: string } }[] };
      return persons.findIndex((it) => it.name.en === wanted);
    }, name);
    if (index < 0) throw new Error(`no sample is called ${name}`);
    await this.tap(`.sample-link >> nth=${index}`);
    await this.page.waitForFunction(() => (globalThis as unknown as { host: Host }).host.path() === "pages/code/code");
  }

  /** Touches something on the page that is seen. */
  async tap(selector: string): Promise<void> {
    await this.page.locator(`.page-holder:visible >> ${selector}`).first().tap();
  }

  async text(selector = "page"): Promise<string> {
    return (await this.page.locator(`.page-holder:visible >> ${selector}`).first().innerText()).replace(/\s+/g, " ").trim();
  }

  count(selector: string): Promise<number> {
    return this.page.locator(`.page-holder:visible >> ${selector}`).count();
  }

  /** Waits until a text is on the page. */
  async see(text: string): Promise<void> {
    await this.page.locator(".page-holder:visible").getByText(text).first().waitFor();
  }

  /** Sets the language or another setting. */
  async set(settings: object): Promise<void> {
    await this.page.evaluate((wanted) => ((globalThis as unknown as { host: Host }).host.module("lib/state") as { set(settings: object): Promise<void> }).set(wanted), settings);
  }

  /** A picture of the phone, or of the whole page with nothing cut off. */
  async picture(path: string, whole = false): Promise<void> {
    if (whole) {
      const height = await this.page.evaluate(() => {
        const bars = document.body.classList.contains("has-tabs") ? 150 : 88;
        return bars + (document.querySelector(".page-holder:not([style*=none])")?.scrollHeight ?? 700);
      });
      await this.page.setViewportSize({ width: 390, height: Math.max(844, height) });
    }
    await this.page.screenshot({ path, animations: "disabled" });
    if (whole) await this.page.setViewportSize({ width: 390, height: 844 });
  }

  /** What axe-core finds on the page that is seen. */
  async violations(): Promise<string[]> {
    await this.page.evaluate(axe);
    return this.page.evaluate(async () => {
      const world = globalThis as unknown as { axe: typeof import("axe-core") };
      const found = await world.axe.run(document.querySelector(".page-holder:not([style*=none])") as HTMLElement, { rules: { region: { enabled: false } } });
      return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary?.split("\n")[1] ?? ""}`));
    });
  }
}
