// The page's side of the second worker: one comparison at a time, and what is made to be published.
import { ref, shallowRef, watch } from "vue";
import type { Comparison, NewPackRequest } from "../../../wasm/studio/pkg-web/longma_studio.js";
import type { Locale } from "../model/time";
import type { Desk } from "./desk";
import type { House } from "./model/house";
import type { EngineFinding, Job, Made, Problem } from "./protocol";

/** Why nothing came of a job. */
export type Trouble =
  | { kind: "unloadable"; side: "before" | "after"; findings: readonly EngineFinding[] }
  | { kind: "refused"; problems: readonly Problem[] }
  | { kind: "failed"; detail: string };

/** How far the comparison is. */
export type Counting = "idle" | "preparing" | "counting" | "stopping" | "stopped" | "done" | "trouble";

type Numbered = Exclude<Job, { kind: "stop" }>;

export function useWorkshop(desk: Desk) {
  let worker: Worker | undefined;
  let lastId = 0;
  /** The comparison that is shown. */
  let compared = 0;
  const waiting = new Map<number, (made: Made) => void>();

  const state = ref<Counting>("idle");
  const report = shallowRef<Comparison>();
  const trouble = shallowRef<Trouble>();
  /** The persons that were asked for. */
  const persons = ref(0);
  /** Whether the texts changed since the comparison began. */
  const stale = ref(false);

  function broke(detail: string): void {
    worker?.terminate();
    worker = undefined;
    for (const answer of [...waiting.values()]) answer({ kind: "failed", detail });
    waiting.clear();
  }

  function ask(job: Numbered | { kind: "stop" }): void {
    if (worker === undefined) {
      const made = new Worker(new URL("./maker.ts", import.meta.url), { type: "module", name: "longma-workshop" });
      made.addEventListener("message", ({ data }: MessageEvent<Made>) => {
        if (data.kind === "failed") broke(data.detail);
        else waiting.get(data.id)?.(data);
      });
      made.addEventListener("error", (event) => broke(event.message));
      worker = made;
    }
    worker.postMessage(job);
  }

  const troubleOf = (made: Made): Trouble | undefined => (made.kind === "unloadable" || made.kind === "refused" || made.kind === "failed" ? made : undefined);

  /** Counts who changes from the texts that the work began with to those of now. */
  function compare(region: string | null, crowd: number): void {
    const id = ++lastId;
    const now = desk.now();
    state.value = "preparing";
    report.value = trouble.value = undefined;
    persons.value = crowd;
    stale.value = false;
    const mine = desk.work.value?.id;
    waiting.set(id, (made) => {
      if (made.kind !== "counted") waiting.delete(id);
      if (id !== compared || mine !== desk.work.value?.id) return;
      trouble.value = troubleOf(made);
      if (trouble.value !== undefined) state.value = "trouble";
      else if (made.kind === "counted" || made.kind === "compared") {
        report.value = made.report ?? undefined;
        if (made.kind === "counted") state.value = state.value === "stopping" ? "stopping" : "counting";
        else state.value = (made.report?.persons ?? 0) + (made.report?.refused ?? 0) >= crowd ? "done" : "stopped";
      }
    });
    compared = id;
    ask({ kind: "compare", id, sides: [Object.fromEntries(desk.base.value), Object.fromEntries(now)], region, persons: crowd });
  }

  function stop(): void {
    state.value = "stopping";
    ask({ kind: "stop" });
  }

  /** Has something made; the trouble if it cannot be. */
  const make = (job: (id: number) => Numbered): Promise<string | Uint8Array | Trouble> =>
    new Promise((resolve) => {
      const id = ++lastId;
      waiting.set(id, (made) => {
        waiting.delete(id);
        resolve(made.kind === "made" ? made.content : (troubleOf(made) ?? { kind: "failed", detail: made.kind }));
      });
      ask(job(id));
    });

  const page = (lang: Locale) => make((id) => ({ kind: "page", id, lang }));
  const book = (texts: House, lang: Locale) => make((id) => ({ kind: "book", id, texts: Object.fromEntries(texts), lang }));
  const compile = (texts: House) => make((id) => ({ kind: "compile", id, texts: Object.fromEntries(texts) }));

  /** A new pack beside those of now, or why there is none. */
  const newPack = (request: NewPackRequest): Promise<Extract<Made, { kind: "newPack" }> | Trouble> =>
    new Promise((resolve) => {
      const id = ++lastId;
      waiting.set(id, (made) => {
        waiting.delete(id);
        resolve(made.kind === "newPack" ? made : (troubleOf(made) ?? { kind: "failed", detail: made.kind }));
      });
      ask({ kind: "newPack", id, texts: Object.fromEntries(desk.now()), request });
    });

  watch(() => [...desk.texts.values()], () => (stale.value = true));
  watch(() => desk.work.value?.id, () => {
    if (state.value === "preparing" || state.value === "counting") ask({ kind: "stop" });
    state.value = "idle";
    report.value = trouble.value = undefined;
  });

  return { state, report, trouble, persons, stale, compare, stop, page, book, compile, newPack };
}

export type Workshop = ReturnType<typeof useWorkshop>;
