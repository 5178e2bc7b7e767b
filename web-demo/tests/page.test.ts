// What a user sees on the built page, with the real engine and the real packs.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { DESKTOP, PHONE, setStage, Visitor, type Language, type Stage, type Visit } from "./browser";
import { acrossEditions, closeContact, json, person, testsNotKnown, time, vaccinated } from "./people";

interface Sample {
  file: string;
  name: Record<Language, string>;
  at: string;
}
const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const samples = JSON.parse(readFileSync(file("../public/generated/samples/index.json"), "utf8")) as Sample[];
const sampleCsv = file("../../rules/reference/risk_areas.sample.csv");
const realCsv = `${process.env.LONGMA_DATA ?? file("../../../shared/data")}/risk-areas-gansu.csv`;

const sizes = { phone: PHONE, desktop: DESKTOP };
const languages: Language[] = ["zh-CN", "en"];

let stage: Stage;
before(async () => {
  stage = await setStage();
});
after(() => stage.end());

/** Runs `act` on its own page, then checks that nothing failed and no request left the page's origin. */
async function visit(how: Visit, act: (visitor: Visitor) => Promise<void>): Promise<void> {
  const visitor = await Visitor.open(stage, how);
  try {
    await act(visitor);
    assert.deepEqual(visitor.errors, []);
    const elsewhere = visitor.requests.filter((address) => !address.startsWith(stage.address) && !/^(data|blob):/.test(address));
    assert.deepEqual(elsewhere, [], "a request left the page's origin");
  } finally {
    await visitor.leave();
  }
}

/** Decides these facts at this instant, with the clock stopped. */
async function show(visitor: Visitor, facts: unknown, instant: string): Promise<void> {
  await visitor.stop();
  await visitor.decide(json(facts));
  await visitor.decided();
  await visitor.goTo(instant);
}

const words = {
  "zh-CN": {
    green: "绿码", yellow: "黄码", red: "红码", unknown: "未知",
    inFive: "5 天 1 小时后变为黄码", inOneSecond: "1 秒后变为黄码", noRules: "后没有生效的规则",
    isolation: "密切接触者，集中隔离期", monitoring: "密切接触者，居家健康监测期", none: "没有任何需要赋黄码或红码的原因。",
    valid: "有效期还剩 23 小时 0 分", expired: "已失效，请重新申领", notSigned: "此码尚未签名", reapply: "重新申领",
    atLeast: "至少为黄码", gold: "金边", policy: "政策变更", contact: "接触史第 1 条",
    problems: "事实有 2 处问题", rows: "行", highRisk: "到过高风险区", row: "：甘肃省兰州市七里河区中参雅园小区，高风险，2022-07-08 21:00 至 2022-07-17 08:00", title: "陇码 · 在设备上判定的健康码", failed: "判定引擎没有启动",
  },
  en: {
    green: "Green", yellow: "Yellow", red: "Red", unknown: "Unknown",
    inFive: "Turns yellow in 5 days 1 hour", inOneSecond: "Turns yellow in 1 s", noRules: "No rules in force after",
    isolation: "Close contact of a case, in central isolation", monitoring: "Close contact of a case, in monitoring at home",
    none: "There is no reason for a yellow or a red code.",
    valid: "Valid for another 23 h 0 min", expired: "No longer valid: ask for a new code", notSigned: "This code is not signed yet", reapply: "Apply again",
    atLeast: "At least yellow", gold: "Gold border", policy: "Policy change", contact: "Contact 1",
    problems: "2 problems in the facts", rows: "rows", highRisk: "Stayed in a high-risk area", row: ": 甘肃省兰州市七里河区中参雅园小区, high risk, 2022-07-08 21:00 to 2022-07-17 08:00", title: "Longma · a health code decided on the device", failed: "The engine did not start",
  },
} satisfies Record<Language, Record<string, string>>;

for (const [sizeName, size] of Object.entries(sizes)) {
  for (const language of languages) {
    const say = words[language];

    // Each visit has its own browser profile, so visits may overlap.
    describe(`${language}, ${sizeName}`, { concurrency: 3 }, () => {
      it("a close contact is red, then yellow, then green, each to the second", () =>
        visit({ language, size }, async (visitor) => {
          await show(visitor, closeContact, "2022-07-10T09:00:00");
          assert.equal(await visitor.text("[data-test=level]"), say.red);
          assert.equal(await visitor.tone(), "red");
          assert.ok((await visitor.text("[data-test=next]")).startsWith(say.inFive));
          assert.ok((await visitor.text("[data-test=next]")).includes("2022-07-15 10:00"));
          assert.ok((await visitor.text("[data-test=validity]")).startsWith(say.valid));
          assert.deepEqual(await visitor.texts(".panel > .reasons .caption > strong"), [say.isolation]);
          assert.equal(await visitor.text("#code [role=timer] strong"), "09:00:00");
          await visitor.screenshot(`close-contact-red-${language}-${sizeName}`);

          await visitor.goTo("2022-07-15T09:59:59");
          assert.equal(await visitor.text("[data-test=level]"), say.red);
          assert.ok((await visitor.text("[data-test=next]")).startsWith(say.inOneSecond));

          await visitor.goTo("2022-07-15T10:00:00");
          assert.equal(await visitor.text("[data-test=level]"), say.yellow);
          assert.equal(await visitor.tone(), "yellow");
          assert.deepEqual(await visitor.texts(".panel > .reasons .caption > strong"), [say.monitoring]);
          await visitor.screenshot(`close-contact-yellow-${language}-${sizeName}`);

          await visitor.goTo("2022-07-18T10:00:00");
          assert.equal(await visitor.text("[data-test=level]"), say.green);
          assert.equal(await visitor.text(".none"), say.none);
          assert.ok((await visitor.text("[data-test=next]")).includes(say.noRules), "the last pack ends on 2023-01-08");
          await visitor.screenshot(`close-contact-green-${language}-${sizeName}`);
        }));

      it("the QR holds the versioned text and is said not to be signed", () =>
        visit({ language, size }, async (visitor) => {
          await show(visitor, closeContact, "2022-07-10T09:00:00");
          const qr = visitor.page.locator(".qr");
          assert.equal(
            await qr.getAttribute("data-text"),
            "LONGMA1|red|2022-07-10T08:00:00+08:00|2022-07-11T08:00:00+08:00|62/2022-03-07",
          );
          await qr.locator("svg").waitFor();
          const issued = { ...closeContact, issuance: [{ issued_at: time("2022-07-15T08:00") }] };
          await show(visitor, issued, "2022-07-15T09:00:00");
          assert.equal(
            await qr.getAttribute("data-text"),
            "LONGMA1|red|2022-07-15T08:00:00+08:00|2022-07-15T10:00:00+08:00|62/2022-03-07",
            "the level ends before the validity does",
          );
          assert.ok((await visitor.text(".unsigned")).startsWith(say.notSigned));
        }));

      it("a code older than 24 hours has expired until one applies again", () =>
        visit({ language, size }, async (visitor) => {
          await show(visitor, closeContact, "2022-07-11T07:59:59");
          assert.equal(await visitor.page.locator(".qr").count(), 1);
          await visitor.goTo("2022-07-11T08:00:00");
          assert.equal(await visitor.page.locator(".qr").count(), 0);
          assert.equal(await visitor.text(".qr-gone strong"), say.expired);
          assert.equal(await visitor.tone(), "grey", "a code that does not count shows no colour");
          assert.equal(await visitor.text("[data-test=level]"), say.red, "the level is told all the same");
          await visitor.page.getByRole("button", { name: say.reapply }).click();
          await visitor.page.locator('.qr[data-text*="2022-07-11T08:00:00+08:00|2022-07-12T08:00:00+08:00"]').waitFor();
          assert.match(await visitor.facts(), /"issued_at": "2022-07-11T08:00:00\+08:00"/);
        }));

      it("what cannot be known is grey, says why, and says what is certain", () =>
        visit({ language, size }, async (visitor) => {
          await show(visitor, testsNotKnown, "2022-07-10T09:00:00");
          assert.equal(await visitor.text("[data-test=level]"), say.unknown);
          assert.equal(await visitor.tone(), "unknown");
          assert.equal(await visitor.text(".at-least"), say.atLeast);
          assert.match((await visitor.texts(".problems .message")).join(" "), /tests/);
          await visitor.screenshot(`unknown-${language}-${sizeName}`);
        }));

      it("gold is a frame around a green code and words beside it", () =>
        visit({ language, size }, async (visitor) => {
          await show(visitor, vaccinated, "2022-07-10T09:00:00");
          assert.equal(await visitor.text("[data-test=level]"), say.green);
          assert.equal(await visitor.tone(), "green", "the colour is not replaced");
          assert.equal(await visitor.page.locator("#code.framed").count(), 1);
          assert.equal((await visitor.texts(".overlay"))[0]?.trim(), say.gold);
          await visitor.screenshot(`gold-${language}-${sizeName}`);
        }));

      it("a policy change in the middle of a timeline is marked with the packs", () =>
        visit({ language, size }, async (visitor) => {
          await show(visitor, acrossEditions, "2022-06-27T23:59:59");
          assert.equal(await visitor.text("[data-test=level]"), say.red);
          const change = visitor.page.locator(".changes li", { hasText: "2022-06-28 00:00" });
          const text = await change.innerText();
          assert.ok(text.includes(say.policy));
          assert.ok(text.includes("62/2022-03-07 + cn/2021-05-14") && text.includes("62/2022-03-07 + cn/2022-06-28"), text);
          await visitor.screenshot(`policy-change-${language}-${sizeName}`);
          await change.getByRole("button").click();
          await visitor.at("2022-06-28T00:00:00");
          assert.ok((await visitor.texts(".packs code")).includes("cn/2022-06-28"));
        }));

      it("bad facts are listed with place, expected and found, and the text shows where", () =>
        visit({ language, size }, async (visitor) => {
          await visitor.stop();
          const bad = {
            ...person(),
            contacts: [{ kind: "friend", last_contact: time("2022-07-08T10:00"), identified_at: time("2022-07-09T10:00") }],
            tests: [{ method: "nucleic_acid", sampled_at: "yesterday", reported_at: time("2022-07-09T10:00"), result: "negative", pool_size: 1 }],
          };
          await visitor.decide(json(bad));
          await visitor.page.locator(".refusal").waitFor();
          assert.ok((await visitor.text(".refusal > p")).startsWith(say.problems));
          const listed = await visitor.texts(".refusal .problems > li");
          assert.ok(listed.some((one) => one.includes("/contacts/0/kind") && one.includes("friend") && one.includes("close")), listed.join("\n"));
          assert.ok(listed.some((one) => one.includes("/tests/0/sampled_at") && one.includes("yesterday")), listed.join("\n"));
          await visitor.page.getByRole("button", { name: "/contacts/0/kind" }).click();
          assert.equal(await visitor.selected(), '"kind": "friend"');
          await visitor.screenshot(`bad-facts-${language}-${sizeName}`);
          assert.deepEqual(await visitor.violations(), []);

          await visitor.decide(json(closeContact));
          await visitor.page.locator(".refusal").waitFor({ state: "detached" });
        }));

      it("text that is not JSON is refused and shown where it breaks", () =>
        visit({ language, size }, async (visitor) => {
          await visitor.decide('{\n  "subject": "person",\n  "identity": }\n');
          await visitor.page.locator(".refusal").waitFor();
          await visitor.page.locator(".refusal .link").click();
          assert.equal(await visitor.selected(), "}");
          assert.deepEqual(await visitor.texts(".gutter .wrong"), ["3"]);
        }));

      // There are many samples, so each is tested in one language at one size only, shared out evenly.
      const turn = languages.length * Object.keys(sizes).indexOf(sizeName) + languages.indexOf(language);
      for (const sample of samples.filter((_, n) => n % (languages.length * Object.keys(sizes).length) === turn)) {
        it(`the sample ${sample.file} shows a card that anyone can read`, () =>
          visit({ language, size }, async (visitor) => {
            await visitor.choose(sample.file);
            await visitor.goTo(sample.at.slice(0, 19));
            assert.ok((await visitor.text("[data-test=level]")).length > 0);
            assert.equal(await visitor.page.locator(".refusal").count(), 0);
            await visitor.screenshot(`sample-${sample.file.replace(/\.json$/, "")}-${language}-${sizeName}`);
            assert.deepEqual(await visitor.violations(), []);
          }));
      }
    });
  }
}

describe("language", () => {
  it("is switched in place, set on the document, and remembered", () =>
    visit({ language: "zh-CN" }, async (visitor) => {
      const { page } = visitor;
      assert.equal(await page.locator("html").getAttribute("lang"), "zh-CN");
      assert.equal(await page.title(), words["zh-CN"].title);
      await page.getByText("English", { exact: true }).click();
      await page.locator("html[lang=en]").waitFor();
      assert.equal(await page.title(), words.en.title);
      await page.reload();
      await page.locator("[data-test=level]").waitFor();
      assert.equal(await page.locator("html").getAttribute("lang"), "en");
    }));
});

describe("handle", () => {
  it("moves by keyboard: an hour, a day, to the ends", () =>
    visit({ size: DESKTOP }, async (visitor) => {
      await show(visitor, closeContact, "2022-07-10T09:00:00");
      const { page } = visitor;
      const slider = page.getByRole("slider");
      await slider.focus();
      for (const [key, instant] of [
        ["ArrowRight", "2022-07-10T10:00:00"],
        ["ArrowUp", "2022-07-10T11:00:00"],
        ["ArrowLeft", "2022-07-10T10:00:00"],
        ["ArrowDown", "2022-07-10T09:00:00"],
        ["Shift+ArrowRight", "2022-07-11T09:00:00"],
        ["PageUp", "2022-07-12T09:00:00"],
        ["PageDown", "2022-07-11T09:00:00"],
        ["Shift+ArrowLeft", "2022-07-10T09:00:00"],
      ] as const) {
        await page.keyboard.press(key);
        await visitor.at(instant);
      }
      await page.keyboard.press("End");
      await page.locator('#code[data-level="green"]').waitFor();
      await page.keyboard.press("Home");
      // The end is also a different instant; only one before the contact shows that the beginning was reached.
      await page.waitForFunction(
        (contact) => (document.querySelector<HTMLElement>("#code")?.dataset.at ?? contact) < contact,
        "2022-07-08T10:00:00",
      );
    }));

  it("says the instant and the level to a screen reader", () =>
    visit({ language: "en" }, async (visitor) => {
      await show(visitor, closeContact, "2022-07-10T09:00:00");
      assert.equal(await visitor.page.getByRole("slider").getAttribute("aria-valuetext"), "2022-07-10 09:00, Red");
    }));

  it("goes to the previous and the next change", () =>
    visit({ language: "en" }, async (visitor) => {
      // Duties to test change at midnight, so within this day only the colour changes.
      await show(visitor, closeContact, "2022-07-15T09:00:00");
      await visitor.page.getByRole("button", { name: "Next change" }).click();
      await visitor.at("2022-07-15T10:00:00");
      assert.equal(await visitor.text("[data-test=level]"), "Yellow");
      await visitor.page.getByRole("button", { name: "Previous change" }).click();
      await visitor.at("2022-07-15T00:00:00");
      assert.equal(await visitor.text("[data-test=level]"), "Red");
    }));

  it("is dragged, and the card follows", () =>
    visit({ size: DESKTOP }, async (visitor) => {
      await show(visitor, closeContact, "2022-07-10T09:00:00");
      const slider = visitor.page.getByRole("slider");
      await slider.scrollIntoViewIfNeeded();
      const box = await slider.boundingBox();
      assert.ok(box !== null);
      const y = box.y + box.height / 2;
      await visitor.page.mouse.click(box.x + box.width - 20, y);
      await visitor.page.locator('#code[data-level="green"]').waitFor();
    }));

  it("announces the level when it changes and not when the clock ticks", () =>
    visit({ language: "en" }, async (visitor) => {
      await show(visitor, closeContact, "2022-07-15T09:59:58");
      const announcement = visitor.page.locator("[data-test=announcement]");
      const before = await announcement.textContent();
      await visitor.goTo("2022-07-15T09:59:59");
      assert.equal(await announcement.textContent(), before);
      await visitor.goTo("2022-07-15T10:00:00");
      assert.equal(await announcement.textContent(), "2022-07-15 10:00: Yellow");
    }));
});

describe("clock", () => {
  it("runs by itself over a change of level", () =>
    visit({ language: "en" }, async (visitor) => {
      await show(visitor, closeContact, "2022-07-15T09:59:59");
      await visitor.page.getByRole("button", { name: "Run the clock" }).click();
      await visitor.page.locator('#code[data-level="yellow"]').waitFor();
    }));

  it("goes to the real now", () =>
    visit({ language: "en" }, async (visitor) => {
      await visitor.page.getByRole("button", { name: "Real now" }).click();
      const year = String(new Date().getFullYear());
      await visitor.page.locator(`#code[data-at^="${year}-"]`).waitFor();
    }));
});

describe("reasons", () => {
  it("lead to the facts they rest on", () =>
    visit({ language: "en", size: DESKTOP }, async (visitor) => {
      await show(visitor, closeContact, "2022-07-10T09:00:00");
      await visitor.page.getByRole("button", { name: "Show in the facts: Contact 1" }).click();
      assert.match(await visitor.selected(), /^\{\s*"kind": "close"[^}]+\}$/);
    }));
});

describe("timeline as text", () => {
  it("holds every segment of every decision", () =>
    visit({ language: "en", size: DESKTOP }, async (visitor) => {
      await show(visitor, closeContact, "2022-07-10T09:00:00");
      await visitor.page.getByText("The segments as a table").click();
      const rows = await visitor.texts(".scroller:first-of-type tbody tr");
      const red = rows.find((row) => row.includes("2022-07-08 10:00"));
      assert.ok(rows.some((row) => row.includes("2022-07-08 10:00") && row.includes("2022-07-15 10:00") && row.includes("Red") && row.includes("now")), red);
      assert.ok(rows.some((row) => row.includes("2022-07-15 10:00") && row.includes("Yellow")));
    }));
});

describe("region", () => {
  it("chosen outside Gansu leaves only the national plan", () =>
    visit({ language: "en" }, async (visitor) => {
      await show(visitor, closeContact, "2022-07-10T09:00:00");
      await visitor.page.getByLabel("Decide by the rules of").selectOption("110000");
      await visitor.page.locator(".packs", { hasNotText: "62/2022-03-07" }).waitFor();
      assert.deepEqual(await visitor.texts(".packs code"), ["cn/2022-06-28"]);
      assert.equal(await visitor.text("[data-test=level]"), "Red");
    }));
});

describe("risk areas", () => {
  const rowsOf = (path: string): number => readFileSync(path, "utf8").trim().split("\n").length - 1;

  it("come from the built-in sample, and from a file of the same shape by upload", () =>
    visit({ language: "en" }, async (visitor) => {
      assert.match(await visitor.text("[data-test=reference]"), new RegExp(`invented, ${rowsOf(sampleCsv)} rows`));
      await visitor.page.locator("input[type=file]").setInputFiles(sampleCsv);
      await visitor.page.locator("[data-test=reference]", { hasText: "risk_areas.sample.csv" }).waitFor();
      await visitor.page.getByRole("button", { name: "Back to sample" }).click();
      await visitor.page.locator("[data-test=reference]", { hasText: "Built-in sample" }).waitFor();
    }));

  it("are read in the encoding of a spreadsheet, and the page says in which", () =>
    visit({ language: "en" }, async (visitor) => {
      const buffer = Buffer.from(`\ufeff${readFileSync(sampleCsv, "utf8")}`, "utf16le");
      await visitor.page.locator("input[type=file]").setInputFiles({ name: "utf16.csv", mimeType: "text/csv", buffer });
      await visitor.page.locator("[data-test=assumed]", { hasText: "read as UTF-16LE" }).waitFor();
      assert.match(await visitor.text("[data-test=reference]"), new RegExp(`utf16\\.csv \\(${rowsOf(sampleCsv)} rows\\)`));
      const none = { name: "none.csv", mimeType: "text/csv", buffer: Buffer.from([0xff, 0xff, 0xff]) };
      await visitor.page.locator("input[type=file]").setInputFiles(none);
      await visitor.page.locator(".refused").waitFor();
      assert.match(await visitor.text(".setup [role=alert]"), /none\.csv was not taken/);
    }));

  it("are refused when the file is not such a list, and the list before stays", () =>
    visit({ language: "en" }, async (visitor) => {
      const before = await visitor.text("[data-test=reference]");
      await visitor.page.locator("input[type=file]").setInputFiles({ name: "bad.csv", mimeType: "text/csv", buffer: Buffer.from("a,b\n1,2\n") });
      await visitor.page.locator(".refused").waitFor();
      assert.match(await visitor.text(".setup [role=alert]"), /bad\.csv was not taken/);
      assert.equal(await visitor.text("[data-test=reference]"), before);
    }));

  const skip = existsSync(realCsv) ? false : "the real list is not on this machine: set LONGMA_DATA to the folder that holds risk-areas-gansu.csv";
  for (const language of languages) {
    it(`the real list makes a stay in Lanzhou in July 2022 red (${language})`, { skip }, () =>
      visit({ language }, async (visitor) => {
        await visitor.choose("lanzhou-july-2022.json");
        await visitor.goTo("2022-07-10T09:00:00");
        assert.equal(await visitor.level(), "green", "the invented list does not know the place");
        await visitor.page.locator("input[type=file]").setInputFiles(realCsv);
        await visitor.page.locator('#code[data-level="red"]').waitFor();
        assert.ok((await visitor.text("[data-test=reference]")).includes(`risk-areas-gansu.csv`));
        assert.ok((await visitor.text(".panel > .reasons")).includes(words[language].highRisk));
        assert.ok((await visitor.text(".panel > .reasons .evidence")).includes(words[language].row));
        await visitor.screenshot(`lanzhou-real-${language}`);
        await visitor.goTo("2022-07-08T20:59:59");
        assert.equal(await visitor.level(), "green", "the place was not on the list yet");
        await visitor.goTo("2022-07-08T21:00:00");
        assert.equal(await visitor.level(), "red", "named as high risk");
        await visitor.goTo("2022-07-24T07:59:59");
        assert.equal(await visitor.level(), "red", "less than seven days after it ceased to be high risk");
        await visitor.goTo("2022-07-24T08:00:00");
        assert.notEqual(await visitor.level(), "red", "seven days after");
      }));
  }
});

describe("accessibility", () => {
  for (const language of languages) {
    it(`nothing axe-core objects to, dark (${language})`, () =>
      visit({ language, dark: true }, async (visitor) => {
        for (const instant of ["2022-07-10T09:00:00", "2022-07-15T10:00:00", "2022-07-18T10:00:00"]) {
          await show(visitor, closeContact, instant);
          assert.deepEqual(await visitor.violations(), []);
        }
        await visitor.screenshot(`dark-${language}`);
      }));
  }

  it("the sheet of samples is a dialog that holds the focus and gives it back", () =>
    visit({ language: "en" }, async (visitor) => {
      const { page } = visitor;
      const opener = page.locator(".person-cell");
      await opener.focus();
      await page.keyboard.press("Enter");
      const dialog = page.getByRole("dialog", { name: "Choose a sample person" });
      await dialog.waitFor();
      assert.ok(await dialog.evaluate((node) => node.contains(document.activeElement)));
      await visitor.screenshot("sheet-en-phone", "seen");
      assert.deepEqual(await visitor.violations(), []);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "hidden" });
      assert.ok(await opener.evaluate((node) => node === document.activeElement));
    }));

  it("every control is reached with the Tab key", () =>
    visit({ language: "en", size: DESKTOP }, async (visitor) => {
      await show(visitor, closeContact, "2022-07-10T09:00:00");
      await visitor.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      const reached = new Set<string>();
      for (let i = 0; i < 60; i++) {
        await visitor.page.keyboard.press("Tab");
        const what = await visitor.page.evaluate(() => {
          const node = document.activeElement;
          return node === null ? "" : `${node.tagName.toLowerCase()}.${node.className || (node as HTMLInputElement).type || node.id}`;
        });
        if (reached.has("a.skip") && what === "a.skip") break;
        reached.add(what);
      }
      for (const part of ["a.skip", "button.person-cell", "input.slider", "textarea.textarea"]) {
        assert.ok(reached.has(part), `${part} is not among ${[...reached].join(", ")}`);
      }
    }));
});

describe("engine", () => {
  it("runs in a worker", () =>
    visit({}, async (visitor) => {
      assert.equal(visitor.page.workers().length, 1);
    }));

  for (const language of languages) {
    it(`that does not load is said in a sentence (${language})`, async () => {
      const visitor = await Visitor.arrive(stage, { language });
      try {
        await visitor.page.context().route(/\.wasm$/, (route) => route.abort());
        await visitor.page.goto(stage.address);
        await visitor.page.locator(".failure").waitFor();
        assert.ok((await visitor.text(".failure")).startsWith(words[language].failed));
        assert.deepEqual(await visitor.violations(), []);
      } finally {
        await visitor.leave();
      }
    });
  }
});
