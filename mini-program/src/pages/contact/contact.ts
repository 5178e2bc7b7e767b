// 密接自查: a published list of digests, compared with the visits on this phone. Nothing is sent.
import { now } from "../../lib/clock";
import { say } from "../../lib/i18n";
import { noticeViews } from "../../lib/notices";
import { definePage, type PageThis } from "../../lib/page";
import { read, setTable } from "../../lib/state";
import { stamp } from "../../lib/time";
import { levelView, nameOf, reasonViews } from "../../lib/views";
import { table } from "../../sources/tables";

definePage({
  texts: "contact",
  ticks: true,
  input: { at: null, rows: 0, problem: "" },
  view(state, input) {
    const { lang } = state.settings;
    const { outcome, engine } = state;
    const decision = engine?.tables()["exposures"]?.[0];
    const visits = state.facts?.visits ?? [];
    const checked = input["at"] as number | null;
    const shared = {
      notices: noticeViews(state).filter(({ closes }) => !closes),
      problem: input["problem"],
      checked: checked === null ? "" : say(lang, "contact.checked", { time: stamp(checked, now(), lang), rows: input["rows"] as number, visits: visits.length }),
      blind: visits.length === 0,
      action: say(lang, checked === null ? "contact.run" : "contact.again"),
    };
    const status = decision === undefined || outcome === null ? undefined : outcome.at(now())[decision];
    if (checked === null || status === undefined || decision === undefined || outcome === null) return { ...shared, head: null, reasons: [] };
    const found = levelView(outcome, decision, status.level, lang);
    // Nothing is said of visits that are not there.
    const head = visits.length === 0 && found.tone !== "red" ? null : { ...found, name: nameOf(outcome, decision)?.[lang] ?? "" };
    return { ...shared, head, reasons: reasonViews(outcome, decision, state.facts, now(), lang) };
  },
  async run(this: PageThis) {
    const { lang } = read().settings;
    const csv = await table("exposures").catch(() => null);
    const problems = csv === null ? [] : setTable("exposures", csv);
    const problem = csv === null ? say(lang, "contact.failed") : (problems[0]?.message[lang] ?? "");
    const rows = csv === null ? 0 : csv.split("\n").filter((line) => line.trim() !== "").length - 1;
    this.choose({ at: now(), rows, problem });
  },
});
