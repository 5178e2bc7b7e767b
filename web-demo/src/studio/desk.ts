// One visit to the studio: the work that is open, its texts, what the language server finds, and what is kept.
//
// What is typed goes three ways: at once into the editor's state, a moment later to the language server and into the
// store. The whole house is checked when typing has paused. Nothing is written by a tab that does not hold the work.
import { Text } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { computed, markRaw, reactive, ref, shallowReactive, shallowRef, watch } from "vue";
import { locale } from "../locale";
import { download } from "./download";
import { Folder } from "./folder";
import { Hold } from "./hold";
import { LanguageLink, offsetOf, type Finding, type Severity } from "./language";
import type { CaseRun } from "./model/cases";
import { differences, editionOf, firstPath, packsOf, treeOf, type House } from "./model/house";
import { packOf } from "./model/names";
import { MARK, readShare, shareText } from "./model/share";
import { sourcesOf } from "./model/sources";
import { readZip, Refused, LIMITS, writeZip } from "./model/zip";
import { Sheets } from "./editor";
import { markCases } from "./marks";
import { askAgain } from "./shown";
import { NotKept, Store, type Edit, type Kind, type Work } from "./store";
import { words, type Words } from "./words";

const LAST = "longma.studio.work";
/** How long a pause in typing is, in milliseconds: before keeping, before the whole house is checked, and before the cases run. */
const KEEP_AFTER = 200;
const CHECK_AFTER = 1200;
const CASES_AFTER = 1500;

/** What is known of the open pack's cases: not yet run, run, or the packs cannot be loaded. */
export type Cases = { state: "waiting" } | { state: "ran"; pack: string; cases: readonly CaseRun[] } | { state: "unloadable"; pack: string };

/** Whether what was typed is on the device: yes, soon, no room, no storage, or not this tab's to write. */
export type Keeping = "kept" | "keeping" | "full" | "failed" | "off" | "reading";

export interface Notice {
  id: number;
  tone: "info" | "error";
  say: (words: Words) => string;
  action?: { say: (words: Words) => string; act: () => void };
}

const COUNTS: Record<Severity, number> = { error: 0, warning: 0, info: 0 };

const textEdition = (house: House, path: string): string => editionOf(new Map([[path, house.get(path) ?? ""]]));

/** What becomes of files: a text, a state as it was kept, or null for a file that goes. */
export type Files = ReadonlyMap<string, string | Edit | null>;

/** The change that makes a document a text. What begins alike stays, so that the steps back are small. */
function replacing(doc: Text, text: string): { from: number; to: number; insert: Text } {
  const [was, now] = [doc.toString(), text.replace(/\r\n/g, "\n")];
  let from = 0;
  while (from < was.length && was[from] === now[from]) from++;
  // No character is cut in half.
  if (/[\uD800-\uDBFF]/.test(was[from - 1] ?? "")) from--;
  return { from, to: doc.length, insert: Text.of(now.slice(from).split("\n")) };
}

const newId = (kind: Kind): string => `${kind}-${Date.now().toString(36)}`;

function remembered(): string | null {
  try {
    return localStorage.getItem(LAST);
  } catch {
    return null;
  }
}

function remember(id: string): void {
  try {
    localStorage.setItem(LAST, id);
  } catch {
    // Storage may be forbidden. Then the next visit begins with the shipped packs.
  }
}

export function useDesk() {
  const work = shallowRef<Work>();
  const texts = shallowReactive(new Map<string, string>());
  /** The texts before anything was typed here: as shipped, as in the zip, as in the folder. */
  const base = shallowRef<House>(new Map());
  const shipped = shallowRef<House>(new Map());
  const edits = new Map<string, Edit>();
  const path = ref("");
  const line = ref(1);
  const findings = shallowReactive(new Map<string, readonly Finding[]>());
  const cases = shallowRef<Cases>({ state: "waiting" });
  const server = ref<"starting" | "ready" | "stopped">("starting");
  const keeping = ref<Keeping>("kept");
  const holding = ref<"mine" | "other">("mine");
  const notices = reactive<Notice[]>([]);
  const works = shallowRef<readonly Work[]>([]);
  const loaded = ref(false);
  const failure = ref<string>();
  /** Counts what was saved, for a screen reader. */
  const saved = ref("");

  let store: Store | undefined;
  let hold: Hold | undefined;
  const folder = shallowRef<Folder>();
  const dirty = new Set<string>();
  const unchecked = new Set<string>();
  let keepTimer: ReturnType<typeof setTimeout> | undefined;
  let checkTimer: ReturnType<typeof setTimeout> | undefined;
  let casesTimer: ReturnType<typeof setTimeout> | undefined;
  /** The last run of cases that was asked for; what an older one answers is dropped. */
  let casesAsked = 0;
  let nextNotice = 0;

  const packs = computed(() => packsOf(texts));
  const tree = computed(() => treeOf(packs.value));
  const pack = computed(() => packs.value.find(({ id }) => id === packOf(path.value)));
  const sources = computed(() => (pack.value === undefined ? [] : sourcesOf(pack.value, packs.value, texts)));
  const changed = computed(() => new Set([...differences(base.value, texts).keys()]));
  /** Findings by pack and severity. */
  const counts = computed(() => {
    const found = new Map<string, Record<Severity, number>>();
    for (const [file, its] of findings) {
      const id = packOf(file) ?? "";
      const count = found.get(id) ?? { ...COUNTS };
      for (const { severity } of its) count[severity]++;
      found.set(id, count);
    }
    return found;
  });

  function notice(tone: Notice["tone"], say: Notice["say"], action?: Notice["action"]): void {
    const same = notices.findIndex((one) => one.say(words.value) === say(words.value));
    if (same >= 0) notices.splice(same, 1);
    notices.push({ id: ++nextNotice, tone, say, ...(action === undefined ? {} : { action }) });
  }

  function dismiss(id: number): void {
    const at = notices.findIndex((one) => one.id === id);
    if (at >= 0) notices.splice(at, 1);
  }

  const sheets: Sheets = markRaw(
    new Sheets(
      {
        changed: (at) => {
          if (holding.value === "other") return;
          dirty.add(at);
          unchecked.add(at);
          if (keeping.value !== "off") keeping.value = "keeping";
          clearTimeout(keepTimer);
          keepTimer = setTimeout(() => void keep(), KEEP_AFTER);
          clearTimeout(checkTimer);
          checkTimer = setTimeout(check, CHECK_AFTER);
          runCasesIn(CASES_AFTER);
        },
        moved: (at) => (line.value = at),
        language: (at) => link.extension(at),
        leaving: () => link.sync(),
        shown: (view, at) => {
          path.value = at;
          line.value = view.state.doc.lineAt(view.state.selection.main.head).number;
          link.mark(view, at);
          markRun();
          if (work.value !== undefined && holding.value === "mine") {
            work.value = { ...work.value, path: at };
            void written(store?.keep(work.value));
          }
        },
      },
      settings(),
      (at) => edits.get(at) ?? texts.get(at) ?? "",
    ),
  );

  const link: LanguageLink = markRaw(
    new LanguageLink({
      show: (at) => Promise.resolve(show(at) ?? null),
      change: (at, spec) => (holding.value === "mine" ? sheets.change(at, spec) : undefined),
      told: (at, its) => {
        if (its.length === 0) findings.delete(at);
        else findings.set(at, its);
      },
      failed: (detail) => {
        server.value = "stopped";
        clearTimeout(casesTimer);
        casesAsked++;
        cases.value = { state: "waiting" };
        notice("error", (w) => w.server.stopped(detail), { say: (w) => w.server.restart, act: () => void speak(true) });
      },
    }),
  );

  function settings() {
    const said = words.value.editor;
    return { readOnly: holding.value === "other", phrases: { ...said.phrases, ...words.value.write.phrases }, label: said.label };
  }

  watch([locale, holding], () => sheets.refresh(settings()));
  watch(locale, () => void speak(true));

  /** Has the language server begin with the texts of now. */
  async function speak(same: boolean): Promise<void> {
    server.value = "starting";
    collect();
    const mine = work.value;
    await link.start(texts, locale.value, same);
    if (work.value?.id !== mine?.id) return;
    server.value = "ready";
    sheets.refresh();
    await runCases();
  }

  /** Runs the open pack's cases on the texts as they stand. */
  async function runCases(): Promise<void> {
    clearTimeout(casesTimer);
    const [its, at] = [pack.value?.id, path.value];
    if (its === undefined) cases.value = { state: "waiting" };
    if (its === undefined || server.value !== "ready") return;
    const asked = ++casesAsked;
    try {
      const ran = await link.cases(at);
      if (asked !== casesAsked) return;
      // A manifest that cannot be read takes its pack out of the house, and no case of it tells anything.
      const unread = (findings.get(`packs/${its}/pack.toml`) ?? []).some(({ code }) => code === "toml-syntax");
      cases.value = ran?.cases == null || unread ? { state: "unloadable", pack: its } : { state: "ran", pack: its, cases: ran.cases };
    } catch {
      // The server began anew meanwhile, and runs them then.
    }
  }

  /** Marks the cases of the file that is shown. */
  function markRun(): void {
    const { view } = sheets;
    const said = words.value.cases;
    const its = cases.value.state === "ran" ? cases.value.cases.filter(({ file }) => file === sheets.path) : [];
    if (view !== undefined) markCases(view, its.map(({ line, passed, failures }) => ({ line, passed, words: passed ? said.passed : [said.failed, ...failures].join("\n") })));
  }
  watch(cases, () => {
    markRun();
    if (sheets.view !== undefined) askAgain(sheets.view);
  });

  function runCasesIn(milliseconds: number): void {
    clearTimeout(casesTimer);
    casesTimer = setTimeout(() => void runCases(), milliseconds);
  }

  watch(() => pack.value?.id, (now, before) => {
    if (now === before || server.value !== "ready") return;
    cases.value = { state: "waiting" };
    runCasesIn(0);
  });

  /** Takes what was typed into the texts. */
  function collect(): void {
    for (const at of dirty) {
      const text = sheets.text(at);
      if (text !== undefined) texts.set(at, text);
    }
  }

  async function written(writing: Promise<void> | undefined): Promise<boolean> {
    try {
      await writing;
      return true;
    } catch (error) {
      const full = error instanceof NotKept && error.full;
      const was = keeping.value;
      keeping.value = full ? "full" : "failed";
      if (was !== keeping.value) {
        notice("error", (w) => (full ? w.keep.fullNotice : w.keep.failedNotice), { say: (w) => w.open.exportZip, act: exportZip });
      }
      return false;
    }
  }

  /** Keeps what was typed, for this device's next visit. */
  async function keep(): Promise<void> {
    clearTimeout(keepTimer);
    collect();
    const mine = work.value;
    const files = [...dirty];
    dirty.clear();
    if (mine === undefined || store === undefined || holding.value === "other") return;
    const done = await Promise.all(
      files.map(async (at) => {
        const state = sheets.edit(at);
        if (state === undefined) return true;
        const edit = { ...state, on: edits.get(at)?.on ?? textEdition(base.value, at) };
        edits.set(at, edit);
        const kept = await written(store?.keepEdit(mine.id, at, edit));
        if (!kept) dirty.add(at);
        return kept;
      }),
    );
    if (done.every(Boolean) && dirty.size === 0 && holding.value === "mine") keeping.value = "kept";
  }

  /**
   * Makes files, changes them, or takes them away, and gives what brings it all back. A text that changes is a step
   * to undo in its file.
   */
  async function apply(files: Files): Promise<Files> {
    collect();
    const before = new Map<string, string | Edit | null>();
    const mine = work.value;
    if (mine === undefined || holding.value === "other") return before;
    const writing: Promise<boolean>[] = [];
    const lastPack = pack.value?.id;
    const shown = path.value;
    let last: string | undefined;
    // The server checks the house at each file that goes; where many go, it begins anew and checks once.
    const anew = [...files.values()].filter((to) => to === null).length > 1;
    for (const [at, to] of files) {
      const was = texts.get(at);
      const on = edits.get(at)?.on ?? textEdition(base.value, at);
      before.set(at, was === undefined ? null : (sheets.edit(at) ?? edits.get(at) ?? was));
      let edit: Edit;
      if (to === null) {
        if (was === undefined) continue;
        edit = { ...(sheets.edit(at) ?? edits.get(at) ?? { doc: was }), on, gone: true };
        dirty.delete(at);
        unchecked.delete(at);
        texts.delete(at);
        sheets.forget(at);
        link.gone(at, anew);
      } else if (was === undefined) {
        edit = typeof to === "string" ? { doc: to, on } : { ...to, on, gone: false };
        texts.set(at, edit.doc);
        sheets.forget(at);
        link.created(at, edit.doc);
        last = at;
      } else {
        const text = typeof to === "string" ? to : to.doc;
        if (text !== was) link.change(at, { changes: replacing(sheets.state(at).doc, text), userEvent: "input" });
        continue;
      }
      edits.set(at, edit);
      writing.push(written(store?.keepEdit(mine.id, at, edit)));
    }
    if (shown !== "" && !texts.has(shown)) {
      const next = packs.value.find(({ id }) => id === lastPack)?.files[0] ?? firstPath(packs.value);
      if (next !== undefined) show(next);
      else {
        sheets.clear();
        path.value = "";
      }
    }
    // One that is saved has the whole house checked.
    if (last !== undefined) unchecked.add(last);
    if (anew) {
      unchecked.clear();
      void speak(true);
    } else {
      check();
      runCasesIn(0);
    }
    if (writing.length > 0 && (await Promise.all(writing)).every(Boolean) && dirty.size === 0 && keeping.value === "keeping") keeping.value = "kept";
    return before;
  }

  /** Takes files away, with a way back. `what` names what went. */
  async function takeAway(paths: readonly string[], what: Notice["say"]): Promise<void> {
    const mine = work.value?.id;
    const before = await apply(new Map(paths.map((at) => [at, null])));
    if (before.size === 0) return;
    notice("info", what, {
      say: (w) => w.write.files.bringBack,
      act: () => {
        const said = notices.findIndex((one) => one.say(words.value) === what(words.value));
        if (said >= 0) notices.splice(said, 1);
        // Other work may have been opened meanwhile.
        if (work.value?.id !== mine) return;
        void apply(before).then(() => {
          const first = paths.find((at) => texts.has(at));
          if (first !== undefined) show(first);
        });
      },
    });
  }

  /** Gives a file another path, with its steps back. */
  async function rename(from: string, to: string): Promise<void> {
    collect();
    const text = texts.get(from);
    if (text === undefined) return;
    const was = path.value;
    await apply(new Map([[to, sheets.edit(from) ?? edits.get(from) ?? text], [from, null]]));
    if (was === from) show(to);
  }

  /** Mends a finding. */
  async function mend(at: string, finding: Finding): Promise<void> {
    if (holding.value === "other") return;
    if (!(await link.mend(at, finding))) notice("info", (w) => w.write.mends.none);
  }

  /** Has the whole house checked. */
  function check(): void {
    clearTimeout(checkTimer);
    for (const at of unchecked) link.saved(at);
    unchecked.clear();
  }

  function show(at: string): EditorView | undefined {
    if (!texts.has(at)) return undefined;
    path.value = at;
    return sheets.path === at && sheets.view !== undefined ? sheets.view : sheets.show(at);
  }

  /** Shows a place of a file and puts the cursor there. Lines count from 0, as the protocol's. */
  function goTo(at: string, place: { line: number; character: number }): void {
    const view = show(at);
    if (view === undefined) return;
    const offset = offsetOf(view.state.doc, place);
    view.dispatch({ selection: { anchor: offset }, scrollIntoView: true, userEvent: "select" });
    view.focus();
  }

  /** Gives a file a text, in one step that can be undone; a file that is not there yet is begun. Whether that may be done here. */
  const put = async (at: string, text: string): Promise<boolean> => (await apply(new Map([[at, text]]))).size > 0;

  const read = (holder: "mine" | "other"): void => {
    holding.value = holder;
    if (holder === "other") keeping.value = "reading";
    else keeping.value = store === undefined ? "off" : "kept";
  };

  /** Takes the work for this tab; `force` takes it from another. */
  async function take(id: string, force: boolean): Promise<void> {
    hold?.release();
    hold = undefined;
    hold = await Hold.take(
      id,
      force,
      async () => {
        await keep();
        // An earlier keep may still be writing.
        await store?.settled();
      },
      () => {
        hold = undefined;
        read("other");
      },
    );
    read(hold === undefined ? "other" : "mine");
  }

  /** Takes the work over from another tab, with all that was typed there. */
  async function takeOver(): Promise<void> {
    const mine = work.value;
    if (mine === undefined) return;
    await take(mine.id, true);
    const kept = await store?.load(mine.id);
    if (kept !== undefined) await begin(kept.work, base.value, kept.edits, true);
  }

  /** Opens a work with these texts and edits. */
  async function begin(opened: Work, texts0: House, kept: ReadonlyMap<string, Edit>, taken = false): Promise<void> {
    if (holding.value === "mine") await keep();
    if (!taken) await take(opened.id, false);
    clearTimeout(checkTimer);
    clearTimeout(casesTimer);
    casesAsked++;
    cases.value = { state: "waiting" };
    dirty.clear();
    unchecked.clear();
    edits.clear();
    findings.clear();
    sheets.clear();
    base.value = texts0;
    texts.clear();
    for (const [at, text] of texts0) texts.set(at, text);
    for (const [at, edit] of kept) {
      edits.set(at, edit);
      if (edit.gone) texts.delete(at);
      else texts.set(at, edit.doc);
    }
    const asked = opened.path !== undefined && texts.has(opened.path) ? opened.path : firstPath(packs.value);
    work.value = { ...opened, opened: Date.now(), ...(asked === undefined ? {} : { path: asked }) };
    remember(opened.id);
    loaded.value = true;
    const speaking = speak(false);
    if (asked !== undefined) show(asked);
    if (holding.value === "mine") await written(store?.keep(work.value));
    await refreshWorks();
    await speaking;
  }

  /** Opens texts that are new here. */
  async function beginNew(kind: Kind, name: string, house: House): Promise<void> {
    const whole = new Map(house);
    if (![...whole.keys()].some((at) => at.startsWith("schema/"))) {
      for (const [at, text] of shipped.value) if (!at.startsWith("packs/") && !whole.has(at)) whole.set(at, text);
      notice("info", (w) => w.open.schemasAdded);
    }
    const id = newId(kind);
    await written(store?.keepBase(id, whole));
    await begin({ id, kind, name, opened: Date.now() }, whole, new Map());
  }

  async function openShipped(): Promise<void> {
    folder.value = undefined;
    const kept = await store?.load("shipped");
    const opened: Work = kept?.work ?? { id: "shipped", kind: "shipped", name: "", opened: Date.now() };
    await begin(opened, shipped.value, kept?.edits ?? new Map());
    const older = [...(kept?.edits ?? [])].filter(([at, { on, doc, gone }]) => on !== textEdition(shipped.value, at) && (gone ? shipped.value.has(at) : doc !== shipped.value.get(at))).map(([at]) => at);
    if (older.length > 0) notice("info", (w) => w.open.older(older));
  }

  async function resume(id: string): Promise<boolean> {
    const kept = await store?.load(id);
    if (kept === undefined || (kept.base === undefined && kept.work.kind !== "shipped")) return false;
    folder.value = undefined;
    await begin(kept.work, kept.base ?? shipped.value, kept.edits);
    if (kept.work.kind === "folder") notice("info", (w) => w.open.folderGone(kept.work.name));
    return true;
  }

  /** Runs `act`, and says why something was refused. */
  async function guarded(name: string, act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      if (error instanceof Refused) notice("error", (w) => w.refused(name, error.fault));
      else notice("error", (w) => w.open.failed(name, error instanceof Error ? error.message : String(error)));
      return false;
    }
  }

  const openZip = (file: File): Promise<boolean> =>
    guarded(file.name, async () => {
      if (file.size > LIMITS.zip) throw new Refused({ what: "zip-size" });
      await beginNew("zip", file.name, readZip(new Uint8Array(await file.arrayBuffer())));
    });

  const openFolder = (): Promise<boolean> =>
    guarded("", async () => {
      const chosen = await Folder.choose();
      if (chosen === undefined) return;
      await beginNew("folder", chosen.handle.name, chosen.known);
      folder.value = markRaw(chosen);
    });

  /** Writes the house into a folder of the device. A file that is there and says something else stays as it is. */
  const exportFolder = (): Promise<boolean> =>
    guarded("", async () => {
      const to = await Folder.target();
      if (to === undefined) return;
      collect();
      const [done, kept]: [string[], string[]] = [[], []];
      for (const [at, text] of texts) ((await to.write(at, text, false)) ? done : kept).push(at);
      saved.value = words.value.keep.exported(done.length, to.handle.name);
      if (kept.length > 0) notice("error", (w) => w.keep.notOver(kept));
      else notice("info", (w) => w.keep.exported(done.length, to.handle.name));
    });

  async function openLink(fragment: string): Promise<void> {
    const shared = readShare(fragment);
    if (typeof shared === "string") {
      notice("error", (w) => (shared === "broken" ? w.share.broken : w.share.tooLargeIn));
      return;
    }
    if (shared.edition !== editionOf(shipped.value)) notice("info", (w) => w.share.otherEdition);
    const house = new Map(shipped.value);
    const brought = new Map<string, Edit>();
    for (const [at, text] of shared.files) {
      if (text === null) house.delete(at);
      else brought.set(at, { doc: text });
    }
    const id = newId("link");
    await written(store?.keepBase(id, house));
    for (const [at, edit] of brought) await written(store?.keepEdit(id, at, edit));
    const first = [...brought.keys()].find((at) => packOf(at) !== undefined);
    await begin({ id, kind: "link", name: "", opened: Date.now(), ...(first === undefined ? {} : { path: first }) }, house, brought);
  }

  /** Writes what was changed back to the folder. */
  async function writeFolder(force: boolean): Promise<void> {
    const to = folder.value;
    if (to === undefined) return;
    const done: string[] = [];
    const kept: string[] = [];
    for (const [at, text] of differences(to.known, texts)) {
      if (!at.startsWith("packs/") && !to.known.has(at)) continue;
      if (await (text === null ? to.remove(at, force) : to.write(at, text, force))) done.push(at);
      else kept.push(at);
    }
    const there = new Map(base.value);
    for (const at of done) {
      const text = texts.get(at);
      if (text === undefined) there.delete(at);
      else there.set(at, text);
    }
    base.value = there;
    if (work.value !== undefined && done.length > 0) await written(store?.keepBase(work.value.id, base.value));
    saved.value = words.value.keep.written(done.length);
    if (kept.length > 0) {
      notice("error", (w) => w.open.changedThere(kept), { say: (w) => w.open.writeAnyway, act: () => void writeFolder(true) });
    }
  }

  /** Ctrl+S: keeps, checks, and writes to the folder if there is one. */
  async function save(): Promise<void> {
    if (holding.value === "other") return;
    await keep();
    unchecked.add(path.value);
    check();
    void runCases();
    saved.value = "";
    if (folder.value !== undefined) await guarded(folder.value.handle.name, () => writeFolder(false));
    else saved.value = keeping.value === "kept" ? words.value.keep.savedHere : words.value.keep[keeping.value];
  }

  function exportZip(): void {
    collect();
    const day = new Date().toISOString().slice(0, 10);
    download(`longma-rules-${day}.zip`, "application/zip", writeZip(texts));
  }

  /** The texts as they stand, with what was typed. */
  function now(): House {
    collect();
    return new Map(texts);
  }

  /** A link with what differs from the shipped packs; why there is none. */
  function shareLink(): string | "same" | "too-large" {
    collect();
    const files = differences(shipped.value, texts);
    if (files.size === 0) return "same";
    const text = shareText({ edition: editionOf(shipped.value), files });
    return text === undefined ? "too-large" : location.href.split("#")[0] + text;
  }

  async function refreshWorks(): Promise<void> {
    works.value = (await store?.works()) ?? [];
  }

  async function remove(id: string): Promise<void> {
    await written(store?.remove(id));
    if (id === work.value?.id) {
      // Nothing of the old text may be written again.
      dirty.clear();
      holding.value = "other";
      await openShipped();
    } else await refreshWorks();
  }

  async function start(): Promise<void> {
    try {
      const answer = await fetch(new URL("./generated/house.json", document.baseURI));
      if (!answer.ok) throw new Error(`${answer.status} ${answer.url}`);
      shipped.value = new Map(Object.entries((await answer.json()) as Record<string, string>));
    } catch (error) {
      failure.value = error instanceof Error ? error.message : String(error);
      return;
    }
    store = await Store.open();
    if (store === undefined) {
      keeping.value = "off";
      notice("info", (w) => w.keep.offNotice, { say: (w) => w.open.exportZip, act: exportZip });
    }
    const fragment = location.hash;
    if (fragment.startsWith(MARK)) {
      // The work is kept from here on; a reload must not bring the link's texts again.
      history.replaceState(null, "", location.pathname + location.search);
      await openLink(fragment);
      if (work.value !== undefined) return;
    }
    const last = remembered();
    if (last === null || last === "shipped" || !(await resume(last))) await openShipped();
  }

  addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") void keep();
  });
  addEventListener("pagehide", () => void keep());
  addEventListener("hashchange", () => {
    if (!location.hash.startsWith(MARK)) return;
    const fragment = location.hash;
    history.replaceState(null, "", location.pathname + location.search);
    void openLink(fragment);
  });

  return {
    work, texts, base, path, line, pack, packs, tree, sources, changed, findings, counts, cases, server, keeping, holding, notices, works, loaded, failure, saved,
    sheets, link, folder,
    collect, apply, put, takeAway, rename, mend,
    start, show, goTo, save, takeOver, openShipped, openZip, openFolder, resume, remove, exportZip, exportFolder, shareLink, now, notice, dismiss, refreshWorks,
  };
}

export type Desk = ReturnType<typeof useDesk>;
