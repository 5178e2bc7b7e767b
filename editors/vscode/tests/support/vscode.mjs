// A stand-in for the module `vscode`: what the extension itself calls is here and kept in `seen`; whatever else the
// language client touches exists and does nothing.
import Module, { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const nothing = { dispose() {} };

/** Something that can be called, constructed, extended and asked for any of its members. */
function anything() {
  const members = new Map();
  return new Proxy(class {}, {
    get(target, key) {
      if (key === "prototype" || key === Symbol.toPrimitive || key === "then") return target[key];
      if (key === Symbol.iterator) return [][Symbol.iterator];
      if (!members.has(key)) members.set(key, anything());
      return members.get(key);
    },
    apply: () => nothing,
  });
}

class Uri {
  constructor(path) {
    this.scheme = "file";
    this.fsPath = path;
  }
  static file = (path) => new Uri(path);
  static parse = (text) => text;
  toString = () => pathToFileURL(this.fsPath).href;
}

class EventEmitter {
  #listeners = new Set();
  event = (run) => (this.#listeners.add(run), nothing);
  fire = (it) => this.#listeners.forEach((run) => run(it));
  dispose() {}
}

class CancellationTokenSource {
  token = { isCancellationRequested: false, onCancellationRequested: () => nothing };
  cancel() {}
  dispose() {}
}

/** A window on `folder` with these settings. */
export function stub({ folder, settings = {}, trusted = true, packs = [] }) {
  const seen = { errors: [], commands: [], diagnostics: [], log: [], watched: [], terminals: [] };
  const wakes = new Set();
  const wake = () => wakes.forEach((it) => it());
  const log = (text) => (seen.log.push(text), wake());
  const known = {
    version: "1.91.0",
    Uri,
    EventEmitter,
    CancellationTokenSource,
    RelativePattern: class {
      constructor(base, pattern) {
        Object.assign(this, { base, pattern });
      }
    },
    env: { language: "en", appName: "test" },
    l10n: { t: (text, ...parts) => text.replace(/\{(\d)\}/g, (_, index) => parts[index]) },
    commands: {
      registerCommand: (name, run) => ((seen[name] = run), nothing),
      executeCommand: async (...words) => (seen.commands.push(words), wake()),
    },
    window: {
      createOutputChannel: () => ({ info: log, warn: log, error: log, debug: log, trace: log, append: log, appendLine: log, show() {}, dispose() {}, onDidChangeLogLevel: () => nothing }),
      showErrorMessage: async (text, ...buttons) => (seen.errors.push(text), wake(), buttons[0]),
      createTerminal: (options) => ({ show: () => seen.terminals.push(options) }),
      visibleTextEditors: [],
      tabGroups: { all: [], onDidChangeTabs: () => nothing },
    },
    languages: {
      createDiagnosticCollection: () => ({ set: (uri, found) => (seen.diagnostics.push([String(uri), found]), wake()), clear() {}, dispose() {}, delete() {} }),
    },
    workspace: {
      isTrusted: trusted,
      workspaceFolders: [{ uri: Uri.file(folder), name: "test", index: 0 }],
      textDocuments: [],
      notebookDocuments: [],
      getConfiguration: () => ({ get: (key, otherwise) => settings[key] ?? otherwise }),
      findFiles: async () => packs,
      createFileSystemWatcher: ({ base, pattern }) => (seen.watched.push(`${base.fsPath}/${pattern}`), { onDidCreate: () => nothing, onDidChange: () => nothing, onDidDelete: () => nothing, dispose() {} }),
      onDidGrantWorkspaceTrust: (run) => ((seen.granted = run), nothing),
    },
  };
  const layered = (own, other) =>
    new Proxy(own, { get: (_, key) => (key in own || typeof key === "symbol" ? (own[key]?.constructor === Object ? layered(own[key], other[key]) : own[key]) : other[key]) });
  /** Resolves once `look` gives something. */
  const until = (look) =>
    new Promise((done) => {
      const again = () => {
        const found = look();
        if (!found) return;
        wakes.delete(again);
        done(found);
      };
      wakes.add(again);
      again();
    });
  return { vscode: layered(known, anything()), seen, until, known };
}

const require = createRequire(import.meta.url);
const bundle = require.resolve("../../dist/extension.js");

/** The bundled extension, loaded anew as VS Code loads it, with this module `vscode`. */
export function extension(vscode) {
  const load = Module._load;
  Module._load = (name, ...others) => (name === "vscode" ? vscode : load(name, ...others));
  try {
    delete require.cache[bundle];
    return require(bundle);
  } finally {
    Module._load = load;
  }
}
