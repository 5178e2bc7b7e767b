// One visit: the facts, the region, the reference data, the latest outcome and the look-up at the page's now.
// When the facts change, the worker evaluates once. When now changes, it only looks up that outcome.
import { computed, ref, shallowRef, watch } from "vue";
import { EngineClient, EngineFailure } from "./engine/client";
import { useClock } from "./model/clock";
import { readBearer, withIssuance } from "./model/facts";
import { addresses, fetchFacts, fetchSamples, fetchText, type Sample } from "./model/samples";
import { instantOf, type Instant } from "./model/time";
import type { Card, Outcome, Problem, Role, Status } from "./types";

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
}

/** What the engine says at one instant. */
interface Look {
  statuses: Record<string, Status>;
  card: Card;
  lookedAt: Instant;
}

/** Problems that the user cannot fix, for the technical detail. */
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
  /** The chosen sample's original facts. */
  const sampleFacts = ref("");
  /** The region whose rules apply; if empty, the region in the facts. */
  const region = ref("");
  const reference = shallowRef<Reference>();
  const uploadProblems = shallowRef<{ file: string; problems: Problem[] }>();

  /** The latest decision, kept together: the facts' text, its outcome, and the statuses and the card at `lookedAt`. */
  const decided = shallowRef<{ facts: string; outcome: Outcome; roles: Record<Role, string[]> } & Look>();
  /** Why the facts were refused; empty after a successful decision. */
  const problems = shallowRef<Problem[]>([]);

  const client = new EngineClient();
  const bearer = computed(() => readBearer(decided.value?.facts ?? ""));
  /** The decision on the card's face now. If no pack decides one, the first decision with that role. */
  const face = computed(() => decided.value?.card.face?.decision ?? decided.value?.roles.face[0]);
  const changed = computed(() => decided.value !== undefined && decided.value.facts !== facts.value);

  /** Runs `act` and shows what it throws as a failure: by default of the engine or, from a fetch, of the samples. */
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
      const loaded = await client.ask("load", { packs: addresses.packs });
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
      const result = await client.ask("evaluate", { facts: text, ...(region.value === "" ? {} : { region: region.value }) });
      problems.value = result.ok ? [] : result.problems;
      if (!result.ok) return;
      if (at !== undefined) clock.jump(at);
      const lookedAt = clock.now.value;
      decided.value = { facts: text, outcome: result.outcome, roles: result.roles, ...(await lookAt(lookedAt)) };
    } finally {
      deciding.value = false;
      // Now may have moved in the meantime.
      void look();
    }
  }

  async function lookAt(seconds: Instant): Promise<Look> {
    const looked = await client.ask("at", { seconds });
    if (!looked.ok) throw new EngineFailure(inEnglish(looked.problems));
    return { statuses: looked.statuses, card: looked.card, lookedAt: seconds };
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
        const looked = await lookAt(lookedAt);
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

  /** Adds an issuance at the card's time, as when the person applies for a code again. */
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
