// The card as data for its component. What is shown is always the engine's answer for now.
import type { Card, CardPart, Outcome, Person } from "longma-miniprogram";
import * as clock from "./clock";
import { plain, say, type Lang } from "./i18n";
import { regionName } from "./regions";
import type { State } from "./state";
import { clockText, length, longDate, ms, stamp } from "./time";
import { nextText, partView, qrText, toneOf, type PartView } from "./views";

/** Which overlay is drawn how; what is not named here is told by its words alone. */
const DRAWN: Record<string, "frame" | "skin"> = { gold: "frame", skin: "skin" };

/** Colours for the QR code that a scanner reads on white. */
const INKS: Record<string, string> = { green: "#075c35", yellow: "#2b1e00", red: "#98101f", blue: "#184e68" };

export interface CardView {
  tone: string;
  frame: boolean;
  skin: boolean;
  title: string;
  region: string;
  overlays: { decision: string; words: string; tone: string }[];
  clock: string;
  date: string;
  level: string;
  atLeast: string;
  reason: string;
  state: string;
  next: { text: string; when: string; tone: string } | null;
  validity: string;
  validUntil: string;
  canRefresh: boolean;
  refreshText: string;
  name: string;
  document: string;
  label: string;
  qrLabel: string;
  qr: string;
  ink: string;
}

export function cardView(card: Card, outcome: Outcome, facts: Person, state: Readonly<State>): CardView {
  const { lang } = state.settings;
  const now = clock.now();
  const { face } = card;
  const level = face === null ? say(lang, "card.unknown") : face.words[lang];
  // With the time in doubt no level may be shown as the one of now.
  const doubt = state.clockBack;
  const shows = !doubt && (card.state === "valid" || card.state === "unknown");
  const tone = doubt ? "grey" : card.state === "unknown" ? "unknown" : toneOf(card.tone);
  const refresh = card.refresh_before === null ? null : ms(card.refresh_before);
  const pack = face === null ? undefined : outcome.at(now)[face.decision]?.packs[0];
  const stateWords = doubt ? say(lang, "card.timeInDoubt") : card.state_words[lang];
  const title = face === null ? say(lang, "card.name") : face.name[lang];
  return {
    tone,
    frame: !doubt && card.overlays.some(({ decision }) => DRAWN[decision] === "frame"),
    skin: !doubt && card.overlays.some(({ decision }) => DRAWN[decision] === "skin"),
    title,
    region: regionName(outcome.region, lang),
    overlays: doubt ? [] : card.overlays.map((part) => ({ decision: part.decision, words: part.words[lang], tone: toneOf(part.tone, part.level) })),
    clock: clockText(now),
    date: longDate(now, lang),
    // A code that may not be shown has no level on it; why it would have one is on the next page.
    level: shows ? level : "",
    atLeast: !shows || face?.at_least_words == null ? "" : say(lang, "card.atLeast", { level: face.at_least_words[lang] }),
    reason: shows ? reasonOf(face, lang) : "",
    state: stateWords,
    next: !shows || face === null ? null : nextText(outcome, face, now, lang),
    validity: !shows ? "" : refresh === null ? stateWords : say(lang, "card.valid", { left: length(refresh - now, lang) }),
    validUntil: refresh === null || !shows ? "" : say(lang, "card.until", { time: stamp(refresh, now, lang) }),
    canRefresh: !doubt,
    refreshText: say(lang, card.state === "not_issued" ? "card.apply" : "card.reapply"),
    name: card.holder.name,
    document: `${say(lang, `values.${facts.identity.document.type}`)} ${card.holder.document}`,
    label: shows ? say(lang, "card.label", { name: title, level, state: stateWords }) : `${title} ${stateWords}`,
    qrLabel: say(lang, "card.qrLabel", { level }),
    qr: shows ? qrText(card, pack) : "",
    ink: INKS[tone] ?? "#221d15",
  };
}

const reasonOf = (face: CardPart | null, lang: Lang): string => {
  if (face === null) return say(lang, "card.noRulesNow");
  return plain(lang, (face.level === "unknown" ? face.unknown_because[0] : face.reasons[0]?.caption)?.[lang] ?? "");
};

/** What stands beside the face: badges and duties, those that ask for something first. */
export function partsOf(card: Card, lang: Lang): { duties: PartView[]; badges: PartView[] } {
  const now = clock.now();
  const views = (parts: CardPart[]): PartView[] => parts.map((part) => partView(part, now, lang));
  return { duties: views(card.duties), badges: views(card.badges) };
}
