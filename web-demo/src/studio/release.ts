// What is looked at before packs are published: the changes in words and the approvals. Asked anew when the texts change.
import { onScopeDispose, ref, shallowRef, watch } from "vue";
import type { Approvals, PackChanges, Problem } from "../../../wasm/studio/pkg-web/longma_studio.js";
import { rfc3339 } from "../model/time";
import type { Desk } from "./desk";
import { changedOf } from "./model/changes";
import { words } from "./words";
import { troubleOf, type Trouble, type Workshop } from "./workshop";

const ASK_AFTER = 400;

export interface Signer {
  name: string;
  office: string;
  note: string;
}

export function useRelease(desk: Desk, shop: Workshop) {
  /** Packs that changed; undefined before the first answer. */
  const changes = shallowRef<readonly PackChanges[]>();
  const approvals = shallowRef<readonly Approvals[]>([]);
  const trouble = shallowRef<Trouble>();
  const working = ref(false);
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function ask(): Promise<void> {
    clearTimeout(timer);
    const id = ++asked;
    working.value = true;
    const made = await shop.changes(desk.base.value, desk.now());
    if (id !== asked) return;
    working.value = false;
    trouble.value = troubleOf(made);
    if (made.kind !== "changed") return;
    changes.value = changedOf(made.changes);
    approvals.value = made.approvals;
  }

  /** Writes one more approval into a pack; what is wrong if it is refused. */
  async function approve(pack: string, by: Signer): Promise<readonly Problem[] | Trouble | undefined> {
    const made = await shop.approve(desk.now(), pack, by, rfc3339(Math.floor(Date.now() / 1000)));
    if (typeof made === "string") {
      if (await desk.put(`packs/${pack}/approvals.toml`, made)) desk.saved.value = words.value.publishing.approvals.approved(by.name, pack);
      await ask();
      return undefined;
    }
    if (made instanceof Uint8Array) return { kind: "failed", detail: "approve" };
    return made.kind === "refused" ? made.problems : made;
  }

  watch(() => [...desk.texts.values()], () => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), ASK_AFTER);
  });
  watch(() => desk.work.value?.id, () => {
    changes.value = undefined;
    approvals.value = [];
    void ask();
  });
  onScopeDispose(() => {
    asked = 0;
    clearTimeout(timer);
  });
  void ask();

  return { changes, approvals, trouble, working, approve };
}

export type Release = ReturnType<typeof useRelease>;
