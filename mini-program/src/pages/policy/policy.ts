// 政策: what is in force here, in the packs' own words, with the source of each rule, and what changed when.
import { now } from "../../lib/clock";
import { config } from "../../config";
import { say, type Lang } from "../../lib/i18n";
import { definePage, type PageThis, type Tap } from "../../lib/page";
import { policyAt, regionOf } from "../../lib/policy";
import { regionName } from "../../lib/regions";
import { dayText, ms, stamp } from "../../lib/time";
import { toneOf } from "../../lib/views";
import type { Engine, PackInfo } from "longma-miniprogram";

/** The packs that begin at a time, among those of this region and of the country. */
function beginning(engine: Engine, region: string, at: string): PackInfo[] {
  return engine.packs().filter(({ id, from }) => {
    const [prefix = ""] = id.split("/");
    return from !== null && ms(from) === ms(at) && (prefix === "cn" || region.startsWith(prefix));
  });
}

const dates = ({ from, until }: PackInfo, at: number, lang: Lang): string =>
  [from === null ? "" : say(lang, "policy.from", { time: dayText(ms(from)) }), until === null ? "" : say(lang, "policy.until", { time: dayText(ms(until)) })].filter(Boolean).join(" · ") || stamp(at, at, lang);

definePage({
  texts: "policy",
  input: { at: null, open: "code" },
  view(state, input) {
    const { lang } = state.settings;
    const { engine } = state;
    const at = (input["at"] as number | null) ?? now();
    const region = regionOf(state);
    const policy = policyAt(state, at, region);
    if (policy === null || engine === null) return { decisions: [], packs: [], changes: [], where: "" };
    const open = input["open"] as string;
    return {
      where: say(lang, "policy.at", { region: regionName(region, lang), time: stamp(at, now(), lang) }),
      day: dayText(at),
      isNow: input["at"] === null,
      decisions: policy.decisions.map(({ decision, name, subject, levels, rules }) => ({
        decision,
        name: name[lang],
        subject: say(lang, `policy.${subject}`),
        count: say(lang, "policy.rules", { count: rules.length }),
        open: open === decision,
        levels: levels.map((it) => ({ level: it.level, words: it.words[lang], tone: toneOf(it.tone) })),
        rules: open === decision ? rules.map(({ rule, caption, release, source }) => ({ rule, caption: caption[lang], release: release[lang], source: source[lang] })) : [],
      })),
      packs: policy.packs.map((pack) => ({ id: pack.id, title: pack.title[lang], dates: dates(pack, at, lang) })),
      changes: [...policy.changes].reverse().map((change) => ({
        at: change,
        day: dayText(ms(change)),
        titles: beginning(engine, region, change).map(({ id, title }) => ({ id, text: title[lang] })),
        on: ms(change) <= at,
      })),
    };
  },
  toggle(this: PageThis, event: Tap<{ decision: string }>) {
    const { decision } = event.currentTarget.dataset;
    this.choose({ open: this.input["open"] === decision ? "" : decision });
  },
  pick(this: PageThis, event: Tap<object, { value: string }>) {
    this.choose({ at: Date.parse(`${event.detail.value}T12:00:00Z`) - config.offset * 60_000 });
  },
  look(this: PageThis, event: Tap<{ at: string }>) {
    this.choose({ at: ms(event.currentTarget.dataset.at) });
  },
  today(this: PageThis) {
    this.choose({ at: null });
  },
});
