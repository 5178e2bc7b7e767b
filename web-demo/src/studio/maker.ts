// The second worker: compares packs, tries laws and slips, and makes what is published. Apart from the language server's,
// so that the editor is checked while persons are counted.
import init, { approvals, approve, book, changes, checkTexts, Comparing, compile, newPack, Slips, Trial } from "../../../wasm/studio/pkg-web/longma_studio.js";
import { Cutter, TooLong, type Given, type Piece } from "./model/persons";
import type { EngineFinding, GivenPersons, Job, Made } from "./protocol";

const tell = (made: Made): void => postMessage(made);

type Of<K extends Job["kind"]> = Extract<Job, { kind: K }>;

/** How many persons are counted before a message to stop is looked for. */
const STEP = 200;
/** For how long given persons or slips are tried before one is looked for, in milliseconds. */
const BREATH_EVERY = 40;
/** How often results are told, in milliseconds. */
const TELL_EVERY = 500;

const loaded = init();
// Whoever asks is told; that nobody has asked yet is no error of the page.
loaded.catch(() => undefined);
let comparing: Comparing | undefined;
/** Jobs that nobody wants any more. */
const stopped = new Set<number>();

/** Lets messages in. */
const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

function unloadable(id: number, side: "before" | "after", findings: readonly EngineFinding[]): void {
  tell({ kind: "unloadable", id, side, findings: findings.filter(({ severity }) => severity === "error") });
}

/** The bundle of a house; undefined after its errors were told. */
function bundled(id: number, texts: Record<string, string>, side: "before" | "after"): string | undefined {
  const { bundle, findings } = checkTexts(texts);
  if (bundle === undefined) unloadable(id, side, findings);
  return bundle;
}

async function compare({ id, sides, region, persons, given }: Of<"compare">): Promise<void> {
  comparing?.free();
  comparing = undefined;
  const bundles: string[] = [];
  for (const [i, side] of (["before", "after"] as const).entries()) {
    const bundle = bundled(id, sides[i] ?? {}, side);
    if (bundle === undefined) return;
    bundles.push(bundle);
    await breath();
    if (stopped.has(id)) return tell({ kind: "compared", id, report: null, given: null, stopped: true });
  }
  const made = Comparing.of(["before", "after"], bundles as [string, string], region, 1, given?.tables);
  if (!made.ok) return tell({ kind: "refused", id, problems: made.problems });
  const current = (comparing = made.comparing);
  const its = given === null ? await invented(id, current, persons) : await read(id, current, given);
  tell({ kind: "compared", id, report: current.report(), given: its, stopped: stopped.has(id) });
}

async function invented(id: number, current: Comparing, persons: number): Promise<null> {
  let [done, told] = [0, 0];
  while (done < persons && !stopped.has(id)) {
    done = current.step(Math.min(STEP, persons - done));
    if (performance.now() - told > TELL_EVERY) {
      tell({ kind: "counted", id, report: current.report(), given: null });
      told = performance.now();
    }
    await breath();
  }
  return null;
}

class NotText extends Error {}

/** Adds the persons of a file, which is read in pieces. */
async function read(id: number, current: Comparing, { file }: GivenPersons): Promise<Given> {
  const cutter = new Cutter();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decoded = (bytes: Uint8Array | undefined, more: boolean): string => {
    try {
      return decoder.decode(bytes, { stream: more });
    } catch (error) {
      throw new NotText(undefined, { cause: error });
    }
  };
  const begins: number[] = [];
  let [done, told, breathed] = [0, 0, performance.now()];
  const given = (fault: Given["fault"]): Given => ({
    read: done,
    size: file.size,
    lines: current.report().refusals.map(({ number }) => begins[number - 1] ?? 0),
    fault,
  });
  const add = async (pieces: readonly Piece[]): Promise<void> => {
    for (const { line, text } of pieces) {
      if (stopped.has(id)) return;
      begins.push(line);
      current.add(text);
      if (performance.now() - breathed < BREATH_EVERY) continue;
      if (performance.now() - told > TELL_EVERY) {
        tell({ kind: "counted", id, report: current.report(), given: given(null) });
        told = performance.now();
      }
      await breath();
      breathed = performance.now();
    }
  };
  const reader = file.stream().getReader();
  try {
    for (;;) {
      const { value, done: over } = await reader.read();
      if (stopped.has(id)) return given(null);
      await add(cutter.push(decoded(value, !over)));
      done += value?.byteLength ?? 0;
      if (!over) continue;
      await add(cutter.end());
      return given(begins.length === 0 ? { what: "empty" } : null);
    }
  } catch (error) {
    if (error instanceof TooLong) return given({ what: "long", line: error.line });
    if (error instanceof NotText) return given({ what: "not-text" });
    if (error instanceof DOMException) return given({ what: "gone" });
    throw error;
  } finally {
    void reader.cancel();
  }
}

async function laws({ id, texts, packs, persons }: Of<"laws">): Promise<void> {
  const { trial, findings } = Trial.of(texts);
  if (trial === undefined) return unloadable(id, "after", findings);
  try {
    for (const pack of packs) {
      await breath();
      if (stopped.has(id)) break;
      tell({ kind: "searched", id, pack, laws: trial.laws(pack, persons, 1) });
    }
  } finally {
    trial.free();
  }
  tell({ kind: "ended", id, stopped: stopped.has(id) });
}

async function slips({ id, texts, pack, each }: Of<"slips">): Promise<void> {
  const { slips: made, findings } = Slips.of(texts, pack, each);
  if (made === undefined) return unloadable(id, "after", findings);
  try {
    const { total } = made;
    tell({ kind: "slipped", id, total, slips: [] });
    await breath();
    for (let over = false; !over && !stopped.has(id); ) {
      const some = [];
      for (const began = performance.now(); performance.now() - began < BREATH_EVERY; ) {
        const slip = made.step();
        over = slip === undefined;
        if (slip === undefined) break;
        some.push(slip);
      }
      tell({ kind: "slipped", id, total, slips: some });
      await breath();
    }
  } finally {
    made.free();
  }
  tell({ kind: "ended", id, stopped: stopped.has(id) });
}

function publish(job: Of<"book" | "compile">): void {
  const bundle = bundled(job.id, job.texts, "after");
  if (bundle === undefined) return;
  const made = job.kind === "book" ? book(bundle, job.lang) : compile(bundle);
  if (!made.ok) tell({ kind: "refused", id: job.id, problems: made.problems });
  else tell({ kind: "made", id: job.id, content: "html" in made ? made.html : made.packs });
}

function approved({ id, texts, pack, name, office, note, at }: Of<"approve">): void {
  const made = approve(texts, pack, name, office, note, at);
  if (made.ok) tell({ kind: "made", id, content: made.text });
  else tell({ kind: "refused", id, problems: made.problems });
}

function begin({ id, texts, request }: Of<"newPack">): void {
  const made = newPack(texts, request);
  if (made.ok) tell({ kind: "newPack", id, pack: made.pack ?? null, findings: made.findings });
  else tell({ kind: "refused", id, problems: made.problems });
}

async function asked(job: Job): Promise<void> {
  await loaded;
  switch (job.kind) {
    case "compare":
      return compare(job);
    case "laws":
      return laws(job);
    case "slips":
      return slips(job);
    case "page":
      return tell({ kind: "made", id: job.id, content: comparing?.page(job.lang) ?? "" });
    case "changes":
      return tell({ kind: "changed", id: job.id, changes: changes(...job.sides), approvals: approvals(job.sides[1]) });
    case "approve":
      return approved(job);
    case "newPack":
      return begin(job);
    case "book":
    case "compile":
      return publish(job);
    case "stop":
      stopped.delete(job.id);
  }
}

// One after the other; only a message to stop overtakes.
let last: Promise<void> = Promise.resolve();
addEventListener("message", ({ data }: MessageEvent<Job>) => {
  if (data.kind === "stop") stopped.add(data.id);
  last = last.then(() => asked(data)).catch((error: unknown) => tell({ kind: "failed", detail: String(error) }));
});
