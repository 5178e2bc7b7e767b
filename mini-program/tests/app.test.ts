// What a person sees: the built mini-program, the real engine and packs, on a phone's screen.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Stage, type Visit, type Visitor } from "./host/stage";

let stage: Stage;
before(async () => {
  stage = await Stage.set();
});
after(() => stage.end());

/** Runs `act` on a phone of its own; nothing may have gone wrong on the way. */
async function visit(how: Visit, act: (visitor: Visitor) => Promise<void>): Promise<void> {
  const visitor = await stage.open(how);
  await act(visitor);
  assert.deepEqual(await visitor.leave(), []);
}

const CLOSE_CONTACT = "Close contact, red";
const GREEN_GOLD = "Green with gold";

/** What is on the card. */
const card = (visitor: Visitor) =>
  visitor.host((host) => {
    const { card, qr } = host.data() as { card: Record<string, unknown> | null; qr: string };
    return { ...card, qr };
  }) as Promise<Record<string, unknown>>;

/** Moves a sample's clock to an instant. */
const move = (visitor: Visitor, at: string): Promise<void> =>
  visitor.page.evaluate((to) => (globalThis as never as { host: { module(path: string): { moveSample(at: number): Promise<void> } } }).host.module("lib/state").moveSample(Date.parse(to)), at);

const state = <T>(visitor: Visitor, ask: string): Promise<T> => visitor.page.evaluate(`(async () => { const state = host.module("lib/state"); ${ask} })()`) as Promise<T>;

describe("亮码", () => {
  it("a close contact is red at its instant, with its shape, its words and its reason", () =>
    visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      const shown = await card(visitor);
      assert.deepEqual([shown["tone"], shown["level"], shown["reason"]], ["red", "红码", "密切接触者，集中隔离期"]);
      assert.equal(shown["name"], "样*红");
      assert.match(String(shown["qr"]), /^LONGMA1\|red\|2022-07-10T08:00:00\+08:00\|2022-07-11T08:00:00\+08:00\|62\/2022-03-07$/);
      assert.equal(await visitor.count(".code-level .mark-red"), 1);
      assert.match(await visitor.text(".code-face .strip"), /5 天 1 小时后变为黄码/);
    }));

  it("turns yellow and green to the second", () =>
    visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      for (const [at, decided] of [
        ["2022-07-15T09:59:59+08:00", "red"],
        ["2022-07-15T10:00:00+08:00", "yellow"],
        ["2022-07-18T10:00:00+08:00", "green"],
      ] as const) {
        const level = await state<string>(visitor, `await state.moveSample(Date.parse("${at}")); return state.read().outcome.at("${at}").code.level`);
        assert.equal(level, decided);
      }
    }));

  it("draws the QR code in the ink of the tone, and draws it anew when the text changes", () =>
    visit({}, async (visitor) => {
      const drawn = `document.querySelector(".page-holder:not([style*=none]) canvas")?.toDataURL()`;
      await visitor.sample(CLOSE_CONTACT);
      // An empty canvas is a short picture.
      await visitor.page.waitForFunction(`${drawn}?.length > 3000`);
      const red = await visitor.page.evaluate(drawn);
      await visitor.sample(GREEN_GOLD);
      await visitor.page.waitForFunction(`${drawn}?.length > 3000 && ${drawn} !== ${JSON.stringify(red)}`);
    }));

  it("gold frames a green code, and the skin stays in the head, outside of the colour", () =>
    visit({}, async (visitor) => {
      await visitor.sample(GREEN_GOLD);
      assert.deepEqual([(await card(visitor))["tone"], await visitor.count(".code-card.framed"), await visitor.count(".skin-apsara")], ["green", 1, 1]);
      const [head, face] = await visitor.page.evaluate(() => [".code-head", ".code-face"].map((it) => document.querySelector(`.page-holder:not([style*=none]) ${it}`)?.getBoundingClientRect().toJSON() as DOMRect));
      assert.ok(head !== undefined && face !== undefined && head.bottom <= face.top + 0.5, "the head ends where the colour begins");
    }));

  it("gold and skin do not show over yellow or red", () =>
    visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      assert.deepEqual([await visitor.count(".framed"), await visitor.count(".skin-apsara")], [0, 0]);
    }));

  it("the skin moves, and stands still where less motion is asked for", async () => {
    const animation = (visitor: Visitor) => visitor.page.evaluate(() => getComputedStyle(document.querySelector(".page-holder:not([style*=none]) .skin-figure") as Element).animationName);
    await visit({ still: false }, async (visitor) => {
      await visitor.sample(GREEN_GOLD);
      assert.equal(await animation(visitor), "skin-fly");
      await visitor.set({ motion: false });
      assert.equal(await animation(visitor), "none");
    });
    await visit({ still: true }, async (visitor) => {
      await visitor.sample(GREEN_GOLD);
      assert.equal(await animation(visitor), "none");
    });
  });

  it("what is not known is unknown and says what is certain", () =>
    visit({ phone: { language: "en" } }, async (visitor) => {
      await visitor.sample("Tests not known, colour unknown");
      const shown = await card(visitor);
      assert.deepEqual([shown["tone"], shown["level"], shown["atLeast"]], ["unknown", "Unknown", "At least Yellow"]);
    }));

  it("with no rules in force it says so, and no colour is made up", () =>
    visit({ clock: Date.parse("2026-01-05T09:00:00+08:00") }, async (visitor) => {
      await state(visitor, `await state.apply({ name: "样", document: { type: "other", number: "TEST-NOW" }, region: "620102" })`);
      await visitor.see("现在没有生效的规则");
      assert.equal((await card(visitor))["tone"], "unknown");
      await visitor.go("/pages/why/why");
      await visitor.see("没有规则，就没有颜色，也没有可以说明的原因。");
    }));

  it("an expired code has no QR code until it is issued anew", () =>
    visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      await move(visitor, "2022-07-12T09:00:00+08:00");
      assert.deepEqual([(await card(visitor))["tone"], (await card(visitor))["qr"], await visitor.count("canvas")], ["grey", "", 0]);
      await visitor.tap(".qr-panel .button");
      await visitor.page.waitForFunction(() => (globalThis as never as { host: { data(): { qr: string } } }).host.data().qr !== "");
      assert.equal((await card(visitor))["tone"], "red", "issuing anew does not change the colour");
    }));

  it("a code that may not be shown tells no level, not even to a screen reader", () =>
    visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      await move(visitor, "2022-07-12T09:00:00+08:00");
      await visitor.page.locator(".page-holder:visible >> .qr-panel.gone").waitFor();
      assert.doesNotMatch(await visitor.page.locator(".page-holder:visible >> .code-card").evaluate((node) => node.outerHTML), /红码|red/);
    }));

  it("the clock runs, and screen and brightness are put back when the page is left", () =>
    visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      await visitor.see("09:00:02");
      await visitor.page.waitForFunction(() => (globalThis as never as { host: { phone(): { brightness: number } } }).host.phone().brightness === 1);
      await visitor.go("/pages/why/why");
      assert.deepEqual(await visitor.host((host) => [host.phone().brightness, host.phone().captures.size]), [0.4, 0]);
    }));

  it("a screenshot is told to be none", () =>
    visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      await visitor.host((host) => host.capture());
      await visitor.see("截图不能代替健康码：查验时看的是走动的时间。");
      await visitor.tap(".notice-close");
      assert.equal(await visitor.count(".notice-close"), 0);
    }));
});

describe("every sample", () => {
  it("has its card, its reasons and the page of each decision", { timeout: 240_000 }, () =>
    visit({}, async (visitor) => {
      const names = (await visitor.page.evaluate(`host.module("miniprogram_npm/longma-miniprogram/samples").persons.map((it) => it.name.en)`)) as string[];
      assert.ok(names.length > 30);
      for (const name of names) {
        await visitor.sample(name);
        assert.deepEqual(await visitor.host((host) => host.errors()), [], name);
        assert.equal(await visitor.count(".code-card"), 1, name);
        await visitor.go("/pages/why/why");
        assert.ok((await visitor.count(".band")) > 0, name);
        for (const decision of await state<string[]>(visitor, "return state.read().outcome.decisions")) {
          await visitor.go(`/pages/decision/decision?name=${decision}`);
          assert.equal(await visitor.count(".face-words"), 1, `${name}: ${decision}`);
          await visitor.host((host) => host.back());
        }
      }
    }));
});

describe("other pages", () => {
  it("为什么 names rule, source, record and way out, and what comes when", () =>
    visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      await visitor.go("/pages/why/why");
      const text = await visitor.text();
      for (const part of ["密切接触者，集中隔离期", "cn/2022-06-28/code/close_contact", "接触史第 1 条", "7月15日 10:00", "黄码", "末次接触后集中隔离满 7 天结束", "今日应检"]) assert.ok(text.includes(part), part);
      assert.ok((await visitor.count(".band")) >= 10);
    }));

  it("a decision's page is the same for all that packs have", () =>
    visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      const names = await state<string[]>(visitor, `return state.read().outcome.decisions`);
      for (const name of names) {
        await visitor.go(`/pages/decision/decision?name=${name}`);
        assert.ok((await visitor.text(".face-words")).length > 0, name);
        await visitor.host((host) => host.back());
      }
    }));

  it("政策 shows what was in force on the day that is chosen", () =>
    visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      await visitor.go("/pages/policy/policy");
      assert.ok((await visitor.text()).includes("国家防控方案（第九版）"));
      await visitor.host((host) => host.pick("picker", "2021-12-01"));
      await visitor.see("国家防控方案（第八版）");
      assert.ok((await visitor.text()).includes("甘肃健康出行码转码规则"));
    }));

  it("申领 checks the number as it is typed, and without other facts the colour is unknown", () =>
    visit({ clock: Date.parse("2022-07-10T09:00:00+08:00") }, async (visitor) => {
      await visitor.go("/pages/apply/apply");
      const input = (label: string) => visitor.page.locator(`.page-holder:visible >> input[aria-label="${label}"]`);
      await input("姓名").fill("样新人");
      await input("证件号码").fill("999999199001010017");
      await visitor.page.locator(".page-holder:visible >> .wrong .error").waitFor();
      await input("证件号码").fill("999999199001010016");
      await visitor.see("号码校验无误");
      await visitor.tap(".panel > .button");
      await visitor.page.waitForFunction(() => (globalThis as never as { host: { path(): string } }).host.path() === "pages/code/code");
      const shown = await card(visitor);
      assert.deepEqual([shown["tone"], shown["level"]], ["unknown", "未知"]);
    }));

  it("代办: the granddaughter holds her grandmother's code", () =>
    visit({}, async (visitor) => {
      await visitor.sample("A granddaughter who holds her grandmother's code");
      await visitor.go("/pages/cards/cards");
      const shown = await card(visitor);
      assert.deepEqual([shown["tone"], shown["name"]], ["green", "样*奶"]);
    }));

  it("扫场所码: the door answers, the visit stays on the phone, and leaving closes it", () =>
    visit({ phone: { scanned: ["longma:venue:TEST-MARKET-01", "https://example.com/"] } }, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      await visitor.go("/pages/venue/venue");
      await visitor.tap(".button");
      await visitor.see("不予放行");
      assert.ok((await visitor.text(".door")).includes("出示红码"));
      const visits = () => state<{ venue: string; left_at?: string }[]>(visitor, `return state.read().facts.visits`);
      assert.deepEqual((await visits()).map(({ venue, left_at }) => [venue, left_at]), [["TEST-MARKET-01", undefined]]);
      await visitor.tap(".list .text-link");
      await visitor.page.waitForFunction(() => document.querySelector(".page-holder:not([style*=none]) .list .text-link") === null);
      assert.notEqual((await visits())[0]?.left_at, undefined);
      await visitor.tap(".button");
      await visitor.page.locator(".page-holder:visible >> .error").waitFor();
      assert.deepEqual((await visits()).length, 1);
    }));

  it("密接自查 finds the shopper, and says that it is blind without visits", () =>
    visit({}, async (visitor) => {
      await visitor.sample("A shopper in a mall that a case visited");
      await visitor.go("/pages/contact/contact");
      await visitor.tap(".button");
      await visitor.page.locator(".page-holder:visible >> .face").waitFor();
      assert.ok((await visitor.count(".reason")) > 0);
      await visitor.sample(CLOSE_CONTACT);
      await visitor.go("/pages/contact/contact");
      await visitor.tap(".button");
      await visitor.see("手机里没有到访记录");
      assert.equal(await visitor.count(".face"), 0);
    }));

  it("健康打卡: 38.5 °C asks for a fever clinic and colours nobody", () =>
    visit({}, async (visitor) => {
      await visitor.sample(GREEN_GOLD);
      await visitor.go("/pages/record/record?section=check_ins");
      await visitor.page.locator('.page-holder:visible >> input[aria-label="体温（℃）"]').fill("38.5");
      await visitor.page.locator(".page-holder:visible >> .option", { hasText: "发热" }).tap();
      await visitor.tap(".panel > .button");
      await visitor.see("打卡第 1 条");
      const levels = await state<string[]>(visitor, `const found = state.read().outcome.at(host.module("lib/clock").now()); return [found.triage.level, found.code.level]`);
      assert.notEqual(levels[0], "none");
      assert.equal(levels[1], "green");
    }));

  it("来甘上报 shows each deadline, and a report is taken", () =>
    visit({}, async (visitor) => {
      await visitor.sample("A returnee who reports late");
      await visitor.go("/pages/record/record?section=arrivals");
      assert.ok((await visitor.count(".deadline")) > 0);
      await visitor.page.locator('.page-holder:visible >> input[aria-label="县（区）"]').fill("城关区");
      await visitor.page.locator(".page-holder:visible >> .option", { hasText: "低风险" }).tap();
      await visitor.tap(".panel > .button");
      await visitor.see("来甘第 2 条");
    }));

  it("采样点 are the nearest that are open, with pins", () =>
    visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      await visitor.go("/pages/sites/sites");
      await visitor.see("样例采样点乙");
      assert.equal(await visitor.count(".map-pin"), await visitor.count(".site"));
      const open = await visitor.count(".site");
      await visitor.tap(".sites-actions .second");
      await visitor.page.waitForFunction((before) => document.querySelectorAll(".page-holder:not([style*=none]) .site").length > before, open);
    }));

  it("纠错 copies a text with reason, rule and what the person says", () =>
    visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      await visitor.go("/pages/appeal/appeal?name=code");
      await visitor.page.locator(".page-holder:visible >> textarea").fill("我那天不在兰州。");
      await visitor.see("说明：我那天不在兰州。");
      await visitor.tap(".buttons .button");
      const text = await visitor.host((host) => host.phone().clipboard);
      for (const part of ["健康码纠错申请", "密切接触者，集中隔离期", "cn/2022-06-28/code/close_contact", "我那天不在兰州。"]) assert.ok(text.includes(part), part);
      assert.ok(!text.includes("999999199001010024"), "the number is masked");
    }));

  it("a decision that no code names appears on the card, under 服务 and on a page of its own", () =>
    visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      // The outcome as it would be with a pack for a forest-fire code: its decision is a badge.
      await state(
        visitor,
        `const real = state.read().outcome;
         const name = { "zh-CN": "森林防火码", en: "Forest-fire code" };
         const as = (decision) => (decision === "fire" ? "tests" : decision);
         const data = real.toJSON();
         const { tests } = data.outcome.decisions;
         state.read().outcome = {
           region: real.region, problems: real.problems, decisions: [...real.decisions, "fire"], roles: { ...real.roles, badge: ["fire"] },
           at: (time) => ({ ...real.at(time), fire: real.at(time).tests }),
           timeline: (decision) => real.timeline(as(decision)), changes: (decision) => real.changes(as(decision)),
           evidence: (decision) => real.evidence(as(decision)),
           toJSON: () => ({ ...data, outcome: { ...data.outcome, decisions: { ...data.outcome.decisions, fire: { ...tests, caption: name } } } }),
           card: (time) => { const card = real.card(time); return { ...card, badges: [{ ...card.badges[0], decision: "fire", name }] }; },
         };
         await state.set({});`,
      );
      await visitor.see("森林防火码");
      await visitor.go("/pages/services/services");
      await visitor.see("森林防火码");
      await visitor.page.locator(".page-holder:visible >> .link", { hasText: "森林防火码" }).tap();
      assert.equal(await visitor.host((host) => host.path()), "pages/decision/decision");
      assert.ok((await visitor.text()).includes("24 小时内核酸阴性"));
    }));

  it("services follow the packs: arrivals are offered only while their rules are in force", () =>
    visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      await visitor.go("/pages/services/services");
      assert.ok(!(await visitor.text()).includes("来甘上报"));
      await visitor.sample("A returnee who reports late");
      await visitor.go("/pages/services/services");
      assert.ok((await visitor.text()).includes("来甘上报"));
    }));
});

describe("whose records they are", () => {
  const facts = (number: string): string => JSON.stringify({ subject: "person", identity: { name: "样", document: { type: "other", number }, region: "620102" }, tests: [] });
  const take = (number: string): string => `await state.takeFacts({ read: () => Promise.resolve(${JSON.stringify(facts(number))}) });`;
  const visits = `(state.read().facts.visits ?? []).length`;
  const add = `await state.add("visits", { venue: "TEST-MARKET-01", entered_at: "2022-07-10T08:00:00+08:00", presence: "on_site" });`;

  it("an update of the same person keeps what the phone added, another person's facts do not get it", () =>
    visit({ clock: Date.parse("2022-07-10T09:00:00+08:00") }, async (visitor) => {
      const counts = await state<number[]>(visitor, `${take("TEST-A")} ${add} const before = ${visits}; ${take("TEST-A")} const same = ${visits}; ${take("TEST-B")} return [before, same, ${visits}];`);
      assert.deepEqual(counts, [1, 1, 0]);
    }));

  it("applying with another document begins anew", () =>
    visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      const left = await state<object>(visitor, `await state.apply({ name: "样", document: { type: "other", number: "TEST-C" }, region: "620102" }); const { facts, holding } = state.read(); return { contacts: facts.contacts ?? null, sample: holding.sample ?? null };`);
      assert.deepEqual(left, { contacts: null, sample: null });
    }));
});

describe("when something is wrong", () => {
  it("the clock set back: no colour, one sentence, and the server's time where there is one", () =>
    visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      await visitor.host((host) => host.setClock(Date.now() - 3_600_000));
      await visitor.see("手机时间被调回过去，无法确定现在的码。请在系统设置里改为自动设置时间。");
      assert.deepEqual([(await card(visitor))["tone"], (await card(visitor))["qr"], await visitor.count("canvas")], ["grey", "", 0]);
      await visitor.host((host) => host.setClock(Date.now() + 3_600_000));
      await visitor.page.waitForFunction(() => (globalThis as never as { host: { data(): { card: { tone: string } } } }).host.data().card.tone === "red");
      await visitor.page.evaluate(`(() => { host.module("config").config.timeUrl = "https://time.invalid/"; host.phone().answers.push({ status: 200, date: new Date().toUTCString() }); host.setClock(Date.now() - 3600000); })()`);
      await visitor.see("手机时间不准，已改用服务器时间。");
      assert.equal((await card(visitor))["tone"], "red");
    }));

  it("the clock set back between two starts", () =>
    visit({ clock: Date.parse("2022-07-10T09:00:00+08:00"), phone: { storage: { seen: JSON.stringify(JSON.stringify(Date.parse("2022-07-11T09:00:00+08:00"))) } } }, async (visitor) => {
      await visitor.see("手机时间被调回过去，无法确定现在的码。请在系统设置里改为自动设置时间。");
    }));

  it("no storage left: it works until the app is closed, and says so", () =>
    visit({ phone: { room: 300 } }, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      await visitor.see("手机存储已满：这次的内容只在关闭前有效。请清理微信存储空间。");
      assert.equal((await card(visitor))["tone"], "red");
    }));

  it("rules cut off or of another version are not taken over, nor are two bad ones at once", () =>
    visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      const codes = await state<string[][]>(
        visitor,
        `const rules = host.module("miniprogram_npm/longma-miniprogram/rules/gansu"); const other = rules.slice(); other[0] ^= 255;
         return (await Promise.all([state.update(rules.slice(0, 1000)), state.update(other), state.update(new Uint8Array())])).map((it) => it.map(({ code }) => code));`,
      );
      for (const found of codes) assert.ok(found.length > 0);
      await visitor.see("新的规则包不完整或版本不符，没有采用，仍用原来的规则。");
      assert.equal((await card(visitor))["tone"], "red");
    }));

  it("good rules are taken over, also twice at once", () =>
    visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      const found = await state<number[]>(visitor, `const rules = host.module("miniprogram_npm/longma-miniprogram/rules/gansu"); return (await Promise.all([state.update(rules), state.update(rules)])).map((it) => it.length);`);
      assert.deepEqual(found, [0, 0]);
      assert.equal((await card(visitor))["tone"], "red");
    }));

  it("facts of megabytes, no JSON, and facts that break the schema are refused with what to do", () =>
    visit({}, async (visitor) => {
      await visitor.go("/pages/facts/facts");
      const paste = async (text: string): Promise<string> => {
        await visitor.page.locator(".page-holder:visible >> textarea").evaluate((node, value) => {
          (node as HTMLTextAreaElement).value = value;
          node.dispatchEvent(new Event("input", { bubbles: true }));
        }, text);
        await visitor.tap(".buttons .button");
        await visitor.page.locator(".page-holder:visible >> .error").waitFor();
        return visitor.text(".panel");
      };
      assert.ok((await paste(`{"subject":"person","pad":"${"x".repeat(3_000_000)}"}`)).includes("资料太大"));
      assert.ok((await paste('{"subject":')).includes("这不是 JSON"));
      const wrong = await paste('{"subject":"person","identity":{"name":"样","document":{"type":"resident_id"},"region":"62"}}');
      assert.match(wrong, /有 \d+ 处问题/);
      assert.equal(await state(visitor, "return state.read().facts"), null);
    }));

  it("no WebAssembly: the last card in grey with its time, and one sentence", async () => {
    const last = { level: { "zh-CN": "绿码", en: "Green" }, at: Date.parse("2022-07-10T09:00:00+08:00") };
    await visit({ noWasm: true, clock: Date.parse("2022-07-10T12:00:00+08:00"), phone: { storage: { last: JSON.stringify(JSON.stringify(last)) } } }, async (visitor) => {
      const text = await visitor.text();
      assert.ok(text.includes("判定引擎没有启动。下面是 今天 09:00 的旧结果，仅供自己查看，不能出示。"), text);
      assert.deepEqual([await visitor.count(".last.tone-grey"), await visitor.count("canvas")], [1, 0]);
    });
    await visit({ noWasm: true }, async (visitor) => {
      assert.ok((await visitor.text()).includes("不支持 WebAssembly"));
    });
  });

  it("a server that fails is asked again, refuses at once, and its last good answer serves in flight mode", () =>
    visit({}, async (visitor) => {
      const found = await visitor.page.evaluate(`(async () => {
        const { fromHttp } = host.module("sources/http");
        const source = fromHttp("https://facts.invalid/", [1, 1]);
        const read = () => source.read().catch((error) => error.key);
        const phone = host.phone();
        const first = await read();
        phone.answers.push({ status: 503 }, { status: 200, text: '{"a":1}' });
        const second = await read();
        const third = await read();
        phone.answers.push({ status: 403 });
        return [first, second, third, await read(), phone.requests.length];
      })()`);
      assert.deepEqual(found, ["unreachable", '{"a":1}', '{"a":1}', "refused", 3 + 2 + 3 + 1]);
    }));
});

describe("what is kept", () => {
  it("survives a restart in flight mode, and nothing is ever asked over the network", async () => {
    let storage: Record<string, string> = {};
    await visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      storage = await visitor.host((host) => Object.fromEntries(host.phone().storage));
      assert.deepEqual(await visitor.host((host) => [host.phone().requests, host.phone().plain]), [[], []]);
    });
    await visit({ phone: { storage } }, async (visitor) => {
      assert.equal((await card(visitor))["tone"], "red");
    });
  });

  it("is gone with one touch and a yes", () =>
    visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      await visitor.go("/pages/me/me");
      await visitor.host((host) => (host.phone().agrees = false));
      await visitor.tap(".danger");
      await visitor.host((host) => (host.phone().agrees = true));
      assert.notEqual(await state(visitor, "return state.read().facts"), null);
      await visitor.tap(".danger");
      await visitor.page.waitForFunction(() => (globalThis as never as { host: { phone(): { toasts: string[] } } }).host.phone().toasts.includes("已删除"));
      assert.deepEqual((await visitor.host((host) => [...host.phone().storage.keys()])).filter((key) => key !== "settings" && key !== "seen"), []);
      await visitor.go("/pages/code/code");
      await visitor.see("申领健康码");
    }));

  it("is deleted after its time", () =>
    visit({ phone: { storage: { facts: JSON.stringify(JSON.stringify({ source: "", own: {}, dependants: [], changed: Date.now() - 31 * 86_400_000 })) } } }, async (visitor) => {
      await visitor.see("保存已满期限，个人资料已从本机删除。");
      assert.equal(await visitor.host((host) => host.phone().storage.has("facts")), false);
    }));
});

describe("speed and memory", () => {
  it("a thousand redraws leave memory and listeners as they were", () =>
    visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      const found = (await visitor.page.evaluate(`(async () => {
        const state = host.module("lib/state");
        const clock = host.module("lib/clock");
        const start = Date.parse("2022-07-10T09:00:00+08:00");
        const redraw = async (count) => { for (let i = 0; i < count; i++) { clock.showFrom(start + i * 1800000); await state.set({}); } };
        await redraw(100);
        await redraw(1);
        const before = [host.memoryBytes(), state.listening(), document.querySelectorAll("*").length];
        const from = Date.now();
        await redraw(1000);
        const ms = Date.now() - from;
        await redraw(1);
        return { before, after: [host.memoryBytes(), state.listening(), document.querySelectorAll("*").length], ms };
      })()`)) as { before: number[]; after: number[]; ms: number };
      console.log(`1,000 redraws in ${found.ms} ms, engine ${(found.after[0] as number) / 1024} kB`);
      assert.deepEqual(found.after, found.before, "bytes of the engine, listeners, nodes of the page");
    }));

  it("pages that were left leave nothing behind", () =>
    visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      const before = await state<number>(visitor, "return state.listening()");
      for (const path of stage.program.configs["app"] === undefined ? [] : (stage.program.configs["app"] as { pages: string[] }).pages) {
        await visitor.go(`/${path}`);
        await visitor.go("/pages/code/code");
      }
      assert.equal(await state<number>(visitor, "return state.listening()"), before);
    }));

  it("says how long it took from the start to the first card", async () => {
    let storage: Record<string, string> = {};
    await visit({}, async (visitor) => {
      await visitor.sample(CLOSE_CONTACT);
      storage = await visitor.host((host) => Object.fromEntries(host.phone().storage));
    });
    await visit({ phone: { storage } }, async (visitor) => {
      const ms = await state<number>(visitor, "return state.read().startedIn");
      console.log(`from the start to the card: ${ms} ms`);
      assert.ok(ms < 5000, `${ms} ms`);
    });
  });
});
