// 亮码: the card for now.
import { cardView, partsOf } from "../../lib/card";
import { say } from "../../lib/i18n";
import { noticeViews } from "../../lib/notices";
import { inForce } from "../../lib/policy";
import { now } from "../../lib/clock";
import { definePage, go, goTapped, type PageThis, type Tap } from "../../lib/page";
import { stamp } from "../../lib/time";
import { announce, cardNow, dismiss, read, reissue } from "../../lib/state";

/** The brightness to go back to. */
let before: number | null = null;
/** Whether the page is seen now: an answer of the platform may come after it was left. */
let seen = false;

const captured = (): void => announce("captured");

definePage({
  texts: "code",
  ticks: true,
  view(state) {
    const { lang, large, motion } = state.settings;
    const card = cardNow();
    const shared = { notices: noticeViews(state), close: say(lang, "notices.close"), moves: motion, large };
    const last = state.phase === "stopped" && state.last !== null ? state.last : null;
    if (card === null || state.outcome === null || state.facts === null) {
      const wrong = state.problems.map(({ message }) => message[lang]);
      return { ...shared, card: null, parts: null, last: last === null ? null : { words: last.level[lang], time: stamp(last.at, 0, lang) }, wrong, none: state.phase === "ready" && wrong.length === 0 };
    }
    const { duties, badges } = state.clockBack ? { duties: [], badges: [] } : partsOf(card, lang);
    const unknown = state.clockBack ? "" : card.not_known.map((it) => it[lang]).join(lang === "en" ? ", " : "、");
    const shownCard = cardView(card, state.outcome, state.facts, state);
    return {
      ...shared,
      card: shownCard,
      qr: shownCard.qr,
      ink: shownCard.ink,
      duties,
      badges,
      unknown: unknown === "" ? "" : say(lang, "code.unknown", { names: unknown }),
      venues: inForce(state, now()).some(({ roles }) => roles.indexOf("admission") >= 0),
      last: null,
      wrong: [],
      none: false,
    };
  },
  onShow() {
    seen = true;
    wx.getScreenBrightness({
      success: ({ value }) => {
        if (!seen) return;
        before ??= value;
        wx.setScreenBrightness({ value: 1 });
      },
    });
    wx.setKeepScreenOn({ keepScreenOn: true });
    wx.onUserCaptureScreen(captured);
  },
  onHide() {
    seen = false;
    if (before !== null) wx.setScreenBrightness({ value: before });
    before = null;
    wx.setKeepScreenOn({ keepScreenOn: false });
    wx.offUserCaptureScreen();
  },
  async refresh() {
    await reissue();
    wx.showToast({ title: say(read().settings.lang, "code.refreshed"), icon: "none" });
  },
  dismissed(event: Tap<object, { name: string }>) {
    dismiss(event.detail.name);
  },
  open(event: Tap<{ decision: string }>) {
    go(`/pages/decision/decision?name=${event.currentTarget.dataset.decision}`);
  },
  why(this: PageThis) {
    go("/pages/why/why");
  },
  go: goTapped,
});
