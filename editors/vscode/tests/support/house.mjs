// A small house of packs in a folder of its own, and a client that speaks to `longma lsp` about it.
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { StreamMessageReader, StreamMessageWriter, createMessageConnection } from "vscode-languageserver-protocol/node";

const repository = fileURLToPath(new URL("../../../../", import.meta.url));
/** The command under test. */
export const LONGMA = resolve(process.env.LONGMA ?? join(repository, "target/debug/longma"));
export const PACK = "packs/62/validity-2020-02-21";

/** The folder of a workspace whose `rules` is a house with one pack. Nothing is wrong with its script and manifest. */
export function workspace() {
  // The server resolves links in paths.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "longma vscode-")));
  after(() => rmSync(folder, { recursive: true, force: true }));
  for (const path of ["schema", "reference", PACK]) {
    cpSync(join(repository, "rules", path), join(folder, "rules", path), { recursive: true });
  }
  const at = (path) => join(folder, "rules", path);
  const read = (path) => readFileSync(at(path), "utf8");
  const uri = (path) => pathToFileURL(at(path)).href;
  return { folder, at, read, uri, write: (path, text) => writeFileSync(at(path), text) };
}

/** Line and character, from 0, of the `offset`th unit behind where `wanted` begins in a text. */
export function place(text, wanted, offset = 0) {
  const before = text.slice(0, text.indexOf(wanted) + offset);
  if (!text.includes(wanted)) throw new Error(`${wanted} is not in the text`);
  return { line: before.split("\n").length - 1, character: before.length - before.lastIndexOf("\n") - 1 };
}

/** A conversation with the command, begun. */
export async function conversation(house, locale = "en") {
  const child = spawn(LONGMA, ["lsp", "--packs", "rules/packs"], { cwd: house.folder, stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((done, fail) => child.once("exit", done).once("error", fail));
  const connection = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  const told = new Map();
  const waiting = new Set();
  connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }) => {
    told.set(uri, diagnostics);
    for (const look of waiting) look();
  });
  connection.listen();
  after(() => {
    connection.dispose();
    child.kill();
  });
  const answer = await connection.sendRequest("initialize", { processId: process.pid, rootUri: null, locale, capabilities: {} });
  await connection.sendNotification("initialized", {});

  return {
    answer,
    ended,
    ask: (method, params) => connection.sendRequest(method, params),
    tell: (method, params) => connection.sendNotification(method, params),
    open: (path, text = house.read(path)) =>
      connection.sendNotification("textDocument/didOpen", {
        textDocument: { uri: house.uri(path), languageId: path.endsWith(".rhai") ? "rhai" : "toml", version: 1, text },
      }),
    /** Writes `by` in place of `wanted`, as an editor does at a key stroke. */
    type: (path, text, wanted, by) =>
      connection.sendNotification("textDocument/didChange", {
        textDocument: { uri: house.uri(path), version: 2 },
        contentChanges: [{ range: { start: place(text, wanted), end: place(text, wanted, wanted.length) }, text: by }],
      }),
    at: (method, path, position) => connection.sendRequest(method, { textDocument: { uri: house.uri(path) }, position }),
    /** What is told of a document, once it is as `wanted` says. */
    told: (path, wanted) =>
      new Promise((done) => {
        const look = () => {
          const diagnostics = told.get(house.uri(path)) ?? [];
          if (!wanted(diagnostics)) return;
          waiting.delete(look);
          done(diagnostics);
        };
        waiting.add(look);
        look();
      }),
  };
}
