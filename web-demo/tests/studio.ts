// Shared by the studio's tests: a visit to the built studio, and what its user does.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { Visitor, type Stage, type Visit } from "./browser";

/** The shipped house as the built page has it, by path. */
export const house: ReadonlyMap<string, string> = new Map(
  Object.entries(JSON.parse(readFileSync(fileURLToPath(new URL("../public/generated/house.json", import.meta.url)), "utf8")) as Record<string, string>),
);

export const DESKTOP = { width: 1440, height: 900 };

/** Waits until the language server answers. */
export const ready = (page: Page): Promise<void> => page.locator("[data-server=ready]").waitFor();

export interface Opened extends Visit {
  /** Whether it is a first visit, with the tour. */
  first?: boolean;
  /** What stands behind the page's address. */
  fragment?: string;
  /** Whether all shipped packs are there; else those of the code and what it reads, which are checked sooner. */
  whole?: boolean;
}

const FEW = /^packs\/(cn\/\d|62\/(202|validity|gold|vaccination|tests))/;

/** Serves a part of the shipped packs. */
async function withFew(page: Page): Promise<void> {
  await page.route("**/generated/house.json", async (route) => {
    const texts = (await (await route.fetch()).json()) as Record<string, string>;
    await route.fulfill({ json: Object.fromEntries(Object.entries(texts).filter(([path]) => !path.startsWith("packs/") || FEW.test(path))) });
  });
}

/** Runs `act` on a studio of its own, then checks that nothing failed and no request left the page's origin. */
export async function visit(stage: Stage, { first = false, fragment = "", whole = false, ...how }: Opened, act: (visitor: Visitor) => Promise<void>): Promise<void> {
  const visitor = await Visitor.arrive(stage, { size: DESKTOP, ...how });
  try {
    if (!first) await visitor.page.addInitScript(() => localStorage.setItem("longma.studio.tour", "seen"));
    if (!whole) await withFew(visitor.page);
    await visitor.page.goto(`${stage.address}studio.html${fragment}`);
    await ready(visitor.page);
    await act(visitor);
    assert.deepEqual(visitor.errors, []);
    const elsewhere = visitor.requests.filter((address) => !address.startsWith(stage.address) && !/^(data|blob):/.test(address));
    assert.deepEqual(elsewhere, [], "a request left the page's origin");
  } finally {
    await visitor.leave();
  }
}

/** Puts the cursor at the end of the line (from 1) of the file that is shown. */
export async function toLine(page: Page, line: number): Promise<void> {
  await page.keyboard.press("Control+Home");
  for (let i = 1; i < line; i++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
}

export const keeping = (page: Page, how: string): Promise<void> => page.locator(`[data-keeping=${how}]`).waitFor();

/** Exports the house and gives its bytes. */
export async function exported(page: Page): Promise<Uint8Array> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("[data-test=export]").click()]);
  assert.match(download.suggestedFilename(), /^longma-rules-\d{4}-\d\d-\d\d\.zip$/);
  return readFileSync(await download.path());
}

export async function openZip(page: Page, name: string, buffer: Uint8Array): Promise<void> {
  await page.locator("[data-test=open]").click();
  await page.locator("[data-test=open-dialog][open]").waitFor();
  await page.locator("[data-test=zip]").setInputFiles({ name, mimeType: "application/zip", buffer: Buffer.from(buffer) });
}
