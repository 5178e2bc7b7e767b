// The page's side of the third worker: a person who is tried on the packs as they stand, the open pack's cases as they
// come out, and what they exercise. What was seen last stays while the packs cannot be loaded.
import { ref, shallowReactive, shallowRef, watch } from "vue";
import type { Brought, Explanation, FileCoverage, Tried, TriedCase } from "../../../wasm/studio/pkg-web/longma_studio.js";
import { addresses, fetchFacts, fetchSamples, fetchText, type Sample } from "../model/samples";
import { instantOf, rfc3339, type Instant } from "../model/time";
import type { Desk } from "./desk";
import { headerOf, tablesOf } from "./model/casefile";
import { emptyPerson, shapeOf, subjectsOf } from "./model/form";
import { member, tableOf } from "./model/house";
import { keepTried, keptTried } from "./model/tried";
import { firstLook } from "./model/trying";
import type { EngineFinding, Person, Problem, TrialJob, TrialMade } from "./protocol";

/** How long a pause is, in milliseconds: after a change of the person, after one of the packs while the view is open and while it is not, before what cases exercise is measured, and before the person is kept. */
const DECIDE_AFTER = 250;
const LOAD_AFTER = 800;
const QUIET_AFTER = 3000;
const MEASURE_AFTER = 4000;
const KEEP_AFTER = 1000;

const SAMPLES: Record<string, string> = { risk_areas: addresses.riskAreas, exposures: addresses.exposures, fire_orders: addresses.fireOrders, holidays: addresses.holidays };

interface Step {
  facts: string;
  tables: ReadonlyMap<string, string>;
}

type Unnumbered<J> = J extends { id: number } ? Omit<J, "id"> : never;

/** Runs `act` once at a time; what is wanted meanwhile is run once more at the end. */
function oneAtATime(act: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let again = false;
  return function run(): Promise<void> {
    if (running !== undefined) {
      again = true;
      return running;
    }
    running = (async () => {
      try {
        do {
          again = false;
          await act();
        } while (again);
      } finally {
        running = undefined;
      }
    })();
    return running;
  };
}

export function useTrying(desk: Desk) {
  let worker: Worker | undefined;
  let lastId = 0;
  const waiting = new Map<number, (made: TrialMade) => void>();

  /** Whether the packs are loaded as they stand. */
  const house = ref<"idle" | "loading" | "loaded" | "unloadable" | "failed">("idle");
  const errors = shallowRef<readonly EngineFinding[]>([]);
  const failure = ref("");
  /** Whether there are packs to ask, be they older ones. */
  const askable = ref(false);
  /** Whether the view is open, so that changes of the packs are taken over soon. */
  const open = ref(false);

  const samples = shallowRef<readonly Sample[]>([]);
  const facts = ref("");
  const tables = shallowReactive(new Map<string, string>());
  const region = ref("");
  const at = ref<Instant>(Math.floor(Date.now() / 1000));
  const decision = ref<string>();
  /** The person's texts before each change, to step back. */
  const steps = shallowRef<readonly Step[]>([]);
  const began = ref(false);

  const tried = shallowRef<Tried>();
  /** Whom `tried` is of. */
  let decided: Person | undefined;
  /** Why the person is refused as he is now; `tried` is then of the one before. */
  const problems = shallowRef<readonly Problem[]>([]);
  const deciding = ref(false);
  const explanation = shallowRef<Explanation>();

  /** The open pack's cases as they come out, and what is exercised of its scripts; undefined unless of the texts as they stand. */
  const cases = shallowRef<readonly TriedCase[]>();
  const coverage = shallowRef<readonly FileCoverage[]>();

  let decideTimer: ReturnType<typeof setTimeout> | undefined;
  let loadTimer: ReturnType<typeof setTimeout> | undefined;
  let measureTimer: ReturnType<typeof setTimeout> | undefined;
  let keepTimer: ReturnType<typeof setTimeout> | undefined;
  let measuring: Worker | undefined;

  function broke(detail: string): void {
    worker?.terminate();
    worker = undefined;
    askable.value = false;
    house.value = "failed";
    failure.value = detail;
    for (const answer of [...waiting.values()]) answer({ kind: "failed", detail });
    waiting.clear();
  }

  function spawned(): Worker {
    const made = new Worker(new URL("./trial.ts", import.meta.url), { type: "module", name: "longma-trial" });
    made.addEventListener("message", ({ data }: MessageEvent<TrialMade>) => {
      if (worker !== made) return;
      if (data.kind === "failed") broke(data.detail);
      else waiting.get(data.id)?.(data);
    });
    made.addEventListener("error", (event) => {
      if (worker === made) broke(event.message);
    });
    return made;
  }

  const ask = (job: Unnumbered<TrialJob>): Promise<TrialMade> =>
    new Promise((resolve) => {
      const id = ++lastId;
      waiting.set(id, (made) => {
        waiting.delete(id);
        resolve(made);
      });
      worker ??= spawned();
      worker.postMessage({ ...job, id });
    });

  const person = (): Person => ({ facts: facts.value, tables: Object.fromEntries(tables), region: region.value === "" ? undefined : region.value });

  /** Loads the packs as they stand, then asks anew what is shown. */
  const load = oneAtATime(async () => {
    clearTimeout(loadTimer);
    loadTimer = undefined;
    const mine = desk.work.value?.id;
    if (house.value !== "unloadable") house.value = "loading";
    const made = await ask({ kind: "load", texts: Object.fromEntries(desk.now()) });
    if (mine !== desk.work.value?.id) return;
    if (made.kind === "loaded" && made.errors.length === 0) {
      house.value = "loaded";
      errors.value = [];
      askable.value = true;
      await decide();
      await runCases();
      measureIn();
    } else if (made.kind !== "failed") {
      house.value = "unloadable";
      errors.value = made.kind === "loaded" ? made.errors : [];
    }
  });

  const decide = oneAtATime(async () => {
    clearTimeout(decideTimer);
    if (!askable.value || !began.value) return;
    deciding.value = true;
    const asked = person();
    const made = await ask({ kind: "decide", person: asked });
    deciding.value = false;
    if (made.kind === "tried") {
      decided = asked;
      tried.value = made.tried;
      problems.value = [];
      if (!made.tried.decisions.some(({ name }) => name === decision.value)) decision.value = preferred(made.tried);
      await explain();
    } else if (made.kind === "refused") problems.value = made.problems;
  });

  const explain = oneAtATime(async () => {
    if (decided === undefined || !askable.value) return;
    const made = await ask({ kind: "explain", person: decided, at: rfc3339(at.value) });
    explanation.value = made.kind === "explained" ? made.explanation : undefined;
  });

  /** The decision that is looked at first: the open script's, else the health code, else the first. */
  function preferred({ decisions }: Tried): string | undefined {
    const script = /([^/]+)\.rhai$/.exec(desk.path.value)?.[1];
    return (decisions.find(({ name }) => name === script) ?? decisions.find(({ name }) => name === "code") ?? decisions[0])?.name;
  }

  async function bring(level: string): Promise<readonly Brought[] | readonly Problem[]> {
    if (decided === undefined) return [];
    const made = await ask({ kind: "bring", person: decided, at: rfc3339(at.value), level });
    return made.kind === "brought" ? made.brought : made.kind === "refused" ? made.problems : [];
  }

  /** The person as decided, at the handle, as a case; undefined if it cannot be written. */
  async function written(name: string, levels: Record<string, string>, rules: string[]): Promise<{ text: string; tables: string[] } | undefined> {
    if (decided === undefined) return undefined;
    const made = await ask({ kind: "write", name, person: decided, at: rfc3339(at.value), levels, rules });
    return made.kind === "written" ? { text: made.text, tables: Object.keys(decided.tables) } : undefined;
  }

  const runCases = oneAtATime(async () => {
    const pack = desk.pack.value?.id;
    if (house.value !== "loaded" || pack === undefined) return;
    const made = await ask({ kind: "cases", pack });
    if (made.kind === "cases" && desk.pack.value?.id === pack && loadTimer === undefined) cases.value = made.cases;
  });

  function stopMeasuring(): void {
    clearTimeout(measureTimer);
    measuring?.terminate();
    measuring = undefined;
  }

  /** Measures what cases exercise of the open pack, in a worker that ends with it. */
  function measureIn(): void {
    stopMeasuring();
    measureTimer = setTimeout(() => {
      const pack = desk.pack.value?.id;
      if (pack === undefined || house.value !== "loaded") return;
      const own = new Worker(new URL("./trial.ts", import.meta.url), { type: "module", name: "longma-coverage" });
      own.addEventListener("message", ({ data }: MessageEvent<TrialMade>) => {
        if (measuring !== own || data.kind === "loaded") return;
        if (data.kind === "measured") coverage.value = data.coverage;
        stopMeasuring();
      });
      measuring = own;
      const jobs: TrialJob[] = [{ kind: "load", id: 1, texts: Object.fromEntries(desk.now()) }, { kind: "measure", id: 2, pack }];
      for (const job of jobs) own.postMessage(job);
    }, MEASURE_AFTER);
  }

  const isNow = (step: Step | undefined): boolean =>
    step !== undefined && step.facts === facts.value && step.tables.size === tables.size && [...step.tables].every(([name, csv]) => tables.get(name) === csv);

  /** Keeps what was there, to step back to. */
  function remember(): void {
    if (began.value && !isNow(steps.value.at(-1))) steps.value = [...steps.value.slice(-49), { facts: facts.value, tables: new Map(tables) }];
  }

  /** Takes other facts. */
  function put(text: string): void {
    if (text === facts.value) return;
    remember();
    facts.value = text;
  }

  function putTable(name: string, csv: string | undefined): void {
    if (tables.get(name) === csv) return;
    remember();
    if (csv === undefined) tables.delete(name);
    else tables.set(name, csv);
  }

  function stepBack(): void {
    const other = steps.value.filter((step, i) => i < steps.value.length - 1 || !isNow(step));
    const last = other.at(-1);
    steps.value = other.slice(0, -1);
    if (last === undefined) return;
    facts.value = last.facts;
    tables.clear();
    for (const [name, csv] of last.tables) tables.set(name, csv);
  }

  /** The table as the card page has it, or only its first line. */
  async function sampleTable(name: string): Promise<string> {
    const address = SAMPLES[name];
    return address === undefined ? headerOf(desk.texts, name) : fetchText(address);
  }

  async function sampleTables(): Promise<[string, string][]> {
    return Promise.all(tablesOf(desk.texts).map(async (name) => [name, await sampleTable(name)] as [string, string]));
  }

  function begin(text: string, its: Iterable<readonly [string, string]>, when: Instant | undefined): void {
    remember();
    began.value = true;
    region.value = "";
    facts.value = text;
    tables.clear();
    for (const [name, csv] of its) tables.set(name, csv);
    if (when !== undefined) at.value = when;
    void decide();
  }

  /** Goes on with the person whom this tab tried before a reload; whether there was one. */
  function resume(): boolean {
    const kept = keptTried(desk.work.value?.id);
    if (kept === undefined) return false;
    decision.value = kept.decision;
    begin(kept.facts, kept.tables, kept.at);
    region.value = kept.region;
    return true;
  }

  async function beginSample(sample: Sample): Promise<void> {
    const [text, its] = await Promise.all([fetchFacts(sample), sampleTables()]);
    begin(text, its, instantOf(sample.at));
  }

  async function beginEmpty(subject: string): Promise<void> {
    const shape = shapeOf(desk.texts, subject);
    if (shape === undefined) return;
    const own = desk.pack.value?.region ?? "62";
    begin(emptyPerson(shape, /^\d+$/.test(own) ? own.padEnd(6, "0") : own === "cn" ? "620000" : own), await sampleTables(), desk.pack.value?.span.from);
  }

  function beginCase(one: TriedCase): void {
    const { at: when, decision: asked } = firstLook(one);
    let text = one.facts;
    try {
      text = `${JSON.stringify(JSON.parse(one.facts), null, 2)}\n`;
    } catch {
      // A case may have facts on purpose that are refused.
    }
    if (asked !== undefined) decision.value = asked;
    begin(text, Object.entries(one.tables), when);
  }

  const subjectOfPack = (): string => {
    const path = `packs/${desk.pack.value?.id ?? ""}/pack.toml`;
    const said = member(tableOf(path, desk.texts.get(path) ?? ""), "subject");
    const known = subjectsOf(desk.texts);
    return typeof said === "string" && known.includes(said) ? said : (known.find((one) => one === "person") ?? known[0] ?? "");
  };

  /** Opens the view: loads the packs if that was not done, and begins with a sample of the open pack's subject. */
  async function enter(): Promise<void> {
    open.value = true;
    if (house.value === "idle" || house.value === "failed" || loadTimer !== undefined) void load();
    try {
      if (samples.value.length === 0) samples.value = await fetchSamples();
      const fitting = samples.value.find(({ subject }) => subject === subjectOfPack());
      if (began.value || resume()) return;
      if (fitting === undefined) await beginEmpty(subjectOfPack());
      else await beginSample(fitting);
    } catch (error) {
      desk.notice("error", (w) => w.try.noSamples(error instanceof Error ? error.message : String(error)));
    }
  }

  /** Moves the handle. */
  function moveTo(to: Instant): void {
    at.value = to;
  }

  watch([facts, region, () => [...tables.values()]], () => {
    clearTimeout(decideTimer);
    decideTimer = setTimeout(() => void decide(), DECIDE_AFTER);
  });
  watch(at, () => void explain());
  /** Keeps the person for a reload of this tab. */
  function keep(): void {
    clearTimeout(keepTimer);
    const work = desk.work.value?.id;
    if (began.value && work !== undefined) keepTried({ work, facts: facts.value, tables: [...tables], region: region.value, at: at.value, decision: decision.value });
  }
  // At the end of the page, and now and then in case it ends without saying so.
  addEventListener("pagehide", keep);
  watch([facts, region, at, decision, () => [...tables.values()]], () => {
    clearTimeout(keepTimer);
    keepTimer = setTimeout(keep, KEEP_AFTER);
  });

  function loadIn(milliseconds: number): void {
    clearTimeout(loadTimer);
    loadTimer = setTimeout(() => {
      loadTimer = undefined;
      void load();
    }, milliseconds);
  }

  function older(): void {
    cases.value = coverage.value = undefined;
    stopMeasuring();
  }

  watch([() => [...desk.texts.values()], desk.server], () => {
    older();
    if (open.value || desk.server.value === "ready") loadIn(open.value ? LOAD_AFTER : QUIET_AFTER);
  });
  watch(() => desk.pack.value?.id, () => {
    older();
    if (house.value !== "loaded" || loadTimer !== undefined) return;
    void runCases();
    measureIn();
  });
  watch(() => desk.work.value?.id, () => {
    older();
    tried.value = explanation.value = undefined;
    decided = undefined;
    askable.value = false;
    errors.value = [];
    house.value = "idle";
    // The tables and sections of another house may be others.
    began.value = false;
    steps.value = [];
  });

  return {
    house, errors, failure, askable, open, samples, facts, tables, region, at, decision, steps, began, tried, problems, deciding, explanation, cases, coverage,
    enter, load, remember, put, putTable, stepBack, sampleTable, begin, beginSample, beginEmpty, beginCase, subjectOfPack, moveTo, bring, written,
  };
}

export type Trying = ReturnType<typeof useTrying>;
