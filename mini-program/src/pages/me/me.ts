// 我的: who, where facts come from, how the app looks, and deleting everything.
import { now } from "../../lib/clock";
import { config } from "../../config";
import { say } from "../../lib/i18n";
import { definePage, goTapped, type Tap } from "../../lib/page";
import { cardNow, forget, moveSample, read, set } from "../../lib/state";
import { ms, stamp } from "../../lib/time";

definePage({
  texts: "me",
  ticks: true,
  view(state) {
    const { lang, large, motion } = state.settings;
    const card = cardNow();
    return {
      who: card === null ? null : { name: card.holder.name, document: card.holder.document },
      languages: [
        { value: "zh-CN", text: say(lang, "me.chinese"), on: lang === "zh-CN" },
        { value: "en", text: say(lang, "me.english"), on: lang === "en" },
      ],
      switches: [
        { name: "large", title: say(lang, "me.large"), text: say(lang, "me.largeText"), on: large, state: say(lang, large ? "me.on" : "me.off") },
        { name: "motion", title: say(lang, "me.motion"), text: say(lang, "me.motionText"), on: motion, state: say(lang, motion ? "me.on" : "me.off") },
      ],
      privacy: say(lang, "me.privacyText", { days: config.retainDays, visits: config.retainVisitDays }),
      sampleTime: state.holding.sample === undefined ? "" : stamp(now(), 0, lang),
      canStep: card?.changes_at != null,
      started: state.startedIn === null ? "" : say(lang, "me.started", { ms: state.startedIn }),
    };
  },
  language(event: Tap<{ value: "zh-CN" | "en" }>) {
    void set({ lang: event.currentTarget.dataset.value });
  },
  toggle(event: Tap<{ name: "large" | "motion" }>) {
    const { name } = event.currentTarget.dataset;
    void set({ [name]: !read().settings[name] });
  },
  step(event: Tap<{ by: string }>) {
    const { by } = event.currentTarget.dataset;
    const change = cardNow()?.changes_at;
    if (by === "change") void (change != null && moveSample(ms(change)));
    else void moveSample(now() + Number(by) * 3_600_000);
  },
  erase() {
    const { lang } = read().settings;
    wx.showModal({
      content: say(lang, "me.confirm"),
      confirmText: say(lang, "me.confirmYes"),
      cancelText: say(lang, "me.confirmNo"),
      success: ({ confirm }) => {
        if (confirm) void forget().then(() => wx.showToast({ title: say(lang, "me.erased"), icon: "none" }));
      },
    });
  },
  go: goTapped,
});
