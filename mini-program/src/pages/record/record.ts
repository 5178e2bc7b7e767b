// 健康打卡、自查上报、来甘上报: a record of one section of the schema, with what the rules say about it now.
import { LongmaError } from "longma-miniprogram";
import { now } from "../../lib/clock";
import { config } from "../../config";
import { changed, fieldsOf, missing, pathsOf, recordOf, type Values } from "../../lib/form";
import { listed, say } from "../../lib/i18n";
import { noticeViews } from "../../lib/notices";
import { definePage, type PageThis, type Tap } from "../../lib/page";
import { recordView } from "../../lib/records";
import { add, cardNow, read, type OwnSection } from "../../lib/state";
import { clockText, dayText, rfc3339 } from "../../lib/time";
import { partView } from "../../lib/views";

/** The time of the report, which the phone fills in, and what a form begins with. */
const SECTIONS: Record<string, { stamp: string; first: Values }> = {
  check_ins: { stamp: "at", first: {} },
  arrivals: { stamp: "reported_at", first: { "arrivals/0/province": "甘肃省", "arrivals/0/city": "兰州市" } },
};

const local = (at: number): string => `${dayText(at)} ${clockText(at).slice(0, 5)}`;

const sectionOf = (page: { input: Record<string, unknown> }): OwnSection => page.input["section"] as OwnSection;
const pathsFor = (section: string): string[] => pathsOf([section, "0"], [SECTIONS[section]?.stamp ?? ""]);

function first(section: string): Values {
  const values = { ...SECTIONS[section]?.first };
  if (section === "arrivals") values["arrivals/0/arrived_at"] = local(now());
  return values;
}

definePage({
  texts: "record",
  ticks: true,
  input: { section: "check_ins", values: null, tried: false, problems: {} },
  onLoad(this: PageThis, query) {
    this.input = { ...this.input, section: query["section"] === "arrivals" ? "arrivals" : "check_ins" };
  },
  view(state, input) {
    const { lang } = state.settings;
    const section = input["section"] as OwnSection;
    const at = now();
    const values = (input["values"] ?? first(section)) as Values;
    const fields = fieldsOf(pathsFor(section), values, input["problems"] as Record<string, string>, lang, dayText(at));
    const lacks = input["tried"] === true ? missing(fields) : [];
    const card = cardNow();
    const { outcome } = state;
    // What the record is for: deadlines of an arrival, advice on symptoms.
    const wanted = section === "arrivals" ? ["arrival"] : (outcome?.roles.urgency ?? []);
    const parts = card === null ? [] : card.duties.filter(({ decision }) => wanted.indexOf(decision) >= 0);
    const records = ((state.facts as unknown as Record<string, unknown> | null)?.[section] ?? []) as Record<string, unknown>[];
    return {
      notices: noticeViews(state).filter(({ closes }) => !closes),
      heading: say(lang, `record.${section}`),
      text: say(lang, `record.${section}Text`),
      fields,
      lacks: lacks.length === 0 ? "" : say(lang, "record.missing", { names: listed(lang, lacks) }),
      problem: (input["problems"] as Record<string, string>)[""] ?? "",
      advice: parts.map((part) => ({
        ...partView(part, at, lang),
        lines: part.reasons.map(({ caption, release, until }, index) => ({ key: String(index), caption: caption[lang], release: release[lang], until: until === null ? "" : partView({ ...part, until }, at, lang).until })),
      })),
      adviceTitle: say(lang, section === "arrivals" ? "record.deadlines" : "record.advice"),
      records: records.map((record, index) => recordView(section, index, record, at, lang)).reverse(),
      known: state.facts !== null,
    };
  },
  drawn(this: PageThis) {
    const heading = this.data["heading"] as string;
    if (this.input["titled"] === heading) return;
    this.input["titled"] = heading;
    wx.setNavigationBarTitle({ title: heading });
  },
  change(this: PageThis, event: Tap<object, { path: string; value: string | number }>) {
    const values = (this.input["values"] ?? first(sectionOf(this))) as Values;
    this.choose({ values: changed(values, event.detail.path, event.detail.value), problems: {} });
  },
  async submit(this: PageThis) {
    const section = sectionOf(this);
    const values = (this.input["values"] ?? first(section)) as Values;
    const { engine, facts, settings } = read();
    this.choose({ tried: true });
    const paths = pathsFor(section);
    if (engine === null || facts === null || missing(fieldsOf(paths, values, {}, settings.lang, "")).length > 0) return;
    const record = { ...recordOf(paths, values, 2), [SECTIONS[section]?.stamp ?? "at"]: rfc3339(now()) };
    const problems = faults(section, record);
    if (Object.keys(problems).length > 0) return this.choose({ problems });
    await add(section, record);
    this.choose({ values: null, tried: false, problems: {} });
    wx.showToast({ title: say(settings.lang, "record.done"), icon: "none" });
  },
});

/** What the engine finds wrong with a record, by the path of its field. */
function faults(section: OwnSection, record: object): Record<string, string> {
  const { engine, facts, settings } = read();
  const found: Record<string, string> = {};
  if (engine === null || facts === null) return found;
  try {
    engine.inspect({ subject: "person", identity: facts.identity, [section]: [record] }, now() + 1000 * 60 + config.clockTolerance).forEach(({ place, message, severity }) => {
      if (severity === "error" && place.kind === "facts" && place.pointer.startsWith(`/${section}`)) found[place.pointer.slice(1)] = message[settings.lang];
    });
  } catch (error) {
    if (!(error instanceof LongmaError)) throw error;
    for (const { place, message } of error.problems) found[place.kind === "facts" ? place.pointer.slice(1) : ""] = message[settings.lang];
  }
  return found;
}
