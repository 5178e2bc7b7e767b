// The tones that levels are shown in. Every tone has a shape of its own (`LevelMark`), so colour is never the only sign.

/** The tones that packs may name. `Tone` adds `unknown`, for the core's own level. */
const TONES = ["green", "yellow", "red", "gold", "grey", "blue"] as const;
export type Tone = (typeof TONES)[number] | "unknown";

export const UNKNOWN = "unknown";

/** The tone that the engine names; grey if there is no such tone. */
export const toneNamed = (name: string | undefined): Tone => TONES.find((tone) => tone === name) ?? "grey";
