// The gate page with the real engine: every sample code and document, the ways in which codes come, and what it keeps.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { DESKTOP, PHONE, serve, setStage, Visitor, type Language, type Stage, type Visit } from "./browser";
import { bring, choose, close, file, named, now, said, samples, setUpGate, type Said } from "./gates";
import { film, photo, PHOTO, PLAIN } from "./photo";

const good = named("facts, as they should be");
const red = named("facts of a close contact");

/** A site whose gate is set up, with the documents of the samples. `stage` serves the pages alone. */
const site = file("../test-results/gate-site");
const filmed = file("../test-results/gate-camera.y4m");

let stage: Stage;
let address: string;
let endSite: () => Promise<void>;
before(async () => {
  setUpGate(site);
  writeFileSync(filmed, film(photo(good.code, { ...PLAIN, scale: 4 })));
  stage = await setStage(undefined, ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", `--use-file-for-fake-video-capture=${filmed}`]);
  ({ address, end: endSite } = await serve(site));
});
after(async () => {
  await stage.end();
  await endSite();
});

interface Gate extends Visit {
  /** Test mode; else a gate that is set up, at the time of the samples. */
  samples?: boolean;
  /** Milliseconds. */
  at?: number;
  /** What the device keeps already. */
  seen?: string;
}

/** Opens a gate, runs `act`, then checks that nothing failed and no request left the page's origin. */
async function visit({ samples: isTest = false, at = now, seen, ...how }: Gate, act: (visitor: Visitor) => Promise<void>): Promise<void> {
  const visitor = await Visitor.arrive(stage, how);
  const { page } = visitor;
  try {
    if (!isTest) await page.clock.setFixedTime(at);
    if (seen !== undefined) await page.addInitScript((text) => localStorage.setItem("longma.gate.seen", text), seen);
    await page.goto(`${address}gate.html${isTest ? "?samples" : ""}`);
    await page.locator("[data-ready=true], [data-lack]").first().waitFor();
    await act(visitor);
    assert.deepEqual(visitor.errors, []);
    const elsewhere = visitor.requests.filter((request) => !request.startsWith(address) && !/^(data|blob):/.test(request));
    assert.deepEqual(elsewhere, [], "a request left the page's origin");
  } finally {
    await visitor.leave();
  }
}

const words = {
  "zh-CN": { admit: "放行", check: "核验", deny: "不予放行", nothing: "这个闸口尚未设置", sample: "测试模式", copy: "可能是复制的", reported: "已记入上报", nowhere: "未设置接收地址", noCode: "图片里没有找到二维码", title: "陇码 · 闸口核验" },
  en: { admit: "Admit", check: "Check", deny: "Do not admit", nothing: "This gate is not set up", sample: "Test mode", copy: "it may be a copy", reported: "Noted for report", nowhere: "No address is set", noCode: "There is no QR code", title: "Longma · at the gate" },
} satisfies Record<Language, Record<string, string>>;

for (const language of ["zh-CN", "en"] as const) {
  const say = words[language];

  describe(language, { concurrency: 2 }, () => {
    it("says admit, check and deny in words and shapes, with whose code it is", () =>
      visit({ language, size: language === "en" ? DESKTOP : PHONE, dark: language === "en" }, async (visitor) => {
        const { page } = visitor;
        assert.equal(await page.title(), say.title);
        for (const [word, sample] of Object.entries({ admit: good, check: named("facts without the tests"), deny: red })) {
          await bring(page, sample.code);
          assert.equal((await said(page)).word, word);
          assert.equal(await visitor.text(".answer .word"), say[word as "admit"]);
          assert.match(await visitor.text("[data-test=holder]"), /\*/, "the holder is masked");
          assert.ok((await visitor.text("[data-test=signed]")).includes(say.copy));
          await visitor.screenshot(`gate-${word}-${language}`, "seen");
          assert.deepEqual(await visitor.violations(), []);
          await close(page);
        }
        await visitor.screenshot(`gate-idle-${language}`);
        assert.deepEqual(await visitor.violations(), []);
      }));

    it("a gate without documents says so and offers the test mode", async () => {
      const visitor = await Visitor.arrive(stage, { language });
      const { page } = visitor;
      try {
        await page.goto(`${stage.address}gate.html`);
        await page.locator("[data-lack=nothing]").waitFor();
        assert.ok((await visitor.text("[data-lack]")).includes(say.nothing));
        assert.deepEqual(await visitor.violations(), []);
        await page.locator("[data-test=try]").click();
        await page.locator("[data-ready=true]").waitFor();
        assert.ok((await visitor.text(".sample-banner")).startsWith(say.sample));
        await page.locator("[data-test=sample]").selectOption({ label: good.name });
        await page.locator("[data-test=show]").click();
        assert.equal((await said(page)).word, "check", "a sample admits nobody");
        await visitor.screenshot(`gate-samples-${language}`, "seen");
        await close(page);
        await visitor.screenshot(`gate-trials-${language}`);
        assert.deepEqual(await visitor.violations(), []);
        assert.deepEqual(visitor.errors, []);
      } finally {
        await visitor.leave();
      }
    });

    it("what is not admitted is reported by a touch, and stays queued until somebody takes it", () =>
      visit({ language }, async (visitor) => {
        const { page } = visitor;
        await bring(page, red.code);
        await page.locator("[data-test=report]").click();
        assert.equal(await visitor.text("[data-test=report]"), say.reported);
        await bring(page, "https://example.com");
        await page.locator('.answer[data-problem="text-other"] [data-test=report]').click();
        await close(page);
        await page.locator('[data-sent=nowhere]').waitFor();
        assert.ok((await visitor.text("[data-test=sent]")).startsWith(say.nowhere));
        await page.reload();
        await page.locator('[data-queued="2"]').waitFor();

        const bodies: unknown[] = [];
        let isUp = false;
        const other = await page.context().newPage();
        await other.goto(page.url());
        await other.locator('[data-queued="2"]').waitFor();
        await page.context().route("**/gate/report.json", (route) => route.fulfill({ json: { url: "./taken" } }));
        await page.context().route("**/taken", async (route) => {
          if (isUp) bodies.push(route.request().postDataJSON());
          // The other tab wants to send while this one is at it.
          if (isUp) await other.evaluate(() => dispatchEvent(new Event("online")));
          await route.fulfill({ status: isUp ? 204 : 503 });
        });
        await page.locator("[data-test=send]").click();
        await page.locator("[data-sent=failed]").waitFor();
        isUp = true;
        await page.evaluate(() => dispatchEvent(new Event("online")));
        await page.locator('[data-queued="0"]').waitFor();
        await other.locator('[data-queued="0"]').waitFor();
        assert.deepEqual(bodies, [[
          { at: "2022-07-10T09:00:00+08:00", word: "deny", problem: "" },
          { at: "2022-07-10T09:00:00+08:00", word: "deny", problem: "text-other" },
        ]]);
        // The browser tells of the answer 503.
        visitor.errors.splice(0, visitor.errors.length, ...visitor.errors.filter((error) => !error.includes("503")));
      }));

    it("codes are read from pictures, as they are drawn and as they are photographed", () =>
      visit({ language }, async ({ page }) => {
        for (const faults of [PLAIN, PHOTO]) {
          await choose(page, photo(good.code, faults));
          assert.deepEqual(await said(page), { word: "admit", problem: "" });
          await close(page);
        }
        await choose(page, { width: 300, height: 300, pixels: new Uint8Array(90_000).fill(200) });
        await page.locator(".note", { hasText: say.noCode }).waitFor();
      }));
  });
}

/** An answer to a sample, for comparing many at once. */
const line = (name: string, word: string | null | undefined, problem: string | null | undefined): string => `${name}: ${word} ${problem}`;

describe("all samples", { concurrency: 2 }, () => {
  it("every code is answered as it should be, and the test mode never says admit", () =>
    visit({ samples: true, size: DESKTOP }, async ({ page }) => {
      const answers = await page.evaluate(async (count) => {
        const found: Said[] = [];
        const select = document.querySelector<HTMLSelectElement>("[data-test=sample]")!;
        for (let at = 0; at < count; at++) {
          select.value = String(at);
          select.dispatchEvent(new Event("change"));
          await new Promise(requestAnimationFrame);
          document.querySelector<HTMLButtonElement>("[data-test=show]")!.click();
          while (document.querySelector(".answer") === null) await new Promise(requestAnimationFrame);
          const answer = document.querySelector<HTMLElement>(".answer")!;
          found.push({ word: answer.dataset["word"]!, problem: answer.dataset["problem"]! });
          document.querySelector<HTMLButtonElement>("[data-test=close]")!.click();
          while (document.querySelector(".answer") !== null) await new Promise(requestAnimationFrame);
        }
        return found;
      }, samples.codes.length);
      const expected = samples.codes.map(({ name, word, problem }) => line(name, word === "admit" ? "check" : word, problem));
      assert.deepEqual(samples.codes.map(({ name }, at) => line(name, answers[at]?.word, answers[at]?.problem)), expected);
      const lengths = await page.evaluate(() => performance.getEntriesByName("longma-gate-answer").map(({ duration }) => duration));
      assert.equal(lengths.length, samples.codes.length);
      lengths.sort((a, b) => a - b);
      const at = (share: number): string => lengths[Math.floor(share * (lengths.length - 1))]!.toFixed(1);
      console.log(`from text to answer, in ms: median ${at(0.5)}, 95 % ${at(0.95)}, most ${at(1)}`);
    }));

  it("a gate that is set up answers them by its own clock", () =>
    visit({ size: DESKTOP }, async ({ page }) => {
      // A gate that asks nobody to sign: with those codes it goes on in another test.
      const asked = samples.codes.filter(({ challenge }) => challenge === null);
      const answers = await page.evaluate(async (codes) => {
        const found: Said[] = [];
        const field = document.querySelector<HTMLInputElement>("#code-text")!;
        for (const { code, seconds } of codes) {
          Date.now = () => seconds * 1000;
          field.value = code;
          field.dispatchEvent(new Event("input"));
          field.form!.requestSubmit();
          while (document.querySelector(".answer") === null) await new Promise(requestAnimationFrame);
          const answer = document.querySelector<HTMLElement>(".answer")!;
          found.push({ word: answer.dataset["word"]!, problem: answer.dataset["problem"]! });
          document.querySelector<HTMLButtonElement>("[data-test=close]")!.click();
          while (document.querySelector(".answer") !== null) await new Promise(requestAnimationFrame);
        }
        return found;
      }, asked);
      assert.deepEqual(asked.map(({ name }, at) => line(name, answers[at]?.word, answers[at]?.problem)), asked.map(({ name, word, problem }) => line(name, word, problem)));
    }));

  it("every wrong document is refused by its name", () =>
    visit({ samples: true, size: DESKTOP }, async ({ page }) => {
      const documents = page.locator("[data-test=documents]");
      for (const [at, { name, problem }] of samples.documents.entries()) {
        await documents.selectOption({ index: at + 1 });
        const refused = page.locator("[data-test=refused] [data-problem]");
        await refused.first().waitFor();
        assert.equal(await refused.first().getAttribute("data-problem"), problem, name);
        await documents.selectOption({ index: 0 });
        await page.locator("[data-test=refused]").waitFor({ state: "detached" });
      }
    }));
});

describe("a gate", { concurrency: 3 }, () => {
  it("answers without a network after a reload", async () => {
    const own = await serve(site);
    const visitor = await Visitor.arrive(stage);
    const { page } = visitor;
    let isUp = true;
    try {
      await page.clock.setFixedTime(now);
      await page.goto(`${own.address}gate.html`);
      await page.locator("[data-ready=true]").waitFor();
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      await own.end();
      isUp = false;
      await page.reload();
      await page.locator("[data-ready=true]").waitFor();
      assert.equal(await page.locator("[data-test=kept]").count(), 1);
      await bring(page, good.code);
      assert.deepEqual(await said(page), { word: "admit", problem: "" });
      await close(page);
      await choose(page, photo(red.code, PLAIN));
      assert.deepEqual(await said(page), { word: "deny", problem: "" }, "the reader of pictures is kept too");
      // The other pages are not looked after.
      await assert.rejects(page.goto(`${own.address}index.html`));
    } finally {
      await visitor.leave();
      if (isUp) await own.end();
    }
  });

  it("reads what the camera sees, once", () =>
    visit({}, async ({ page }) => {
      const camera = page.locator("[data-test=camera]");
      await camera.click();
      assert.deepEqual(await said(page), { word: "admit", problem: "" });
      await close(page);
      await camera.click();
      assert.equal(await page.locator("[data-count=admit] dd").innerText(), "1", "the same code in sight is one code");
      assert.equal(await page.locator("video").evaluate((video) => (video as HTMLVideoElement).srcObject), null, "the camera is off");
    }));

  it("takes what a hand-held scanner types, wherever the cursor is", () =>
    visit({ size: DESKTOP }, async ({ page }) => {
      await page.locator("[data-test=sound]").focus();
      await page.keyboard.type(good.code.slice(0, 4));
      await page.keyboard.insertText(good.code.slice(4));
      await page.keyboard.press("Enter");
      assert.deepEqual(await said(page), { word: "admit", problem: "" });
      assert.equal(await page.locator("#code-text").inputValue(), "");
    }));

  it("counts the day by words, and begins anew the next", () =>
    visit({ size: DESKTOP }, async ({ page }) => {
      const counts = (): Promise<string[]> => page.locator("[data-count] dd").allInnerTexts();
      for (const code of [good.code, good.code, red.code, "no code"]) {
        await bring(page, code);
        await said(page);
        await close(page);
      }
      assert.deepEqual(await counts(), ["2", "0", "2"]);
      await page.reload();
      await page.locator("[data-ready=true]").waitFor();
      assert.deepEqual(await counts(), ["2", "0", "2"]);
      const kept = await page.evaluate(() => JSON.stringify(Object.entries(localStorage)));
      assert.ok(!kept.includes("LM1"), "no code is kept");
      await page.clock.setFixedTime(now + 86_400_000);
      await page.locator("[data-count=admit] dd", { hasText: "0" }).waitFor();
      assert.deepEqual(await counts(), ["0", "0", "0"]);
    }));

  it("asks phones to sign with a sign that changes, and takes the one before", () =>
    visit({ size: DESKTOP }, async ({ page }) => {
      await page.locator("[data-test=sign]").check();
      const sign = page.locator(".qr");
      assert.match((await sign.getAttribute("data-text")) ?? "", /^longma:gate:[0-9a-f]{32}$/);
      await bring(page, named("signed for another gate").code);
      assert.deepEqual(await said(page), { word: "deny", problem: "pass-gate" });
      await close(page);
      await bring(page, named("a copy of the code without the phone").code);
      assert.deepEqual(await said(page), { word: "deny", problem: "pass-unheld" });
      await close(page);
      await page.locator("[data-test=sign]").uncheck();
      await bring(page, named("signed by the holder's phone").code);
      assert.deepEqual(await said(page), { word: "admit", problem: "" });
      assert.equal(await page.locator("[data-test=signed]").getAttribute("data-signed"), "true");
    }));

  it("a code that was signed for the sign before is taken, not for the one before that", async () => {
    const visitor = await Visitor.arrive(stage, { size: DESKTOP });
    const { page } = visitor;
    try {
      await page.clock.install({ time: now });
      // The sample codes are signed for this sign; each later one is another.
      await page.addInitScript((text) => {
        let made = 0;
        crypto.getRandomValues = ((bytes: Uint8Array) => {
          bytes.set(new TextEncoder().encode(text).map((byte) => byte + made));
          made += 1;
          return bytes;
        }) as typeof crypto.getRandomValues;
      }, Buffer.from(named("signed by the holder's phone").challenge ?? "", "hex").toString());
      await page.goto(`${address}gate.html`);
      await page.locator("[data-ready=true]").waitFor();
      await page.locator("[data-test=sign]").check();
      for (const problem of ["", "", "pass-gate"]) {
        await bring(page, named("signed by the holder's phone").code);
        assert.equal((await said(page)).problem, problem);
        await close(page);
        const before = await page.locator(".qr").getAttribute("data-text");
        await page.clock.runFor(60_000);
        assert.notEqual(await page.locator(".qr").getAttribute("data-text"), before);
      }
    } finally {
      await visitor.leave();
    }
  });

  it("hands in what it has seen, and says what is wrong with it", () =>
    visit({ seen: "[{}]" }, async ({ page }) => {
      assert.equal(await page.locator("[data-lack=refused]").count(), 1);
      assert.equal(await page.locator("[data-test=refused] [data-problem]").first().getAttribute("data-problem"), "trust-seen");
      assert.equal(await page.evaluate(() => localStorage.getItem("longma.gate.seen")), "[{}]", "it is not thrown away");
    }));

  it("goes on with the documents that it has if new ones are wrong", () =>
    visit({ size: DESKTOP }, async ({ page }) => {
      const list = "**/gate/revoked.cbor";
      await page.route(list, (route) => route.fulfill({ body: "no list" }));
      await page.locator("[data-test=again]").click();
      await page.locator("[data-test=refused] [data-problem]").waitFor();
      await bring(page, good.code);
      assert.deepEqual(await said(page), { word: "admit", problem: "" });
      await close(page);
      await page.unroute(list);
      await page.locator("[data-test=again]").click();
      await page.locator("[data-test=refused]").waitFor({ state: "detached" });
      assert.equal(await page.locator("[data-test=kept]").count(), 0);
    }));

  it("without a list that counts, leaves everybody to staff", () =>
    // The list counts for a day, the packs for three.
    visit({ at: Date.parse("2022-07-11T07:00:00+08:00"), size: DESKTOP }, async ({ page }) => {
      assert.equal(await page.locator("[data-test=list-missing]").count(), 1);
      await bring(page, good.code);
      assert.deepEqual(await said(page), { word: "check", problem: "gate-no-list" });
    }));

  it("keeps the versions that it has seen", () =>
    visit({}, async ({ page }) => {
      assert.match((await page.evaluate(() => localStorage.getItem("longma.gate.seen"))) ?? "", /longma\/packs/);
    }));

  it("warns of a clock that cannot be right", async () => {
    const visitor = await Visitor.arrive(stage);
    const { page } = visitor;
    // Only the clock that people set: the browser's other clock goes on.
    const set = (time: number): Promise<void> => page.evaluate((to) => void (Date.now = () => to), time);
    try {
      await page.addInitScript((to) => void (Date.now = () => to), Date.parse("2022-07-10T05:59:00+08:00"));
      await page.goto(`${address}gate.html`);
      await page.locator("[data-test=behind]").waitFor();
      await set(now);
      await page.locator("[data-test=behind]").waitFor({ state: "detached" });
      assert.equal(await page.locator("[data-test=set-back]").count(), 0);
      await set(now - 7 * 3_600_000);
      await page.locator("[data-test=set-back]").waitFor();
    } finally {
      await visitor.leave();
    }
  });

  it("has three sounds, which can be switched off", () =>
    visit({ size: DESKTOP }, async ({ page }) => {
      await page.evaluate(() => {
        const heard: number[] = ((globalThis as unknown as { heard: number[] }).heard = []);
        const start = OscillatorNode.prototype.start;
        OscillatorNode.prototype.start = function (when) {
          heard.push(Math.round(this.frequency.value));
          start.call(this, when);
        };
      });
      const heard = (): Promise<number[]> => page.evaluate(() => (globalThis as unknown as { heard: number[] }).heard.splice(0));
      const sounds: string[] = [];
      for (const { code } of [good, named("facts without the tests"), red]) {
        await bring(page, code);
        await said(page);
        sounds.push(String(await heard()));
        await close(page);
      }
      assert.equal(new Set(sounds).size, 3);
      await page.locator("[data-test=sound]").uncheck();
      await bring(page, good.code);
      await said(page);
      assert.deepEqual(await heard(), []);
    }));

  it("an answer goes away by itself, or stays until the next", async () => {
    const visitor = await Visitor.arrive(stage, { size: DESKTOP });
    const { page } = visitor;
    try {
      await page.clock.install({ time: now });
      await page.goto(`${address}gate.html`);
      await page.locator("[data-ready=true]").waitFor();
      await bring(page, good.code);
      await said(page);
      await page.clock.runFor(9_000);
      assert.equal(await page.locator(".answer").count(), 1);
      await page.clock.runFor(1_000);
      assert.equal(await page.locator(".answer").count(), 0);
      await page.locator("[data-test=stays]").selectOption("0");
      await bring(page, good.code);
      await said(page);
      await page.clock.runFor(120_000);
      assert.equal(await page.locator(".answer").count(), 1);
    } finally {
      await visitor.leave();
    }
  });
});
