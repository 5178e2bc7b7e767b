// A page's words in its language, and texts of the engine in it.
import { computed, watchEffect, type ComputedRef } from "vue";
import { locale } from "./locale";
import type { Locale } from "./model/time";
import type { Texts } from "./types";

/** A text of the packs or the engine, in the page's language. */
export const say = (texts: Texts): string => texts[locale.value];

/** A page's own words, from its catalogues. */
export const speaking = <W>(tables: Record<Locale, W>): ComputedRef<W> => computed(() => tables[locale.value]);

/** Keeps the document's language and title in step. */
export function followLanguage(words: ComputedRef<{ page: { title: string } }>): void {
  watchEffect(() => {
    document.documentElement.lang = locale.value;
    document.title = words.value.page.title;
  });
}
