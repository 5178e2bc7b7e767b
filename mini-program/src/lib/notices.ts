// The notices of the state in words.
import { now } from "./clock";
import { say } from "./i18n";
import type { State } from "./state";
import { stamp } from "./time";

export interface NoticeView {
  name: string;
  text: string;
  tone: string;
  closes: boolean;
}

export function noticeViews(state: Readonly<State>): NoticeView[] {
  const { lang } = state.settings;
  const found: NoticeView[] = [];
  const { sample } = state.holding;
  if (sample !== undefined) {
    const text = say(lang, "notices.sample", { name: sample.name[lang], time: stamp(Date.parse(sample.at), 0, lang) });
    found.push({ name: "sample", text, tone: "blue", closes: false });
  }
  if (state.phase === "stopped") {
    const key = state.last === null ? "notices.stopped" : "notices.stoppedLast";
    const text = say(lang, key, { time: state.last === null ? "" : stamp(state.last.at, now(), lang) });
    found.push({ name: "stopped", text, tone: "unknown", closes: false });
  }
  if (state.clockBack) found.push({ name: "clockBack", text: say(lang, "notices.clockBack"), tone: "yellow", closes: false });
  for (const name of state.notices) found.push({ name, text: say(lang, `notices.${name}`), tone: "yellow", closes: true });
  return found;
}
