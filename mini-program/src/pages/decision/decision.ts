// One decision, whichever the packs have: tests, vaccination, itinerary, arrival and all that come. Nothing on this
// page knows one of them by name.
import { now } from "../../lib/clock";
import { plain, say } from "../../lib/i18n";
import { noticeViews } from "../../lib/notices";
import { definePage, goTapped, type PageThis } from "../../lib/page";
import { recordView, type RecordView } from "../../lib/records";
import { cardNow } from "../../lib/state";
import { length, ms, stamp } from "../../lib/time";
import { bandsView, changeViews, distinct, levelView, nameOf, reasonViews } from "../../lib/views";
import type { Outcome, Person } from "longma-miniprogram";
import type { Lang } from "../../lib/i18n";

/** The person's records of the sections that this decision has ever rested on. */
function recordsOf(outcome: Outcome, decision: string, facts: Person | null, at: number, lang: Lang): RecordView[] {
  const sections: string[] = [];
  for (const evidence of outcome.evidence(decision)) {
    for (const pointer of evidence) {
      const section = pointer.split("/")[1] ?? "";
      if (pointer.startsWith("/") && sections.indexOf(section) < 0) sections.push(section);
    }
  }
  const found: RecordView[] = [];
  for (const section of sections) {
    const list = (facts as unknown as Record<string, unknown> | null)?.[section];
    if (Array.isArray(list)) list.forEach((record, index) => found.push(recordView(section, index, record as Record<string, unknown>, at, lang)));
  }
  return found.reverse();
}

definePage({
  texts: "decision",
  ticks: true,
  input: { name: "" },
  onLoad(this: PageThis, query) {
    this.input = { name: query["name"] ?? "" };
  },
  view(state, input) {
    const { lang } = state.settings;
    const { outcome } = state;
    const decision = input["name"] as string;
    const card = cardNow();
    const shared = { notices: noticeViews(state).filter(({ closes }) => !closes) };
    if (outcome === null || card === null || outcome.decisions.indexOf(decision) < 0) return { ...shared, head: null, none: state.phase === "ready" };
    const at = now();
    const status = outcome.at(at)[decision];
    if (status === undefined) return { ...shared, head: null, none: true };
    const { words, tone } = levelView(outcome, decision, status.level, lang);
    const until = status.until === null ? null : ms(status.until);
    const least = status.at_least === null ? "" : say(lang, "card.atLeast", { level: levelView(outcome, decision, status.at_least, lang).words });
    const near = until !== null && until - at < 60 * 86_400_000;
    return {
      ...shared,
      none: false,
      name: nameOf(outcome, decision)?.[lang] ?? decision,
      head: {
        words,
        tone,
        least,
        left: near && until !== null ? length(until - at, lang) : "",
        until: until === null ? "" : say(lang, "decision.until", { time: stamp(until, at, lang) }),
        label: [nameOf(outcome, decision)?.[lang], words, least].filter(Boolean).join(" "),
      },
      changes: changeViews(outcome, decision, at, lang),
      reasons: reasonViews(outcome, decision, state.facts, at, lang),
      unknown: status.level === "unknown" ? distinct(status.problems.map(({ message }) => plain(lang, message[lang]))) : [],
      bands: bandsView(outcome, [decision], at, lang),
      records: recordsOf(outcome, decision, state.facts, at, lang),
      // The sampling sites help where a test is what is missing.
      sites: decision === "tests" || decision === "duties",
      record: decision === "arrival" ? "arrivals" : outcome.roles.urgency.indexOf(decision) >= 0 ? "check_ins" : "",
    };
  },
  drawn(this: PageThis) {
    const name = this.data["name"] as string | undefined;
    if (name !== undefined && this.input["titled"] !== name) {
      this.input["titled"] = name;
      wx.setNavigationBarTitle({ title: name });
    }
  },
  go: goTapped,
});
