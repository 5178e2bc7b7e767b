// One visit: the facts, the region, the reference data, the latest outcome and the look-up at the page's now.
// When the facts change, the worker evaluates once. When now changes, it only looks up that outcome.
import { computed, ref, shallowRef, watch } from "vue";
import { LongmaError } from "longma";
import { connect, type WorkerEngine, type WorkerOutcome } from "longma/worker";
import wasm from "longma/longma.wasm?url";
import { en } from "./messages/en";
import { zhCN } from "./messages/zh-CN";
import { useClock } from "./model/clock";
import { decoded } from "./model/encoding";
import { readBearer, withIssuance } from "./model/facts";
import { addresses, fetchFacts, fetchSamples, fetchText, type Sample } from "./model/samples";
import { instantOf, type Instant } from "./model/time";
import type { Card, Outcome, Problem, Role, Statuses } from "./types";

/** The packs' name for the list of risk areas. */
const RISK_AREAS = "risk_areas";

export interface Failure {
  /** What failed: the engine never started, it stopped later, or only the samples are missing. */
  what: "start" | "broken" | "samples";
  detail: string;
}

export interface Reference {
  /** The uploaded file's name; absent for the built-in sample. */
  file?: string;
  csv: string;
  rows: number;
  /** The file's encoding, if it was not UTF-8. */
  assumed?: string;
}

/** A file that is no text, as the engine's own problems are told. */
const notText = (): Problem => ({
  severity: "error",
  code: "encoding",
  message: { "zh-CN": zhCN.setup.notText, en: en.setup.notText },
  help: { "zh-CN": zhCN.setup.notTextHelp, en: en.setup.notTextHelp },
  place: { kind: "none" },
  expected: null,
  found: null,
  rule: null,
});

/** What the engine decided from one text of facts. */
interface Decided {
  facts: string;
  outcome: Outcome;
  roles: Record<Role, string[]>;
  /** Looks up, and asks the worker for cards. */
  lookup: WorkerOutcome;
}

/** What the engine says at one instant. */
interface Look {
  statuses: Statuses;
  card: Card;
  lookedAt: Instant;
}

/** The problems of what was handed in; none if it was taken. A failure of the engine itself is thrown. */
async function refusal(act: () => Promise<void>): Promise<readonly Problem[]> {
  try {
    await act();
    return [];
  } catch (error) {
    if (error instanceof LongmaError && !error.problems.some(({ code }) => code.startsWith("engine-"))) return error.problems;
    throw error;
  }
}

const detailOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export function useSession() {
  const clock = useClock(Math.floor(Date.now() / 1000));

  const ready = ref(false);
  const deciding = ref(false);
  const failure = shallowRef<Failure>();
  const samples = shallowRef<Sample[]>([]);
  const sample = shallowRef<Sample>();
  const facts = ref("");
  /** The chosen sample's original facts. */
  const sampleFacts = ref("");
  /** The region whose rules apply; if empty, the region in the facts. */
  const region = ref("");
  const reference = shallowRef<Reference>();
  const uploadProblems = shallowRef<{ file: string; problems: readonly Problem[] }>();

  /** The latest decision, kept together: the facts' text, its outcome, and the statuses and the card at `lookedAt`. */
  const decided = shallowRef<Decided & Look>();
  /** Why the facts were refused; empty after a successful decision. */
  const problems = shallowRef<readonly Problem[]>([]);

  /** Rules run only in the worker, so the page stays responsive however long they take. */
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "longma-engine" });
  let engine: WorkerEngine | undefined;

  function started(): WorkerEngine {
    if (engine === undefined) throw new Error("the engine was asked before it was loaded");
    return engine;
  }

  const bearer = computed(() => readBearer(decided.value?.facts ?? ""));
  /** The decision on the card's face now. If no pack decides one, the first decision with that role. */
  const face = computed(() => decided.value?.card.face?.decision ?? decided.value?.roles.face[0]);
  const changed = computed(() => decided.value !== undefined && decided.value.facts !== facts.value);

  /** Runs `act` and shows what it throws as a failure: by default of the engine or, from a fetch, of the samples. */
  async function guarded(act: () => Promise<void>, what?: Failure["what"]): Promise<void> {
    try {
      await act();
    } catch (error) {
      failure.value = { what: what ?? (error instanceof LongmaError ? "broken" : "samples"), detail: detailOf(error) };
    }
  }

  async function start(): Promise<void> {
    await guarded(async () => {
      const [csv, exposures, fireOrders, holidays] = await Promise.all([
        fetchText(addresses.riskAreas),
        fetchText(addresses.exposures),
        fetchText(addresses.fireOrders),
        fetchText(addresses.holidays),
      ]);
      const options = { rules: addresses.packs, wasm: new URL(wasm, document.baseURI).href };
      engine = await connect(worker, { ...options, tables: { [RISK_AREAS]: csv, exposures, fire_orders: fireOrders, holidays } });
      await putReference({ csv });
      ready.value = true;
    }, "start");
    if (!ready.value) return;
    await guarded(async () => {
      samples.value = await fetchSamples();
      const first = samples.value[0];
      if (first !== undefined) await choose(first);
    });
  }

  async function putReference(source: { file?: string; csv: string; assumed?: string }): Promise<readonly Problem[]> {
    return refusal(async () => {
      reference.value = { ...source, rows: await started().setTable(RISK_AREAS, source.csv) };
    });
  }

  let chosen = 0;

  const choose = (to: Sample): Promise<void> =>
    guarded(async () => {
      const mine = ++chosen;
      const text = await fetchFacts(to);
      // Another sample may have been chosen while this one was loading.
      if (mine !== chosen) return;
      failure.value = undefined;
      sample.value = to;
      region.value = "";
      sampleFacts.value = text;
      facts.value = text;
      await decide(instantOf(to.at));
    });

  /** Decisions run one after another: the worker keeps one outcome, and look-ups must use the one that is shown. */
  let queue: Promise<void> = Promise.resolve();

  /** Decides the current facts; on success moves now to `at`, if given. */
  function decide(at?: Instant): Promise<void> {
    queue = queue.then(() => guarded(() => decideNow(at)));
    return queue;
  }

  async function decideNow(at: Instant | undefined): Promise<void> {
    const text = facts.value;
    deciding.value = true;
    try {
      problems.value = await refusal(async () => {
        const lookup = await started().decide(text, region.value === "" ? {} : { region: region.value });
        if (at !== undefined) clock.jump(at);
        const { outcome, roles } = lookup.toJSON();
        decided.value = { facts: text, outcome, roles, lookup, ...(await lookAt(lookup, clock.now.value)) };
      });
    } finally {
      deciding.value = false;
      // Now may have moved in the meantime.
      void look();
    }
  }

  async function lookAt(lookup: WorkerOutcome, seconds: Instant): Promise<Look> {
    const time = new Date(seconds * 1000);
    return { statuses: lookup.at(time), card: await lookup.card(time), lookedAt: seconds };
  }

  let looking = false;

  /** Updates the statuses to the page's now. Only one look-up runs at a time, and the last now wins. */
  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    await guarded(async () => {
      for (;;) {
        const shown = decided.value;
        const lookedAt = clock.now.value;
        if (shown === undefined || shown.lookedAt === lookedAt || deciding.value) return;
        const looked = await lookAt(shown.lookup, lookedAt);
        // A decision made in the meantime has done its own look-up.
        if (decided.value === shown) decided.value = { ...shown, ...looked };
      }
    });
    looking = false;
  }
  watch(clock.now, () => void look());

  const upload = (file: File): Promise<void> =>
    guarded(async () => {
      uploadProblems.value = undefined;
      const read = decoded(new Uint8Array(await file.arrayBuffer()));
      if (read === undefined) {
        uploadProblems.value = { file: file.name, problems: [notText()] };
        return;
      }
      const { text: csv, assumed } = read;
      const refused = await putReference({ file: file.name, csv, ...(assumed === undefined ? {} : { assumed }) });
      if (refused.length > 0) uploadProblems.value = { file: file.name, problems: refused };
      else await decide();
    });

  const backToSampleReference = (): Promise<void> =>
    guarded(async () => {
      uploadProblems.value = undefined;
      await putReference({ csv: await fetchText(addresses.riskAreas) });
      await decide();
    });

  /** Adds an issuance at the card's time, as when the person applies for a code again. */
  async function reapply(): Promise<void> {
    const shown = decided.value;
    if (shown === undefined) return;
    facts.value = withIssuance(shown.facts, shown.lookedAt);
    await decide();
  }

  return {
    qr: (text: string): Promise<string> => started().qrSvg(text),
    clock,
    ready,
    deciding,
    failure,
    samples,
    sample,
    facts,
    sampleFacts,
    region,
    reference,
    uploadProblems,
    decided,
    problems,
    bearer,
    face,
    changed,
    start,
    choose,
    decide,
    upload,
    backToSampleReference,
    reapply,
  };
}

export type Session = ReturnType<typeof useSession>;
