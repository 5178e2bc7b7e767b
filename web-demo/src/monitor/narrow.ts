// Whether the page is a column rather than a screen on a wall. monitor.css has the same width.
import { onScopeDispose, ref, type Ref } from "vue";

export function useNarrow(): Ref<boolean> {
  const wide = matchMedia("(min-width: 900px)");
  const narrow = ref(!wide.matches);
  const changed = (): void => void (narrow.value = !wide.matches);
  wide.addEventListener("change", changed);
  onScopeDispose(() => wide.removeEventListener("change", changed));
  return narrow;
}
