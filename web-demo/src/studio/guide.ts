// Packs that were begun from a notice, and how far each is by the guide. Remembered on the device.
import { computed, reactive, watch, type Ref } from "vue";
import type { Desk } from "./desk";
import { editionOf } from "./model/house";
import { doneOf, textsOf, type Begun } from "./model/guide";
import type { View } from "./views";
import type { Workshop } from "./workshop";

const KEY = "longma.studio.guide";

function remembered(): Record<string, Begun> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}") as Record<string, Begun>;
  } catch {
    // Storage may be forbidden, or what stands there is none of ours.
    return {};
  }
}

export function useGuide(desk: Desk, shop: Workshop, view: Ref<View>) {
  const begun = reactive(remembered());
  watch(begun, () => {
    try {
      localStorage.setItem(KEY, JSON.stringify(begun));
    } catch {
      // Storage may be forbidden. Then the guide lasts as long as the page.
    }
  });
  const keyOf = (pack: string): string => `${desk.work.value?.id ?? ""} ${pack}`;
  const id = computed(() => desk.pack.value?.id);
  const mine = computed(() => (id.value === undefined ? undefined : begun[keyOf(id.value)]));

  const done = computed(() => {
    if (mine.value === undefined || id.value === undefined) return new Set<never>();
    const { cases } = desk;
    const count = desk.counts.value.get(id.value);
    return doneOf(id.value, {
      begun: mine.value,
      house: desk.texts,
      ran: cases.value.state === "ran" && cases.value.pack === id.value ? cases.value.cases : undefined,
      errors: count?.error ?? 0,
      warnings: count?.warning ?? 0,
      ready: desk.server.value === "ready",
    });
  });

  /** Notes that the packs of now were compared, or reviewed. */
  function note(what: "compared" | "reviewed"): void {
    const house = desk.now();
    for (const [key, one] of Object.entries(begun)) {
      const [work, pack = ""] = key.split(" ");
      const texts = textsOf(pack, house);
      if (work === desk.work.value?.id && texts.size > 0) one[what] = editionOf(texts);
    }
  }
  watch(() => shop.state.value === "done" && !shop.stale.value, (now) => now && note("compared"));
  watch(view, (to) => to === "publish" && note("reviewed"));

  /** A pack is begun: these are the template's cases, and the notice leaves these questions. */
  function begin(pack: string, cases: readonly string[], questions: readonly string[]): void {
    begun[keyOf(pack)] = { cases, questions };
  }
  function end(): void {
    if (id.value !== undefined) delete begun[keyOf(id.value)];
  }
  return { id, mine, done, begin, end };
}

export type Guide = ReturnType<typeof useGuide>;
