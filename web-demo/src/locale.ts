// The language that the pages speak: one reactive value, remembered on the device.
import { ref } from "vue";
import type { Locale } from "./model/time";

const KEY = "longma.language";

function remembered(): Locale {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEY);
  } catch {
    // Storage may be forbidden. Then every visit uses the browser's language.
  }
  if (kept === "zh-CN" || kept === "en") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

export const locale = ref<Locale>(remembered());

export function setLocale(to: Locale): void {
  locale.value = to;
  try {
    localStorage.setItem(KEY, to);
  } catch {
    // Storage may be forbidden. Then the choice lasts as long as the page.
  }
}
