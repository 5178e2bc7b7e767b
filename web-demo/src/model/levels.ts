// How a level looks: its words, its tone, and the tone's shape and pattern. Colour is never the only sign.
import { messages, say } from "../i18n";
import type { Decision } from "../types";

/** The tones that packs may name. `Tone` adds `unknown`, for the core's own level. */
const TONES = ["green", "yellow", "red", "gold", "grey", "blue"] as const;
export type Tone = (typeof TONES)[number] | "unknown";

export const UNKNOWN = "unknown";

/** The tone that the engine names; grey if there is no such tone. */
export const toneNamed = (name: string | undefined): Tone => TONES.find((tone) => tone === name) ?? "grey";

export function toneOf(decision: Decision, level: string): Tone {
  if (level === UNKNOWN) return "unknown";
  return toneNamed(decision.levels.find((one) => one.level === level)?.colour);
}

/** The level in words, in the page's language. */
export function levelText(decision: Decision, level: string): string {
  if (level === UNKNOWN) return messages.value.card.unknown;
  const found = decision.levels.find((one) => one.level === level);
  return found === undefined ? level : say(found.caption);
}
