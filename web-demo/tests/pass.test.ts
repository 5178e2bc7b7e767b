// The page with a holder's code: keys of the browser, codes that the command issues for them, and gates that are shown the code.
import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { DESKTOP, PHONE, serve, setStage, Visitor, type Language, type Stage, type Visit } from "./browser";
import { bring, choose, close, file, named, now, said, setUpGate } from "./gates";
import { longma } from "./longma";
import { film, photo, PLAIN } from "./photo";

const folder = mkdtempSync(join(tmpdir(), "longma-pass-"));
const site = file("../test-results/pass-site");
const filmed = file("../test-results/pass-camera.y4m");
/** What the camera sees: a gate's sign. */
const SIGN = `longma:gate:${"0123456789abcdef".repeat(2)}`;

/** The issuer of the samples, whose key anybody can guess. */
const issuer = join(folder, "issuer.key");
const SEED = Buffer.from("302e020100300506032b657004220420", "hex");

let stage: Stage;
let address: string;
let endSite: () => Promise<void>;
before(async () => {
  const key = createPrivateKey({ key: Buffer.concat([SEED, Buffer.alloc(32, 8)]), format: "der", type: "pkcs8" });
  writeFileSync(issuer, JSON.stringify(key.export({ format: "jwk" })));
  setUpGate(site);
  writeFileSync(filmed, film(photo(SIGN, { ...PLAIN, scale: 6 })));
  stage = await setStage(undefined, ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", `--use-file-for-fake-video-capture=${filmed}`]);
  ({ address, end: endSite } = await serve(site));
});
after(async () => {
  await stage.end();
  await endSite();
  rmSync(folder, { recursive: true });
});

interface Issue {
  kind?: "facts" | "outcome";
  hours?: number;
  sample?: string;
}

/** The code that the office issues for a phone's public key, or for none. */
function issued(jwk: string | undefined, { kind = "outcome", hours = 24, sample = "green-gold" }: Issue = {}): string {
  const phone = join(folder, "phone.pub");
  if (jwk !== undefined) writeFileSync(phone, jwk);
  const words = ["issue", "--packs", "rules/packs", "--facts", `rules/samples/${sample}.json`, "--key", issuer, "--kind", kind, "--hours", String(hours)];
  const given = ["--at", "2022-07-10T08:30:00+08:00", "--reference", "risk_areas=rules/reference/risk_areas.sample.csv"];
  return longma(...words, ...given, ...(jwk === undefined ? [] : ["--phone", phone])).trim();
}

interface Arrival extends Visit {
  at?: number;
  before?: (page: Page) => Promise<unknown>;
}

const ready = (page: Page): Promise<void> => page.locator("[data-ready=true], [data-lack]").first().waitFor();
const keyOf = (page: Page): Promise<string> => page.locator("[data-test=key]").inputValue();

/** The text of the QR code on the page. */
async function shown(page: Page): Promise<string> {
  return (await page.locator(".pass .qr").getAttribute("data-text")) ?? "";
}

/** The text that comes after another one. */
async function other(page: Page, before: string): Promise<string> {
  await page.locator(`.pass .qr:not([data-text="${before}"])`).waitFor();
  return shown(page);
}

/** Lets time pass, and waits for the code that is signed then. */
async function wait(page: Page, seconds: number): Promise<string> {
  const before = await shown(page);
  await page.clock.runFor(seconds * 1000);
  return other(page, before);
}

/** Opens the page on a phone, runs `act`, then checks that nothing failed and no request left the page's origin. */
async function visit({ at = now, before = async () => undefined, ...how }: Arrival, act: (visitor: Visitor) => Promise<void>): Promise<void> {
  const visitor = await Visitor.arrive(stage, how);
  const { page } = visitor;
  try {
    await page.clock.install({ time: at });
    await before(page);
    await page.goto(`${address}gate-pass.html`);
    await ready(page);
    await act(visitor);
    assert.deepEqual(visitor.errors, []);
    const elsewhere = visitor.requests.filter((request) => !request.startsWith(address) && !/^(data|blob):/.test(request));
    assert.deepEqual(elsewhere, [], "a request left the page's origin");
  } finally {
    await visitor.leave();
  }
}

/** The same, with a code of this phone on the page. */
const holding = ({ kind, hours, sample, ...how }: Arrival & Issue, act: (visitor: Visitor) => Promise<void>): Promise<void> =>
  visit(how, async (visitor) => {
    const { page } = visitor;
    await bring(page, issued(await keyOf(page), { ...(kind && { kind }), ...(hours && { hours }), ...(sample && { sample }) }));
    await page.locator(".pass .qr").waitFor();
    await act(visitor);
  });

/** Opens a gate that is set up, which asks phones to sign if `asks`. */
async function atGate(at: number, asks: boolean, act: (gate: Page) => Promise<void>): Promise<void> {
  const staff = await Visitor.arrive(stage, { size: DESKTOP });
  try {
    await staff.page.clock.setFixedTime(at);
    await staff.page.goto(`${address}gate.html`);
    await ready(staff.page);
    if (asks) await staff.page.locator("[data-test=sign]").check();
    await act(staff.page);
    assert.deepEqual(staff.errors, []);
  } finally {
    await staff.leave();
  }
}

async function answer(gate: Page, code: string): Promise<string> {
  await bring(gate, code);
  const { word, problem } = await said(gate);
  await close(gate);
  return `${word} ${problem}`.trim();
}

const says = {
  "zh-CN": { title: "陇码 · 动态码", other: "发给另一部手机", any: "没有绑定手机", expired: "已经过期", first: "闸口的标识", text: "LM1:", over: "已过期", crypto: "https://", storage: "不允许保存", notKept: "没有存下", copied: "已复制", decides: "由闸口" },
  en: { title: "Longma · moving code", other: "issued for another phone", any: "belongs to no phone", expired: "has expired", first: "a gate's sign", text: "LM1:", over: "has expired", crypto: "https://", storage: "keeps nothing", notKept: "was not added", copied: "Copied", decides: "The gate decides" },
} satisfies Record<Language, Record<string, string>>;

for (const language of ["zh-CN", "en"] as const) {
  const say = says[language];
  const look: Visit = { language, size: language === "en" ? DESKTOP : PHONE };

  describe(language, { concurrency: 2 }, () => {
    it("a code issued for this phone's key is shown, and kept over a reload", () =>
      visit({ ...look }, async (visitor) => {
        const { page } = visitor;
        assert.equal(await page.title(), say.title);
        await visitor.screenshot(`pass-key-${language}`);
        assert.deepEqual(await visitor.violations(), []);
        const key = await keyOf(page);
        assert.deepEqual(Object.keys(JSON.parse(key) as object), ["kty", "crv", "x"]);
        await bring(page, issued(key));
        assert.match(await visitor.text("[data-test=holder]"), /\*/, "the holder is masked");
        assert.equal(await visitor.text("[data-test=until]"), "2022-07-11 08:30");
        assert.equal(await page.locator(".pass").getAttribute("data-tone"), "green");
        await visitor.screenshot(`pass-code-${language}`);
        assert.deepEqual(await visitor.violations(), []);
        await page.reload();
        await page.locator(".pass .qr").waitFor();
        assert.equal(await keyOf(page), key);
        const code = await shown(page);
        await atGate(now, false, async (gate) => assert.equal(await answer(gate, code), "admit"));
        await page.locator("[data-test=remove]").click();
        await page.reload();
        await ready(page);
        assert.equal(await page.locator(".pass").count(), 0);
        assert.equal(await keyOf(page), key, "the key stays");
      }));

    it("says in words why a code is not taken, and what to do", () =>
      visit({ ...look, dark: true }, async (visitor) => {
        const { page } = visitor;
        const key = await keyOf(page);
        const stranger = JSON.stringify({ kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
        const code = issued(key);
        const told: [string, string][] = [[SIGN, "first"], [issued(stranger), "other"], [issued(undefined), "any"], ["https://example.com", "text"], [code.slice(0, -9), "text"], [named("signed by the holder's phone").code, "text"]];
        for (const [text, what] of told) {
          await bring(page, text);
          await page.locator(`[data-refused=${what}]`).waitFor();
          assert.ok((await visitor.text("[data-test=refused]")).includes(say[what as "first"]), what);
          assert.equal(await page.locator(".pass").count(), 0);
        }
        await visitor.screenshot(`pass-refused-${language}`);
        assert.deepEqual(await visitor.violations(), []);
        await page.clock.setSystemTime(now + 30 * 3_600_000);
        await bring(page, code);
        await page.locator("[data-refused=expired]").waitFor();
        assert.ok((await visitor.text("[data-test=refused]")).includes(say.expired));
      }));

    it("says where no key can be made or kept", async () => {
      const insecure = "http://longma.test/";
      const visitor = await Visitor.arrive(stage, look);
      try {
        const { page } = visitor;
        await page.route(`${insecure}**`, async (route) => route.fulfill({ response: await route.fetch({ url: route.request().url().replace(insecure, address) }) }));
        await page.goto(`${insecure}gate-pass.html`);
        await page.locator("[data-lack=crypto]").waitFor();
        assert.ok((await visitor.text("[data-lack]")).includes(say.crypto));
        assert.deepEqual(await visitor.violations(), []);
      } finally {
        await visitor.leave();
      }
      const refuse = (page: Page): Promise<unknown> =>
        page.addInitScript(() => {
          IDBFactory.prototype.open = () => {
            throw new DOMException("refused", "SecurityError");
          };
        });
      await visit({ ...look, before: refuse }, async (refused) => {
        await refused.page.locator("[data-lack=storage]").waitFor();
        assert.ok((await refused.text("[data-lack]")).includes(say.storage));
      });
    });

    it("a code that could not be kept is not taken", () =>
      visit(look, async (visitor) => {
        const { page } = visitor;
        await page.evaluate(() => {
          IDBObjectStore.prototype.put = () => {
            throw new DOMException("full", "QuotaExceededError");
          };
        });
        await bring(page, issued(await keyOf(page)));
        await page.locator("[data-refused=notKept]").waitFor();
        assert.ok((await visitor.text("[data-test=refused]")).includes(say.notKept));
        assert.equal(await page.locator(".pass").count(), 0);
      }));

    it("a code that runs out is no longer shown", () =>
      holding({ ...look, hours: 1 }, async (visitor) => {
        const { page } = visitor;
        await page.clock.runFor(31 * 60_000);
        await page.locator("[data-test=over]").waitFor();
        assert.ok((await visitor.text("[data-test=over]")).includes(say.over));
        assert.equal(await page.locator(".qr").count(), 0);
        assert.deepEqual(await visitor.violations(), []);
      }));

    it("a code of facts names its holder and leaves the level to the gate", () =>
      holding({ ...look, kind: "facts" }, async (visitor) => {
        assert.match(await visitor.text("[data-test=holder]"), /\*/);
        assert.ok((await visitor.text("[data-test=face]")).includes(say.decides));
        const code = await shown(visitor.page);
        await atGate(now, false, async (gate) => assert.equal(await answer(gate, code), "admit"));
      }));

    it("the public key is copied, and saved as the file that the command takes", () =>
      visit({ ...look }, async (visitor) => {
        const { page } = visitor;
        await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
        await page.locator("[data-test=copy]").click();
        await page.locator("[data-test=copied]", { hasText: say.copied }).waitFor();
        const key = await keyOf(page);
        assert.equal(await page.evaluate(() => navigator.clipboard.readText()), key);
        const saved = page.waitForEvent("download");
        await page.locator("[data-test=file]").click();
        const download = await saved;
        assert.equal(download.suggestedFilename(), "phone.pub");
        assert.equal(readFileSync(await download.path(), "utf8"), `${key}\n`);
      }));
  });
}

describe("a holder's phone", { concurrency: 3 }, () => {
  it("gives its private key to no script", () =>
    visit({}, async ({ page }) => {
      const tried = await page.evaluate(async () => {
        const opened = indexedDB.open("longma.pass");
        await new Promise((resolve) => (opened.onsuccess = resolve));
        const asked = opened.result.transaction("kept").objectStore("kept").get("key") as IDBRequest<{ privateKey: CryptoKey }>;
        await new Promise((resolve) => (asked.onsuccess = resolve));
        const exported = ["jwk", "pkcs8"].map((form) => crypto.subtle.exportKey(form as "jwk", asked.result.privateKey).then(() => "exported", (error: Error) => error.name));
        return [asked.result.privateKey.type, ...(await Promise.all(exported))];
      });
      assert.deepEqual(tried, ["private", "InvalidAccessError", "InvalidAccessError"]);
    }));

  it("signs anew every 20 seconds, and a screenshot is not admitted after its time", () =>
    holding({}, async ({ page }) => {
      // From here on time passes only where this test says so.
      const begun = await shown(page);
      await page.clock.pauseAt(now + 60_000);
      const first = await other(page, begun);
      await page.clock.runFor(18_000);
      assert.equal(await shown(page), first);
      const second = await wait(page, 3);
      await atGate(now + 230_000, false, async (gate) => assert.equal(await answer(gate, first), "admit"));
      await atGate(now + 250_000, false, async (gate) => {
        assert.equal(await answer(gate, first), "check pass-moment");
        assert.equal(await answer(gate, second), "admit");
      });
    }));

  it("signs along what a gate asks, which counts at no other gate, and not for ever", () =>
    holding({ size: DESKTOP }, async (visitor) => {
      const { page } = visitor;
      const alone = await shown(page);
      await atGate(now, true, async (gate) => {
        assert.equal(await answer(gate, alone), "deny pass-gate");
        await bring(page, (await gate.locator(".qr").getAttribute("data-text")) ?? "");
        await page.locator("[data-test=along]").waitFor();
        const along = await other(page, alone);
        await visitor.screenshot("pass-along");
        assert.deepEqual(await visitor.violations(), []);
        assert.equal(await answer(gate, along), "admit");
        await atGate(now, true, async (next) => assert.equal(await answer(next, along), "deny pass-gate"));
      });
      await page.clock.runFor(121_000);
      await page.locator("[data-test=along]").waitFor({ state: "detached" });
    }));

  it("reads its code from a picture, and a gate's sign by the camera, once", () =>
    visit({}, async ({ page }) => {
      await choose(page, photo(issued(await keyOf(page)), PLAIN));
      await page.locator(".pass .qr").waitFor();
      await page.locator("[data-test=camera]").click();
      await page.locator("[data-test=along]").waitFor();
      assert.equal(await page.locator("video").evaluate((video) => (video as HTMLVideoElement).srcObject), null, "the camera is off");
      await page.locator("[data-test=alone]").click();
      await page.locator("[data-test=along]").waitFor({ state: "detached" });
    }));

  it("without Ed25519 has a key of P-256, whose signatures count whichever of the two they are", () => {
    const lacks = (page: Page): Promise<unknown> =>
      page.addInitScript(() => {
        const generate = SubtleCrypto.prototype.generateKey as (algorithm: Algorithm, ...more: unknown[]) => Promise<CryptoKeyPair>;
        SubtleCrypto.prototype.generateKey = function (this: SubtleCrypto, algorithm: Algorithm, ...more: unknown[]) {
          if (algorithm.name === "Ed25519") return Promise.reject(new DOMException("none", "NotSupportedError"));
          return generate.call(this, algorithm, ...more);
        } as SubtleCrypto["generateKey"];
      });
    return holding({ before: lacks }, async ({ page }) => {
      assert.deepEqual(Object.keys(JSON.parse(await keyOf(page)) as object), ["kty", "crv", "x", "y"]);
      // Half of a browser's signatures are the higher one: of eight, all but hardly ever none.
      const codes = [await shown(page)];
      for (let more = 0; more < 7; more++) codes.push(await wait(page, 20));
      await atGate(now + 150_000, false, async (gate) => {
        for (const code of codes) assert.equal(await answer(gate, code), "admit");
      });
    });
  });

  it("opens without a network after a reload, and signs", async () => {
    const own = await serve(site);
    const visitor = await Visitor.arrive(stage);
    const { page } = visitor;
    let isUp = true;
    try {
      await page.clock.install({ time: now });
      await page.goto(`${own.address}gate-pass.html`);
      await ready(page);
      await bring(page, issued(await keyOf(page)));
      await page.locator(".pass .qr").waitFor();
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      await own.end();
      isUp = false;
      await page.clock.setSystemTime(now + 600_000);
      await page.reload();
      await page.locator(".pass .qr").waitFor();
      const code = await shown(page);
      await atGate(now + 600_000, false, async (gate) => assert.equal(await answer(gate, code), "admit"));
      await choose(page, photo(SIGN, PLAIN));
      await page.locator("[data-test=along]").waitFor();
    } finally {
      await visitor.leave();
      if (isUp) await own.end();
    }
  });

  it("is used with the keyboard alone", () =>
    visit({ size: DESKTOP }, async ({ page }) => {
      const code = issued(await keyOf(page));
      const to = async (selector: string): Promise<void> => {
        for (let at = 0; at < 20; at++) {
          if (await page.locator(selector).evaluate((node) => node === document.activeElement)) return;
          await page.keyboard.press("Tab");
        }
        assert.fail(`${selector} is not reached`);
      };
      await to("#code-text");
      await page.keyboard.insertText(code);
      await page.keyboard.press("Enter");
      await page.locator(".pass .qr").waitFor();
      await page.locator("body").press("Home");
      await to("[data-test=remove]");
      await page.keyboard.press("Enter");
      await page.locator(".pass").waitFor({ state: "detached" });
    }));
});
