// What was decided: plain data and its look-up. Nothing is decided here, and nothing needs to be freed.
import type { Card, CardPart, Cause, Decision, OutcomeJson, Presence, Problem, Role, Segment, Texts } from "../generated/data.js";
import { LongmaError, failure, shown } from "./problems.js";
import { read, seconds, write, type Time } from "./time.js";

/** A decision at one instant. */
export interface Status {
  /** The instant asked for. */
  at: string;
  /** A level of the decision's scale, or `unknown` where it cannot be known. */
  level: string;
  /** The level in words; null where it is not known. */
  words: Texts | null;
  /** The tone to show it in; `grey` where it is not known. */
  tone: string;
  /** Where the level is unknown: the highest level that is certain, if any. */
  at_least: string | null;
  /** Since when the level has been this one; null for ever. */
  since: string | null;
  /** The first instant of another level; null if none comes. */
  until: string | null;
  /** What comes then. */
  next: { at: string; level: string } | null;
  /** Every active cause, highest level first. */
  why: Cause[];
  /** What keeps the level from being known. */
  problems: Problem[];
  /** The packs in force, own first, then what they inherit; empty where none is. */
  packs: string[];
}

/** The status of each decision, by name. */
export type Statuses<D extends string> = { [K in D]: Status };

/** A change of a level. */
export interface Change<D extends string> {
  at: string;
  decision: D;
  from: string;
  to: string;
}

/** An outcome as plain data, for `postMessage`, `setData` and storage. `outcomeOf` looks up in it again. */
export interface OutcomeData {
  /** Everything that was decided, as the native engine writes it. */
  outcome: OutcomeJson;
  /** The number of the offset at which instants are written: minutes, if it is fixed. */
  offset: number;
  /** The decisions by role, each list in display order. */
  roles: Record<Role, string[]>;
}

/** Looks up in an outcome. */
export class Lookup<D extends string = string> {
  readonly #data: OutcomeData;
  /** For each decision the second at which each segment begins. */
  readonly #begins = new Map<string, number[]>();

  constructor(data: OutcomeData) {
    this.#data = data;
  }

  /** The region whose rules were applied. */
  get region(): string {
    return this.#data.outcome.region;
  }

  /** The decisions, by name. */
  get decisions(): D[] {
    return Object.keys(this.#data.outcome.decisions) as D[];
  }

  /** The decisions by role, each list in display order. */
  get roles(): Record<Role, string[]> {
    return this.#data.roles;
  }

  /** What kept rules from deciding. */
  get problems(): readonly Problem[] {
    return this.#data.outcome.problems;
  }

  /** The stretches of a decision, earliest first. */
  timeline(decision: D): readonly Segment[] {
    return this.#decision(decision).timeline;
  }

  /** The facts that a decision ever rests on: the lists that its causes name, each once. */
  evidence(decision: D): readonly (readonly string[])[] {
    return this.#decision(decision).evidence;
  }

  /** The status of each decision at a time. */
  at(time: Time = Date.now()): Statuses<D> {
    const instant = seconds(time);
    const at = write(instant, this.#data.offset);
    const statuses = {} as Statuses<D>;
    for (const decision of this.decisions) statuses[decision] = this.#status(decision, instant, at);
    return statuses;
  }

  /** All changes of levels, earliest first, of one decision or of all. */
  changes(decision?: D): Change<D>[] {
    const changes: Change<D>[] = [];
    for (const name of decision === undefined ? this.decisions : [decision]) {
      let before: Segment | undefined;
      for (const segment of this.timeline(name)) {
        if (before !== undefined && segment.from !== null && !alike(before, segment)) {
          changes.push({ at: segment.from, decision: name, from: before.level, to: segment.level });
        }
        before = segment;
      }
    }
    return changes.sort((a, b) => read(a.at) - read(b.at));
  }

  /** When a level begins the next time after `after`; null if it does not. Without `decision`, in any that has it. */
  next(level: string, { after = Date.now(), decision }: { after?: Time | undefined; decision?: D | undefined } = {}): Change<D> | null {
    const levels = new Set<string>();
    for (const name of decision === undefined ? this.decisions : [decision]) {
      for (const { level } of this.#decision(name).levels) levels.add(level);
    }
    levels.add("unknown");
    if (!levels.has(level)) throw failure("level-other", { found: shown(level), known: [...levels].join(", ") });
    const from = seconds(after);
    return this.changes(decision).find((change) => change.to === level && read(change.at) > from) ?? null;
  }

  /** The first instant after `time` at which any level, cause or pack changes; null if none does. */
  changesAt(time: Time = Date.now()): string | null {
    const instant = seconds(time);
    let soonest: string | null = null;
    for (const decision of this.decisions) {
      const { until } = this.#segment(decision, instant).here;
      if (until !== null && (soonest === null || read(until) < read(soonest))) soonest = until;
    }
    return soonest;
  }

  /** Plain data. */
  toJSON(): OutcomeData {
    return this.#data;
  }

  #decision(decision: D): Decision {
    const { decisions } = this.#data.outcome;
    const found = Object.prototype.hasOwnProperty.call(decisions, decision) ? decisions[decision] : undefined;
    if (found === undefined) throw failure("decision-other", { found: shown(decision), known: this.decisions.join(", ") });
    return found;
  }

  #position(decision: D, instant: number): number {
    let begins = this.#begins.get(decision);
    if (begins === undefined) {
      begins = this.timeline(decision).map(({ from }) => (from === null ? -Infinity : read(from)));
      this.#begins.set(decision, begins);
    }
    let [low, high] = [0, begins.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((begins[middle] ?? Infinity) <= instant) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The stretch that holds an instant, and its position. */
  #segment(decision: D, instant: number): { here: Segment; position: number } {
    const position = this.#position(decision, instant);
    const here = this.timeline(decision)[position];
    if (here === undefined || (here.until !== null && read(here.until) <= instant)) {
      throw failure("time-window", { found: write(instant, this.#data.offset) });
    }
    return { here, position };
  }

  #status(decision: D, instant: number, at: string): Status {
    const { outcome } = this.#data;
    const segments = this.timeline(decision);
    const { here, position } = this.#segment(decision, instant);
    let [first, last] = [here, here];
    for (let near = position - 1; near >= 0; near--) {
      const before = segments[near] as Segment;
      if (!alike(before, here)) break;
      first = before;
    }
    let after: Segment | undefined;
    for (let near = position + 1; near < segments.length; near++) {
      after = segments[near] as Segment;
      if (!alike(after, here)) break;
      last = after;
      after = undefined;
    }
    const level = this.#decision(decision).levels.find((it) => it.level === here.level);
    return {
      at,
      level: here.level,
      words: level?.caption ?? null,
      tone: level?.colour ?? "grey",
      at_least: here.at_least,
      since: first.from,
      until: last.until,
      next: last.until === null || after === undefined ? null : { at: last.until, level: after.level },
      why: causesIn(this.#decision(decision), here),
      problems: outcome.problems.filter((_, index) => here.problems.includes(index)),
      packs: here.packs,
    };
  }
}

/** The causes that are active all through a stretch of a decision's timeline, highest level first. */
export function causesIn(decision: Decision, stretch: Pick<Segment, "from" | "until">): Cause[] {
  // Instants of one outcome are written alike, so that their order is that of the texts.
  const { from, until } = stretch;
  const active = decision.causes.filter(
    (cause) =>
      (cause.from === null || (from !== null && cause.from <= from)) && (cause.until === null || (until !== null && until <= cause.until)),
  );
  return active.map(({ rule, level, evidence, from, until }) => {
    const { rule: name, caption, release, source } = decision.rules[rule] as Decision["rules"][number];
    return { rule: name, level, caption, release, source, evidence: decision.evidence[evidence] as string[], from, until };
  });
}

const alike = (a: Segment, b: Segment): boolean => a.level === b.level && a.at_least === b.at_least;

/** Looks up in an outcome's plain data, such as a worker sent or a store kept. */
export function outcomeOf<D extends string = string>(data: OutcomeData): Lookup<D> {
  if (data?.outcome?.longma !== 2 || typeof data.outcome.decisions !== "object") throw failure("outcome-data", { found: shown(data) });
  return new Lookup<D>(data);
}

/**
 * What only the engine can do with an outcome.
 * @internal
 */
export interface Drawing {
  card(seconds: number): Card;
  present(venue: object | string, person: string, seconds: number, presence: Presence): object;
  verdict(seconds: number): CardPart | null;
}

/** How often the clock is looked at while watching, at least: it can be set, and a phone sleeps. */
const GLANCE = 60_000;

/** What the rules decide about one subject, for all instants, with the facts they were applied to. */
export class Outcome<D extends string = string> extends Lookup<D> {
  readonly #drawing: Drawing;

  /** @internal */
  constructor(data: OutcomeData, drawing: Drawing) {
    super(data);
    this.#drawing = drawing;
  }

  /** What a card shows, at a time or at the time of statuses. It is always of the facts that were decided about. */
  card(time: Time | Statuses<D> = Date.now()): Card {
    return this.#drawing.card(this.#within(timeOf(time)));
  }

  /** The facts of a venue with this person at its door. `person` is a pseudonym; nothing else about the person is passed on. */
  present(venue: object | string, person: string, time: Time = Date.now(), presence: Presence = "on_site"): object {
    return this.#drawing.present(venue, person, this.#within(time), presence);
  }

  /** For an outcome about a venue: what its rules say about the person at the door; null if they do not decide that. */
  verdict(time: Time = Date.now()): CardPart | null {
    return this.#drawing.verdict(this.#within(time));
  }

  /** Seconds, of a time that was decided about. */
  #within(time: Time): number {
    this.changesAt(time);
    return seconds(time);
  }

  /**
   * Calls `listener` now and at every change, also when the clock was set, until the function that it returns is called.
   * Once the clock is outside of the window that was decided about, `outside` is called instead and watching ends;
   * without `outside`, the error is thrown.
   */
  watch(
    listener: (statuses: Statuses<D>) => void,
    { clock = Date.now, outside }: { clock?: (() => number) | undefined; outside?: ((error: LongmaError) => void) | undefined } = {},
  ): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let [from, until] = [Infinity, -Infinity];
    let stopped = false;
    const stop = (): void => {
      stopped = true;
      if (timer !== undefined) clearTimeout(timer);
    };
    const tell = (now: number): void => {
      let statuses: Statuses<D>;
      try {
        statuses = this.at(now);
      } catch (error) {
        stop();
        if (outside === undefined || !(error instanceof LongmaError)) throw error;
        return outside(error);
      }
      const change = this.changesAt(now);
      [from, until] = [now, change === null ? Infinity : read(change) * 1000];
      listener(statuses);
    };
    const look = (): void => {
      const now = clock();
      try {
        if (now < from || now >= until) tell(now);
      } finally {
        // A listener that throws misses nothing that comes later.
        if (!stopped) timer = setTimeout(look, Math.max(0, Math.min(until - clock(), GLANCE)));
      }
    };
    try {
      look();
    } catch (error) {
      // Its caller gets no function to stop it with.
      stop();
      throw error;
    }
    return stop;
  }
}

/**
 * A time as it was given, or the one that statuses are of.
 * @internal
 */
export function timeOf<D extends string>(time: Time | Statuses<D>): Time {
  if (typeof time !== "object" || time === null || Object.prototype.toString.call(time) === "[object Date]") return time as Time;
  // What is neither is refused by whoever reads it.
  return Object.values<Partial<Status> | undefined>(time as Statuses<D>)[0]?.at ?? (time as unknown as Time);
}
