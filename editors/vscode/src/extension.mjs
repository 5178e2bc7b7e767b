// The extension: finds the folder of packs, starts `longma lsp` for it, and says what is missing.
// One server for a window, for the first of its folders that has packs.
import { statSync } from "node:fs";
import { LanguageClient } from "vscode-languageclient/node";
import * as vscode from "vscode";
import { launch, probe, selector } from "./launch.mjs";

/** @type {LanguageClient | undefined} */
let client;
/** What runs, for commands in the terminal. @type {import("./launch.mjs").Launch | undefined} */
let running;
/** @type {vscode.LogOutputChannel} */
let output;
/** Starts and stops happen one after another. */
let queue = Promise.resolve();

/** @param {() => Promise<void>} work */
function next(work) {
  queue = queue.then(work).catch((error) => output.error(String(error)));
  return queue;
}

/** @param {vscode.ExtensionContext} context */
export function activate(context) {
  output = vscode.window.createOutputChannel("Longma", { log: true });
  const restart = () => {
    next(stop);
    return next(start);
  };
  context.subscriptions.push(
    output,
    vscode.commands.registerCommand("longma.restart", restart),
    vscode.commands.registerCommand("longma.compare", compare),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeWorkspaceFolders(restart),
    vscode.workspace.onDidChangeConfiguration((change) => change.affectsConfiguration("longma") ? restart() : undefined),
  );
  return restart();
}

export function deactivate() {
  return next(stop);
}

/**
 * Shows in a terminal who changes colour from one pack to the next, among a thousand invented persons.
 * @param {unknown} before
 * @param {unknown} after
 */
function compare(before, after) {
  if (running === undefined || typeof before !== "string" || typeof after !== "string") return;
  const { command, cwd, packs } = running;
  const args = ["compare", before, after, "--generate", "1000", "--packs", packs];
  vscode.window.createTerminal({ name: `Longma ${after}`, shellPath: command, shellArgs: args, cwd }).show();
}

async function stop() {
  const before = client;
  client = undefined;
  running = undefined;
  await before?.dispose();
}

async function start() {
  if (!vscode.workspace.isTrusted) return;
  const folders = (vscode.workspace.workspaceFolders ?? []).filter((it) => it.uri.scheme === "file");
  const launches = folders.map((it) => launch(settings(it.uri), it.uri.fsPath));
  const found = launches.find((it) => isFolder(it.packs));
  if (found === undefined) return withoutPacks(launches[0]);
  const { verdict, said } = await probe(found);
  if (verdict !== "ready") {
    output.error(`${found.command} lsp --help: ${said}`);
    return withoutCommand(verdict, found.command);
  }
  output.info([found.command, ...found.args].join(" "));
  const house = vscode.Uri.file(found.house);
  const watched = ["packs/**/*.{rhai,toml}", "{schema,reference}/*.json"];
  const watchers = watched.map((it) => vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(house, it)));
  const { command, args, cwd } = found;
  client = new LanguageClient("longma", "Longma", { command, args, options: { cwd } }, {
    documentSelector: selector(house.toString()),
    synchronize: { fileEvents: watchers },
    outputChannel: output,
    initializationOptions: { compare: true },
  });
  running = found;
  await client.start();
}

/** @param {vscode.Uri} folder */
function settings(folder) {
  const values = vscode.workspace.getConfiguration("longma", folder);
  return { path: values.get("path", "longma"), packs: values.get("packs", "rules/packs") };
}

/** @param {string} path */
const isFolder = (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/**
 * Says that there is no folder of packs, but only where somebody has packs: Rhai is used elsewhere too.
 * @param {import("./launch.mjs").Launch | undefined} launch
 */
async function withoutPacks(launch) {
  if (launch === undefined) return;
  output.info(`${launch.packs}: no such folder`);
  const packs = await vscode.workspace.findFiles("**/packs/*/*/pack.toml", "**/node_modules/**", 1);
  if (packs.length === 0) return;
  const text = vscode.l10n.t("There is no folder {0}. Set where the packs are.", launch.packs);
  offer(text, "longma.packs");
}

/**
 * @param {import("./launch.mjs").Verdict} verdict
 * @param {string} command
 */
function withoutCommand(verdict, command) {
  const texts = {
    ready: "",
    absent: vscode.l10n.t("The command {0} was not found. Install longma, or set its path.", command),
    old: vscode.l10n.t("The command {0} is too old: it has no language server. Install a newer longma, or set its path.", command),
    broken: vscode.l10n.t("The command {0} does not run. The output of Longma says why.", command),
  };
  offer(texts[verdict], "longma.path");
}

/**
 * Shows an error with a button that opens a setting. Nobody waits for the button.
 * @param {string} text
 * @param {string} setting
 */
function offer(text, setting) {
  const open = vscode.l10n.t("Open Setting");
  const shown = vscode.window.showErrorMessage(text, open);
  void shown.then((chosen) =>
    chosen === open ? vscode.commands.executeCommand("workbench.action.openSettings", setting) : undefined,
  );
}
