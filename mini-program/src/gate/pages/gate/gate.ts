// 闸口核验: what the gate says about a code, in words, shape and colour, and what the gate itself is made of.
import { now } from "../../../lib/clock";
import { say, type Lang } from "../../../lib/i18n";
import { noticeViews } from "../../../lib/notices";
import { definePage, type PageThis, type Tap } from "../../../lib/page";
import { read } from "../../../lib/state";
import { clockText, length, longDate, ms, stamp } from "../../../lib/time";
import type { GateAnswer, GateState } from "../../engine";
import { counts, current, decide, refresh, stateOf, WORDS, type Standing, type Word } from "../../session";

/** How often documents are fetched again while the page is seen, in milliseconds. */
const AGAIN = 5 * 60_000;
/** Circle with a tick, triangle, octagon: the shapes of these tones. */
const TONES: Record<Word, string> = { admit: "green", check: "yellow", deny: "red" };

let timer = 0;

/** Whether the clock that is shown is a sample's, by which nobody may be admitted. */
const isSample = (): boolean => read().holding.sample !== undefined;

function answerView({ word, words, why, holder, face, signed_now }: GateAnswer, lang: Lang): object {
  return {
    word,
    tone: TONES[word],
    words: words[lang],
    why: why.map(({ words: reason, help }) => ({ words: reason[lang], help: help === null ? "" : say(lang, "gate.help", { text: help[lang] }) })),
    holder: holder === null ? "" : `${holder.name} ${holder.document}`,
    signed: holder === null ? "" : say(lang, signed_now ? "gate.signed" : "gate.copy"),
    face: face === null ? null : { tone: face.level === "unknown" ? "unknown" : face.tone, words: face.words[lang] },
  };
}

function rows(state: GateState, at: number, lang: Lang): object[] {
  const until = (time: string): string => say(lang, ms(time) <= at ? "gate.expired" : "gate.until", { time: stamp(ms(time), at, lang) });
  const { list_issued: issued, list_until: ends } = state;
  const list = issued === null || ends === null ? say(lang, "gate.noList") : `${say(lang, "gate.age", { time: stamp(ms(issued), at, lang), length: length(at - ms(issued), lang) })} ${until(ends)}`;
  return [
    { key: say(lang, "gate.clock"), value: `${clockText(at)} ${longDate(at, lang)}` },
    { key: say(lang, "gate.release"), value: `${state.release} ${until(state.until)}` },
    { key: say(lang, "gate.list"), value: list },
  ];
}

function warnings(state: GateState | undefined, { kept, keeps, refused }: Standing, at: number): string[] {
  const found: [string, boolean][] = [
    ["listMissing", state?.list_missing === true],
    ["behind", state !== undefined && state.list_issued !== null && at < ms(state.list_issued)],
    ["kept", state !== undefined && kept],
    ["notKept", !keeps],
    ["someRefused", state !== undefined && refused.length > 0],
  ];
  return found.filter(([, holds]) => holds).map(([name]) => name);
}

function feel(word: Word): void {
  if (word === "admit") wx.vibrateShort({ type: "heavy" });
  else wx.vibrateLong({});
}

async function bring(page: PageThis, code: string): Promise<void> {
  if (isSample() || code.trim() === "") return;
  const answer = await decide(code);
  if (answer === undefined) return;
  page.choose({ answer, text: "", standing: current() });
  feel(answer.word);
}

async function look(page: PageThis): Promise<void> {
  if (isSample()) return;
  await refresh();
  page.choose({ standing: current() });
}

definePage({
  texts: "gate",
  ticks: true,
  input: { standing: null, answer: null, text: "" },
  view(state, input) {
    const { lang } = state.settings;
    const at = now();
    const standing = input["standing"] as Standing | null;
    const answer = input["answer"] as GateAnswer | null;
    const blocked = isSample();
    const gate = standing?.ready === true && !blocked ? stateOf() : undefined;
    const { lack, refused } = standing ?? { refused: [] };
    const counted = counts();
    return {
      notices: noticeViews(state).filter(({ name }) => name === "clockBack" || name === "serverTime"),
      open: gate !== undefined,
      starting: standing === null && !blocked,
      lack: blocked ? say(lang, "gate.sample") : lack === undefined ? "" : say(lang, `gate.${lack.what}`, { detail: lack.detail }),
      retry: !blocked && lack !== undefined && lack.what !== "nothing",
      refused: refused.map(({ file, problems }) => ({ file: file === "" ? say(lang, "gate.release") : file, words: problems.map(({ message }) => message[lang]).join(" ") })),
      answer: answer === null || gate === undefined ? null : answerView(answer, lang),
      warnings: standing === null ? [] : warnings(gate, standing, at).map((name) => ({ name, text: say(lang, `gate.${name}`) })),
      counts: WORDS.map((word) => ({ word, tone: TONES[word], name: say(lang, `gate.${word}`), count: counted[word] })),
      rows: gate === undefined ? [] : rows(gate, at, lang),
      text: input["text"],
      action: say(lang, answer === null ? "gate.scan" : "gate.next"),
    };
  },
  onShow(this: PageThis) {
    void look(this);
    timer = setInterval(() => void look(this), AGAIN) as unknown as number;
  },
  onHide(this: PageThis) {
    clearInterval(timer);
    // Whose code it was is nobody's business later.
    this.input = { ...this.input, answer: null };
  },
  scan(this: PageThis) {
    wx.scanCode({ onlyFromCamera: true, scanType: ["qrCode"], success: ({ result }) => void bring(this, result) });
  },
  type(this: PageThis, event: Tap<object, { value: string }>) {
    this.choose({ text: event.detail.value });
  },
  submit(this: PageThis) {
    void bring(this, this.input["text"] as string);
  },
  again(this: PageThis) {
    void look(this);
  },
});
