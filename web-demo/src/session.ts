// One visit: the facts, the region, the reference data, the outcome decided last and the look-up at the page's now.
// Facts change → evaluate once in the worker; now changes → only a look-up in that outcome.
import { computed, ref, shallowRef, watch } from "vue";
import { EngineClient, EngineFailure } from "./engine/client";
import { useClock } from "./model/clock";
import { readBearer, withIssuance } from "./model/facts";
import { addresses, fetchFacts, fetchSamples, fetchText, type Sample } from "./model/samples";
import { instantOf, type Instant } from "./model/time";
import type { Outcome, Problem, Status } from "./types";

/** The table that packs call `risk_areas`. */
const RISK_AREAS = "risk_areas";

export interface Failure {
  /** What could not be done: the engine never started, it stopped later, or only the samples are missing. */
  what: "start" | "broken" | "samples";
  detail: string;
}

export interface Reference {
  /** The uploaded file's name; absent for the built-in sample. */
  file?: string;
  csv: string;
  rows: number;
}

/** Problems that no reader can mend, for the technical detail. */
const inEnglish = (problems: Problem[]): string => problems.map((one) => one.message.en).join("; ");
const detailOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export function useSession() {
  const clock = useClock(Math.floor(Date.now() / 1000));

  const ready = ref(false);
  const deciding = ref(false);
  const failure = shallowRef<Failure>();
  const samples = shallowRef<Sample[]>([]);
  const sample = shallowRef<Sample>();
  const facts = ref("");
  /** The chosen sample's facts as they came. */
  const sampleFacts = ref("");
  /** The region to decide by; empty: the facts' own. */
  const region = ref("");
  const reference = shallowRef<Reference>();
  const uploadProblems = shallowRef<{ file: string; problems: Problem[] }>();

  /** What was decided last, all of one piece: the facts' text, its outcome, and the statuses at `lookedAt`. */
  const decided = shallowRef<{ facts: string; outcome: Outcome; statuses: Record<string, Status>; lookedAt: Instant }>();
  /** Why the facts were refused; empty when the last decision was taken. */
  const problems = shallowRef<Problem[]>([]);

  const client = new EngineClient();
  const person = computed(() => readBearer(decided.value?.facts ?? ""));
  const changed = computed(() => decided.value !== undefined && decided.value.facts !== facts.value);

  function fail(what: Failure["what"], error: unknown): void {
    failure.value = { what, detail: detailOf(error) };
  }

  async function start(): Promise<void> {
    try {
      const csv = fetchText(addresses.riskAreas);
      const loaded = await client.ask("load", { bundle: addresses.bundle });
      if (!loaded.ok) throw new EngineFailure(inEnglish(loaded.problems));
      await putReference({ csv: await csv });
      ready.value = true;
    } catch (error) {
      fail("start", error);
      return;
    }
    try {
      samples.value = await fetchSamples();
      const first = samples.value[0];
      if (first !== undefined) await choose(first);
    } catch (error) {
      fail("samples", error);
    }
  }

  async function putReference(source: { file?: string; csv: string }): Promise<Problem[]> {
    const added = await client.ask("addReference", { name: RISK_AREAS, csv: source.csv });
    if (!added.ok) return added.problems;
    reference.value = { ...source, rows: added.rows };
    return [];
  }

  async function choose(to: Sample): Promise<void> {
    const text = await fetchFacts(to);
    sample.value = to;
    region.value = "";
    sampleFacts.value = text;
    facts.value = text;
    await decide(instantOf(to.at));
  }

  let asked = 0;

  /** Decides the facts as they stand; on success moves now to `at`, if given. */
  async function decide(at?: Instant): Promise<void> {
    const mine = ++asked;
    const text = facts.value;
    deciding.value = true;
    try {
      const result = await client.ask("evaluate", { facts: text, ...(region.value === "" ? {} : { region: region.value }) });
      if (mine !== asked) return;
      problems.value = result.ok ? [] : result.problems;
      if (!result.ok) return;
      if (at !== undefined) clock.jump(at);
      const lookedAt = clock.now.value;
      const looked = await client.ask("at", { seconds: lookedAt });
      if (mine !== asked) return;
      if (!looked.ok) throw new EngineFailure(inEnglish(looked.problems));
      decided.value = { facts: text, outcome: result.outcome, statuses: looked.statuses, lookedAt };
    } catch (error) {
      fail("broken", error);
    } finally {
      if (mine === asked) {
        deciding.value = false;
        // Now may have moved meanwhile.
        void look();
      }
    }
  }

  let looking = false;

  /** Brings the statuses to the page's now. While one look-up is under way no other is asked: the last now wins. */
  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    try {
      while (decided.value !== undefined && decided.value.lookedAt !== clock.now.value && !deciding.value) {
        const mine = asked;
        const lookedAt = clock.now.value;
        const looked = await client.ask("at", { seconds: lookedAt });
        if (mine !== asked || decided.value === undefined) return;
        if (!looked.ok) throw new EngineFailure(inEnglish(looked.problems));
        decided.value = { ...decided.value, statuses: looked.statuses, lookedAt };
      }
    } catch (error) {
      fail("broken", error);
    } finally {
      looking = false;
    }
  }
  watch(clock.now, () => void look());

  async function upload(file: File): Promise<void> {
    uploadProblems.value = undefined;
    const refused = await putReference({ file: file.name, csv: await file.text() });
    if (refused.length > 0) uploadProblems.value = { file: file.name, problems: refused };
    else await decide();
  }

  async function backToSampleReference(): Promise<void> {
    uploadProblems.value = undefined;
    await putReference({ csv: await fetchText(addresses.riskAreas) });
    await decide();
  }

  /** A new issuance at the page's now, as when the person applies for a code again. */
  async function reapply(): Promise<void> {
    facts.value = withIssuance(decided.value?.facts ?? facts.value, clock.now.value);
    await decide();
  }

  return {
    ask: client.ask.bind(client),
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
    person,
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
