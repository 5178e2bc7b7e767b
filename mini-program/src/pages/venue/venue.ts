// 扫场所码: the visit is kept on the phone, the door is given the verdict only.
import { LongmaError, type CardPart, type Person } from "longma-miniprogram";
import { now } from "../../lib/clock";
import { say } from "../../lib/i18n";
import { definePage, type PageThis, type Tap } from "../../lib/page";
import { valueText } from "../../lib/records";
import { read, takeVisits } from "../../lib/state";
import { ms, stamp } from "../../lib/time";
import { partView } from "../../lib/views";
import { venueFacts } from "../../sources/venues";
import { venues } from "../../sources/samples";

type Presence = "on_site" | "forwarded";

interface Door {
  venue: string;
  name: string;
  at: number;
  verdict: CardPart | null;
  known: boolean;
}

/** A name for this visit alone: two doors cannot tell that it is the same person. */
function pseudonym(): Promise<string> {
  return new Promise((resolve) => {
    wx.getRandomValues({
      length: 16,
      success: ({ randomValues }) => resolve(Array.from(new Uint8Array(randomValues), (it) => it.toString(16)).join("")),
      fail: () => resolve(`visit-${now()}`),
    });
  });
}

async function register(page: PageThis, scanned: string, presence: Presence): Promise<void> {
  const { engine, outcome, facts } = read();
  if (engine === null || outcome === null || facts === null) return;
  const at = now();
  try {
    const venue = engine.venueOf(scanned);
    const document = await venueFacts(venue);
    const door: Door = { venue, name: venue, at, verdict: null, known: document !== null };
    if (document !== null) {
      const decided = engine.decide(outcome.present(document, await pseudonym(), at, presence));
      door.verdict = decided.verdict(at);
      door.name = (document as { identity: { name: string } }).identity.name;
    }
    await takeVisits(engine.enter(facts, venue, at, presence));
    page.choose({ door, problem: "" });
  } catch (error) {
    if (!(error instanceof LongmaError)) throw error;
    page.choose({ door: null, problem: error.problems[0]?.message[read().settings.lang] ?? say(read().settings.lang, "venue.notVenue") });
  }
}

definePage({
  texts: "venue",
  ticks: true,
  input: { text: "", door: null, problem: "", presence: "on_site" },
  view(state, input) {
    const { lang } = state.settings;
    const at = now();
    const door = input["door"] as Door | null;
    const verdict = door?.verdict == null ? null : partView(door.verdict, at, lang);
    const visits = [...((state.facts as Person | null)?.visits ?? [])].reverse();
    return {
      typed: input["text"],
      problem: input["problem"],
      presences: (["on_site", "forwarded"] as const).map((value) => ({ value, text: valueText(value, lang), on: input["presence"] === value })),
      door: door === null ? null : { name: door.name, entered: say(lang, "venue.entered", { time: stamp(door.at, at, lang) }), known: door.known },
      verdict,
      because: door?.verdict == null ? [] : [...door.verdict.reasons.map(({ caption, release }) => ({ caption: caption[lang], release: release[lang] })), ...door.verdict.unknown_because.map((it) => ({ caption: it[lang], release: "" }))],
      visits: visits.map((visit, index) => ({
        index: String(index),
        venue: visit.venue,
        name: venues.find(({ facts }) => facts.identity.code === visit.venue)?.facts.identity.name ?? visit.venue,
        when: [stamp(ms(visit.entered_at), at, lang), visit.left_at === undefined ? "" : stamp(ms(visit.left_at), at, lang)].filter(Boolean).join(" — "),
        presence: valueText(visit.presence, lang),
        open: visit.left_at === undefined && visit.presence === "on_site",
      })),
      samples: state.holding.sample === undefined ? [] : venues.map(({ facts }) => ({ code: facts.identity.code, name: facts.identity.name })),
    };
  },
  scan(this: PageThis) {
    wx.scanCode({
      onlyFromCamera: this.input["presence"] === "on_site",
      scanType: ["qrCode"],
      success: ({ result }) => void register(this, result, this.input["presence"] as Presence),
    });
  },
  type(this: PageThis, event: Tap<object, { value: string }>) {
    this.choose({ text: event.detail.value });
  },
  submit(this: PageThis) {
    const text = (this.input["text"] as string).trim();
    const { engine } = read();
    if (text !== "" && engine !== null) void register(this, text.includes(":") ? text : engine.venueText(text), this.input["presence"] as Presence);
  },
  sample(this: PageThis, event: Tap<{ code: string }>) {
    const { engine } = read();
    if (engine !== null) void register(this, engine.venueText(event.currentTarget.dataset.code), this.input["presence"] as Presence);
  },
  presence(this: PageThis, event: Tap<{ value: string }>) {
    this.choose({ presence: event.currentTarget.dataset.value });
  },
  async leave(event: Tap<{ venue: string }>) {
    const { engine, facts, settings } = read();
    if (engine === null || facts === null) return;
    await takeVisits(engine.leave(facts, event.currentTarget.dataset.venue, now()));
    wx.showToast({ title: say(settings.lang, "venue.left"), icon: "none" });
  },
});
