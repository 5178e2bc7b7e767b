// 电子健康卡: the card to show at a hospital, and where to be seen by the rules in force.
import { config } from "../../config";
import { now } from "../../lib/clock";
import { say } from "../../lib/i18n";
import { noticeViews } from "../../lib/notices";
import { definePage, go, goTapped } from "../../lib/page";
import { cardNow } from "../../lib/state";
import { partView } from "../../lib/views";

definePage({
  texts: "care",
  ticks: true,
  view(state) {
    const { lang } = state.settings;
    const at = now();
    const card = cardNow();
    const part = card === null ? undefined : [...card.duties, ...card.badges].find(({ decision }) => decision === config.care);
    return {
      notices: noticeViews(state).filter(({ closes }) => !closes),
      holder: card === null ? null : { name: card.holder.name, document: card.holder.document, number: card.holder.health_card },
      route: part === undefined ? null : partView(part, at, lang),
      reasons: part === undefined ? [] : part.reasons.map(({ caption, release }, index) => ({ key: String(index), caption: caption[lang], release: release[lang] })),
      duties: card === null ? [] : card.duties.filter(({ decision, tone }) => decision !== config.care && (tone === "yellow" || tone === "red")).map((it) => partView(it, at, lang)),
      call: say(lang, "care.call", { number: config.hotline }),
    };
  },
  phone() {
    wx.makePhoneCall({ phoneNumber: config.hotline });
  },
  why() {
    go(`/pages/decision/decision?name=${config.care}`);
  },
  go: goTapped,
});
