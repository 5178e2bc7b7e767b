// The engine: takes rules, tables and facts, returns outcomes.
import type { Card, CardPart, FoundSite, PackInfo, Policy, Presence, Problem, Wallet } from "../generated/data.js";
import type { Answer, Device, DeviceEngine, DeviceOutcome, DeviceSites, Platform, Window } from "./device.js";
import { Outcome } from "./outcome.js";
import { LongmaError, because, failure, problem, shown, type Result } from "./problems.js";
import { seconds, type Time } from "./time.js";

/** Bytes, or a path or an address of them. */
export type Source = string | { readonly href: string } | ArrayBuffer | Uint8Array;

/** Facts: an object, JSON text, or its bytes in UTF-8. */
export type Facts = object | string | Uint8Array;

export interface EngineOptions<D extends string = string> {
  /** Compiled packs, as `longma bundle` writes them. */
  rules: Source;
  /** Reference tables as CSV, by name; null for one that cannot be had now: what needs it is then not known. */
  tables?: Record<string, string | null>;
  /** What this app asks; everything if left out. The tables that it needs must be given. */
  decisions?: readonly D[];
  /** The engine's WebAssembly: a path or an address, bytes, a module, or a function that instantiates it. */
  wasm?: unknown;
}

export interface DecideOptions<D extends string = string> {
  /** Whose rules apply, by GB/T 2260; else the region in the facts. */
  region?: string;
  /** What is asked; else what the engine was made for. */
  decisions?: readonly D[];
  /** The window that is decided about; all of time if left out. */
  from?: Time;
  until?: Time;
  /** When the facts arrived. Given, facts may be partly wrong: a section with an error counts as not known. */
  received?: Time;
}

/** The largest number of outcomes whose cards can be drawn without deciding again. */
const HELD = 16;

const DECIDE = ["region", "decisions", "from", "until", "received"];
const CREATE = ["rules", "tables", "decisions", "wasm"];

/** Makes an engine. */
export async function create<D extends string = string>(options: EngineOptions<D>, platform: Platform): Promise<Engine<D>> {
  known(options, CREATE);
  const [device, rules] = await Promise.all([platform.start(options.wasm), bytesOf(options.rules, platform)]);
  return new Engine(device, platform, rules, options);
}

/** An engine with its rules and tables. `createEngine` makes it. */
export class Engine<D extends string = string> {
  readonly #device: Device;
  readonly #platform: Platform;
  readonly #decisions: readonly D[] | undefined;
  #tables: Record<string, string | null>;
  /** The packs in force, to load again: an engine does not forget a table. */
  #rules: Uint8Array;
  #inner: DeviceEngine | undefined;
  /** Which rules and tables are meant; it grows with each that are taken over. */
  #edition = 0;
  #held: { outcome: object; inner: DeviceOutcome }[] = [];
  #updates: Promise<unknown> = Promise.resolve();

  /** @internal */
  constructor(device: Device, platform: Platform, rules: Uint8Array, { tables = {}, decisions }: EngineOptions<D>) {
    this.#device = device;
    this.#platform = platform;
    this.#decisions = decisions;
    this.#tables = { ...tables };
    this.#rules = rules.slice();
    this.#inner = this.#loaded(this.#rules, this.#tables);
  }

  /** Decides about one subject. */
  decide<A extends string = D>(facts: Facts, options: DecideOptions<A> = {}): Outcome<A> {
    known(options, DECIDE);
    const text = this.#text(facts);
    const edition = this.#edition;
    const evaluate = (): DeviceOutcome => this.#evaluate(text, options);
    const inner = evaluate();
    // Whoever changes the data that an outcome gives away does not change what is drawn.
    const data = { outcome: inner.value(), offset: inner.offset(), roles: inner.roles() };
    const held = (): DeviceOutcome => {
      const found = this.#held.find((it) => it.outcome === outcome);
      if (found !== undefined) return found.inner;
      if (this.#edition !== edition) throw failure("card-outdated");
      return this.#hold(outcome, evaluate());
    };
    const outcome: Outcome<A> = new Outcome<A>(data, {
      card: (at): Card => this.#call(() => held().card(at)).card,
      present: (venue, person, at, presence): object =>
        JSON.parse(this.#call(() => held().present(this.#text(venue), person, at, presence)).facts) as object,
      verdict: (at): CardPart | null => this.#call(() => held().verdict(at)).verdict,
    });
    this.#hold(outcome, inner);
    return outcome;
  }

  /** Like `decide`, and returns problems instead of throwing them. */
  tryDecide<A extends string = D>(facts: Facts, options: DecideOptions<A> = {}): Result<Outcome<A>> {
    try {
      return { ok: true, value: this.decide(facts, options) };
    } catch (error) {
      if (error instanceof LongmaError) return { ok: false, problems: error.problems };
      throw error;
    }
  }

  /** Finds what a schema cannot: a wrong check digit, a time in the future or before birth, a record given twice. */
  inspect(facts: Facts, received: Time = Date.now()): Problem[] {
    return this.#call((engine) => engine.inspect(this.#text(facts), seconds(received))).found;
  }

  /** The cards of a person and of dependants, each decided from their own facts alone. */
  wallet(holder: Facts, dependants: readonly Facts[], time: Time = Date.now()): Wallet {
    return this.#call((engine) => engine.wallet(this.#text(holder), dependants.map((facts) => this.#text(facts)), seconds(time))).wallet;
  }

  /** What is in force in a region, in the packs' words, and when it changes. */
  policy(region: string, time: Time = Date.now()): Policy {
    return this.#call((engine) => engine.policy(textOf("region", region), seconds(time))).policy;
  }

  /** The packs, by region and date. */
  packs(): PackInfo[] {
    return this.#run((engine) => engine.packs());
  }

  /** The reference tables that decisions read, each with the names of those decisions. */
  tables(decisions?: readonly string[]): Record<string, string[]> {
    return this.#run((engine) => engine.tablesRead(decisions === undefined ? undefined : [...decisions]));
  }

  /** Replaces a reference table, given as CSV, or takes it away, given null. If it has an error, the old one stays. */
  setTable(name: string, csv: string | null): void {
    const text = csv === null ? null : tableText(name, csv);
    const tables = { ...this.#tables, [name]: text };
    if (text !== null) this.#call((engine) => engine.addReference(name, text));
    else this.#replace(this.#rules, tables);
    this.#tables = tables;
    this.#edition += 1;
  }

  /** Takes over new rules. If they have an error, the old ones stay. Several updates follow each other in order. */
  update(rules: Source): Promise<void> {
    const updated = this.#updates.then(async () => {
      const bytes = (await bytesOf(rules, this.#platform)).slice();
      this.#replace(bytes, this.#tables);
      this.#rules = bytes;
      this.#edition += 1;
    });
    this.#updates = updated.then(undefined, () => undefined);
    return updated;
  }

  /** A person's facts with one more visit, for a venue's code that was scanned. */
  enter(facts: Facts, venue: string, time: Time = Date.now(), presence: Presence = "on_site"): object {
    return this.#document(() => this.#device.enter(this.#text(facts), textOf("venue", venue), seconds(time), presence));
  }

  /** A person's facts after leaving a venue. */
  leave(facts: Facts, venue: string, time: Time = Date.now()): object {
    return this.#document(() => this.#device.leave(this.#text(facts), textOf("venue", venue), seconds(time)));
  }

  /** A person's facts with a digest for every visit, to compare with a list that was published with this salt. */
  withDigests(facts: Facts, salt: string): object {
    return this.#document(() => this.#device.withDigests(this.#text(facts), textOf("salt", salt)));
  }

  /** The venue's code in the text that a camera read. */
  venueOf(scanned: string): string {
    return this.#call(() => this.#device.venueOf(textOf("scanned", scanned))).venue;
  }

  /** The text for a venue's QR code. */
  venueText(venue: string): string {
    return this.#run(() => this.#device.venueQrText(textOf("venue", venue)));
  }

  /** A text as a QR code in SVG, with a quiet zone. */
  qrSvg(text: string): string {
    return this.#call(() => this.#device.qrSvg(textOf("text", text))).svg;
  }

  /** A text as a QR code for a canvas: `1` is a dark module, row after row, without the quiet zone. */
  qrModules(text: string): { size: number; modules: string } {
    const { size, modules } = this.#call(() => this.#device.qrModules(textOf("text", text)));
    return { size, modules };
  }

  /** A list of sampling sites as CSV, and public holidays as days like `2022-07-08`. */
  sites(csv: string, holidays: readonly string[] = []): Sites {
    const { sites } = this.#call(() => this.#device.Sites.read(tableText("sites", csv), [...holidays]));
    return new Sites(sites, (work) => this.#run(() => answered(work())));
  }

  /** Gives the memory back. The engine can do nothing afterwards; outcomes can still be looked up in. */
  dispose(): void {
    for (const { inner } of this.#held) inner.free();
    this.#held = [];
    this.#inner?.free();
    this.#inner = undefined;
    this.#edition += 1;
  }

  #evaluate<A extends string>(facts: string, options: DecideOptions<A>): DeviceOutcome {
    const { region, received } = options;
    const asked: readonly string[] | undefined = options.decisions ?? this.#decisions;
    const decisions = asked === undefined ? undefined : asked.map((name) => textOf("decisions", name));
    if (options.decisions !== undefined) {
      this.#run((engine) => missing(engine, this.#tables, decisions));
    }
    const window: Window = {};
    if (options.from !== undefined) window.from = seconds(options.from);
    if (options.until !== undefined) window.until = seconds(options.until);
    const of = region === undefined ? undefined : textOf("region", region);
    return this.#call((engine) =>
      received === undefined
        ? engine.evaluate(facts, of, decisions, window)
        : engine.decide(facts, seconds(received), of, decisions, window),
    ).outcome;
  }

  #loaded(rules: Uint8Array, tables: Record<string, string | null>): DeviceEngine {
    const { engine } = guarded(() => answered(this.#device.Engine.load(rules)));
    try {
      missing(engine, tables, this.#decisions);
      for (const name of Object.keys(tables)) {
        const csv = tables[name] ?? null;
        if (csv !== null) guarded(() => answered(engine.addReference(name, tableText(name, csv))));
      }
      return engine;
    } catch (error) {
      engine.free();
      throw error;
    }
  }

  #replace(rules: Uint8Array, tables: Record<string, string | null>): void {
    const old = this.#engine();
    this.#inner = this.#loaded(rules, tables);
    old.free();
  }

  #hold(outcome: object, inner: DeviceOutcome): DeviceOutcome {
    this.#held.push({ outcome, inner });
    while (this.#held.length > HELD) this.#held.shift()?.inner.free();
    return inner;
  }

  #engine(): DeviceEngine {
    if (this.#inner === undefined) throw failure("engine-disposed");
    return this.#inner;
  }

  /** Facts as JSON text. */
  #text(facts: unknown): string {
    if (typeof facts === "string") return facts;
    const bytes = bytesIn(facts);
    if (bytes !== undefined) return this.#call(() => this.#device.utf8(bytes)).text;
    if (facts === null || typeof facts !== "object") throw failure("facts-kind", { found: shown(facts) });
    try {
      return JSON.stringify(facts);
    } catch (error) {
      throw failure("facts-kind", { found: because(error) });
    }
  }

  #run<T>(work: (engine: DeviceEngine) => T): T {
    const engine = this.#engine();
    return guarded(() => work(engine));
  }

  #call<T>(work: (engine: DeviceEngine) => Answer<T>): T {
    return this.#run((engine) => answered(work(engine)));
  }

  #document(work: () => Answer<{ facts: string }>): object {
    return JSON.parse(this.#call(work).facts) as object;
  }
}

/** Sampling sites that can be searched for the nearest. */
export class Sites {
  readonly #sites: DeviceSites;
  readonly #run: <T>(work: () => Answer<T>) => T;

  /** @internal */
  constructor(sites: DeviceSites, run: <T>(work: () => Answer<T>) => T) {
    this.#sites = sites;
    this.#run = run;
  }

  /** The sites nearest to a point in degrees, nearest first; without `open: false`, only those that are open. */
  nearest(
    { latitude, longitude }: { latitude: number | string; longitude: number | string },
    { time = Date.now(), open = true, count = 5 }: { time?: Time; open?: boolean; count?: number } = {},
  ): FoundSite[] {
    const degrees = (given: number | string): string => (typeof given === "number" ? given.toFixed(6) : textOf("degrees", given));
    const { found } = this.#run(() => this.#sites.nearest(degrees(latitude), degrees(longitude), seconds(time), open, count));
    return found;
  }
}

/** What the engine answered, or its problems as an error. */
function answered<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new LongmaError(answer.problems);
  return answer;
}

/** Runs something in WebAssembly. What it throws that is no answer means that it stopped. */
function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof LongmaError ? error : failure("engine-broken", { found: because(error) });
  }
}

/** Tells which tables decisions need that were neither given nor said to be absent. */
function missing(engine: DeviceEngine, tables: Record<string, string | null>, decisions?: readonly string[]): void {
  const read = engine.tablesRead(decisions === undefined ? undefined : [...decisions]);
  const absent = Object.keys(read).filter((table) => tables[table] === undefined);
  if (absent.length === 0) return;
  throw new LongmaError(absent.map((table) => problem("table-missing", { table, decisions: (read[table] ?? []).join(", ") })));
}

function tableText(table: string, csv: unknown): string {
  if (typeof csv !== "string") throw failure("table-text", { table, found: shown(csv) });
  return csv;
}

function textOf(option: string, value: unknown): string {
  if (typeof value !== "string") throw failure("option-kind", { option, found: shown(value), expected: "a text" });
  return value;
}

/** Refuses an option that a misspelling or an older version may have meant. */
function known(options: unknown, names: readonly string[]): void {
  if (options === null || typeof options !== "object") {
    throw failure("option-kind", { option: "options", found: shown(options), expected: `{ ${names.join(", ")} }` });
  }
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw failure("option-unknown", { found: name, known: names.join(", ") });
  }
}

/** The bytes of a view or a buffer. `instanceof` would miss those of another context, such as a mini-program's network gives. */
function bytesIn(value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]" ? new Uint8Array(value as ArrayBuffer) : undefined;
}

async function bytesOf(source: unknown, platform: Platform): Promise<Uint8Array> {
  const bytes = bytesIn(source);
  if (bytes !== undefined) return bytes;
  const path = typeof source === "string" ? source : (source as { href?: unknown } | null | undefined)?.href;
  if (typeof path !== "string") throw failure("rules-source", { found: shown(source) });
  try {
    return await platform.bytes(path);
  } catch (error) {
    throw error instanceof LongmaError ? error : failure("rules-source", { found: because(error) });
  }
}
