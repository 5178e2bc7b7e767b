// The extension as it is bundled, in a stand-in for VS Code, with the real command.
import assert from "node:assert/strict";
import { test } from "node:test";
import { join } from "node:path";
import { chmodSync, writeFileSync } from "node:fs";
import { launch, probe, selector, verdict } from "../src/launch.mjs";
import { LONGMA, PACK, workspace } from "./support/house.mjs";
import { extension, stub } from "./support/vscode.mjs";

const DEFAULTS = { path: "longma", packs: "rules/packs" };

test("the command is `longma lsp` with the folder of packs, in the workspace's folder", () => {
  assert.deepEqual(launch(DEFAULTS, "/w"), {
    command: "longma",
    args: ["lsp", "--packs", "/w/rules/packs"],
    cwd: "/w",
    packs: "/w/rules/packs",
    house: "/w/rules",
  });
});

test("a relative path begins at the workspace's folder, an absolute one and a name stay", () => {
  const command = (path) => launch({ ...DEFAULTS, path }, "/w").command;
  assert.deepEqual(["longma", "target/debug/longma", "./longma", "/opt/longma"].map(command), ["longma", "/w/target/debug/longma", "/w/longma", "/opt/longma"]);
  const packs = (packs) => launch({ ...DEFAULTS, packs }, "/w").packs;
  assert.deepEqual(["packs", "../other/packs/", "/srv/packs"].map(packs), ["/w/packs", "/other/packs", "/srv/packs"]);
});

test("the server gets the scripts, TOML and JSON of the house", () => {
  assert.deepEqual(selector("file:///w/rules"), [{ scheme: "file", pattern: { baseUri: "file:///w/rules", pattern: "**/*.{rhai,toml,json}" } }]);
});

test("how the command ended says what is wrong with it", () => {
  const cases = [[null, "ready"], [{ code: "ENOENT" }, "absent"], [{ code: 2 }, "old"], [{ code: "EACCES" }, "broken"], [{ code: 1 }, "broken"], [{ code: null }, "broken"]];
  for (const [error, expected] of cases) assert.equal(verdict(error), expected);
});

test("the command under test has a language server", async () => {
  const { verdict } = await probe(launch({ ...DEFAULTS, path: LONGMA }, process.cwd()));
  assert.equal(verdict, "ready");
});

/** The extension, activated in a window; it is over when the test is. */
async function activated(context, window) {
  const { activate, deactivate } = extension(window.vscode);
  context.after(() => deactivate());
  await activate({ subscriptions: [] });
  return window.seen;
}

test("in a folder with packs it starts the server, whose findings are shown", { timeout: 60_000 }, async (context) => {
  const house = workspace();
  house.write(`${PACK}/validity.rhai`, house.read(`${PACK}/validity.rhai`).replace("params.validity", "params.validty"));
  const window = stub({ folder: house.folder, settings: { path: LONGMA } });
  const seen = await activated(context, window);
  assert.deepEqual(seen.errors, []);
  assert.ok(seen.log.includes(`${LONGMA} lsp --packs ${join(house.folder, "rules/packs")}`), `${seen.log}`);
  assert.deepEqual(seen.watched, [join(house.folder, "rules/packs/**/*.{rhai,toml}"), join(house.folder, "rules/{schema,reference}/*.json")]);
  const uri = house.uri(`${PACK}/validity.rhai`);
  const shown = await window.until(() => seen.diagnostics.find((it) => it[0] === uri));
  assert.ok(shown[1].some((it) => it.code === "unknown-param"), JSON.stringify(shown[1]));
});

test("who changes colour from one pack to the next is shown in a terminal", { timeout: 60_000 }, async (context) => {
  const house = workspace();
  const seen = await activated(context, stub({ folder: house.folder, settings: { path: LONGMA } }));
  seen["longma.compare"]("62/2021-10-25", "62/2022-03-07");
  const args = ["compare", "62/2021-10-25", "62/2022-03-07", "--generate", "1000", "--packs", join(house.folder, "rules/packs")];
  assert.deepEqual(seen.terminals, [{ name: "Longma 62/2022-03-07", shellPath: LONGMA, shellArgs: args, cwd: house.folder }]);
  // Nothing runs for what is no pair of packs.
  seen["longma.compare"](undefined, 7);
  assert.equal(seen.terminals.length, 1);
});

test("a command that is not there is told, with a button that opens the setting", { timeout: 60_000 }, async (context) => {
  const window = stub({ folder: workspace().folder, settings: { path: "longma-is-not-there" } });
  const seen = await activated(context, window);
  assert.deepEqual(seen.errors, ["The command longma-is-not-there was not found. Install longma, or set its path."]);
  const opened = await window.until(() => seen.commands[0]);
  assert.deepEqual(opened, ["workbench.action.openSettings", "longma.path"]);
});

test("a command without a language server is called too old", { timeout: 60_000, skip: process.platform === "win32" }, async (context) => {
  const house = workspace();
  writeFileSync(join(house.folder, "old"), "#!/bin/sh\nexit 2\n");
  chmodSync(join(house.folder, "old"), 0o755);
  const seen = await activated(context, stub({ folder: house.folder, settings: { path: "./old" } }));
  assert.equal(seen.errors.length, 1);
  assert.match(seen.errors[0], /too old/);
});

test("where the folder of packs is not, it says so only if there are packs", { timeout: 60_000 }, async (context) => {
  const { folder } = workspace();
  const settings = { packs: "elsewhere/packs" };
  const silent = await activated(context, stub({ folder, settings }));
  assert.deepEqual(silent.errors, []);
  const told = await activated(context, stub({ folder, settings, packs: ["rules/packs/62/x/pack.toml"] }));
  assert.deepEqual(told.errors, [`There is no folder ${join(folder, "elsewhere/packs")}. Set where the packs are.`]);
});

test("nothing runs in a workspace that is not trusted, until it is", { timeout: 60_000 }, async (context) => {
  const window = stub({ folder: workspace().folder, settings: { path: "longma-is-not-there" }, trusted: false });
  const seen = await activated(context, window);
  assert.deepEqual([seen.errors, seen.log], [[], []]);
  window.known.workspace.isTrusted = true;
  await seen.granted();
  assert.equal(seen.errors.length, 1);
});
