// The engine in a worker: `serve()` there, `connect(worker, options)` on the page.
import { create, type DecideOptions, type Engine, type EngineOptions, type Facts, type Source, type Tables } from "../../api/src/engine.js";
import { Lookup, timeOf, type Outcome, type OutcomeData, type Statuses } from "../../api/src/outcome.js";
import { LongmaError, because, failure } from "../../api/src/problems.js";
import type { Time } from "../../api/src/time.js";
import type { Card, CardPart, PackInfo, Policy, Presence, Problem, Wallet } from "../../api/generated/data.js";
// Imported at once: a worker that is bundled as one script can load nothing later. On the page bundlers leave it out.
import packed from "./engine.js";
import { start } from "./start.js";
import { bytes } from "./fetched.js";

/** What both ends of the line have. */
interface End {
  postMessage(message: unknown): void;
  addEventListener(kind: "message", listener: (event: { data: unknown }) => void): void;
}

/** A worker as the page holds it. */
export interface WorkerEnd {
  postMessage(message: unknown): void;
  // Each environment has a type of its own for events.
  addEventListener(kind: "message" | "error", listener: (event: any) => void): void;
  terminate(): void;
}

interface Request {
  longma: number;
  work: keyof typeof WORKS;
  given: readonly unknown[];
}

interface Reply {
  longma: number;
  value?: unknown;
  problems?: readonly Problem[];
  broken?: string;
}

/** Outcomes whose cards can still be drawn. */
const HELD = 64;

let engine: Engine | undefined;
const outcomes = new Map<number, Outcome>();
let count = 0;

function started(): Engine {
  if (engine === undefined) throw failure("engine-disposed");
  return engine;
}

function decided(id: unknown): Outcome {
  const found = outcomes.get(id as number);
  if (found === undefined) throw failure("card-outdated");
  return found;
}

/** What the page can ask. */
const WORKS = {
  create: async (options: EngineOptions): Promise<void> => {
    const made = await create(options, { start: (wasm) => start(wasm, bytes, () => packed), bytes });
    engine?.dispose();
    engine = made;
  },
  decide: (facts: Facts, options?: DecideOptions): { id: number; data: OutcomeData } => {
    const outcome = started().decide(facts, options);
    outcomes.set(++count, outcome);
    outcomes.delete(count - HELD);
    return { id: count, data: outcome.toJSON() };
  },
  card: (id: number, time?: Time): Card => decided(id).card(time),
  present: (id: number, venue: object | string, person: string, time?: Time, presence?: Presence): object =>
    decided(id).present(venue, person, time, presence),
  verdict: (id: number, time?: Time): CardPart | null => decided(id).verdict(time),
  inspect: (facts: Facts, received?: Time): Problem[] => started().inspect(facts, received),
  wallet: (holder: Facts, dependants: readonly Facts[], time?: Time): Wallet => started().wallet(holder, dependants, time),
  policy: (region: string, time?: Time): Policy => started().policy(region, time),
  packs: (): PackInfo[] => started().packs(),
  setTable: (name: string, csv: string | null): number => started().setTable(name, csv),
  update: (rules: Source, options?: { tables?: Tables | undefined }): Promise<void> => started().update(rules, options),
  qrSvg: (text: string): string => started().qrSvg(text),
};

/** Answers the page. Call it once, at the top of the worker's script. */
export function serve(end: End = globalThis as unknown as End): void {
  let last: Promise<unknown> = Promise.resolve();
  end.addEventListener("message", ({ data }) => {
    const request = data as Request;
    if (typeof request?.longma !== "number") return;
    // One after another, so that a table set before a question is there when it is answered.
    last = last.then(async () => end.postMessage(await reply(request)));
  });
}

async function reply({ longma, work, given }: Request): Promise<Reply> {
  try {
    const ask = WORKS[work] as (...given: readonly unknown[]) => unknown;
    return { longma, value: await ask(...given) };
  } catch (error) {
    if (error instanceof LongmaError) return { longma, problems: error.problems };
    return { longma, broken: error instanceof Error ? error.message : String(error) };
  }
}

type Work = typeof WORKS;
type Given<K extends keyof Work> = Parameters<Work[K]>;
type Got<K extends keyof Work> = Promise<Awaited<ReturnType<Work[K]>>>;
type Ask = <K extends keyof Work>(work: K, ...given: Given<K>) => Got<K>;

/** An outcome that a worker holds: looked up in here, drawn there. */
export class WorkerOutcome<D extends string = string> extends Lookup<D> {
  readonly #id: number;
  readonly #ask: Ask;

  /** @internal */
  constructor(id: number, data: OutcomeData, ask: Ask) {
    super(data);
    this.#id = id;
    this.#ask = ask;
  }

  /** What a card shows, at a time or at the time of statuses. */
  async card(time: Time | Statuses<D> = Date.now()): Promise<Card> {
    return this.#ask("card", this.#id, timeOf(time));
  }

  /** The facts of a venue with this person at its door. */
  async present(venue: object | string, person: string, time?: Time, presence?: Presence): Promise<object> {
    return this.#ask("present", this.#id, sendable(venue), person, time, presence);
  }

  /** What a venue's rules say about the person at the door. */
  verdict(time?: Time): Promise<CardPart | null> {
    return this.#ask("verdict", this.#id, time);
  }
}

/** An engine in a worker. `connect` makes it. */
export class WorkerEngine<D extends string = string> {
  readonly #ask: Ask;
  readonly #end: () => void;

  /** @internal */
  constructor(ask: Ask, end: () => void) {
    this.#ask = ask;
    this.#end = end;
  }

  /** Decides about one subject. */
  async decide<A extends string = D>(facts: Facts, options: DecideOptions<A> = {}): Promise<WorkerOutcome<A>> {
    const { id, data } = await this.#ask("decide", sendable(facts), options);
    return new WorkerOutcome<A>(id, data, this.#ask);
  }

  /** Finds what a schema cannot. */
  async inspect(facts: Facts, received?: Time): Promise<Problem[]> {
    return this.#ask("inspect", sendable(facts), received);
  }

  /** The cards of a person and of dependants. */
  async wallet(holder: Facts, dependants: readonly Facts[], time?: Time): Promise<Wallet> {
    return this.#ask("wallet", sendable(holder), Array.isArray(dependants) ? dependants.map(sendable) : dependants, time);
  }

  /** What is in force in a region, in the packs' words. */
  policy(region: string, time?: Time): Promise<Policy> {
    return this.#ask("policy", region, time);
  }

  /** The packs, by region and date. */
  packs(): Promise<PackInfo[]> {
    return this.#ask("packs");
  }

  /** Replaces a reference table, given as CSV, and returns its number of rows. */
  setTable(name: string, csv: string | null): Promise<number> {
    return this.#ask("setTable", name, csv);
  }

  /** Takes over new rules, and with `tables` other tables. If they have an error, everything stays as it was. */
  async update(rules: Source, options: { tables?: Tables | undefined } = {}): Promise<void> {
    return this.#ask("update", addressed(rules), options);
  }

  /** A text as a QR code in SVG. */
  qrSvg(text: string): Promise<string> {
    return this.#ask("qrSvg", text);
  }

  /** Ends the worker. */
  dispose(): void {
    this.#end();
  }
}

/** An address as the page means it: a worker would take it from its own script. */
function addressed<T>(source: T): T | string {
  const path: unknown = typeof source === "string" ? source : (source as { href?: unknown } | null | undefined)?.href;
  if (typeof path !== "string") return source;
  const base: unknown = (globalThis as { document?: { baseURI?: unknown } }).document?.baseURI;
  return typeof base === "string" ? new URL(path, base).href : path;
}

/** Facts as text: a frame of a framework around an object, such as Vue's, cannot be sent. */
function sendable<T extends Facts>(facts: T): T | string {
  if (facts === null || typeof facts !== "object" || ArrayBuffer.isView(facts) || facts instanceof ArrayBuffer) return facts;
  try {
    return JSON.stringify(facts) ?? facts;
  } catch (error) {
    throw failure("facts-kind", { found: because(error) });
  }
}

/** Makes an engine in a worker whose script calls `serve()`. */
export async function connect<D extends string = string>(worker: WorkerEnd, options: EngineOptions<D>): Promise<WorkerEngine<D>> {
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: unknown) => void }>();
  let next = 0;
  let ended: LongmaError | undefined;
  const end = (error: LongmaError): void => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  worker.addEventListener("message", ({ data }: { data: Reply }) => {
    const asked = waiting.get(data?.longma);
    if (asked === undefined) return;
    waiting.delete(data.longma);
    if (data.problems !== undefined) asked.reject(new LongmaError(data.problems));
    else if (data.broken !== undefined) asked.reject(failure("engine-broken", { found: data.broken }));
    else asked.resolve(data.value as never);
  });
  worker.addEventListener("error", (event: { message?: string }) => end(failure("engine-broken", { found: event.message ?? "worker" })));
  const ask: Ask = (work, ...given) =>
    ended !== undefined
      ? Promise.reject(ended)
      : new Promise((resolve, reject) => {
          const longma = ++next;
          try {
            worker.postMessage({ longma, work, given } satisfies Request);
            waiting.set(longma, { resolve, reject });
          } catch (error) {
            reject(failure("worker-clone", { found: because(error) }));
          }
        });
  const sent: { rules?: unknown; wasm?: unknown } = { ...options };
  for (const name of ["rules", "wasm"] as const) if (name in sent) sent[name] = addressed(sent[name]);
  await ask("create", (options !== null && typeof options === "object" ? sent : options) as EngineOptions);
  return new WorkerEngine<D>(ask, () => {
    worker.terminate();
    end(failure("engine-disposed"));
  });
}
