// 为什么: the reasons of the card's face, what comes when, what can be done, and all timelines.
import { now } from "../../lib/clock";
import { plain, say } from "../../lib/i18n";
import { noticeViews } from "../../lib/notices";
import { definePage, go, goTapped, type PageThis, type Tap } from "../../lib/page";
import { cardNow } from "../../lib/state";
import { ms, stamp } from "../../lib/time";
import { bandsView, changeViews, distinct, levelView, ordered, partView, reasonViews } from "../../lib/views";

definePage({
  texts: "why",
  ticks: true,
  input: { range: "0" },
  view(state, input) {
    const { lang } = state.settings;
    const { outcome } = state;
    const card = cardNow();
    const face = card?.face ?? null;
    const shared = { notices: noticeViews(state).filter(({ closes }) => !closes) };
    if (outcome === null || card === null || face === null) return { ...shared, head: null, noRules: card !== null, none: card === null && state.phase === "ready" };
    const at = now();
    const { words, tone } = levelView(outcome, face.decision, face.level, lang);
    const changes = changeViews(outcome, face.decision, at, lang);
    // Each way out once, though several reasons may name it.
    const ways = distinct(face.reasons.map(({ release }) => release[lang]));
    const duties = card.duties.map((part) => partView(part, at, lang)).filter((part) => ["yellow", "red"].indexOf(part.tone) >= 0);
    const range = input["range"] as string;
    return {
      ...shared,
      none: false,
      noRules: false,
      head: {
        name: face.name[lang],
        words,
        tone,
        since: face.since === null ? "" : say(lang, "why.since", { time: stamp(ms(face.since), at, lang) }),
        atLeast: face.at_least_words === null ? "" : say(lang, "card.atLeast", { level: face.at_least_words[lang] }),
      },
      changes,
      ways,
      duties,
      reasons: reasonViews(outcome, face.decision, state.facts, at, lang),
      unknown: distinct(face.unknown_because.map((it) => plain(lang, it[lang]))),
      bands: bandsView(outcome, ordered(outcome), at, lang, Number(range)),
      ranges: ["0", "7", "30", "365"].map((days) => ({ days, text: say(lang, `why.range${days}`), on: days === range })),
      appealPath: `/pages/appeal/appeal?name=${face.decision}`,
    };
  },
  range(this: PageThis, event: Tap<{ days: string }>) {
    this.choose({ range: event.currentTarget.dataset.days });
  },
  open(event: Tap<object, { decision: string }>) {
    go(`/pages/decision/decision?name=${event.detail.decision}`);
  },
  openPart(event: Tap<{ decision: string }>) {
    go(`/pages/decision/decision?name=${event.currentTarget.dataset.decision}`);
  },
  go: goTapped,
});
