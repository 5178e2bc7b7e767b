// The values of the file that is shown, asked of the language server again at each change; and changes of them, one
// after the other, each made on the text as it is then.
import { Text } from "@codemirror/state";
import { onBeforeUnmount, ref, shallowRef, watch } from "vue";
import type { Desk } from "./desk";
import { offsetOf } from "./language";
import type { Placed } from "./model/entries";
import type { Change } from "./model/toml";

/** How long after a change the values are asked again, in milliseconds. */
const AFTER = 150;

export function useEntries(desk: Desk, path: () => string) {
  const entries = shallowRef<readonly Placed[]>([]);
  /** Whether the values are known, or the text is no TOML at the moment. */
  const state = ref<"asking" | "ready" | "broken">("asking");
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** What the server reads in the text as it is when it is asked; nothing if that is no TOML, or the server has stopped. */
  async function read(at: string): Promise<{ doc: Text; found: Placed[] } | undefined> {
    const { doc } = desk.sheets.state(at);
    try {
      const answer = await desk.link.entries(at);
      const found = answer?.map(({ key, value, range }): Placed => ({ key, value, from: range === null ? undefined : offsetOf(doc, range.start), to: range === null ? undefined : offsetOf(doc, range.end) }));
      return found && { doc, found };
    } catch {
      return undefined;
    }
  }

  async function show(): Promise<void> {
    const id = ++asked;
    const at = path();
    const now = await read(at);
    if (id !== asked || at !== path()) return;
    state.value = now === undefined ? "broken" : "ready";
    if (now !== undefined) entries.value = now.found;
  }

  /** Changes the text by what its values are now; false if that cannot be done in a form. */
  function edit(change: (text: string, entries: readonly Placed[]) => readonly Change[] | undefined): Promise<boolean> {
    const at = path();
    const done = last.then(async () => {
      if (desk.holding.value === "other") return false;
      let now = await read(at);
      // What is changed elsewhere while the server answers counts: it is read again.
      while (now !== undefined && now.doc !== desk.sheets.state(at).doc) now = await read(at);
      if (now === undefined || at !== path()) return false;
      const changes = change(now.doc.toString(), now.found);
      if (changes === undefined || changes.length === 0) return false;
      desk.link.change(at, { changes: changes.map(({ from, to, insert }) => ({ from, to, insert: Text.of(insert.split("\n")) })), userEvent: "input.form" });
      desk.collect();
      await show();
      return true;
    });
    last = done.catch(() => undefined);
    return done;
  }

  watch(
    () => [path(), desk.texts.get(path()), desk.server.value] as const,
    ([to], before) => {
      if (to !== before?.[0]) {
        entries.value = [];
        state.value = "asking";
      }
      clearTimeout(timer);
      if (desk.server.value === "ready") timer = setTimeout(() => void show(), AFTER);
    },
    { immediate: true },
  );
  onBeforeUnmount(() => clearTimeout(timer));
  return { entries, state, edit };
}

export type Entries = ReturnType<typeof useEntries>;
