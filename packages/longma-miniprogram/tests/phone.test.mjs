// The loader on a phone's terms: what it is given, where it finds its engine, and what it says where it cannot start.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { LATER, phone } from "./support/phone.mjs";
import { NAME, at, filesOf, project, write } from "./support/package.mjs";

const app = project("phone");
const PACKAGED = `/miniprogram_npm/${NAME}/longma.wasm.br`;
const plain = (value) => JSON.parse(JSON.stringify(value));

/** What an app does first: an engine from the package's own rules. */
function started(device, options = {}) {
  const { createEngine } = device.require(NAME);
  const rules = device.require(`${NAME}/rules/gansu`);
  const { tables } = device.require(`${NAME}/samples`);
  return createEngine({ rules, tables, ...options });
}

/** The problem that a promise is refused with. */
async function refusal(device, promise) {
  const error = await promise.then(
    () => assert.fail("it was not refused"),
    (refused) => refused,
  );
  assert.ok(error instanceof device.require(NAME).LongmaError, String(error));
  return { code: error.problems[0].code, zh: error.words("zh-CN"), en: error.words("en") };
}

/** Decides about the samples at their instants and returns the levels, as a page would show them. */
function colours(device, engine) {
  const { persons } = device.require(`${NAME}/samples`);
  return persons.map(({ at: instant, facts }) => engine.decide(facts).at(instant).code.level);
}

test("the phone of these tests has ECMAScript 2017 and none of what came later", () => {
  const { run, context } = phone(app);
  const absent = [
    "WebAssembly", "fetch", "URL", "TextDecoder", "TextEncoder", "crypto", "performance", "BigInt", "BigInt64Array",
    "FinalizationRegistry", "WeakRef", "atob", "btoa", "Buffer", "process", "globalThis", "window", "self", "global", "require",
    "structuredClone", "queueMicrotask", "setImmediate", "SharedArrayBuffer", "Atomics", "Intl",
  ];
  for (const name of absent) assert.equal(run(`typeof ${name}`), "undefined", name);
  for (const [path, names] of Object.entries(LATER)) {
    for (const name of names) assert.equal(run(`typeof ${path}[${JSON.stringify(name)}]`), "undefined", `${path}.${name}`);
  }
  assert.equal(run("typeof Object.entries + typeof ''.padStart + typeof (async () => 1)"), "functionfunctionfunction");
  assert.throws(() => run("eval('1')"), /EvalError/);
  assert.throws(() => run("new Function('1')"), /EvalError/);
  assert.equal(typeof context.WXWebAssembly.instantiate, "function");
});

test("the phone of these tests takes a path inside the code package and nothing else", async () => {
  const { context } = phone(app);
  const refused = async (path) => assert.rejects(context.WXWebAssembly.instantiate(path, {}), (error) => /^instantiate: /.test(error.errMsg));
  const bytes = readFileSync(join(app, "miniprogram_npm", NAME, "longma.wasm"));
  await refused(bytes);
  await refused(new WebAssembly.Module(bytes));
  await refused(PACKAGED.slice(1));
  await refused(`/pages/..${PACKAGED}`);
  await refused(`https://longma.example${PACKAGED}`);
  await refused(`/miniprogram_npm/${NAME}/index.js`);
});

for (const platform of ["wechat", "douyin"]) {
  for (const wrapped of [false, true]) {
    test(`${platform} starts the engine where "build npm" put it, given ${wrapped ? "{ instance }" : "an instance"}`, async () => {
      const device = phone(app, { platform, wrapped });
      const engine = await started(device);
      assert.deepEqual(device.asked, [PACKAGED]);
      const { persons } = device.require(`${NAME}/samples`);
      const shown = colours(device, engine);
      assert.equal(shown.length, persons.length);
      for (const level of ["green", "yellow", "red"]) assert.ok(shown.includes(level), `no sample is ${level}: ${shown}`);
    });
  }
}

test("an app decides, looks up, draws a card and a QR code", async () => {
  const device = phone(app);
  const engine = await started(device, { decisions: ["code"] });
  const { persons } = device.require(`${NAME}/samples`);
  const { at: instant, facts } = persons.find(({ name }) => name.en === "Close contact") ?? persons[0];
  const outcome = engine.decide(facts);
  const { code } = outcome.at(instant);
  const card = outcome.card(instant);
  assert.equal(card.face.level, code.level);
  assert.equal(card.face.words["zh-CN"], code.words["zh-CN"]);
  assert.deepEqual(plain(outcome.decisions), ["code"]);
  const { size, modules } = engine.qrModules("陇码");
  assert.equal(modules.length, size * size);
  assert.ok(/^[01]+$/.test(modules));
  const { outcomeOf } = device.require(NAME);
  assert.deepEqual(plain(outcomeOf(plain(outcome)).at(instant)), plain(outcome.at(instant)), "kept in storage and read again");
});

test("facts come as an object, as JSON text or as bytes, also as the platform's network gives them", async () => {
  const device = phone(app);
  const engine = await started(device);
  const { persons } = device.require(`${NAME}/samples`);
  const { at: instant, facts } = persons[0];
  const text = JSON.stringify(facts);
  const levels = [facts, text, new TextEncoder().encode(text)].map((it) => engine.decide(it).at(instant).code.level);
  assert.deepEqual(levels, [levels[0], levels[0], levels[0]]);
});

test("new rules are taken over as bytes and from a file, and wrong ones leave the old ones in force", async () => {
  const rules = readFileSync(at("target/rules-small.longma"));
  const downloaded = "wxfile://usr/rules.longma";
  const device = phone(app, { user: { [downloaded]: rules } });
  const engine = await started(device);
  const before = engine.packs().length;
  const shown = colours(device, engine);
  await engine.update(Uint8Array.from(rules).buffer);
  assert.ok(engine.packs().length >= before);
  await engine.update(downloaded);
  assert.deepEqual(colours(device, engine), shown);
  const wrong = await refusal(device, engine.update("wxfile://usr/none.longma"));
  assert.equal(wrong.code, "rules-source");
  assert.match(wrong.zh, /无法读取编译后的规则包：wxfile:\/\/usr\/none\.longma: readFile:fail no such file/);
  await refusal(device, engine.update(rules.subarray(0, 100)));
  assert.deepEqual(colours(device, engine), shown);
});

test("rules come from a file on Douyin too", async () => {
  const device = phone(app, { platform: "douyin", user: { "ttfile://user/rules.longma": readFileSync(at("target/rules-small.longma")) } });
  const engine = await started(device, { rules: "ttfile://user/rules.longma" });
  assert.ok(colours(device, engine).includes("red"));
});

test("a table that is taken away is no longer known", async () => {
  const device = phone(app);
  const { tables } = device.require(`${NAME}/samples`);
  const absent = Object.fromEntries(Object.keys(tables).map((name) => [name, null]));
  const [engine, without] = [await started(device), await started(device, { tables: absent })];
  const shown = colours(device, engine);
  for (const name of Object.keys(tables)) engine.setTable(name, null);
  assert.deepEqual(colours(device, engine), colours(device, without));
  for (const name of Object.keys(tables)) engine.setTable(name, tables[name]);
  assert.deepEqual(colours(device, engine), shown);
  assert.notDeepEqual(colours(device, without), shown);
});

test("a phone without WebAssembly is told so in one sentence, and what to do", async () => {
  for (const platform of ["wechat", "douyin"]) {
    const device = phone(app, { platform, wasm: false });
    const { code, zh, en } = await refusal(device, started(device));
    assert.equal(code, "no-webassembly");
    assert.equal(zh, "此应用或系统版本过旧，无法在本机判定健康码，请出示上一次的码及其时间，或使用更新版本的应用或浏览器");
    assert.match(en, /^this app or this phone is too old to work out the code itself - show the last card with its time, /);
  }
  const outside = phone(app, { thread: "worker", wasm: false });
  write(app, { "workers/longma/index.js": readFileSync(join(app, "miniprogram_npm", NAME, "index.js")) });
  const { createEngine, LongmaError } = outside.require("./longma", "/workers");
  const error = await createEngine({ rules: new Uint8Array() }).catch((refused) => refused);
  assert.ok(error instanceof LongmaError);
  assert.equal(error.problems[0].code, "no-webassembly");
});

test("an engine that cannot be had now can be had later", async () => {
  const device = phone(app, { wasm: false });
  await refusal(device, started(device));
  device.context.WXWebAssembly = phone(app).context.WXWebAssembly;
  assert.ok(colours(device, await started(device)).length > 0);
});

test("a wrong path is named, with what to give instead", async () => {
  const device = phone(app);
  for (const wasm of ["/nowhere/longma.wasm.br", "miniprogram_npm/longma.wasm", `/miniprogram_npm/${NAME}/index.js`]) {
    const { code, zh, en } = await refusal(device, started(device, { wasm }));
    assert.equal(code, "wasm-source");
    assert.ok(zh.includes(wasm) && en.includes(wasm), `${zh}\n${en}`);
    assert.match(zh, /请在 `wasm` 中给出路径/);
  }
  const { zh } = await refusal(device, started(device, { wasm: 7 }));
  assert.equal(zh.split("，")[0], "无法读取引擎的 WebAssembly 文件：7");
});

test("a subpackage and a plugin give the path of their own copy, and a function can stand for a path", async () => {
  const copies = ["/subpackages/health/longma.wasm.br", "/plugin/assets/longma.wasm", "/static/longma.wasm.br"];
  for (const copy of copies) {
    const file = copy.endsWith(".br") ? "longma.wasm.br" : "longma.wasm";
    write(app, { [copy]: readFileSync(join(app, "miniprogram_npm", NAME, file)) });
    const device = phone(app);
    const engine = await started(device, { wasm: copy });
    assert.deepEqual(device.asked, [copy]);
    assert.ok(colours(device, engine).includes("red"));
  }
  const device = phone(app);
  const engine = await started(device, { wasm: (imports) => device.context.WXWebAssembly.instantiate(copies[0], imports) });
  assert.ok(colours(device, engine).includes("red"));
});

test("a package that is built inside a subpackage's own miniprogram_npm is found from there", async () => {
  for (const file of filesOf(join(app, "miniprogram_npm"))) {
    write(app, { [`sub/miniprogram_npm/${file}`]: readFileSync(join(app, "miniprogram_npm", file)) });
  }
  const device = phone(app);
  const { createEngine } = device.require(NAME, "/sub/pages/code");
  const rules = device.require(`${NAME}/rules/gansu`, "/sub/pages/code");
  const wasm = `/sub/miniprogram_npm/${NAME}/longma.wasm.br`;
  await createEngine({ rules, tables: device.require(`${NAME}/samples`).tables, wasm });
  assert.deepEqual(device.asked, [wasm]);
});

test("a base library that reads no compressed file gets the plain one beside it", async () => {
  const device = phone(app, { platform: "douyin", brotli: false });
  const engine = await started(device);
  assert.deepEqual(device.asked, [PACKAGED, PACKAGED.replace(".br", "")]);
  assert.ok(colours(device, engine).includes("red"));
});

for (const platform of ["wechat", "alipay"]) {
  test(`a worker of ${platform} decides with scripts from its own folder and an engine from outside of it`, async () => {
    for (const file of ["index.js", "samples.js", "rules/gansu.js"]) {
      write(app, { [`workers/longma/${file}`]: readFileSync(join(app, "miniprogram_npm", NAME, file)) });
    }
    const device = phone(app, { platform, thread: "worker" });
    assert.throws(() => device.require(NAME), /is not defined/, "a worker sees its own folder only");
    const { createEngine, LongmaError } = device.require("./longma", "/workers");
    const rules = device.require("./longma/rules/gansu", "/workers");
    const { tables, persons } = device.require("./longma/samples", "/workers");
    const engine = await createEngine({ rules, tables, wasm: PACKAGED });
    const { facts, at: instant } = persons[0];
    assert.equal(typeof engine.decide(facts).at(instant).code.level, "string");
    const error = await engine.update("/rules.longma").catch((refused) => refused);
    assert.ok(error instanceof LongmaError);
    assert.equal(error.words("zh-CN"), "无法在此读取 /rules.longma，因为 Worker 没有文件系统，请在页面中读取该文件，再给出其字节");
  });
}

test("a page of Alipay is told to use a worker, and Alipay without one that it has no WebAssembly", async () => {
  const page = phone(app, { platform: "alipay" });
  const { code, zh } = await refusal(page, started(page));
  assert.equal(code, "worker-only");
  assert.equal(zh, "支付宝只能在 Worker 中判定健康码，而这里是页面，请在 `my.createWorker` 启动的 Worker 中创建引擎，并把事实发送过去");
  page.context.my = { getFileSystemManager: page.context.my.getFileSystemManager };
  assert.equal((await refusal(page, started(page))).code, "no-webassembly");
});

test("problems come as data or as an error, in both languages", async () => {
  const device = phone(app);
  const engine = await started(device);
  const tried = engine.tryDecide("{");
  assert.equal(tried.ok, false);
  for (const lang of ["zh-CN", "en"]) assert.notEqual(tried.problems[0].message[lang], "");
  assert.match(tried.problems[0].message["zh-CN"], /[\u4e00-\u9fff]/);
  assert.throws(() => engine.decide("{"), (error) => error.name === "LongmaError" && error.problems.length === tried.problems.length);
  const unknown = await refusal(device, started(device, { rule: 1 }));
  assert.equal(unknown.zh, "没有选项 rule，可用的选项：rules, tables, decisions, wasm");
  const missing = await refusal(device, started(device, { tables: {} }));
  assert.equal(missing.code, "table-missing");
  engine.dispose();
  assert.equal(engine.tryDecide("{}").problems[0].code, "engine-disposed");
});

test("texts cross the boundary whole: rare characters, signs beyond the first plane, and half of one", async () => {
  const device = phone(app);
  const engine = await started(device);
  const { persons } = device.require(`${NAME}/samples`);
  const facts = plain(persons[0].facts);
  facts.identity = { ...facts.identity, name: "𠮷野😀\u{10ffff}é" };
  const { name } = engine.decide(facts).card(persons[0].at).holder;
  assert.ok(name.startsWith("𠮷"), name);
  assert.deepEqual(plain(engine.qrModules("陇\ud800码")), plain(engine.qrModules("陇\ufffd码")), "half a sign is no sign");
  assert.notDeepEqual(plain(engine.qrModules("𠮷")), plain(engine.qrModules("\ufffd")));
});
