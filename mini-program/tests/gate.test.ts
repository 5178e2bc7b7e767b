// The gate's page: the real engine from the subpackage, the documents and codes of a gate whose keys anybody can guess.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { results, Stage, type Visit, type Visitor } from "./host/stage";

interface Sample {
  name: string;
  code: string;
  challenge: string | null;
  seconds: number;
  word: string;
  problem: string;
}

const file = (path: string): URL => new URL(`../../target/gate-samples/${path}`, import.meta.url);
const samples = JSON.parse(readFileSync(file("codes.json"), "utf8")) as { now: string; codes: Sample[] };
const NOW = Date.parse(samples.now);
const named = (name: string): string => samples.codes.find((it) => it.name === name)?.code ?? assert.fail(name);
const GOOD = named("facts, as they should be");
const RED = named("facts of a close contact");
const CHECK = named("facts without the tests");

const ADDRESS = "https://gate.invalid/";
const PAGE = "/gate/pages/gate/gate";

/** All documents of a gate, with others in the place of some. */
function served(others: Record<string, Buffer> = {}): Record<string, string> {
  // Samples are shown on a Sunday; the venue of this gate is always open.
  const venue = { ...(JSON.parse(readFileSync(file("venue.json"), "utf8")) as object), hours: [] };
  const names = ["root.cbor", "timestamp.cbor", "release.cbor", "packs.longma", "tables/risk_areas.csv", "revoked.cbor"];
  const files: Record<string, Buffer> = { ...Object.fromEntries(names.map((name) => [name, readFileSync(file(name))])), "tables.json": Buffer.from('["risk_areas"]'), "venue.json": Buffer.from(JSON.stringify(venue)), ...others };
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [ADDRESS + name, bytes.toString("base64")]));
}

let stage: Stage;
before(async () => {
  stage = await Stage.set();
});
after(() => stage.end());

type World = { host: { phone(): { served: Record<string, string | null>; disk: Record<string, string>; vibrated: string[]; scanned: string[]; room: number }; module(path: string): { config: { gateUrl: string; largestGate: number } } } };

/** Runs `act` on a phone whose gate is set up; nothing may have gone wrong on the way. */
async function visit(how: Visit & { files?: Record<string, string>; most?: number }, act: (visitor: Visitor) => Promise<void>): Promise<void> {
  const { files = served(), most, ...visit } = how;
  const visitor = await stage.open({ clock: NOW, ...visit });
  await visitor.page.evaluate(
    ({ files, address, most }) => {
      const { host } = globalThis as unknown as World;
      // A file that is not there is not there, whatever becomes of the network.
      Object.assign(host.phone().served, { [`${address}root.2.cbor`]: null }, files);
      const { config } = host.module("config");
      config.gateUrl = address;
      if (most !== undefined) config.largestGate = most;
    },
    { files, address: ADDRESS, most },
  );
  await visitor.go(PAGE);
  await act(visitor);
  assert.deepEqual(await visitor.leave(), []);
}

const open = (visitor: Visitor): Promise<void> => visitor.page.locator(".page-holder:visible .counts").waitFor();

/** Scans a code and answers the word that the page says. */
async function scan(visitor: Visitor, code: string): Promise<string> {
  const before = await counted(visitor);
  await visitor.page.evaluate((text) => (globalThis as unknown as World).host.phone().scanned.push(text), code);
  await visitor.tap(".icon-scan");
  await visitor.page.waitForFunction((was) => [...document.querySelectorAll(".page-holder:not([style*=none]) .count .h2")].map((it) => it.textContent).join() !== was, before.join());
  return visitor.host((host) => (host.data()["answer"] as { word: string }).word);
}

const counted = (visitor: Visitor): Promise<string[]> => visitor.page.locator(".page-holder:visible .count .h2").allInnerTexts();

describe("闸口核验", () => {
  for (const [lang, dark, words] of [["zh-CN", false, ["放行", "核验", "不予放行"]], ["en", true, ["Admit", "Check", "Do not admit"]]] as const) {
    it(`says admit, check and deny in words, shapes and by the hand, ${lang}`, () =>
      visit({ dark }, async (visitor) => {
        await visitor.set({ lang });
        await open(visitor);
        for (const [at, code] of [GOOD, CHECK, RED].entries()) {
          assert.equal(await scan(visitor, code), ["admit", "check", "deny"][at]);
          assert.equal(await visitor.text(".word"), words[at]);
          assert.equal(await visitor.count(`.answer .face-mark.mark-${["green", "yellow", "red"][at]}`), 1);
          assert.match(await visitor.text(".holder"), /\*/, "the holder is masked");
          assert.deepEqual(await visitor.violations(), []);
          await visitor.picture(`${results}/gate-${["admit", "check", "deny"][at]}-${lang}.png`, true);
        }
        assert.deepEqual(await visitor.host((host) => host.phone().vibrated), ["short heavy", "long", "long"]);
        assert.deepEqual(await counted(visitor), ["1", "1", "1"]);
      }));
  }

  it("answers every sample code as it should be", { timeout: 120_000 }, () =>
    visit({}, async (visitor) => {
      await open(visitor);
      const asked = samples.codes.filter(({ challenge }) => challenge === null);
      const told = (await visitor.page.evaluate(
        `(async () => {
          const found = [];
          for (const { code, seconds } of ${JSON.stringify(asked.map(({ code, seconds }) => ({ code, seconds })))}) {
            host.setClock(seconds * 1000);
            const { word, why } = await host.module("gate/session").decide(code);
            found.push(word + " " + (why[0] ? why[0].code : ""));
          }
          return found;
        })()`,
      )) as string[];
      assert.deepEqual(asked.map(({ name }, at) => `${name}: ${told[at]}`), asked.map(({ name, word, problem }) => `${name}: ${word} ${problem}`));
    }));

  it("says whose fault a refusal is and what to do, and takes typed text", () =>
    visit({}, async (visitor) => {
      await open(visitor);
      await visitor.page.locator(".page-holder:visible input").fill("https://example.com");
      await visitor.tap(".row .button");
      await visitor.see("怎么办：");
      assert.deepEqual(await counted(visitor), ["0", "0", "1"]);
      assert.equal(await visitor.host((host) => host.data()["text"]), "");
    }));

  it("goes on without a network with what it kept, and says so", () =>
    visit({}, async (visitor) => {
      await open(visitor);
      const { storage, disk } = await visitor.host((host) => ({ storage: Object.fromEntries(host.phone().storage), disk: host.phone().disk }));
      assert.equal(Object.keys(disk).length, 1);
      await visit({ files: {}, phone: { storage, disk, served: {} } }, async (later) => {
        await later.page.evaluate((address) => delete (globalThis as unknown as World).host.phone().served[`${address}root.2.cbor`], ADDRESS);
        await later.see("现用手机留存的文件");
        assert.equal(await scan(later, GOOD), "admit");
      });
    }));

  it("without a network and without kept documents says which file is missing", () =>
    visit({ files: {} }, async (visitor) => {
      await visitor.see("取不到文件 root.cbor");
      assert.deepEqual(await visitor.violations(), []);
      await visitor.page.evaluate((files) => Object.assign((globalThis as unknown as World).host.phone().served, files), served());
      await visitor.tap(".button");
      await open(visitor);
    }));

  it("goes on with the documents that it has if new ones are wrong", () =>
    visit({}, async (visitor) => {
      await open(visitor);
      await visitor.page.evaluate((files) => Object.assign((globalThis as unknown as World).host.phone().served, files), served({ "revoked.cbor": Buffer.from("no list") }));
      await visitor.tap(".panel .button.second >> nth=-1");
      await visitor.page.locator(".page-holder:visible .refused").first().waitFor();
      assert.equal(await scan(visitor, GOOD), "admit");
    }));

  it("takes no older documents than it has seen", () =>
    visit({}, async (visitor) => {
      await open(visitor);
      const storage = await visitor.host((host) => Object.fromEntries(host.phone().storage));
      const kept = JSON.parse(JSON.parse(storage["gate"] ?? "") as string) as { seen: string };
      assert.match(kept.seen, /longma\/packs/);
      kept.seen = kept.seen.replace(/\b40\b/, "41");
      await visit({ phone: { storage: { gate: JSON.stringify(JSON.stringify(kept)) } } }, async (later) => {
        await later.see("文件未被采用");
        assert.equal(await later.count(".counts"), 0);
      });
    }));

  it("documents over the limit are not taken", () =>
    visit({ most: 50_000 }, async (visitor) => {
      await visitor.see("packs.longma 已超过上限");
      assert.equal(await visitor.count(".counts"), 0);
    }));

  it("counts the day by words, begins anew the next, and says where nothing can be kept", () =>
    visit({}, async (visitor) => {
      await open(visitor);
      await visitor.page.evaluate(() => ((globalThis as unknown as World).host.phone().room = 0));
      await scan(visitor, RED);
      await visitor.see("手机存储已满");
      await visitor.page.evaluate((at) => (globalThis as unknown as { host: { setClock(at: number): void } }).host.setClock(at), NOW + 86_400_000);
      await visitor.see("0");
      await visitor.page.waitForFunction(() => [...document.querySelectorAll(".page-holder:not([style*=none]) .count .h2")].every((it) => it.textContent === "0"));
    }));

  it("decides nothing by a sample's clock", () =>
    visit({}, async (visitor) => {
      await visitor.sample("Close contact, red");
      await visitor.go(PAGE);
      await visitor.see("正在看样例");
      assert.equal(await visitor.count(".icon-scan"), 0);
    }));

  it("keeps nothing of a holder once the page is left", () =>
    visit({}, async (visitor) => {
      await open(visitor);
      await scan(visitor, GOOD);
      await visitor.go("/pages/services/services");
      await visitor.see("闸口核验");
      await visitor.go(PAGE);
      await open(visitor);
      assert.equal(await visitor.count(".answer"), 0);
      assert.ok(!JSON.stringify(await visitor.host((host) => [...host.phone().storage.values()])).includes("LM1"));
    }));
});
