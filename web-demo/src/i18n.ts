// The page's words in its language, and two ways to get texts in it.
import { computed, watchEffect, type ComputedRef } from "vue";
import { locale } from "./locale";
import { en } from "./messages/en";
import { zhCN } from "./messages/zh-CN";
import type { Locale } from "./model/time";
import type { Texts } from "./types";

export { locale, setLocale } from "./locale";

export type Messages = typeof zhCN;

const tables: Record<Locale, Messages> = { "zh-CN": zhCN, en };

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
