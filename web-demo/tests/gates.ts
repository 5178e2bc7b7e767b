// A gate that is set up, and what somebody does at it. Shared by the tests of the gate's page and of a holder's.
import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import type { Grey } from "./photo";

interface Sample {
  name: string;
  code: string;
  challenge: string | null;
  seconds: number;
  word: string;
  problem: string;
}
interface Documents {
  name: string;
  problem: string;
}
export const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
export const samples = JSON.parse(readFileSync(file("../../target/gate-samples/codes.json"), "utf8")) as { now: string; codes: Sample[]; documents: Documents[] };
export const now = Date.parse(samples.now);
export const named = (name: string): Sample => {
  const found = samples.codes.find((sample) => sample.name === name);
  assert.ok(found, name);
  return found;
};

/** A copy of the built pages in `site`, with a gate beside them that has the documents of the samples. */
export function setUpGate(site: string): void {
  rmSync(site, { recursive: true, force: true });
  cpSync(file("../dist"), site, { recursive: true });
  // Samples are shown on a Sunday; the venue of this gate is always open.
  const venue = JSON.parse(readFileSync(`${site}/gate-samples/venue.json`, "utf8")) as Record<string, unknown>;
  writeFileSync(`${site}/gate-samples/venue.json`, JSON.stringify({ ...venue, hours: [] }));
  cpSync(`${site}/gate-samples`, `${site}/gate`, { recursive: true });
}

/** Brings a text as somebody who pastes it. */
export async function bring(page: Page, code: string): Promise<void> {
  await page.locator("#code-text").fill(code);
  await page.locator("#code-text").press("Enter");
}

export interface Said {
  word: string | null;
  problem: string | null;
}

/** What the answer on the page says. */
export async function said(page: Page): Promise<Said> {
  const answer = page.locator(".answer");
  await answer.waitFor();
  return answer.evaluate((node) => ({ word: node.getAttribute("data-word"), problem: node.getAttribute("data-problem") }));
}

export async function close(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await page.locator(".answer").waitFor({ state: "detached" });
}

/** Chooses a picture as a JPEG, with the losses of one. */
export async function choose(page: Page, { width, height, pixels }: Grey): Promise<void> {
  const picture = await page.evaluate(([width, height, base64]) => {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d")!;
    const image = context.createImageData(width, height);
    for (const [i, sign] of Array.from(atob(base64)).entries()) image.data.set([sign.charCodeAt(0), sign.charCodeAt(0), sign.charCodeAt(0), 255], 4 * i);
    context.putImageData(image, 0, 0);
    return canvas.convertToBlob({ type: "image/jpeg", quality: 0.7 }).then(async (blob) => Array.from(new Uint8Array(await blob.arrayBuffer())));
  }, [width, height, Buffer.from(pixels).toString("base64")] as const);
  await page.locator("[data-test=picture]").setInputFiles({ name: "code.jpg", mimeType: "image/jpeg", buffer: Buffer.from(picture) });
}
