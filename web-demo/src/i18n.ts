// The page's language: one reactive value, remembered on the device, and two ways to get texts in it.
import { computed, ref, watchEffect, type ComputedRef } from "vue";
import { en } from "./messages/en";
import { zhCN } from "./messages/zh-CN";
import type { Locale } from "./model/time";
import type { Texts } from "./types";

export type Messages = typeof zhCN;

const KEY = "longma.language";
const tables: Record<Locale, Messages> = { "zh-CN": zhCN, en };

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

/** The page's own messages in its language. */
export const messages: ComputedRef<Messages> = computed(() => tables[locale.value]);

/** A text from the packs or the core, in the page's language. */
export const say = (texts: Texts): string => texts[locale.value];

/** Keeps the document's language and title in step. */
export function followLanguage(): void {
  watchEffect(() => {
    document.documentElement.lang = locale.value;
    document.title = messages.value.page.title;
  });
}
