// Each bundler builds the same five lines without any configuration, and a browser shows the colour.
// The apps see the installed tarball and nothing else of this project.
import assert from "node:assert/strict";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { app, command, developing, node, serve, shown } from "./tools.mjs";

/** The sample is called "Close contact, red": it is red at its instant. */
const CONTACT = 'persons.find(({ name }) => name.en === "Close contact, red")';
const RED = "Red 红码";

const APP = `import { createEngine } from "longma";
import rules from "longma/rules/gansu";
import { persons, tables } from "longma/samples";
const { facts, at } = ${CONTACT};
createEngine({ rules, tables }).then((engine) => show(engine.decide(facts).at(at).code.words));
const show = (words) => (document.querySelector("#colour").textContent = \`\${words.en} \${words["zh-CN"]}\`);
`;

/** The same with an engine in a worker, whose card comes from there too. */
const WORKER_APP = `import { connect } from "longma/worker";
import rules from "longma/rules/gansu";
import { persons, tables } from "longma/samples";
const { facts, at } = ${CONTACT};
const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
connect(worker, { rules, tables }).then((engine) => engine.decide(facts)).then((outcome) => outcome.card(at)).then((card) => show(card.face.words));
const show = (words) => (document.querySelector("#colour").textContent = \`\${words.en} \${words["zh-CN"]}\`);
`;
const WORKER = 'import { serve } from "longma/worker";\nserve();\n';

const page = (script) => `<!doctype html><meta charset="utf-8"><p id="colour"></p><script type="module" src="${script}"></script>`;
const sources = { "src/index.js": APP };
const workerSources = { "src/index.js": WORKER_APP, "src/worker.js": WORKER };

const webpack = async (folder) => {
  await node(folder, command("webpack-cli"), "--mode", "production");
  return serve(folder);
};

// Before version 8, Vite bundles a worker as one script in another way.
for (const vite of ["vite", "vite-7"]) {
  for (const [where, files] of [["on the page", sources], ["in a worker", workerSources]]) {
    test(`${vite} builds it with the engine ${where}`, async () => {
      const folder = app({ "index.html": page("/src/index.js"), ...files });
      await node(folder, command(vite, "vite"), "build", "--logLevel", "warn");
      assert.equal(await shown(await serve(join(folder, "dist"))), RED);
    });

    test(`${vite}'s development server serves it with the engine ${where}, without optimizeDeps.exclude`, async () => {
      const folder = app({ "index.html": page("/src/index.js"), ...files });
      assert.equal(await shown(await developing(folder, [command(vite, "vite"), "--host", "127.0.0.1", "--port", "0"])), RED);
    });
  }
}

test("webpack builds it", async () => {
  assert.equal(await shown(await webpack(app({ "index.html": page("dist/main.js"), ...sources }))), RED);
});

test("webpack builds it with the engine in a worker", async () => {
  assert.equal(await shown(await webpack(app({ "index.html": page("dist/main.js"), ...workerSources }))), RED);
});

const ESBUILD = { entryPoints: ["src/index.js"], bundle: true, outdir: "dist", logLevel: "warning" };

test("esbuild builds it as one script", async () => {
  const folder = app({ "index.html": page("dist/index.js"), ...sources });
  await build({ ...ESBUILD, absWorkingDir: folder });
  assert.equal(await shown(await serve(folder)), RED);
});

test("esbuild builds it as modules", async () => {
  const folder = app({ "index.html": page("dist/index.js"), ...sources });
  await build({ ...ESBUILD, absWorkingDir: folder, format: "esm", splitting: true });
  assert.equal(await shown(await serve(folder)), RED);
});

test("Rollup builds it with its own plugin for packages", async () => {
  const folder = app({ "index.html": page("dist/index.js"), ...sources });
  const plugin = fileURLToPath(import.meta.resolve("@rollup/plugin-node-resolve"));
  await node(folder, command("rollup"), "src/index.js", "--dir", "dist", "--plugin", plugin, "--failAfterWarnings", "--silent");
  assert.equal(await shown(await serve(folder)), RED);
});

test("a browser runs it with an import map and without a bundler", async () => {
  const at = "/node_modules/longma/dist/";
  const imports = { longma: `${at}web.js`, "longma/rules/gansu": `${at}rules/gansu.js`, "longma/samples": `${at}samples.js` };
  const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
  const folder = app({ "index.html": page("src/index.js").replace("<p", `${map}<p`), ...sources });
  assert.equal(await shown(await serve(folder)), RED);
});

test("a browser runs it in a worker without a bundler, with rules and engine by the page's addresses", async () => {
  const dist = "/node_modules/longma/dist";
  const folder = app({
    "index.html": page("src/index.js"),
    "src/worker.js": `import { serve } from "${dist}/worker.js";\nserve();\n`,
    "src/index.js": WORKER_APP.replace('"longma/worker"', `"${dist}/worker.js"`)
      .replace('"longma/samples"', `"${dist}/samples.js"`)
      .replace(/^import rules .*$/m, "const rules = 'rules.longma', wasm = new URL('longma.wasm', document.baseURI);")
      .replace("{ rules, tables }", "{ rules, tables, wasm }"),
  });
  cpSync(fileURLToPath(new URL("../../target/rules-small.longma", import.meta.url)), join(folder, "rules.longma"));
  cpSync(join(folder, dist, "longma.wasm"), join(folder, "longma.wasm"));
  assert.equal(await shown(await serve(folder)), RED);
});

const NEXT = {
  "app/layout.jsx": "export default ({ children }) => <html><body>{children}</body></html>;\n",
  "app/page.jsx": `import { createEngine } from "longma";
import rules from "longma/rules/gansu";
import { persons, tables } from "longma/samples";
import Client from "./client.jsx";

export default async function Page() {
  const { facts, at } = ${CONTACT};
  const engine = await createEngine({ rules, tables });
  return <><p id="server">{engine.decide(facts).at(at).code.words.en}</p><Client /></>;
}
`,
  "app/client.jsx": `"use client";
import { useEffect, useState } from "react";
import { createEngine } from "longma";
import rules from "longma/rules/gansu";
import { persons, tables } from "longma/samples";

export default function Client() {
  const [words, setWords] = useState();
  useEffect(() => {
    const { facts, at } = ${CONTACT};
    createEngine({ rules, tables }).then((engine) => setWords(engine.decide(facts).at(at).code.words));
  }, []);
  return <p id="colour">{words && \`\${words.en} \${words["zh-CN"]}\`}</p>;
}
`,
};

for (const tool of ["turbopack", "webpack"]) {
  test(`Next.js builds it with ${tool}, for its server and for the browser`, async () => {
    // Next must stand beside its app, so this app is in a folder whose parent has it.
    const folder = app(NEXT, fileURLToPath(new URL("apps", import.meta.url)));
    await node(folder, command("next"), "build", `--${tool}`);
    assert.match(readFileSync(join(folder, ".next/server/app/index.html"), "utf8"), /<p id="server">Red<\/p>/);
    const address = await developing(folder, [command("next"), "start", "--hostname", "127.0.0.1", "--port", "0"]);
    assert.equal(await shown(address), RED);
  });
}
