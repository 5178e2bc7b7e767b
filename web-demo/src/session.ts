// One visit: the facts, the region, the reference data, the outcome decided last and the look-up at the page's now.
// Facts change → evaluate once in the worker; now changes → only a look-up in that outcome.
import { computed, ref, shallowRef, watch } from "vue";
import { EngineClient, EngineFailure } from "./engine/client";
import { useClock } from "./model/clock";
import { readBearer, withIssuance } from "./model/facts";
import { addresses, fetchFacts, fetchSamples, fetchText, type Sample } from "./model/samples";
import { instantOf, type Instant } from "./model/time";
import type { Card, Outcome, Problem, Role, Status } from "./types";

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

/** What the engine says at one instant. */
interface Look {
  statuses: Record<string, Status>;
  card: Card;
  lookedAt: Instant;
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

  /** What was decided last, all of one piece: the facts' text, its outcome, and the statuses and the card at `lookedAt`. */
  const decided = shallowRef<{ facts: string; outcome: Outcome; roles: Record<Role, string[]> } & Look>();
  /** Why the facts were refused; empty when the last decision was taken. */
  const problems = shallowRef<Problem[]>([]);

  const client = new EngineClient();
  const bearer = computed(() => readBearer(decided.value?.facts ?? ""));
  /** The decision that is the card's face now; the first that could be where no pack decides one. */
  const face = computed(() => decided.value?.card.face?.decision ?? decided.value?.roles.face[0]);
  const changed = computed(() => decided.value !== undefined && decided.value.facts !== facts.value);

  /** Runs `act`; what it throws is a failure to be shown, by default the engine's or, from a fetch, the samples'. */
  async function guarded(act: () => Promise<void>, what?: Failure["what"]): Promise<void> {
    try {
      await act();
    } catch (error) {
      failure.value = { what: what ?? (error instanceof EngineFailure ? "broken" : "samples"), detail: detailOf(error) };
    }
  }

  async function start(): Promise<void> {
    await guarded(async () => {
      const csv = fetchText(addresses.riskAreas);
      const exposures = fetchText(addresses.exposures);
      const loaded = await client.ask("load", { bundle: addresses.bundle });
      if (!loaded.ok) throw new EngineFailure(inEnglish(loaded.problems));
      await putReference({ csv: await csv });
      const listed = await client.ask("addReference", { name: "exposures", csv: await exposures });
      if (!listed.ok) throw new EngineFailure(inEnglish(listed.problems));
      ready.value = true;
    }, "start");
    if (!ready.value) return;
    await guarded(async () => {
      samples.value = await fetchSamples();
      const first = samples.value[0];
      if (first !== undefined) await choose(first);
    });
  }

  async function putReference(source: { file?: string; csv: string }): Promise<Problem[]> {
    const added = await client.ask("addReference", { name: RISK_AREAS, csv: source.csv });
    if (!added.ok) return added.problems;
    reference.value = { ...source, rows: added.rows };
    return [];
  }

  let chosen = 0;

  const choose = (to: Sample): Promise<void> =>
    guarded(async () => {
      const mine = ++chosen;
      const text = await fetchFacts(to);
      // Another sample may have been chosen while this one was on its way.
      if (mine !== chosen) return;
      failure.value = undefined;
      sample.value = to;
      region.value = "";
      sampleFacts.value = text;
      facts.value = text;
      await decide(instantOf(to.at));
    });

  /** Decisions run one after another: the worker keeps one outcome, and look-ups must be in the one that is shown. */
  let queue: Promise<void> = Promise.resolve();

  /** Decides the facts as they stand; on success moves now to `at`, if given. */
  function decide(at?: Instant): Promise<void> {
    queue = queue.then(() => guarded(() => decideNow(at)));
    return queue;
  }

  async function decideNow(at: Instant | undefined): Promise<void> {
    const text = facts.value;
    deciding.value = true;
    try {
      const result = await client.ask("evaluate", { facts: text, ...(region.value === "" ? {} : { region: region.value }) });
      problems.value = result.ok ? [] : result.problems;
      if (!result.ok) return;
      if (at !== undefined) clock.jump(at);
      const lookedAt = clock.now.value;
      decided.value = { facts: text, outcome: result.outcome, roles: result.roles, ...(await lookAt(lookedAt)) };
    } finally {
      deciding.value = false;
      // Now may have moved meanwhile.
      void look();
    }
  }

  async function lookAt(seconds: Instant): Promise<Look> {
    const looked = await client.ask("at", { seconds });
    if (!looked.ok) throw new EngineFailure(inEnglish(looked.problems));
    return { statuses: looked.statuses, card: looked.card, lookedAt: seconds };
  }

  let looking = false;

  /** Brings the statuses to the page's now. While one look-up is under way no other is asked: the last now wins. */
  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    await guarded(async () => {
      for (;;) {
        const shown = decided.value;
        const lookedAt = clock.now.value;
        if (shown === undefined || shown.lookedAt === lookedAt || deciding.value) return;
        const looked = await lookAt(lookedAt);
        // A decision made meanwhile has looked for itself.
        if (decided.value === shown) decided.value = { ...shown, ...looked };
      }
    });
    looking = false;
  }
  watch(clock.now, () => void look());

  const upload = (file: File): Promise<void> =>
    guarded(async () => {
      uploadProblems.value = undefined;
      const refused = await putReference({ file: file.name, csv: await file.text() });
      if (refused.length > 0) uploadProblems.value = { file: file.name, problems: refused };
      else await decide();
    });

  const backToSampleReference = (): Promise<void> =>
    guarded(async () => {
      uploadProblems.value = undefined;
      await putReference({ csv: await fetchText(addresses.riskAreas) });
      await decide();
    });

  /** A new issuance at the card's time, as when the person applies for a code again. */
  async function reapply(): Promise<void> {
    const shown = decided.value;
    if (shown === undefined) return;
    facts.value = withIssuance(shown.facts, shown.lookedAt);
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
