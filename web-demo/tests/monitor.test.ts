// The monitor's page: the demo, what an alert rests on, feeds that are wrong, that grow and that break off, on a wall and on a
// phone. Numbers that are expected stand in the feeds of these tests, worked out by hand.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { DESKTOP, PHONE, setStage, Visitor, type Language, type Stage, type Visit } from "./browser";
import { serveFeeds, type FeedServer } from "./feeds";

let stage: Stage;
let server: FeedServer;
before(async () => {
  stage = await setStage();
  server = await serveFeeds();
});
after(async () => {
  await stage.end();
  await server.end();
});

const WALL = { width: 1920, height: 1080 };
const LARGE = { width: 3840, height: 2160 };
const sizes = { wall: WALL, large: LARGE, desktop: DESKTOP, phone: PHONE };

interface Arrival extends Visit {
  query?: string;
  /** What the browser itself may log, where the network fails on purpose. */
  logs?: RegExp;
  before?: (page: Page) => Promise<unknown>;
}

/** Opens the monitor, runs `act`, then checks that nothing failed and no request left the page's origin. */
async function visit({ query = "", logs, before = async () => undefined, ...how }: Arrival, act: (visitor: Visitor) => Promise<void>): Promise<void> {
  const visitor = await Visitor.arrive(stage, { size: WALL, ...how });
  try {
    await before(visitor.page);
    await visitor.page.goto(`${server.address}monitor.html${query}`);
    await act(visitor);
    assert.deepEqual(visitor.errors.filter((error) => logs === undefined || !logs.test(error)), []);
    const elsewhere = visitor.requests.filter((request) => !request.startsWith(server.address) && !/^(data|blob):/.test(request));
    assert.deepEqual(elsewhere, [], "a request left the page's origin");
  } finally {
    await visitor.leave();
  }
}
const ready = (page: Page): Promise<void> => page.locator("[data-ready=true]").waitFor();
/** All six parts are drawn: four charts. */
const drawn = async (page: Page): Promise<void> => {
  for (const part of ["matrix", "colours", "duties", "queues"]) await page.locator(`.${part} [data-test=chart] svg`).waitFor();
};
const linkIs = (page: Page, state: string): Promise<void> => page.locator(`[data-test=link][data-state="${state}"]`).waitFor();
const figure = async ({ page }: Visitor, name: string): Promise<string> => (await page.locator(`[data-figure=${name}] dd b`).innerText()).replace(/\s+/g, "");
/** The numbers of a table row. */
const cells = (page: Page, row: string): Promise<string[]> => page.locator(`${row} > *`).allInnerTexts();

// A feed whose numbers are easy: the counts of t-11 … t-1 repeat 2 4 4 4 5 5 4, so that every baseline of a day in question
// has mean 4, squares about it 6, and deviation 1; both thresholds are 7.
const name = (zh: string, en: string): object => ({ "zh-CN": zh, en });
const head = { kind: "head", feed: "longma-monitor/1", title: name("试验县", "Test"), region: "62", first: "2022-07-01", last: "2022-07-12", source: "test" };
const clinic = (id: string, county: string, zh: string, en: string): object => ({ kind: "clinic", id, county, name: name(zh, en) });
const report = (id: string, day: number, fever: number): object => ({ kind: "report", clinic: id, day: `2022-07-${String(day).padStart(2, "0")}`, fever, visits: fever + 50 });
const counted = (id: string, counts: readonly (number | null)[]): object[] => counts.flatMap((fever, at) => (fever === null ? [] : [report(id, at + 1, fever)]));
const QUIET = [2, 4, 4, 4, 5, 5, 4, 2, 4, 4, 4];
const lines = (...records: (object | string)[]): string => `${records.map((record) => (typeof record === "string" ? record : JSON.stringify(record))).join("\n")}\n`;
const places = [
  { kind: "place", code: "6201", parent: "62", name: name("兰州市", "Lanzhou") },
  { kind: "place", code: "620102", parent: "6201", name: name("城关区", "Chengguan") },
];
const clinics = [clinic("A", "620102", "甲", "Clinic A"), clinic("B", "620102", "乙", "Clinic B"), clinic("C", "620102", "丙", "Clinic C")];
const small = [head, ...places, ...clinics, ...counted("A", [...QUIET, 8]), ...counted("B", QUIET), ...counted("C", [2, 4, 4, 4, 5, 5, 4, 2, null, 4, 4, 9])];

const say = {
  "zh-CN": { title: "陇码 · 发热门诊监测", alarm: "预警", missing: "缺", invented: "虚构", line: "第 7 行", foreign: "本站", signal: "有信号", unknown: "无法判断", lost: "连接中断", page: "网页" },
  en: { title: "Longma · fever-clinic monitor", alarm: "Alarm", missing: "missing", invented: "Invented", line: "Line 7", foreign: "this site", signal: "Signal", unknown: "Cannot be judged", lost: "Connection lost", page: "a page" },
} satisfies Record<Language, Record<string, string>>;

for (const language of ["zh-CN", "en"] as const) {
  const words = say[language];
  describe(language, () => {
    for (const [sizeName, size] of Object.entries(sizes)) {
      it(`the demo opens on a ${sizeName}, labelled as invented, without overflow, and clean for axe`, () =>
        visit({ language, size }, async (visitor) => {
          const { page } = visitor;
          await ready(page);
          await drawn(page);
          assert.equal(await page.title(), words.title);
          assert.ok((await visitor.text("[data-test=invented]")).includes(words.invented));
          const room = await page.evaluate(() => {
            const { scrollWidth, scrollHeight } = document.documentElement;
            const parts = [...document.querySelectorAll(".bar, .panel, .figures > div, .bar > *")].map((part) => part.getBoundingClientRect());
            return { overflow: scrollWidth - innerWidth, below: scrollHeight - innerHeight, outside: parts.filter((part) => part.right > innerWidth + 1 || part.left < -1).length, letters: parseFloat(getComputedStyle(document.querySelector(".alert .who") as Element).fontSize) / innerWidth };
          });
          assert.deepEqual([room.overflow, room.outside], [0, 0]);
          if (size === WALL || size === LARGE) {
            assert.equal(room.below, 0, "a wall does not scroll");
            assert.ok(room.letters > 1 / 110, "letters grow with the screen");
          }
          await visitor.screenshot(`monitor-${language}-${sizeName}`, size === PHONE ? "whole" : "seen");
          assert.deepEqual(await visitor.violations(), []);
          for (const swap of await page.locator("[data-test=swap]").all()) await swap.click();
          assert.equal(await page.locator("[data-test=chart]").count(), 0, "every chart has a table");
          assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
          assert.deepEqual(await visitor.violations(), []);
        }));
    }

    it("an alert says which days it rests on, their mean, deviation and threshold, and by how much the day exceeds it", () => {
      server.files.set("/small.ndjson", lines(...small));
      return visit({ language, query: "?feed=./small.ndjson" }, async (visitor) => {
        const { page } = visitor;
        await ready(page);
        await linkIs(page, "read");
        assert.equal(await page.locator("[data-test=invented]").count(), 0);
        assert.equal(await visitor.page.locator("[data-figure=alarm]").getAttribute("data-count"), "1");
        await page.locator('.alert[data-clinic="A"][data-grade=alarm]').click();
        const sheet = page.locator("[data-test=explain]");
        assert.equal(await sheet.getAttribute("data-grade"), "alarm");
        assert.ok((await visitor.text("[data-test=explain] h2")).startsWith(words.alarm));
        // C1: 5 5 4 2 4 4 4 from 5 to 11 July; C2: 4 4 5 5 4 2 4 from 3 to 9 July. 8 is 1 above the threshold, 4 deviations.
        assert.deepEqual(await cells(page, "[data-method=C1]"), ["C1", "7-05 – 7-11", "5  5  4  2  4  4  4", "4.00", "1.00", "7.00", "8", "1.00", "4.00", words.signal]);
        assert.deepEqual(await cells(page, "[data-method=C2]"), ["C2", "7-03 – 7-09", "4  4  5  5  4  2  4", "4.00", "1.00", "7.00", "8", "1.00", "4.00", words.signal]);
        // C3: 4 - 1 on the day; C2 on 11 July: 4 against 4 4 4 5 5 4 2, on 10 July: 4 against 2 4 4 4 5 5 4; both lie on the mean.
        assert.deepEqual(await page.locator("[data-test=sum] .n").allInnerTexts().then((all) => all.slice(2)), ["4.00", "3.00", "0.00", "0.00", "0.00", "0.00", "3.00"]);
        await page.locator("[data-test=explain] [data-test=chart] svg").waitFor();
        await visitor.screenshot(`monitor-why-${language}`, "seen");
        assert.deepEqual(await visitor.violations(), []);
        await page.keyboard.press("Escape");
        await sheet.waitFor({ state: "detached" });
        assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("data-clinic")), "A", "the focus is where it was");
      });
    });

    it("a missing report is marked, in its county too, and is never zero", () => {
      server.files.set("/small.ndjson", lines(...small));
      return visit({ language, query: "?feed=./small.ndjson" }, async (visitor) => {
        const { page } = visitor;
        await ready(page);
        await linkIs(page, "read");
        // A 8 and C 9; B is missing.
        assert.equal(await figure(visitor, "fever"), "≥17");
        for (const place of ["62", "6201", "620102"]) {
          const row = page.locator(`[data-place="${place}"]`);
          assert.equal(await row.getAttribute("data-missing"), "1");
          const [, fever, reported] = await row.locator("td, th").allInnerTexts();
          assert.ok(fever?.includes("≥") && fever.includes("17"), fever);
          assert.ok(reported?.includes("2/3") && reported.includes(words.missing), reported);
        }
        await page.locator('.alert[data-clinic="B"][data-grade=missing]').click();
        assert.equal(await page.locator("[data-test=explain]").getAttribute("data-grade"), "missing");
        await page.locator("[data-test=close]").click();
        // C lacks 9 July, so no baseline of 12 July is whole, though 9 visits would signal; no clinic is quiet today.
        await page.locator(".matrix [data-test=swap]").click();
        await page.locator('[data-cell="C 2022-07-12"]').click();
        assert.equal(await page.locator("[data-test=explain]").getAttribute("data-grade"), "blind");
        assert.ok((await visitor.text("[data-test=holes]")).includes("7-09"));
        assert.deepEqual((await cells(page, "[data-method=C1]")).slice(2), ["5  5  4  2  " + (language === "en" ? "–" : "缺") + "  4  4", "–", "–", "–", "9", "–", "–", words.unknown]);
        await page.keyboard.press("Escape");
        // A day without a report can be asked too.
        await page.locator('[data-cell="C 2022-07-09"]').click();
        assert.equal(await page.locator("[data-test=explain]").getAttribute("data-grade"), "missing");
      });
    });

    it("bad lines are told with number and remedy, markup stays text, and the rest is shown", () => {
      const markup = `<img src=x onerror="document.title='owned'">`;
      const file = lines(head, ...places, ...clinics.slice(0, 2), '{"kind":"report","clinic":"A"', { ...report("A", 12, 5), fever: -5 }, clinic("X", "620102", markup, markup), ...counted("X", [...QUIET, 8]), ...counted("A", [...QUIET, 5]));
      return visit({ language }, async (visitor) => {
        const { page } = visitor;
        await ready(page);
        await page.locator("[data-test=file]").setInputFiles({ name: "feed.ndjson", mimeType: "application/x-ndjson", buffer: Buffer.from(file) });
        await page.locator("[data-test=problems]").waitFor();
        assert.equal(await page.locator("[data-test=problems]").getAttribute("data-wrong"), "2");
        await page.locator("[data-test=problems] summary").click();
        // Head, two places and two clinics are lines 1 to 5.
        assert.deepEqual(await page.locator("[data-test=problems] li").evaluateAll((all) => all.map((one) => [one.getAttribute("data-line"), one.getAttribute("data-fault")])), [["6", "json"], ["7", "field"]]);
        assert.ok((await visitor.text('[data-line="7"]')).startsWith(words.line));
        assert.ok((await visitor.text('[data-line="7"]')).includes("fever"));
        await page.locator('.alert[data-clinic="X"][data-grade=alarm]').click();
        assert.ok((await visitor.text("[data-test=explain] h2")).includes(markup));
        assert.equal(await page.locator("img[src=x]").count(), 0);
        assert.equal(await page.title(), words.title);
        await page.keyboard.press("Escape");
        await page.locator(".matrix [data-test=chart]").getByText("<img").first().waitFor();
        await page.locator("[data-test=demo]").click();
        await page.locator("[data-test=invented]").waitFor();
        assert.equal(await page.locator("[data-test=problems]").count(), 0);
      });
    });

    it("an address elsewhere is refused in words, and nothing is asked for", () =>
      visit({ language, query: `?feed=${encodeURIComponent("https://elsewhere.example/feed")}` }, async (visitor) => {
        await visitor.page.locator("[data-test=link][data-look=lost]").waitFor();
        assert.ok((await visitor.text("[data-test=link]")).includes(words.foreign));
        assert.deepEqual(visitor.requests.filter((request) => request.endsWith(".ndjson")), [], "the demo does not stand in for it");
        assert.deepEqual(await visitor.violations(), []);
      }));
  });
}

describe("a stream", () => {
  it("that keeps growing changes the screen as its lines come, also in pieces", () =>
    visit({ language: "en", query: "?feed=./stream-1" }, async (visitor) => {
      const { page } = visitor;
      const stream = await server.connection("/stream-1");
      stream.send(lines(head, ...places, ...clinics.slice(0, 2), ...counted("A", QUIET), ...counted("B", QUIET)));
      await page.locator('[data-test=day][data-day="2022-07-11"]').waitFor();
      await linkIs(page, "reading");
      assert.equal(await page.locator("[data-figure=alarm]").getAttribute("data-count"), "0");
      // A line in two pieces, cut within a character of its name.
      const next = Buffer.from(lines(clinic("A", "620102", "甲甲", "Renamed"), report("A", 12, 8)));
      const cut = next.indexOf("甲") + 1;
      stream.send(next.subarray(0, cut));
      stream.send(next.subarray(cut));
      await page.locator('.alert[data-clinic="A"][data-grade=alarm]').waitFor();
      await page.locator('.alert[data-clinic="B"][data-grade=missing]').waitFor();
      assert.ok((await visitor.text('.alert[data-clinic="A"] .who')).includes("Renamed"));
      assert.equal(await visitor.page.locator("main [role=status]").textContent(), "Alarm 1, watch 0, missing reports 1");
      // A later record replaces the earlier one.
      stream.send(lines(report("A", 12, 5), report("B", 12, 4)));
      await page.locator("[data-figure=missing][data-count='0']").waitFor();
      assert.equal(await page.locator("[data-figure=alarm]").getAttribute("data-count"), "0");
      assert.equal(await figure(visitor, "fever"), "9");
      stream.end();
      await linkIs(page, "read");
    }));

  it("an open explanation follows what comes in", () =>
    visit({ language: "en", query: "?feed=./stream-2" }, async (visitor) => {
      const { page } = visitor;
      const stream = await server.connection("/stream-2");
      stream.send(lines(...small));
      await page.locator('.alert[data-clinic="A"][data-grade=alarm]').click();
      stream.send(lines(report("A", 12, 7)));
      // Exactly three deviations are not more than three.
      await page.locator("[data-test=explain][data-grade=quiet]").waitFor();
      assert.equal((await cells(page, "[data-method=C1]"))[6], "7");
      stream.end();
    }));

  it("that breaks off says since when, keeps what it said, and is asked for ever more slowly until it is back", () =>
    visit({ language: "en", query: "?feed=./stream-events-1", logs: /Failed to load|ERR_|net::/, before: (page) => page.clock.install({ time: new Date("2022-07-12T10:00:00+08:00") }) }, async (visitor) => {
      const { page } = visitor;
      const path = "/stream-events-1";
      const stream = await server.connection(path);
      const events = (...records: object[]): string => records.map((record) => `event: record\ndata: ${JSON.stringify(record)}\n\n`).join("");
      stream.send(`: hello\nretry: 100\n\n${events(...small)}`);
      // What was heard is drawn at a pace of 200 ms of the page's clock.
      const taken = page.locator('[data-taken="40"]');
      await until(page, 300, taken);
      assert.equal(small.length, 40);
      server.refused.set(path, 503);
      stream.cut();
      await page.locator("[data-test=link][data-state=lost]").waitFor();
      const since = await visitor.text("[data-test=link]");
      assert.match(since, /Connection lost since 10:0\d:\d\d/);
      assert.match(since, /Last heard 10:0\d:\d\d/);
      await page.locator('.alert[data-clinic="A"]').waitFor();

      // 1, 2 and 4 seconds: not asked a moment before, asked then.
      for (const seconds of [1, 2, 4]) {
        const asked = server.asked(path);
        await page.clock.runFor(seconds * 1000 - 400);
        assert.equal(server.asked(path), asked, `asked before ${seconds} s`);
        const answer = page.waitForResponse((response) => response.url().endsWith(path));
        await page.clock.runFor(500);
        assert.equal((await answer).status(), 503);
        await page.locator("[data-test=link]").getByText("503").waitFor();
      }
      server.refused.delete(path);
      const again = server.connection(path);
      await page.clock.runFor(8_100);
      const stream2 = await again;
      stream2.send(events(report("B", 12, 4)));
      await linkIs(page, "reading");
      await until(page, 300, page.locator('[data-taken="41"]'));
      assert.equal(await page.locator("[data-figure=missing]").getAttribute("data-count"), "0");
      assert.equal(await page.locator('.alert[data-clinic="A"]').count(), 1, "what was said before is kept");
      // Silence of more than two minutes is said, though the connection stands.
      await page.clock.runFor(150_000);
      await page.locator("[data-test=link][data-look=quiet]").waitFor();
      // After five minutes it is taken for dead, and asked for again.
      const third = server.connection(path);
      await page.clock.runFor(160_000);
      await third;
      await page.locator("[data-test=link][data-state=reading]").waitFor();
    }));

  it("a file is asked for again a minute after its end, and what it says then is shown", () => {
    server.files.set("/again.ndjson", lines(...small));
    return visit({ language: "en", query: "?feed=./again.ndjson", before: (page) => page.clock.install() }, async (visitor) => {
      const { page } = visitor;
      await linkIs(page, "read");
      server.files.set("/again.ndjson", lines(...small, report("B", 12, 4)));
      const asked = server.asked("/again.ndjson");
      await page.clock.runFor(58_000);
      assert.equal(server.asked("/again.ndjson"), asked);
      await page.clock.runFor(3_000);
      await until(page, 300, page.locator("[data-figure=missing][data-count='0']"));
    });
  });

  it("an address that is a page is said to be one", () =>
    visit({ language: "en", query: "?feed=./index.html" }, async (visitor) => {
      await visitor.page.locator("[data-test=link][data-state=lost]").waitFor();
      assert.ok((await visitor.text("[data-test=link]")).includes(say.en.page));
    }));
});

/** Lets the page's clock run in steps until something is seen. What comes over the network takes real time, which `waitFor` gives. */
async function until(page: Page, step: number, seen: ReturnType<Page["locator"]>): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    await page.clock.runFor(step);
    if ((await seen.count()) > 0) return;
  }
  await seen.waitFor();
}

describe("at the screen", () => {
  it("a file can be dropped, and a day before can be looked at with the keyboard", () =>
    visit({ language: "en" }, async (visitor) => {
      const { page } = visitor;
      await ready(page);
      await page.evaluate((text) => {
        const data = new DataTransfer();
        data.items.add(new File([text], "dropped.ndjson"));
        for (const type of ["dragenter", "dragover", "drop"]) document.body.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: data }));
      }, lines(...small));
      await page.locator("[data-test=link]").getByText("dropped.ndjson").waitFor();
      await page.locator('[data-test=day][data-day="2022-07-12"]').waitFor();
      const slider = page.locator("input[type=range]");
      assert.equal(await slider.getAttribute("aria-valuetext"), "2022-07-12");
      assert.equal(await slider.evaluate((node: HTMLInputElement) => Number(node.max) - node.valueAsNumber), 0, "the slider stands at the last day");
      await slider.focus();
      await page.keyboard.press("ArrowLeft");
      await page.locator('[data-test=day][data-day="2022-07-11"]').waitFor();
      assert.equal(await page.locator("[data-figure=missing]").getAttribute("data-count"), "0");
      await page.locator("[data-test=after]").focus();
      await page.keyboard.press("Enter");
      await page.locator('[data-test=day][data-day="2022-07-12"]').waitFor();
      assert.equal(await page.locator("[data-figure=missing]").getAttribute("data-count"), "1");
    }));

  it("a day in the chart opens its explanation", () =>
    visit({ language: "en" }, async ({ page }) => {
      await ready(page);
      await drawn(page);
      // The demo's worst day stands once in its chart: 44 visits at Xifeng.
      await page.locator(".matrix [data-test=chart] text").getByText("44", { exact: true }).click();
      await page.locator('[data-test=explain][data-clinic=C008][data-day="2022-07-28"][data-grade=alarm]').waitFor();
    }));

  it("the index page leads here, and the language that was chosen stays", () =>
    visit({ language: "en" }, async ({ page }) => {
      await ready(page);
      await page.getByText("中文").click();
      await page.locator("html[lang=zh-CN]").waitFor();
      await page.goto(`${server.address}index.html`);
      await page.locator('nav a[href="./monitor.html"]').click();
      await ready(page);
      assert.equal(await page.title(), say["zh-CN"].title);
    }));
});
