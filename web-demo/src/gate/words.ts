// The gate page's words in its language.
import { computed, watchEffect, type ComputedRef } from "vue";
import { locale } from "../locale";
import type { Locale } from "../model/time";
import type { Texts } from "../types";
import { en } from "./messages/en";
import { zhCN } from "./messages/zh-CN";

export type Words = typeof zhCN;

const tables: Record<Locale, Words> = { "zh-CN": zhCN, en };

export const words: ComputedRef<Words> = computed(() => tables[locale.value]);

/** A text of the engine in the page's language. */
export const say = (texts: Texts): string => texts[locale.value];

/** Keeps the document's language and title in step. */
export function followLanguage(): void {
  watchEffect(() => {
    document.documentElement.lang = locale.value;
    document.title = words.value.page.title;
  });
}
