// The editor's side of the language server: the worker as a transport, the house as a workspace, and what the server's
// answers become. A file is open for the server from its first showing on, whether or not it is shown: the server
// forgets what was typed in a document that is closed.
import { autocompletion, acceptCompletion } from "@codemirror/autocomplete";
import { setDiagnostics, type Action, type Diagnostic } from "@codemirror/lint";
import {
  findReferencesKeymap,
  formatKeymap,
  hoverTooltips,
  jumpToDefinition,
  jumpToDefinitionKeymap,
  LSPClient,
  LSPPlugin,
  renameKeymap,
  serverCompletion,
  serverDiagnostics,
  signatureHelp,
  Workspace,
  type Transport,
  type WorkspaceFile,
} from "@codemirror/lsp-client";
import { type ChangeSet, Text, type EditorState, type Extension, type TransactionSpec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import type { Locale } from "../model/time";
import { mendKeys } from "./mends";
import type { Ran } from "./model/cases";
import { languageOf } from "./model/names";
import type { Ask, Told } from "./protocol";
import { shownAmong } from "./shown";

const BASE = "house:///";

export const uriOf = (path: string): string => BASE + path.split("/").map(encodeURIComponent).join("/");
export const pathOf = (uri: string): string => decodeURIComponent(uri.slice(BASE.length));

export type Severity = "error" | "warning" | "info";

/** One finding of the house, as the page shows it; lines and columns from 0. */
export interface Finding {
  severity: Severity;
  code: string;
  message: string;
  /** What to do; empty if nothing is said. */
  help: string;
  from: { line: number; character: number };
  to: { line: number; character: number };
  /** What its one right mend does, in the page's language; undefined if there is none. */
  mend?: string;
}

/** A change that the server proposes for findings: what it does, and the new words by file. */
interface Proposed {
  title: string;
  diagnostics?: Wire[];
  edit?: { changes?: Record<string, { range: Wire["range"]; newText: string }[]> };
}

interface Wire {
  severity?: number;
  code?: string | number;
  message: string;
  range: { start: { line: number; character: number }; end: { line: number; character: number } };
}

const findingOf = ({ severity, code, message, range }: Wire): Finding => {
  const [said = "", ...help] = message.split("\n");
  return {
    severity: severity === undefined || severity === 1 ? "error" : severity === 2 ? "warning" : "info",
    code: String(code ?? ""),
    message: said,
    help: help.join("\n"),
    from: range.start,
    to: range.end,
  };
};

/** A place of the server's in a text, held to the text. */
export function offsetOf(doc: Text, { line, character }: { line: number; character: number }): number {
  const found = doc.line(Math.min(doc.lines, Math.max(1, line + 1)));
  return Math.min(found.to, found.from + character);
}

/** One value of a TOML file: its key, and the places of the key and of the value. A table that is written out has no place. */
export interface Entry {
  key: string[];
  value: unknown;
  range: Wire["range"] | null;
  name: Wire["range"];
}

class HouseFile implements WorkspaceFile {
  readonly uri: string;
  readonly languageId: string;
  version = 0;
  opened = false;
  view: EditorView | undefined;
  constructor(
    readonly path: string,
    public doc: Text,
  ) {
    this.uri = uriOf(path);
    this.languageId = languageOf(path);
  }
  getView(): EditorView | null {
    return this.view ?? null;
  }
}

/** What the workspace asks of the page. */
export interface Host {
  /** Shows a file and gives its editor. */
  show(path: string): Promise<EditorView | null>;
  /** Changes a file that is not shown, and gives its new state. */
  change(path: string, spec: TransactionSpec): EditorState | undefined;
  told(path: string, findings: readonly Finding[]): void;
  failed(detail: string): void;
}

class HouseWorkspace extends Workspace {
  files: HouseFile[] = [];
  constructor(
    client: LSPClient,
    readonly host: Host,
  ) {
    super(client);
  }

  /** Takes in a file that is new. */
  take(path: string, text: string): void {
    const file = new HouseFile(path, Text.of(text.split(/\r?\n/)));
    file.opened = true;
    this.files = [...this.files.filter((one) => one.path !== path), file];
    if (this.client.connected) this.client.didOpen(file);
  }

  /** Forgets a file that is gone. */
  drop(path: string, tell: boolean): void {
    const file = this.files.find((one) => one.path === path);
    this.files = this.files.filter((one) => one !== file);
    if (tell && file?.opened && this.client.connected) this.client.didClose(file.uri);
  }

  fill(texts: ReadonlyMap<string, string>): void {
    this.files = [...texts].map(([path, text]) => new HouseFile(path, Text.of(text.split(/\r?\n/))));
  }

  syncFiles() {
    const updates: { file: HouseFile; prevDoc: Text; changes: ChangeSet }[] = [];
    for (const file of this.files) {
      const plugin = file.view === undefined ? null : LSPPlugin.get(file.view);
      if (file.view === undefined || plugin === null || plugin.unsyncedChanges.empty) continue;
      updates.push({ file, prevDoc: file.doc, changes: plugin.unsyncedChanges });
      file.doc = file.view.state.doc;
      file.version++;
      plugin.clear();
    }
    return updates;
  }

  openFile(uri: string, _language: string, view: EditorView): void {
    const file = this.getFile(uri) as HouseFile | null;
    if (file === null) return;
    file.view = view;
    if (!file.opened) {
      file.opened = true;
      file.doc = view.state.doc;
      this.client.didOpen(file);
    } else if (!file.doc.eq(view.state.doc)) this.#replace(file, view.state.doc);
  }

  closeFile(uri: string, view: EditorView): void {
    const file = this.getFile(uri) as HouseFile | null;
    if (file?.view === view) file.view = undefined;
  }

  override connected(): void {
    for (const file of this.files) if (file.opened) this.client.didOpen(file);
  }

  override updateFile(uri: string, update: TransactionSpec): void {
    const file = this.getFile(uri) as HouseFile | null;
    if (file === null) return;
    if (file.view !== undefined) {
      file.view.dispatch(update);
      return;
    }
    const state = this.host.change(file.path, update);
    if (state === undefined) return;
    if (!file.opened) {
      file.opened = true;
      this.client.didOpen(file);
    }
    this.#replace(file, state.doc);
  }

  override displayFile(uri: string): Promise<EditorView | null> {
    return this.host.show(pathOf(uri));
  }

  #replace(file: HouseFile, doc: Text): void {
    file.doc = doc;
    file.version++;
    this.client.notification("textDocument/didChange", {
      textDocument: { uri: file.uri, version: file.version },
      contentChanges: [{ text: doc.toString() }],
    });
  }
}

/** Marks that a document may hold. Packs come from strangers too, and their words are shown as Markdown. */
const ALLOWED = new Set(["P", "STRONG", "EM", "CODE", "PRE", "UL", "OL", "LI", "BR", "HR", "SPAN", "BLOCKQUOTE", "H1", "H2", "H3", "H4", "TABLE", "THEAD", "TBODY", "TR", "TH", "TD", "DEL"]);

function sanitized(html: string): string {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const node of [...body.querySelectorAll("*")]) {
    if (!ALLOWED.has(node.tagName)) node.replaceWith(/^(SCRIPT|STYLE|TEMPLATE|IFRAME|OBJECT|SVG|MATH)$/i.test(node.tagName) ? "" : (node.textContent ?? ""));
    else for (const { name } of [...node.attributes]) if (name !== "class" || node.tagName !== "SPAN") node.removeAttribute(name);
  }
  return body.innerHTML;
}

const isMac = /Mac|iP(hone|ad|od)/.test(navigator.platform);

export class LanguageLink {
  readonly client: LSPClient;
  readonly #workspace: HouseWorkspace;
  #worker: Worker | undefined;
  readonly #transport: Transport;
  readonly #handlers = new Set<(message: string) => void>();
  readonly #findings = new Map<string, readonly Finding[]>();

  constructor(readonly host: Host) {
    this.#transport = {
      send: (message) => this.#ask({ kind: "lsp", message }),
      subscribe: (handler) => this.#handlers.add(handler),
      unsubscribe: (handler) => this.#handlers.delete(handler),
    };
    let workspace: HouseWorkspace | undefined;
    this.client = new LSPClient({
      rootUri: BASE,
      // The first check of a whole house takes seconds on a slow device.
      timeout: 120_000,
      sanitizeHTML: sanitized,
      workspace: (client) => (workspace = new HouseWorkspace(client, host)),
      notificationHandlers: {
        "textDocument/publishDiagnostics": (_client, { uri, diagnostics }: { uri: string; diagnostics: Wire[] }) => {
          const path = pathOf(uri);
          const findings = diagnostics.map(findingOf);
          this.#findings.set(path, findings);
          const view = this.#workspace.getFile(uri)?.getView();
          if (view != null) this.mark(view, path);
          host.told(path, findings);
          if (findings.length > 0) void this.#offer(path, findings);
          return true;
        },
      },
      // Of this extension only the part that sends what was typed is used.
      extensions: [serverDiagnostics()],
    });
    this.#workspace = workspace as unknown as HouseWorkspace;
  }

  /** A worker for the server. One that has failed is replaced. */
  #spawn(): Worker {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "longma-language-server" });
    const failed = (detail: string): void => {
      if (this.#worker !== worker) return;
      worker.terminate();
      this.#worker = undefined;
      this.host.failed(detail);
    };
    worker.addEventListener("message", ({ data }: MessageEvent<Told>) => {
      if (data.kind === "failed") failed(data.detail);
      else for (const handler of [...this.#handlers]) handler(data.message);
    });
    worker.addEventListener("error", (event) => failed(event.message));
    return worker;
  }

  #ask(ask: Ask): void {
    this.#worker?.postMessage(ask);
  }

  /** Begins with a house. Texts are those of now, with what was typed. Resolves when the server answers. */
  async start(texts: ReadonlyMap<string, string>, locale: Locale, same: boolean): Promise<void> {
    for (const path of this.#findings.keys()) this.host.told(path, []);
    this.#findings.clear();
    if (this.client.connected) this.client.disconnect();
    if (!same) this.#workspace.fill(texts);
    this.#worker ??= this.#spawn();
    this.#ask({ kind: "start", base: BASE, texts: Object.fromEntries(texts), lang: locale });
    this.client.connect(this.#transport);
    await this.client.initializing;
  }

  /** What an editor of this file gets, by what the server can do. Before it has answered, nothing but its connection. */
  extension(path: string): Extension {
    const can = this.client.serverCapabilities;
    const found: Extension[] = [this.client.plugin(uriOf(path), languageOf(path))];
    if (can === null) return found;
    if (can.completionProvider) found.push(serverCompletion(), autocompletion({ icons: false }), keymap.of([{ key: "Tab", run: acceptCompletion }]));
    if (can.hoverProvider) found.push(hoverTooltips());
    if (can.signatureHelpProvider) found.push(signatureHelp());
    if (can.renameProvider) found.push(keymap.of([...renameKeymap]));
    if (can.documentFormattingProvider) found.push(keymap.of([...formatKeymap]));
    if (can.referencesProvider) found.push(keymap.of([...findReferencesKeymap]));
    if (can.definitionProvider) found.push(keymap.of([...jumpToDefinitionKeymap]), toDefinition);
    if (can.codeActionProvider) found.push(mendKeys((line) => this.#mendsAt(path, line)));
    if (languageOf(path) === "rhai" && can.semanticTokensProvider) {
      found.push(shownAmong({ link: this, uri: uriOf(path), legend: can.semanticTokensProvider.legend, hints: can.inlayHintProvider !== undefined }));
    }
    return found;
  }

  /** Sends what was typed. */
  sync(): void {
    if (this.client.connected) this.client.sync();
  }

  /** Has the whole house checked. */
  saved(path: string): void {
    this.sync();
    this.client.notification("textDocument/didSave", { textDocument: { uri: uriOf(path) } });
  }

  /** Runs the cases of the pack that a file belongs to; null if it belongs to none. */
  cases(path: string): Promise<Ran | null> {
    this.sync();
    return this.client.request("workspace/executeCommand", { command: "longma.runCases", arguments: [uriOf(path)] });
  }

  /** What a TOML file holds, by key, with its places; null while it is no TOML. */
  entries(path: string): Promise<Entry[] | null> {
    this.sync();
    return this.client.request("workspace/executeCommand", { command: "longma.entries", arguments: [uriOf(path)] });
  }

  /** Tells the server of a file that is new. */
  created(path: string, text: string): void {
    this.#workspace.take(path, text);
  }

  /** Forgets a file that is gone. The server is told, and checks the house, unless it is to begin anew. */
  gone(path: string, anew: boolean): void {
    this.#findings.delete(path);
    this.host.told(path, []);
    if (this.client.connected && !anew) this.#ask({ kind: "file", path });
    this.#workspace.drop(path, !anew);
  }

  /** Changes a file, shown or not. */
  change(path: string, spec: TransactionSpec): void {
    this.#workspace.updateFile(uriOf(path), spec);
  }

  /** The mends that the server proposes for a file. */
  #proposed(path: string): Promise<Proposed[]> {
    const all = { start: { line: 0, character: 0 }, end: { line: 0x7fffffff, character: 0 } };
    const params = { textDocument: { uri: uriOf(path) }, range: all, context: { diagnostics: [] } };
    return this.client.request<typeof params, Proposed[] | null>("textDocument/codeAction", params).then((found) => found ?? []);
  }

  /** Says of each finding what mends it. */
  async #offer(path: string, findings: readonly Finding[]): Promise<void> {
    if (!this.client.serverCapabilities?.codeActionProvider) return;
    const proposed = await this.#proposed(path).catch(() => []);
    if (proposed.length === 0 || this.#findings.get(path) !== findings) return;
    const same = (wire: Wire, one: Finding): boolean => {
      const its = findingOf(wire);
      return its.code === one.code && its.message === one.message && its.from.line === one.from.line && its.from.character === one.from.character;
    };
    const offered = findings.map((one) => {
      const mend = proposed.find(({ diagnostics }) => diagnostics?.some((wire) => same(wire, one)))?.title;
      return mend === undefined ? one : { ...one, mend };
    });
    this.#findings.set(path, offered);
    const view = this.#workspace.getFile(uriOf(path))?.getView();
    if (view != null) this.mark(view, path);
    this.host.told(path, offered);
  }

  /** The mends for the findings on a line, from 0. */
  #mendsAt(path: string, line: number): { title: string; mend: () => void }[] {
    const its = (this.#findings.get(path) ?? []).filter(({ from, to }) => from.line <= line && line <= to.line);
    return its.flatMap((one) => (one.mend === undefined ? [] : [{ title: one.mend, mend: () => void this.mend(path, one) }]));
  }

  /** Mends a finding, as the texts are now; false if there is nothing to mend any more. */
  async mend(path: string, finding: Finding): Promise<boolean> {
    this.sync();
    return this.client.withMapping(async (mapping) => {
      const away = ({ diagnostics }: Proposed): number => Math.min(...(diagnostics ?? []).map(({ range }) => Math.abs(range.start.line - finding.from.line)));
      const fits = (one: Proposed): boolean => one.title === finding.mend && one.diagnostics?.some(({ code }) => String(code) === finding.code) === true;
      const [chosen] = (await this.#proposed(path)).filter(fits).sort((a, b) => away(a) - away(b));
      const changes = Object.entries(chosen?.edit?.changes ?? {}).filter(([uri]) => this.#workspace.getFile(uri) !== null);
      for (const [uri, edits] of changes) {
        const written = edits.map(({ range, newText }) => ({ from: mapping.mapPosition(uri, range.start), to: mapping.mapPosition(uri, range.end), insert: Text.of(newText.split(/\r?\n/)) }));
        this.#workspace.updateFile(uri, { changes: written, userEvent: "input.mend" });
      }
      return changes.length > 0;
    });
  }

  /** Underlines a file's findings in its editor. */
  mark(view: EditorView, path: string): void {
    const plugin = LSPPlugin.get(view);
    const doc = plugin?.syncedDoc ?? view.state.doc;
    const changes = plugin?.unsyncedChanges;
    const at = (place: Finding["from"]): number => {
      const offset = offsetOf(doc, place);
      return Math.min(view.state.doc.length, changes === undefined || changes.length !== doc.length ? offset : changes.mapPos(offset));
    };
    const diagnostics = (this.#findings.get(path) ?? []).map((finding): Diagnostic => {
      const from = at(finding.from);
      return {
        from,
        to: Math.max(from, at(finding.to)),
        severity: finding.severity,
        source: finding.code,
        message: finding.help === "" ? finding.message : `${finding.message}\n${finding.help}`,
        ...(finding.mend === undefined || view.state.readOnly ? {} : { actions: [this.#action(path, finding, finding.mend)] }),
      };
    });
    view.dispatch(setDiagnostics(view.state, diagnostics));
  }

  #action(path: string, finding: Finding, name: string): Action {
    return { name, apply: () => void this.mend(path, finding) };
  }
}

/** A click with Ctrl, or the command key, leads to where a name is defined. */
const toDefinition = EditorView.domEventHandlers({
  mousedown(event, view) {
    if (event.button !== 0 || !(isMac ? event.metaKey : event.ctrlKey)) return false;
    const pos = view.posAtCoords(event);
    if (pos === null) return false;
    view.dispatch({ selection: { anchor: pos } });
    jumpToDefinition(view);
    return true;
  },
});
