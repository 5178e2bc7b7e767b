// The engine: takes rules, tables and facts, returns outcomes.
import type { Card, CardPart, FoundSite, PackInfo, Policy, Presence, Problem, Wallet } from "../generated/data.js";
import type { Answer, Device, DeviceEngine, DeviceOutcome, DeviceSites, Platform, Window } from "./device.js";
import { Outcome } from "./outcome.js";
import { LongmaError, because, failure, problem, shown, words, type Names, type Result } from "./problems.js";
import { seconds, type Time } from "./time.js";

/** Bytes, or a path or an address of them. */
export type Source = string | { readonly href: string } | ArrayBuffer | Uint8Array;

/** Facts: an object, JSON text, or its bytes in UTF-8. */
export type Facts = object | string | ArrayBuffer | Uint8Array;

/** Reference tables as CSV, by name; null for one that cannot be had now. */
export type Tables = { readonly [name: string]: string | null };

export interface EngineOptions<D extends string = string> {
  /** Compiled packs, as `longma bundle` writes them. */
  rules: Source;
  /** Reference tables as CSV, by name; null for one that cannot be had now: what needs it is then not known. */
  tables?: Tables | undefined;
  /** What this app asks; everything if left out. The tables that it needs must be given. */
  decisions?: readonly D[] | undefined;
  /** The engine's WebAssembly: a path or an address, bytes, a module, or a function that instantiates it. */
  wasm?: unknown;
}

export interface DecideOptions<D extends string = string> {
  /** Whose rules apply, by GB/T 2260; else the region in the facts. */
  region?: string | undefined;
  /** What is asked; else what the engine was made for. */
  decisions?: readonly D[] | undefined;
  /** The window that is decided about; all of time if left out. */
  from?: Time | undefined;
  until?: Time | undefined;
  /** When the facts arrived. Given, facts may be partly wrong: a section with an error counts as not known. */
  received?: Time | undefined;
}

/** What is asked of the engine, in its own terms. */
interface Asked {
  region: string | undefined;
  decisions: string[] | undefined;
  window: Window;
  /** Seconds. */
  received: number | undefined;
}

/** The largest number of outcomes whose cards can be drawn without deciding again. */
const HELD = 16;

const DECIDE = ["region", "decisions", "from", "until", "received"];
const CREATE = ["rules", "tables", "decisions", "wasm"];

/** Makes an engine. */
export async function create<D extends string = string>(options: EngineOptions<D>, platform: Platform): Promise<Engine<D>> {
  known("options", options, CREATE);
  tablesOf(options.tables);
  list("decisions", options.decisions);
  const [device, rules] = await Promise.all([platform.start(options.wasm), bytesOf(options.rules, platform)]);
  return new Engine(device, platform, rules, options);
}

/** An engine with its rules and tables. `createEngine` makes it. */
export class Engine<D extends string = string> {
  #device: Device | undefined;
  readonly #platform: Platform;
  readonly #decisions: readonly D[] | undefined;
  /** The packs in force, to load again: an engine does not forget a table. */
  #rules: Uint8Array;
  #tables: Tables;
  #inner: DeviceEngine | undefined;
  /** Which rules and tables are meant; it grows with each that are taken over. */
  #edition = 0;
  #held: { outcome: object; inner: DeviceOutcome }[] = [];
  #updates: Promise<unknown> = Promise.resolve();

  /** @internal */
  constructor(device: Device, platform: Platform, rules: Uint8Array, { tables = {}, decisions }: EngineOptions<D>) {
    this.#device = device;
    this.#platform = platform;
    this.#decisions = decisions === undefined ? undefined : [...decisions];
    this.#rules = rules.slice();
    this.#tables = { ...tables };
    this.#inner = this.#loaded(device, rules, this.#tables);
  }

  /** Decides about one subject. */
  decide<A extends string = D>(facts: Facts, options: DecideOptions<A> = {}): Outcome<A> {
    known("options", options, DECIDE);
    const text = this.#text(facts);
    // Read once: the caller may use the same object for another call.
    const asked = this.#asked(options);
    const edition = this.#edition;
    const evaluate = (): DeviceOutcome => this.#evaluate(text, asked);
    const inner = evaluate();
    // Whoever changes the data that an outcome gives away does not change what is drawn.
    const data = guarded(() => ({ outcome: inner.value(), offset: inner.offset(), roles: inner.roles() }));
    const held = (): DeviceOutcome => {
      const found = this.#held.find((it) => it.outcome === outcome);
      if (found !== undefined) return found.inner;
      if (this.#edition !== edition) throw failure("card-outdated");
      return this.#hold(outcome, evaluate());
    };
    const outcome: Outcome<A> = new Outcome<A>(data, {
      card: (at): Card => this.#call(() => held().card(at)).card,
      present: (venue, person, at, presence): object =>
        this.#document(() => held().present(this.#text(venue), textOf("person", person), at, textOf("presence", presence))),
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
    if (!Array.isArray(dependants)) throw kind("dependants", dependants, "facts");
    const others = (dependants as readonly Facts[]).map((facts) => this.#text(facts));
    return this.#call((engine) => engine.wallet(this.#text(holder), others, seconds(time))).wallet;
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
    return this.#run((engine) => engine.tablesRead(list("decisions", decisions)));
  }

  /**
   * Replaces a reference table, given as CSV, and returns its number of rows; null takes the table away. If it has an
   * error, the old one stays.
   */
  setTable(name: string, csv: string | null): number {
    const tables = { ...this.#tables, [textOf("name", name)]: csv === null ? null : tableText(name, csv) };
    // An engine takes another table in place of one, and cannot be without one that it had.
    if (csv === null) {
      this.#replace(this.#rules, tables);
      return 0;
    }
    const { rows } = this.#call((engine) => engine.addReference(name, csv));
    this.#tables = tables;
    this.#edition += 1;
    return rows;
  }

  /**
   * Takes over new rules, and with `tables` other tables in place of all that it has. If there is an error in them,
   * everything stays as it was. Several updates follow each other in order.
   */
  update(rules: Source, options: { tables?: Tables | undefined } = {}): Promise<void> {
    const updated = this.#updates.then(async () => {
      known("options", options, ["tables"]);
      const { tables } = options;
      const others = tables === undefined ? undefined : { ...tablesOf(tables) };
      const bytes = await bytesOf(rules, this.#platform);
      this.#replace(bytes, others ?? this.#tables);
    });
    this.#updates = updated.then(undefined, () => undefined);
    return updated;
  }

  /** A person's facts with one more visit, for a venue's code that was scanned. */
  enter(facts: Facts, venue: string, time: Time = Date.now(), presence: Presence = "on_site"): object {
    return this.#document((device) => device.enter(this.#text(facts), textOf("venue", venue), seconds(time), textOf("presence", presence)));
  }

  /** A person's facts after leaving a venue. */
  leave(facts: Facts, venue: string, time: Time = Date.now()): object {
    return this.#document((device) => device.leave(this.#text(facts), textOf("venue", venue), seconds(time)));
  }

  /** A person's facts with a digest for every visit, to compare with a list that was published with this salt. */
  withDigests(facts: Facts, salt: string): object {
    return this.#document((device) => device.withDigests(this.#text(facts), textOf("salt", salt)));
  }

  /** The venue's code in the text that a camera read. */
  venueOf(scanned: string): string {
    return this.#call((_, device) => device.venueOf(textOf("scanned", scanned))).venue;
  }

  /** The text for a venue's QR code. */
  venueText(venue: string): string {
    return this.#run((_, device) => device.venueQrText(textOf("venue", venue)));
  }

  /** A text as a QR code in SVG, with a quiet zone. */
  qrSvg(text: string): string {
    return this.#call((_, device) => device.qrSvg(textOf("text", text))).svg;
  }

  /** A text as a QR code for a canvas: `1` is a dark module, row after row, without the quiet zone. */
  qrModules(text: string): { size: number; modules: string } {
    const { size, modules } = this.#call((_, device) => device.qrModules(textOf("text", text)));
    return { size, modules };
  }

  /** A list of sampling sites as CSV, and public holidays as days like `2022-07-08`. */
  sites(csv: string, holidays: readonly string[] = []): Sites {
    const { sites, problems } = this.#call((_, device) => device.Sites.read(tableText("sites", csv), list("holidays", holidays) ?? []));
    return new Sites(sites, problems, (work) => this.#run(() => answered(work())));
  }

  /** Gives the memory back. The engine can do nothing afterwards; outcomes can still be looked up in. */
  dispose(): void {
    for (const { inner } of this.#held) inner.free();
    this.#held = [];
    this.#inner?.free();
    this.#inner = undefined;
    // With its last engine gone, the memory of WebAssembly can go too, even if outcomes are kept.
    this.#device = undefined;
    this.#edition += 1;
  }

  #asked<A extends string>(options: DecideOptions<A>): Asked {
    const { region, received } = options;
    const decisions = list("decisions", options.decisions ?? this.#decisions);
    if (options.decisions !== undefined) {
      this.#run((engine) => missing(engine, this.#tables, decisions));
    }
    const window: Window = {};
    if (options.from !== undefined) window.from = seconds(options.from);
    if (options.until !== undefined) window.until = seconds(options.until);
    if (window.from !== undefined && window.until !== undefined && window.from >= window.until) {
      throw failure("window-empty", { from: shown(options.from), until: shown(options.until) });
    }
    return {
      region: region === undefined ? undefined : textOf("region", region),
      decisions,
      window,
      received: received === undefined ? undefined : seconds(received),
    };
  }

  #evaluate(facts: string, { region, decisions, window, received }: Asked): DeviceOutcome {
    return this.#call((engine) =>
      received === undefined
        ? engine.evaluate(facts, region, decisions, window)
        : engine.decide(facts, received, region, decisions, window),
    ).outcome;
  }

  /** Takes over rules and tables together, or throws and leaves everything as it was. */
  #replace(rules: Uint8Array, tables: Tables): void {
    const old = this.#engine();
    this.#inner = this.#run((_, device) => this.#loaded(device, rules, tables));
    this.#rules = rules.slice();
    this.#tables = tables;
    this.#edition += 1;
    old.free();
  }

  #loaded(device: Device, rules: Uint8Array, tables: Tables): DeviceEngine {
    const { engine } = guarded(() => answered(device.Engine.load(rules)));
    try {
      guarded(() => {
        missing(engine, tables, this.#decisions);
        for (const name of Object.keys(tables)) {
          const csv = tables[name] ?? null;
          if (csv !== null) answered(engine.addReference(name, tableText(name, csv)));
        }
      });
      return engine;
    } catch (error) {
      engine.free();
      throw error;
    }
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
    if (bytes !== undefined) return this.#call((_, device) => device.utf8(bytes)).text;
    if (facts === null || typeof facts !== "object") throw failure("facts-kind", { found: shown(facts) });
    try {
      const text: unknown = JSON.stringify(facts);
      if (typeof text === "string") return text;
    } catch (error) {
      throw failure("facts-kind", { found: because(error) });
    }
    throw failure("facts-kind", { found: shown(facts) });
  }

  #run<T>(work: (engine: DeviceEngine, device: Device) => T): T {
    const engine = this.#engine();
    const device = this.#device as Device;
    return guarded(() => work(engine, device));
  }

  #call<T>(work: (engine: DeviceEngine, device: Device) => Answer<T>): T {
    return this.#run((engine, device) => answered(work(engine, device)));
  }

  #document(work: (device: Device) => Answer<{ facts: string }>): object {
    return JSON.parse(this.#call((_, device) => work(device)).facts) as object;
  }
}

/** Sampling sites that can be searched for the nearest. */
export class Sites {
  readonly #sites: DeviceSites;
  readonly #run: <T>(work: () => Answer<T>) => T;
  /** The rows of the list that were left out, each with what is wrong with it. */
  readonly problems: readonly Problem[];

  /** @internal */
  constructor(sites: DeviceSites, problems: readonly Problem[], run: <T>(work: () => Answer<T>) => T) {
    this.#sites = sites;
    this.problems = problems;
    this.#run = run;
  }

  /** The sites nearest to a point in degrees, nearest first; without `open: false`, only those that are open. */
  nearest(
    point: { latitude: number | string; longitude: number | string },
    options: { time?: Time | undefined; open?: boolean | undefined; count?: number | undefined } = {},
  ): FoundSite[] {
    known("point", point, ["latitude", "longitude"]);
    known("options", options, ["time", "open", "count"]);
    const { latitude, longitude } = point;
    const { time = Date.now(), open = true, count = 5 } = options;
    if (typeof open !== "boolean") throw kind("open", open, "flag");
    if (!Number.isInteger(count) || count < 0) throw kind("count", count, "number");
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
function missing(engine: DeviceEngine, tables: Tables, decisions?: readonly string[]): void {
  const read = engine.tablesRead(list("decisions", decisions));
  const absent = Object.keys(read).filter((table) => tables[table] === undefined);
  if (absent.length === 0) return;
  throw new LongmaError(absent.map((table) => problem("table-missing", { table, decisions: (read[table] ?? []).join(", ") })));
}

function tableText(table: string, csv: unknown): string {
  if (typeof csv !== "string") throw failure("table-text", { table, found: shown(csv) });
  return csv;
}

function textOf<T extends string = string>(option: string, value: T): T {
  if (typeof value !== "string") throw kind(option, value, "text");
  return value;
}

/** A copy of a list of texts, if there is one. */
function list(option: string, value: readonly string[] | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw kind(option, value, "list");
  return value.map((text: string) => textOf(option, text));
}

function tablesOf(tables: Tables | undefined): Tables | undefined {
  if (tables === undefined) return undefined;
  if (tables === null || typeof tables !== "object" || Array.isArray(tables)) throw kind("tables", tables, "object", { shape: "{ risk_areas: csv }" });
  return tables;
}

/** An error about a value of the wrong kind. */
function kind(option: string, value: unknown, expected: "text" | "list" | "number" | "flag" | "object" | "facts", names: Names = {}): LongmaError {
  return failure("option-kind", { option, found: shown(value), expected: words(`kind.${expected}`, names) });
}

/** Refuses an option that a misspelling or an older version may have meant. */
function known(option: string, options: unknown, names: readonly string[]): void {
  if (options === null || typeof options !== "object" || Array.isArray(options)) {
    throw kind(option, options, "object", { shape: `{ ${names.join(", ")} }` });
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
