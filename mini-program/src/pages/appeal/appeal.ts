// 纠错: a text with reasons, rules and records, to be sent by the person.
import { config } from "../../config";
import { appealText } from "../../lib/appeal";
import { say } from "../../lib/i18n";
import { definePage, type PageThis, type Tap } from "../../lib/page";
import { cardNow, read } from "../../lib/state";

definePage({
  texts: "appeal",
  input: { name: "", mine: "" },
  onLoad(this: PageThis, query) {
    this.input = { ...this.input, name: query["name"] ?? "" };
  },
  view(state, input) {
    const card = cardNow();
    const decision = (input["name"] as string) || card?.face?.decision || "";
    const text = card === null || state.clockBack ? "" : appealText(state, card, decision, input["mine"] as string);
    return { text, call: say(state.settings.lang, "appeal.call", { number: config.hotline }) };
  },
  typed(this: PageThis, event: Tap<object, { value: string }>) {
    this.choose({ mine: event.detail.value });
  },
  copy(this: PageThis) {
    const { lang } = read().settings;
    wx.setClipboardData({ data: this.data["text"] as string, success: () => wx.showToast({ title: say(lang, "appeal.copied"), icon: "none" }) });
  },
  phone() {
    wx.makePhoneCall({ phoneNumber: config.hotline });
  },
});
