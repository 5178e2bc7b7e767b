// The engine in a worker: `serve()` there, `connect(worker, options)` on the page.
import type { Engine, EngineOptions, DecideOptions, Facts, Source } from "../../api/src/engine.js";
import { Lookup, type Outcome, type OutcomeData, type Statuses } from "../../api/src/outcome.js";
import { LongmaError, failure } from "../../api/src/problems.js";
import type { Time } from "../../api/src/time.js";
import type { Card, CardPart, PackInfo, Policy, Presence, Problem, Wallet } from "../../api/generated/data.js";
import { createEngine } from "./web.js";

/** What both ends of the line have. */
interface End {
  postMessage(message: unknown): void;
  addEventListener(kind: "message", listener: (event: { data: unknown }) => void): void;
}

/** A worker as the page holds it. */
export interface WorkerEnd {
  postMessage(message: unknown): void;
  addEventListener(kind: string, listener: (event: any) => void): void;
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
    const made = await createEngine(options);
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
  setTable: (name: string, csv: string): number => started().setTable(name, csv),
  update: (rules: Source): Promise<void> => started().update(rules),
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
  card(time: Time | Statuses<D> = Date.now()): Promise<Card> {
    const plain = typeof time === "object" && !(time instanceof Date);
    return this.#ask("card", this.#id, plain ? (Object.values<{ at: string }>(time)[0]?.at ?? Date.now()) : time);
  }

  /** The facts of a venue with this person at its door. */
  present(venue: object | string, person: string, time?: Time, presence?: Presence): Promise<object> {
    return this.#ask("present", this.#id, venue, person, time, presence);
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
    const { id, data } = await this.#ask("decide", facts, options);
    return new WorkerOutcome<A>(id, data, this.#ask);
  }

  /** Finds what a schema cannot. */
  inspect(facts: Facts, received?: Time): Promise<Problem[]> {
    return this.#ask("inspect", facts, received);
  }

  /** The cards of a person and of dependants. */
  wallet(holder: Facts, dependants: readonly Facts[], time?: Time): Promise<Wallet> {
    return this.#ask("wallet", holder, dependants, time);
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
  setTable(name: string, csv: string): Promise<number> {
    return this.#ask("setTable", name, csv);
  }

  /** Takes over new rules. If they have an error, the old ones stay. */
  update(rules: Source): Promise<void> {
    return this.#ask("update", rules);
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
          waiting.set(++next, { resolve, reject });
          worker.postMessage({ longma: next, work, given } satisfies Request);
        });
  // Whatever the page can read, it hands over as it is; the worker reads addresses itself.
  await ask("create", options as EngineOptions);
  return new WorkerEngine<D>(ask, () => {
    worker.terminate();
    end(failure("engine-disposed"));
  });
}
