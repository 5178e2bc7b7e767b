// The sign that phones at this gate scan and sign, so that a copy made elsewhere is noticed.
import { computed, onScopeDispose, ref, shallowRef, watch } from "vue";
import { bytes, hex } from "./hex";

/** A new sign each minute, in milliseconds. The one before still counts: a phone may just have read it. */
const EACH = 60_000;
const PREFIX = "longma:gate:";
const BYTES = 16;

/** The bytes of a gate's sign; nothing if the text is none. */
export function challengeOf(text: string): Uint8Array | undefined {
  const digits = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : "";
  return /^[0-9a-f]{32}$/.test(digits) ? bytes(digits) : undefined;
}

export function useSign() {
  const on = ref(false);
  /** What phones may have signed, the newest first. */
  const challenges = shallowRef<Uint8Array[]>([]);
  const text = computed(() => (challenges.value[0] === undefined ? "" : PREFIX + hex(challenges.value[0])));

  function renew(): void {
    challenges.value = [crypto.getRandomValues(new Uint8Array(BYTES)), ...challenges.value.slice(0, 1)];
  }

  let timer: ReturnType<typeof setInterval> | undefined;
  const stop = (): void => clearInterval(timer);
  watch(on, (isOn) => {
    stop();
    challenges.value = [];
    if (!isOn) return;
    renew();
    timer = setInterval(renew, EACH);
  });
  onScopeDispose(stop);
  return { on, text, challenges };
}
