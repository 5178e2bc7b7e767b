// The one state of the app. Pages read it and call the functions below; nothing else changes it. Facts of the source
// and records made on this phone are kept apart and joined before deciding, so that a refresh loses neither.
import type { Card, Engine, Outcome, Person, Problem, Texts } from "longma-miniprogram";
import { LongmaError } from "longma-miniprogram";
import { config } from "../config";
import { SourceError, type Source } from "../sources/source";
import { serverTime } from "../sources/time";
import * as clock from "./clock";
import { engine as start } from "./engine";
import type { Lang } from "./i18n";
import * as store from "./store";
import { ms, rfc3339 } from "./time";

export interface Settings {
  lang: Lang;
  /** Large type for old people (长辈版): bigger, and fewer things on the card. */
  large: boolean;
  /** Whether the skin moves. The phone's own wish for less motion counts as well. */
  motion: boolean;
}

/** Sections that a person adds to on this phone. */
export type OwnSection = "issuance" | "visits" | "check_ins" | "arrivals";

/** What is kept of a person. */
interface Holding {
  /** The source's document, as text; empty if there is none. */
  source: string;
  identity?: Person["identity"];
  own: Partial<Record<OwnSection, object[]>>;
  /** Documents of dependants, as text. */
  dependants: string[];
  /** The sample that was chosen, with the instant to show it at. */
  sample?: { name: Texts; at: string };
  /** When anything of this last changed; the retention limit counts from here. */
  changed: number;
}

/** The last card, for a phone on which the engine does not start. */
export interface LastCard {
  level: Texts;
  at: number;
}

export interface State {
  phase: "starting" | "ready" | "stopped";
  settings: Settings;
  engine: Engine | null;
  outcome: Outcome | null;
  /** The facts that were decided about. */
  facts: Person | null;
  /** What is wrong with the facts. */
  problems: readonly Problem[];
  holding: Holding;
  /** True while the phone's clock shows a time before one that it already showed. */
  clockBack: boolean;
  /** Names in the catalogue's `notices` of what a person should know. */
  notices: string[];
  last: LastCard | null;
  /** Milliseconds from the app's start to the first card. */
  startedIn: number | null;
}

const empty = (): Holding => ({ source: "", own: {}, dependants: [], changed: 0 });

const state: State = {
  phase: "starting",
  settings: { lang: "zh-CN", large: false, motion: true },
  engine: null,
  outcome: null,
  facts: null,
  problems: [],
  holding: empty(),
  clockBack: false,
  notices: [],
  last: null,
  startedIn: null,
};

const listeners = new Set<() => void>();

export const read = (): Readonly<State> => state;

/** Calls `listener` at each change, until the function that it returns is called. */
export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** How many listeners there are: a page that leaves one behind is found by a test. */
export const listening = (): number => listeners.size;

function tell(): void {
  for (const listener of [...listeners]) listener();
}

/** Starts everything: what was kept, the clock, the engine. */
export async function begin(): Promise<void> {
  const began = Date.now();
  const [settings, holding, last, seen] = await Promise.all([
    store.load<Settings>("settings"),
    store.load<Holding>("facts"),
    store.load<LastCard>("last"),
    store.load<number>("seen"),
  ]);
  state.settings = { ...state.settings, lang: spoken(), ...settings };
  state.last = last ?? null;
  state.clockBack = clock.wentBack(seen ?? 0);
  if (holding !== undefined) adopt(holding);
  if (state.clockBack) await askTime();
  try {
    state.engine = await start();
    state.phase = "ready";
    decide();
  } catch (error) {
    state.phase = "stopped";
    state.problems = error instanceof LongmaError ? error.problems : [];
  }
  state.startedIn = Date.now() - began;
  tell();
}

function spoken(): Lang {
  return wx.getAppBaseInfo().language.startsWith("zh") ? "zh-CN" : "en";
}

/** Takes over what was kept, without what is too old to be kept. */
function adopt(holding: Holding): void {
  const day = 86_400_000;
  if (!state.clockBack && holding.changed > 0 && holding.changed + config.retainDays * day < Date.now()) {
    void store.forget();
    notice("expired", true);
    return;
  }
  state.holding = holding;
  clock.showFrom(holding.sample === undefined ? null : ms(holding.sample.at));
  const visits = holding.own.visits as { entered_at: string }[] | undefined;
  const oldest = clock.now() - config.retainVisitDays * day;
  if (visits !== undefined) holding.own.visits = visits.filter((visit) => ms(visit.entered_at) >= oldest);
}

/** Looks at the phone's clock, at most a write a minute. Called whenever a page ticks. */
let noted = 0;
export function lookAtClock(): void {
  const before = state.clockBack;
  state.clockBack = clock.wentBack();
  if (!state.clockBack && clock.highestSeen() - noted > 60_000) {
    noted = clock.highestSeen();
    void store.keep("seen", noted);
  }
  if (before === state.clockBack) return;
  tell();
  if (state.clockBack) void askTime().then(tell);
}

async function askTime(): Promise<void> {
  const server = await serverTime();
  if (server === undefined) return;
  clock.trust(server);
  state.clockBack = false;
  notice("serverTime", true);
}

/** The facts: the source's, with what was added on this phone. A section that neither gives stays unknown. */
function joined(): Person | null {
  const { source, identity, own } = state.holding;
  const given = source === "" ? null : (JSON.parse(source) as Person);
  const who = identity ?? given?.identity;
  if (who === undefined) return null;
  const facts = { ...given, subject: "person", identity: who } as Person & Record<string, unknown>;
  for (const section of Object.keys(own) as OwnSection[]) {
    const before = (given?.[section] ?? []) as object[];
    facts[section] = [...before, ...(own[section] ?? [])] as never;
  }
  return facts;
}

function decide(): void {
  const { engine } = state;
  if (engine === null) return;
  try {
    const facts = joined();
    state.facts = facts;
    state.outcome = facts === null ? null : engine.decide(digested(engine, facts), received());
    state.problems = [];
  } catch (error) {
    if (!(error instanceof LongmaError)) throw error;
    state.outcome = null;
    state.problems = error.problems;
  }
}

/** A sample is looked at before all of it happened; a real person's records of the future are errors. */
const received = (): { received?: number } => (state.holding.sample === undefined ? { received: clock.now() } : {});

/** Visits are compared with the published list by digests, which only this phone works out. */
function digested(engine: Engine, facts: Person): object {
  return facts.visits === undefined ? facts : engine.withDigests(facts, config.salt);
}

/** Decides again, keeps and tells. */
async function changed(): Promise<void> {
  state.holding.changed = Date.now();
  decide();
  tell();
  const refusal = await store.keep("facts", state.holding);
  notice("storage", refusal !== undefined);
  tell();
}

function notice(name: string, on: boolean): void {
  state.notices = state.notices.filter((it) => it !== name);
  if (on) state.notices = [...state.notices, name];
}

/** A person has read a notice. */
export function dismiss(name: string): void {
  notice(name, false);
  tell();
}

/** Says something for a person to read. */
export function announce(name: string): void {
  notice(name, true);
  tell();
}

/** Takes over the facts of a source; answers problems and takes nothing over if it is no document of a person. */
export async function takeFacts(source: Source): Promise<readonly Problem[] | SourceError["key"] | undefined> {
  const { engine } = state;
  let text: string;
  try {
    text = await source.read();
  } catch (error) {
    if (error instanceof SourceError) return error.key;
    throw error;
  }
  if (engine === null) return undefined;
  const found = engine.tryDecide(text, { received: clock.now() });
  if (!found.ok) return found.problems;
  const { identity } = JSON.parse(text) as Person;
  // Records made on this phone stay with their person and are never joined to another's.
  const { own, sample, dependants } = state.holding;
  const kept = sample === undefined && sameDocument(identity) ? own : {};
  state.holding = { ...empty(), dependants, own: kept, source: text };
  clock.showFrom(null);
  await changed();
  return undefined;
}

const sameDocument = (identity: Person["identity"]): boolean => {
  const known = state.facts?.identity.document;
  return known !== undefined && known.type === identity.document.type && known.number === identity.document.number;
};

/** Shows an invented person at the instant to look at. */
export async function chooseSample(sample: { name: Texts; at: string; facts: object }, dependants: object[] = []): Promise<void> {
  state.holding = {
    ...empty(),
    source: JSON.stringify(sample.facts),
    dependants: dependants.map((facts) => JSON.stringify(facts)),
    sample: { name: sample.name, at: sample.at },
  };
  clock.showFrom(ms(sample.at));
  await changed();
}

/** Moves the sample's clock. A real person's clock cannot be moved. */
export async function moveSample(at: number): Promise<void> {
  const { sample } = state.holding;
  if (sample === undefined) return;
  state.holding.sample = { ...sample, at: rfc3339(at) };
  clock.showFrom(at);
  await changed();
}

/** Takes over who the person is, and issues a code. */
export async function apply(identity: Person["identity"]): Promise<void> {
  if (!sameDocument(identity)) {
    state.holding = empty();
    clock.showFrom(null);
  }
  state.holding.identity = identity;
  await add("issuance", { issued_at: rfc3339(clock.now()), channel: "mini_program" });
}

/** Issues the code anew. */
export const reissue = (): Promise<void> => add("issuance", { issued_at: rfc3339(clock.now()), channel: "mini_program" });

/** Adds a record that was made on this phone. */
export async function add(section: OwnSection, record: object): Promise<void> {
  const { own } = state.holding;
  state.holding.own = { ...own, [section]: [...(own[section] ?? []), record] };
  await changed();
}

/** Takes over the visits that the engine wrote into a person's facts. */
export async function takeVisits(facts: object): Promise<void> {
  const given = state.holding.source === "" ? [] : ((JSON.parse(state.holding.source) as Person).visits ?? []);
  const keys = given.map(visitKey);
  const visits = ((facts as Person).visits ?? []).filter((visit) => keys.indexOf(visitKey(visit)) < 0);
  state.holding.own = { ...state.holding.own, visits: visits.map(({ digest: _, ...visit }) => visit) };
  await changed();
}

type Visit = NonNullable<Person["visits"]>[number];
const visitKey = ({ venue, entered_at, left_at }: Visit): string => [venue, entered_at, left_at].join("|");

/** Takes over a dependant's document; answers what is wrong with it. */
export async function addDependant(text: string): Promise<readonly Problem[]> {
  const found = state.engine?.tryDecide(text, { received: clock.now() });
  if (found === undefined) return [];
  if (!found.ok) return found.problems;
  state.holding.dependants = [...state.holding.dependants, text];
  await changed();
  return [];
}

/** Replaces a reference table and decides again; answers what is wrong with it. */
export function setTable(name: string, csv: string): readonly Problem[] {
  try {
    state.engine?.setTable(name, csv);
  } catch (error) {
    if (error instanceof LongmaError) return error.problems;
    throw error;
  }
  decide();
  tell();
  return [];
}

/** Takes over new rules. If they are cut off or of another version, the old ones stay and the problems are answered. */
export async function update(rules: ArrayBuffer | Uint8Array): Promise<readonly Problem[]> {
  try {
    await state.engine?.update(rules);
  } catch (error) {
    if (!(error instanceof LongmaError)) throw error;
    notice("rules", true);
    tell();
    return error.problems;
  }
  notice("rules", false);
  decide();
  tell();
  return [];
}

/** Deletes everything of the person from this phone. */
export async function forget(): Promise<void> {
  state.holding = empty();
  state.last = null;
  clock.showFrom(null);
  decide();
  tell();
  await store.forget();
}

export async function set(settings: Partial<Settings>): Promise<void> {
  state.settings = { ...state.settings, ...settings };
  tell();
  await store.keep("settings", state.settings);
}

let card: { outcome: Outcome; shown: Card; from: number; until: number } | null = null;

/** The card now. The engine draws it once between two changes; every other second is a look at the clock. */
export function cardNow(): Card | null {
  const { outcome } = state;
  if (outcome === null) return null;
  const at = clock.now();
  if (card === null || card.outcome !== outcome || at < card.from || at >= card.until) {
    const shown = outcome.card(at);
    card = { outcome, shown, from: at, until: shown.changes_at === null ? Infinity : ms(shown.changes_at) };
    if (shown.face !== null && !state.clockBack) {
      state.last = { level: shown.state === "valid" ? shown.face.words : shown.state_words, at };
      void store.keep("last", state.last);
    }
  }
  return card.shown;
}
