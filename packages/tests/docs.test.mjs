// Every block of the package's documentation is run from the tarball: `npm install` in an empty folder, the files of
// the blocks, the commands of the blocks. A line `console.log(…); // text` must print that text.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { app, command, developing, node, shown, write } from "./tools.mjs";

/** The blocks of a document: their language, and the file that a comment in the first line names. */
function blocks(name) {
  // As it is in the tarball, not as it is here.
  const text = readFileSync(join(app(), "node_modules/longma", name), "utf8");
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, body]) => {
    const [, file] = /^(?:\/\/|<!--) ([\w.-]+\.(?:m?js|html))\b/.exec(body) ?? [];
    return { language, body, file };
  });
}

/** What the comments of a program say that it prints. */
function promised(body) {
  const lines = body.split("\n");
  return lines.flatMap((line, index) => {
    const behind = /\bconsole\.log\(.*\/\/ (.*)$/.exec(line);
    if (behind !== null) return [behind[1]];
    // Lines of comments after the end of a loop.
    const list = /^\/\/ (.*)$/.exec(line);
    return list !== null && index > 0 ? [list[1]] : [];
  });
}

const printed = (text) => text.trimEnd().split("\n");

for (const [name, red] of [["README.md", "Red"], ["README.zh-CN.md", "红码"]]) {
  const all = blocks(name);
  const files = Object.fromEntries(all.filter(({ file }) => file !== undefined).map(({ file, body }) => [file, body]));
  const commands = all.filter(({ language }) => language === "sh").map(({ body }) => body.trim());

  test(`${name}: the blocks are these files and these commands`, () => {
    assert.deepEqual(Object.keys(files).sort(), ["card.js", "colour.mjs", "index.html", "main.js", "worker.js"]);
    assert.deepEqual(commands, ["npm install longma", "node colour.mjs", "npx vite"]);
    assert.equal(all.length, Object.keys(files).length + commands.length);
  });

  test(`${name}: the program for Node prints what its comments say`, async () => {
    assert.ok(promised(files["colour.mjs"]).length > 0);
    assert.deepEqual(printed(await node(app(files), "colour.mjs")), promised(files["colour.mjs"]));
  });

  test(`${name}: the page shows a red card`, async () => {
    const address = await developing(app(files), [command("vite"), "--host", "127.0.0.1", "--port", "0"]);
    const look = () => {
      const { textContent, style } = document.querySelector("#card");
      return textContent && `${textContent}|${style.background}`;
    };
    const found = await shown(address, look);
    assert.match(found, /^样\*红 · 红码 · .+\|rgb\(196, 22, 28\)$/);
  });

  test(`${name}: the worker's card comes to the page`, async () => {
    const html = files["index.html"].replace("/card.js", "/main.js");
    const address = await developing(app({ ...files, "index.html": html }), [command("vite"), "--host", "127.0.0.1", "--port", "0"]);
    assert.equal(await shown(address, () => document.querySelector("#card").textContent), red);
  });
}

test("docs/api.md: every example prints what its comments say", async () => {
  const all = blocks("docs/api.md");
  assert.ok(all.every(({ language }) => language === "js"));
  const program = all.map(({ body }) => body).join("\n");
  assert.deepEqual(printed(await node(app({ "api.mjs": program }), "api.mjs")), promised(program));
});

test("docs/api.md shows every call of the API", async () => {
  const text = blocks("docs/api.md").map(({ body }) => body).join("\n");
  const folder = app({ "calls.mjs": CALLS });
  const calls = JSON.parse(await node(folder, "calls.mjs"));
  assert.ok(["createEngine", "wallet", "watch", "nearest", "words", "connect"].every((call) => calls.includes(call)), calls.join(" "));
  assert.deepEqual(calls.filter((call) => !new RegExp(`\\.${call}\\b|\\b${call}\\(`).test(text)), []);
});

const CALLS = `import * as longma from "longma";
import * as worker from "longma/worker";
import rules from "longma/rules/gansu";
import { persons, sites, tables } from "longma/samples";
const engine = await longma.createEngine({ rules, tables });
const outcome = engine.decide(persons[0].facts);
const kinds = [engine, outcome, engine.sites(sites), longma.LongmaError.prototype, worker.WorkerEngine.prototype, worker.WorkerOutcome.prototype];
const names = new Set(["createEngine", "outcomeOf", "connect", "serve"]);
for (let of of kinds) {
  for (; of !== null && of !== Object.prototype && of !== Error.prototype; of = Object.getPrototypeOf(of)) {
    for (const name of Object.getOwnPropertyNames(of)) if (/^[a-z]\\w*$/i.test(name) && name !== "constructor" && name !== "name") names.add(name);
  }
}
console.log(JSON.stringify([...names]));
`;
