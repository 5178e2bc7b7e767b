// 亲属代办: whose codes this person may hold, each decided from their own facts alone.
import { cardView } from "../../lib/card";
import { now } from "../../lib/clock";
import { say } from "../../lib/i18n";
import { noticeViews } from "../../lib/notices";
import { definePage, go, type PageThis, type Tap } from "../../lib/page";
import { addDependant, read } from "../../lib/state";
import { ms, stamp } from "../../lib/time";
import { walletAt } from "../../lib/wallet";

definePage({
  texts: "cards",
  ticks: true,
  input: { chosen: 0, text: "", adding: false, problems: [] },
  view(state, input) {
    const { lang, motion } = state.settings;
    const at = now();
    const held = walletAt(state, at);
    const shared = { notices: noticeViews(state).filter(({ closes }) => !closes), moves: motion, adding: input["adding"], problems: input["problems"] };
    if (held === null || state.facts === null) return { ...shared, people: [], card: null, nobody: say(lang, "cards.nobody") };
    const { wallet, outcomes } = held;
    const registered = (state.facts.dependants ?? []).filter(({ revoked_at }) => revoked_at === undefined || ms(revoked_at) > at).length;
    const chosen = Math.min(input["chosen"] as number, Math.max(0, wallet.dependants.length - 1));
    const one = wallet.dependants[chosen];
    // The document that the chosen card was made from, by the masked number that the engine shows.
    const from = outcomes.find(({ outcome }) => one !== undefined && outcome.card(at).holder.document === one.card.holder.document);
    const card = one === undefined || from === undefined ? null : cardView(one.card, from.outcome, from.facts, state);
    return {
      ...shared,
      people: wallet.dependants.map((it, index) => ({
        index: String(index),
        name: it.card.holder.name,
        relation: it.relation_words[lang],
        on: index === chosen,
      })),
      nobody: registered === 0 ? say(lang, "cards.nobody") : say(lang, "cards.noDocuments", { count: registered }),
      card,
      qr: card?.qr ?? "",
      ink: card?.ink ?? "",
      until: one === undefined ? "" : one.until === null ? say(lang, "cards.noUntil") : say(lang, "cards.until", { time: stamp(ms(one.until), at, lang) }),
      refused: wallet.refused.map(({ message }) => message[lang]),
      words: { clock: say(lang, "code.clock"), notSigned: say(lang, "code.notSigned"), refresh: say(lang, "code.refresh"), refreshLabel: say(lang, "code.refreshLabel") },
    };
  },
  pick(this: PageThis, event: Tap<{ index: string }>) {
    this.choose({ chosen: Number(event.currentTarget.dataset.index) });
  },
  add(this: PageThis) {
    this.choose({ adding: true });
  },
  typed(this: PageThis, event: Tap<object, { value: string }>) {
    this.choose({ text: event.detail.value });
  },
  async take(this: PageThis) {
    const { lang } = read().settings;
    const problems = await addDependant(this.input["text"] as string);
    this.choose({ problems: problems.map(({ message }) => message[lang]), adding: problems.length > 0, text: problems.length > 0 ? this.input["text"] : "" });
  },
  why() {
    const proxy = read().outcome?.roles.proxy[0];
    if (proxy !== undefined) go(`/pages/decision/decision?name=${proxy}`);
  },
});
