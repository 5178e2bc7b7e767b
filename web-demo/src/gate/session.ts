// One visit of a gate: its documents, the answer that is shown, counts, reports and settings.
import { computed, nextTick, onScopeDispose, reactive, ref, shallowRef, watch } from "vue";
import { instantOf, rfc3339, type Instant } from "../model/time";
import { fetchFiles, FOLDERS, keep, kept } from "./documents";
import { startEngine } from "./engine";
import { bytes } from "./hex";
import type { Files, GateAnswer, GateState, Loaded, Refusal } from "./protocol";
import { send, type Sent } from "./reports";
import { fetchSamples, type SampleCode, type SampleDocuments, type Samples } from "./samples";
import { useSign } from "./sign";
import { play } from "./sound";
import { count, keepReports, keepSeen, keepSettings, readCounts, readReports, readSeen, readSettings } from "./store";

/** How often documents are fetched again, in milliseconds: a list of revoked codes may come several times a day. */
const AGAIN = 5 * 60_000;
/** How far the clock may go back while the page is open, in seconds: clocks are corrected a little all the time. */
const CORRECTED = 60;
/** What a test measures: from a code's text to its answer on the page. */
const MEASURE = "longma-gate-answer";

/** Why there is no gate: nothing was set up, a file is missing or cannot be had, documents were refused, the engine failed. */
export type Lack = { what: "nothing" } | { what: "missing" | "unreachable" | "failed"; detail: string } | { what: "refused" };

export interface ShownAnswer {
  answer: GateAnswer;
  reported: boolean;
}

const detailOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export function useGate(samples: boolean) {
  const engine = startEngine();
  const sign = useSign();

  const ready = ref(false);
  const lack = shallowRef<Lack>();
  const refused = shallowRef<Refusal[]>([]);
  /** Whether the documents are the kept ones, because new ones could not be had. */
  const isKept = ref(false);
  /** Whether the device keeps what a gate has to keep. */
  const keeps = ref(true);
  const state = shallowRef<GateState>();
  const trials = shallowRef<Samples>();
  const settings = reactive(readSettings());
  watch(settings, () => keepSettings({ ...settings }));

  // The clock: the device's, or that of the samples.
  const clock = (): Instant => (trials.value === undefined ? Math.floor(Date.now() / 1000) : instantOf(trials.value.now));
  const now = ref(clock());
  const day = computed(() => rfc3339(now.value).slice(0, 10));
  const setBack = ref(false);
  const behindList = computed(() => {
    const issued = state.value?.list_issued;
    return issued != null && now.value < instantOf(issued);
  });
  /** The device's clock against one that nobody can set. That one may stand still while the device sleeps, so only a
   *  clock that was set back is noticed. */
  const ahead = (): number => Date.now() - performance.now();
  const begun = ahead();
  function tick(): void {
    now.value = clock();
    if (ahead() < begun - CORRECTED * 1000) setBack.value = true;
  }

  const counts = shallowRef(readCounts(day.value, samples));
  watch(day, () => (counts.value = readCounts(day.value, samples)));

  let right: Files = {};

  const load = (files: Files, how: { seen: string; seconds: Instant; partly: boolean }): Promise<Loaded> => engine.ask("load", { files, samples, ...how });

  async function take(files: Files, partly: boolean): Promise<Loaded> {
    const loaded = await load(files, { seen: readSeen(), seconds: clock(), partly });
    if (loaded.seen !== undefined) keeps.value = keepSeen(loaded.seen);
    return loaded;
  }

  /** Hands over new documents, else the kept ones. */
  async function loadReal(): Promise<void> {
    const fetched = await fetchFiles(FOLDERS.real);
    const fresh = "files" in fetched ? fetched.files : undefined;
    const first = fresh && (await take(fresh, false));
    if (first !== undefined) refused.value = first.refused;
    if (fresh !== undefined && first?.taken) {
      isKept.value = false;
      lack.value = undefined;
      await keep(fresh).catch(() => (keeps.value = false));
      return;
    }
    isKept.value = true;
    // A gate that stands goes on with what it has.
    if (ready.value) return;
    // All of the kept documents, else what can be taken of either: what the engine cannot tell without the rest is for
    // staff to check.
    const before = await kept();
    for (const [files, partly] of [[before, false], [fresh, true], [before, true]] as const) {
      const tried = files && (await take(files, partly));
      if (first === undefined && tried !== undefined) refused.value = tried.refused;
      if (!tried?.taken) continue;
      isKept.value = files === before;
      lack.value = undefined;
      return;
    }
    if (fresh !== undefined || before !== undefined) lack.value = { what: "refused" };
    else if ("unreachable" in fetched) lack.value = { what: "unreachable", detail: fetched.unreachable };
    else if ("missing" in fetched) lack.value = fetched.missing === "root.cbor" ? { what: "nothing" } : { what: "missing", detail: fetched.missing };
  }

  async function loadSamples(): Promise<void> {
    const [all, fetched] = await Promise.all([fetchSamples(), fetchFiles(FOLDERS.samples)]);
    if (all === undefined || !("files" in fetched)) {
      lack.value = { what: "missing", detail: FOLDERS.samples };
      return;
    }
    trials.value = all;
    right = fetched.files;
    tick();
    const { taken, refused: problems } = await load(right, { seen: "", seconds: clock(), partly: true });
    refused.value = problems;
    if (!taken) lack.value = { what: "refused" };
  }

  async function look(): Promise<void> {
    state.value = await engine.ask("state", { seconds: clock() });
  }

  /** Loads, or loads again. One at a time: the kept documents are those that were taken last. */
  let loading: Promise<void> = Promise.resolve();
  function reload(): Promise<void> {
    loading = loading.then(async () => {
      try {
        await (samples ? loadSamples() : loadReal());
        ready.value = lack.value === undefined;
        if (ready.value) await look();
      } catch (error) {
        ready.value = false;
        lack.value = { what: "failed", detail: detailOf(error) };
      }
    });
    return loading;
  }

  const shown = shallowRef<ShownAnswer>();
  let asked = 0;
  let leaves: ReturnType<typeof setTimeout> | undefined;

  function dismiss(): void {
    clearTimeout(leaves);
    shown.value = undefined;
  }

  /** Brings a code to the gate. A sample has its own time and its own sign. */
  async function bring(code: string, sample?: SampleCode): Promise<void> {
    if (!ready.value || code.trim() === "") return;
    const begun = performance.now();
    const mine = ++asked;
    const signs = sample === undefined ? sign.challenges.value : sample.challenge === null ? [] : [bytes(sample.challenge)];
    try {
      const answer = await engine.ask("decide", { code, challenges: signs, seconds: sample?.seconds ?? clock() });
      // A later code has the page.
      if (mine !== asked) return;
      dismiss();
      shown.value = { answer, reported: false };
      counts.value = count(answer.word, day.value, samples);
      if (settings.sound) play(answer.word);
      if (settings.stays > 0) leaves = setTimeout(dismiss, settings.stays * 1000);
      await nextTick();
      performance.measure(MEASURE, { start: begun, end: performance.now() });
    } catch (error) {
      ready.value = false;
      lack.value = { what: "failed", detail: detailOf(error) };
    }
  }

  /** Hands the gate documents that are not the right ones, then the right ones again. */
  async function hand(documents: SampleDocuments | undefined): Promise<void> {
    dismiss();
    const others = Object.entries(documents?.files ?? {}).map(([name, hex]) => [name, bytes(hex)] as const);
    const how = { seen: documents?.seen ?? "", seconds: documents?.seconds ?? clock(), partly: false };
    refused.value = (await load({ ...right, ...Object.fromEntries(others) }, how)).refused;
    await look();
  }

  const reports = shallowRef(readReports(samples));
  const sent = ref<Sent>();

  /** Sends what is queued. Reports of samples are nobody's business. */
  async function flush(): Promise<void> {
    const queue = readReports(samples);
    reports.value = queue;
    if (samples || queue.length === 0) return;
    sent.value = await send(queue);
    if (sent.value !== "sent") return;
    // What was reported meanwhile stays.
    reports.value = readReports(samples).slice(queue.length);
    keeps.value = keepReports(reports.value, samples);
  }

  let flushing: Promise<void> = Promise.resolve();
  /** One after the other, in all tabs, so that nothing is sent twice. */
  const alone = async (): Promise<void> => ("locks" in navigator ? navigator.locks.request("longma.gate.reports", flush) : flush());
  const sendReports = (): Promise<void> => (flushing = flushing.then(alone));

  function report(): void {
    const it = shown.value;
    if (it === undefined || it.reported) return;
    const { at, word, why } = it.answer;
    reports.value = [...readReports(samples), { at, word, problem: why[0]?.code ?? "" }];
    keeps.value = keepReports(reports.value, samples);
    shown.value = { ...it, reported: true };
    void sendReports();
  }

  function again(): void {
    if (!samples) void reload();
    void sendReports();
  }

  const timers = [setInterval(tick, 1000), setInterval(again, AGAIN)];
  addEventListener("online", again);
  onScopeDispose(() => {
    timers.forEach(clearInterval);
    removeEventListener("online", again);
  });

  async function start(): Promise<void> {
    await reload();
    void sendReports();
  }

  return { samples, ready, lack, refused, isKept, keeps, state, trials, settings, now, setBack, behindList, counts, sign, shown, reports, sent, start, again, bring, dismiss, hand, report, sendReports };
}

export type GateSession = ReturnType<typeof useGate>;
