// The page's own "now": it starts at the sample's instant, runs in real time, and follows the timeline's handle.
// The device's clock only sets the pace, except for the button that jumps to the real now.
import { onScopeDispose, readonly, ref, type Ref } from "vue";
import { EARLIEST, LATEST, type Instant } from "./time";

export interface Clock {
  now: Readonly<Ref<Instant>>;
  running: Readonly<Ref<boolean>>;
  jump(to: Instant): void;
  jumpToReal(): void;
  toggle(): void;
}

/** Short enough that no second is skipped. */
const PACE_MS = 200;

export function useClock(start: Instant): Clock {
  const now = ref(start);
  const running = ref(true);
  let base = start;
  let since = performance.now();

  function tick(): void {
    if (running.value) now.value = base + Math.floor((performance.now() - since) / 1000);
  }
  function jump(to: Instant): void {
    base = Math.min(LATEST, Math.max(EARLIEST, Math.round(to)));
    since = performance.now();
    now.value = base;
  }
  const timer = setInterval(tick, PACE_MS);
  onScopeDispose(() => clearInterval(timer));

  return {
    now: readonly(now),
    running: readonly(running),
    jump,
    jumpToReal: () => jump(Math.floor(Date.now() / 1000)),
    toggle() {
      tick();
      jump(now.value);
      running.value = !running.value;
    },
  };
}
