// What is tried on the packs as they are: their laws on invented persons, and slips made on purpose. Results stay while
// other views are open.
import { type Ref, ref, shallowRef, watch } from "vue";
import type { LawReport, Slip } from "../../../wasm/studio/pkg-web/longma_studio.js";
import type { Desk } from "./desk";
import type { Made } from "./protocol";
import { onOthers, troubleOf, type Makers, type Trouble } from "./workshop";

export type Probing = "idle" | "preparing" | "running" | "stopping" | "stopped" | "done" | "trouble";

export interface Searched {
  pack: string;
  laws: readonly LawReport[];
}

/** How far a search is, of how much, and whether the texts are others by now. */
export interface Probe {
  readonly state: Ref<Probing>;
  readonly trouble: Ref<Trouble | undefined>;
  readonly of: Ref<number>;
  readonly stale: Ref<boolean>;
  readonly found: Ref<readonly unknown[]>;
  stop(): void;
}

export function useProbes(desk: Desk, makers: Makers) {
  /** What both have: how far it is, of how much, and whether the texts are others by now. */
  function probe<T>() {
    const [state, trouble, of, stale, found] = [ref<Probing>("idle"), shallowRef<Trouble>(), ref(0), ref(false), shallowRef<readonly T[]>([])];
    let asked = 0;
    const its = {
      state, trouble, of, stale, found,
      /** The answer's job if it is the one that is shown. */
      told(made: Made, id: number, more: (made: Made) => readonly T[]): void {
        if (id !== asked) return;
        trouble.value = troubleOf(made);
        if (trouble.value !== undefined) state.value = "trouble";
        else if (made.kind === "ended") state.value = made.stopped ? "stopped" : "done";
        else {
          found.value = [...found.value, ...more(made)];
          if (state.value === "preparing") state.value = "running";
        }
      },
      begin(job: Parameters<Makers["ask"]>[0], more: (made: Made) => readonly T[], all = 0): void {
        makers.stop(asked);
        state.value = "preparing";
        trouble.value = undefined;
        of.value = all;
        stale.value = false;
        found.value = [];
        asked = makers.ask(job, (made, id) => its.told(made, id, more), (made) => made.kind === "ended");
      },
      stop(): void {
        state.value = "stopping";
        makers.stop(asked);
      },
    };
    onOthers(desk, () => (stale.value = true));
    watch(() => desk.work.value?.id, () => {
      makers.stop(asked);
      asked = 0;
      state.value = "idle";
      trouble.value = undefined;
      found.value = [];
    });
    return its;
  }

  const texts = (): Record<string, string> => Object.fromEntries(desk.now());

  const searching = probe<Searched>();
  const laws = {
    ...searching,
    search(packs: string[], persons: number): void {
      searching.begin({ kind: "laws", texts: texts(), packs, persons }, (made) => (made.kind === "searched" ? [made] : []), packs.length);
    },
  };

  const trying = probe<Slip>();
  const pack = ref("");
  const slips = {
    ...trying,
    /** The pack that was tried. */
    pack,
    try(its: string, each: number): void {
      pack.value = its;
      trying.begin({ kind: "slips", texts: texts(), pack: its, each }, (made) => {
        if (made.kind !== "slipped") return [];
        trying.of.value = made.total;
        return made.slips;
      });
    },
  };
  return { laws, slips };
}
