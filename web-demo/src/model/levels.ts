// How a level looks: its words, its tone, and the tone's shape and pattern. Colour is never the only sign.
import { messages, say } from "../i18n";
import type { Decision } from "../types";
import { toneNamed, UNKNOWN, type Tone } from "./tones";

export { UNKNOWN, toneNamed, type Tone };

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
