// The page's side of the second worker: one comparison at a time, laws and slips tried, and what is made to be published.
import { ref, shallowRef, watch } from "vue";
import type { Comparison, NewPackRequest } from "../../../wasm/studio/pkg-web/longma_studio.js";
import type { Locale } from "../model/time";
import type { Desk } from "./desk";
import { judged, type House } from "./model/house";
import type { Given } from "./model/persons";
import type { EngineFinding, GivenPersons, Job, Made, Problem } from "./protocol";
import { useProbes } from "./probes";

/** Why nothing came of a job. */
export type Trouble =
  | { kind: "unloadable"; side: "before" | "after"; findings: readonly EngineFinding[] }
  | { kind: "refused"; problems: readonly Problem[] }
  | { kind: "failed"; detail: string };

/** How far the comparison is. */
export type Counting = "idle" | "preparing" | "counting" | "stopping" | "stopped" | "done" | "trouble";

/** Whether persons of all regions are compared, of one, or those of a file. */
export type Where = "everywhere" | "region" | "file";

export type Numbered = Exclude<Job, { kind: "stop" }>;
type Unnumbered<J = Numbered> = J extends Numbered ? Omit<J, "id"> : never;

export const troubleOf = (made: Made): Trouble | undefined => (made.kind === "unloadable" || made.kind === "refused" || made.kind === "failed" ? made : undefined);

/** Has `act` done when answers would rest on other texts. */
export function onOthers(desk: Desk, act: () => void): void {
  // At once: what is typed and taken in as a job begins belongs to the job.
  watch(
    () => judged(desk.texts),
    (now, before) => {
      if (now.length !== before.length || now.some((text, at) => text !== before[at])) act();
    },
    { flush: "sync" },
  );
}

/** What goes on for long has a worker of its own, so that nothing that is made meanwhile waits for it. */
const LONG: ReadonlySet<Job["kind"]> = new Set(["compare", "page", "laws", "slips"]);

/** Workers that answer jobs by number. */
export class Makers {
  readonly #workers = new Map<boolean, Worker>();
  readonly #waiting = new Map<number, { long: boolean; told: (made: Made) => void }>();
  #last = 0;

  /** Asks, and has every answer told until one of them is the last. Gives the job's number. */
  ask(job: Unnumbered, told: (made: Made, id: number) => void, isLast: (made: Made) => boolean = () => true): number {
    const id = ++this.#last;
    const long = LONG.has(job.kind);
    this.#waiting.set(id, {
      long,
      told: (made) => {
        if (troubleOf(made) !== undefined || isLast(made)) this.#waiting.delete(id);
        told(made, id);
      },
    });
    this.#worker(long).postMessage({ ...job, id });
    return id;
  }

  /** Has a long job end soon. */
  stop(id: number): void {
    if (this.#waiting.has(id)) this.#worker(true).postMessage({ kind: "stop", id });
  }

  /** The last answer to a job that has one. */
  answer(job: Unnumbered): Promise<Made> {
    return new Promise((resolve) => this.ask(job, resolve));
  }

  #worker(long: boolean): Worker {
    const known = this.#workers.get(long);
    if (known !== undefined) return known;
    const made = new Worker(new URL("./maker.ts", import.meta.url), { type: "module", name: long ? "longma-workshop" : "longma-maker" });
    const broke = (detail: string): void => {
      made.terminate();
      if (this.#workers.get(long) !== made) return;
      this.#workers.delete(long);
      for (const one of [...this.#waiting.values()]) if (one.long === long) one.told({ kind: "failed", detail });
    };
    made.addEventListener("message", ({ data }: MessageEvent<Made>) => {
      if (data.kind === "failed") broke(data.detail);
      else this.#waiting.get(data.id)?.told(data);
    });
    made.addEventListener("error", (event) => broke(event.message));
    this.#workers.set(long, made);
    return made;
  }
}

export function useWorkshop(desk: Desk) {
  const makers = new Makers();
  /** The comparison that is shown. */
  let compared = 0;

  const state = ref<Counting>("idle");
  const report = shallowRef<Comparison>();
  const trouble = shallowRef<Trouble>();
  /** The persons that were asked for. */
  const persons = ref(0);
  /** How far the file of given persons was read; undefined for invented ones. */
  const given = shallowRef<Given>();
  /** Where its persons come from. */
  const where = ref<Where>("everywhere");
  /** Whether the texts changed since the comparison began. */
  const stale = ref(false);

  /** Counts who changes from the texts that the work began with to those of now. */
  function compare(region: string | null, crowd: number, file: GivenPersons | null = null): void {
    makers.stop(compared);
    const now = desk.now();
    state.value = "preparing";
    report.value = trouble.value = undefined;
    persons.value = crowd;
    given.value = file === null ? undefined : { read: 0, size: file.file.size, lines: [], fault: null };
    where.value = file !== null ? "file" : region !== null ? "region" : "everywhere";
    stale.value = false;
    const mine = desk.work.value?.id;
    const told = (made: Made, id: number): void => {
      if (id !== compared || mine !== desk.work.value?.id) return;
      trouble.value = troubleOf(made);
      if (trouble.value !== undefined) state.value = "trouble";
      else if (made.kind === "counted" || made.kind === "compared") {
        report.value = made.report ?? undefined;
        if (made.given !== null) given.value = made.given;
        if (made.kind === "counted") state.value = state.value === "stopping" ? "stopping" : "counting";
        else state.value = made.stopped || made.given?.fault != null ? "stopped" : "done";
      }
    };
    const sides: [Record<string, string>, Record<string, string>] = [Object.fromEntries(desk.base.value), Object.fromEntries(now)];
    compared = makers.ask({ kind: "compare", sides, region, persons: crowd, given: file }, told, (made) => made.kind !== "counted");
  }

  function stop(): void {
    state.value = "stopping";
    makers.stop(compared);
  }

  /** Has something made; the trouble if it cannot be. */
  async function make(job: Parameters<typeof makers.answer>[0]): Promise<string | Uint8Array | Trouble> {
    const made = await makers.answer(job);
    return made.kind === "made" ? made.content : (troubleOf(made) ?? { kind: "failed", detail: made.kind });
  }

  const page = (lang: Locale) => make({ kind: "page", lang });
  const book = (texts: House, lang: Locale) => make({ kind: "book", texts: Object.fromEntries(texts), lang });
  const compile = (texts: House) => make({ kind: "compile", texts: Object.fromEntries(texts) });
  /** The text of a pack's approvals with one more. */
  const approve = (texts: House, pack: string, by: { name: string; office: string; note: string }, at: string) => make({ kind: "approve", texts: Object.fromEntries(texts), pack, ...by, at });
  /** What changed in words, and who approved what. */
  const changes = (before: House, after: House) => makers.answer({ kind: "changes", sides: [Object.fromEntries(before), Object.fromEntries(after)] });

  /** A new pack beside those of now, or why there is none. */
  async function newPack(request: NewPackRequest): Promise<Extract<Made, { kind: "newPack" }> | Trouble> {
    const made = await makers.answer({ kind: "newPack", texts: Object.fromEntries(desk.now()), request });
    return made.kind === "newPack" ? made : (troubleOf(made) ?? { kind: "failed", detail: made.kind });
  }

  onOthers(desk, () => (stale.value = true));
  watch(() => desk.work.value?.id, () => {
    makers.stop(compared);
    state.value = "idle";
    report.value = trouble.value = given.value = undefined;
  });

  const { laws, slips } = useProbes(desk, makers);
  return { state, report, trouble, persons, given, where, stale, laws, slips, compare, stop, page, book, compile, newPack, approve, changes };
}

export type Workshop = ReturnType<typeof useWorkshop>;
