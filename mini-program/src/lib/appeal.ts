// 纠错: what is decided and why, as a text to hand to people who can look into it.
import type { Card } from "longma-miniprogram";
import { now } from "./clock";
import { listed, plain, say } from "./i18n";
import type { State } from "./state";
import { stamp } from "./time";
import { levelView, nameOf, reasonViews } from "./views";

export function appealText(state: Readonly<State>, card: Card, decision: string, mine: string): string {
  const { lang } = state.settings;
  const { outcome, facts } = state;
  const status = outcome?.at(now())[decision];
  if (outcome === null || facts === null || status === undefined) return "";
  const line = (key: string, names: Record<string, string | number> = {}): string => say(lang, `appeal.${key}`, names);
  const lines = [
    line("head"),
    line("who", { name: card.holder.name, document: card.holder.document }),
    // With its year: the text is read later.
    line("when", { time: stamp(now(), 0, lang) }),
    line("level", { name: nameOf(outcome, decision)?.[lang] ?? decision, level: levelView(outcome, decision, status.level, lang).words }),
  ];
  reasonViews(outcome, decision, facts, now(), lang).forEach((reason, index) => {
    lines.push("", line("reason", { number: index + 1, caption: reason.caption }), line("span", { span: reason.span }), line("source", { source: reason.source }), line("rule", { rule: reason.rule }));
    const records = reason.records.map(({ title, lines: parts }) => `${title} (${listed(lang, parts.map(({ label, value }) => `${label} ${value}`.trim()))})`);
    if (records.length > 0) lines.push(line("rests", { records: listed(lang, records) }));
  });
  for (const { message } of status.problems) lines.push(line("unknown", { because: plain(lang, message[lang]) }));
  if (mine.trim() !== "") lines.push("", line("says", { text: mine.trim() }));
  return [...lines, "", line("asks")].join("\n");
}
