// One visit to the monitor: the feed, what it has said, which day is shown, and what the screen shows of it.
import { computed, nextTick, onScopeDispose, ref, shallowRef } from "vue";
import { clinicRows, colours, daysShown, dutyRows, queueRows, rollUp } from "./model/board";
import type { Day } from "./model/days";
import type { Line } from "./model/lines";
import { Store } from "./model/store";
import { follow, ownAddress, readFile, type Link, type Listener } from "./source";

/** Days that the screen shows up to the chosen one. */
export const SHOWN = 21;
/** A stream that has been silent for so long is said to be, in milliseconds. */
export const QUIET = 120_000;
/** The screen is drawn anew at most so often, in milliseconds, however fast records come. Where drawing takes long, less often. */
const PACE = 200;
/** How many times as long as drawing takes the page has for everything else. */
const REST = 4;
const DEMO = "./generated/monitor.ndjson";

export type From = "demo" | "address" | "file";

export function useMonitor(search: string) {
  let stop = (): void => undefined;
  let store = new Store();
  /** The store, anew after each change. */
  const shown = shallowRef({ store });
  const link = shallowRef<Link>({ state: "asking" });
  const from = ref<From>("demo");
  const fileName = ref("");
  /** When bytes last came, in milliseconds. */
  const heard = ref<number>();
  const foreign = ref(false);
  const now = ref(Date.now());
  const clock = setInterval(() => (now.value = Date.now()), 1000);

  let drawing: ReturnType<typeof setTimeout> | undefined;
  function draw(): void {
    clearTimeout(drawing);
    drawing = undefined;
    const begun = performance.now();
    shown.value = { store };
    void nextTick(() => (pace = Math.max(PACE, REST * (performance.now() - begun))));
  }
  let pace = PACE;
  const soon = (): void => void (drawing ??= setTimeout(draw, pace));

  /** Takes what a source says, until another one is chosen. */
  function listener(): Listener {
    const its = (store = new Store());
    heard.value = undefined;
    const isCurrent = (): boolean => its === store;
    return {
      began: () => its.again(),
      heard(lines: readonly Line[]) {
        if (!isCurrent()) return;
        heard.value = now.value = Date.now();
        for (const line of lines) its.read(line);
        soon();
      },
      changed(to) {
        if (!isCurrent()) return;
        link.value = to;
        draw();
      },
    };
  }

  function begin(what: From): Listener {
    stop();
    stop = () => undefined;
    from.value = what;
    foreign.value = false;
    chosen.value = undefined;
    explained.value = undefined;
    return listener();
  }
  async function open(file: File): Promise<void> {
    const its = begin("file");
    fileName.value = file.name;
    try {
      await readFile(file, its);
    } catch {
      its.changed({ state: "lost", why: { what: "file" }, since: Date.now(), next: Infinity });
    }
  }
  function demo(): void {
    stop = follow(new URL(DEMO, location.href), begin("demo"), true);
  }
  function start(): void {
    const asked = new URLSearchParams(search).get("feed");
    if (asked === null) return demo();
    const address = ownAddress(asked, location.href);
    const its = begin("address");
    foreign.value = address === undefined;
    if (address !== undefined) stop = follow(address, its);
  }

  // Which day, and which explanation.
  const chosen = ref<Day>();
  const first = computed(() => shown.value.store.head?.first);
  const last = computed(() => shown.value.store.last);
  const day = computed<Day | undefined>(() => {
    const { store: its } = shown.value;
    if (its.head === undefined) return undefined;
    const wanted = chosen.value ?? its.newest ?? its.head.last;
    return Math.min(Math.max(wanted, its.head.first), last.value ?? wanted);
  });
  const explained = ref<{ clinic: string; day: Day }>();

  const days = computed(() => (day.value === undefined ? [] : daysShown(shown.value.store, day.value, SHOWN)));
  const clinics = computed(() => clinicRows(shown.value.store, days.value));
  const sums = computed(() => rollUp(shown.value.store, days.value));
  const levels = computed(() => colours(shown.value.store, days.value));
  const duties = computed(() => (day.value === undefined ? [] : dutyRows(shown.value.store, day.value)));
  const queues = computed(() => (day.value === undefined ? [] : queueRows(shown.value.store, day.value)));

  onScopeDispose(() => {
    stop();
    clearInterval(clock);
    clearTimeout(drawing);
  });

  return { shown, link, from, fileName, heard, foreign, now, chosen, first, last, day, days, clinics, sums, levels, duties, queues, explained, start, open, demo };
}

export type Monitor = ReturnType<typeof useMonitor>;
