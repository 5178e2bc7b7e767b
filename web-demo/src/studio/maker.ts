// The second worker: compares packs and makes what is published. Apart from the language server's, so that the editor
// is checked while persons are counted.
import init, { book, checkTexts, Comparing, compile, newPack } from "../../../wasm/studio/pkg-web/longma_studio.js";
import type { Job, Made } from "./protocol";

const tell = (made: Made): void => postMessage(made);

/** How many persons are counted before a message to stop is looked for. */
const STEP = 200;
/** How often results are told, in milliseconds. */
const TELL_EVERY = 500;

const loaded = init();
let comparing: Comparing | undefined;
/** The comparison that is wanted; an older one ends. */
let wanted = 0;

/** Lets messages in. */
const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** The bundle of a house; undefined after its errors were told. */
function bundled(id: number, texts: Record<string, string>, side: "before" | "after"): string | undefined {
  const { bundle, findings } = checkTexts(texts);
  if (bundle === undefined) tell({ kind: "unloadable", id, side, findings: findings.filter(({ severity }) => severity === "error") });
  return bundle;
}

async function compare({ id, sides, region, persons }: Extract<Job, { kind: "compare" }>): Promise<void> {
  comparing?.free();
  comparing = undefined;
  const bundles: string[] = [];
  for (const [i, side] of (["before", "after"] as const).entries()) {
    const bundle = bundled(id, sides[i] ?? {}, side);
    if (bundle === undefined) return;
    bundles.push(bundle);
    await breath();
    if (wanted !== id) return tell({ kind: "compared", id, report: null });
  }
  const made = Comparing.of(["before", "after"], bundles as [string, string], region, 1, undefined);
  if (!made.ok) return tell({ kind: "refused", id, problems: made.problems });
  const current = (comparing = made.comparing);
  let [done, told] = [0, 0];
  while (done < persons && wanted === id) {
    done = current.step(Math.min(STEP, persons - done));
    if (performance.now() - told > TELL_EVERY) {
      tell({ kind: "counted", id, report: current.report() });
      told = performance.now();
    }
    await breath();
  }
  tell({ kind: "compared", id, report: current.report() });
}

function publish(job: Extract<Job, { kind: "book" | "compile" }>): void {
  const bundle = bundled(job.id, job.texts, "after");
  if (bundle === undefined) return;
  const made = job.kind === "book" ? book(bundle, job.lang) : compile(bundle);
  if (!made.ok) tell({ kind: "refused", id: job.id, problems: made.problems });
  else tell({ kind: "made", id: job.id, content: "html" in made ? made.html : made.packs });
}

function begin({ id, texts, request }: Extract<Job, { kind: "newPack" }>): void {
  const made = newPack(texts, request);
  if (made.ok) tell({ kind: "newPack", id, pack: made.pack ?? null, findings: made.findings });
  else tell({ kind: "refused", id, problems: made.problems });
}

async function asked(job: Job): Promise<void> {
  await loaded;
  if (job.kind === "compare") await compare(job);
  else if (job.kind === "page") tell({ kind: "made", id: job.id, content: comparing?.page(job.lang) ?? "" });
  else if (job.kind === "newPack") begin(job);
  else if (job.kind !== "stop") publish(job);
}

// One after the other; only a message to stop overtakes.
let last: Promise<void> = Promise.resolve();
addEventListener("message", ({ data }: MessageEvent<Job>) => {
  if (data.kind === "compare") wanted = data.id;
  else if (data.kind === "stop") wanted = 0;
  last = last.then(() => asked(data)).catch((error: unknown) => tell({ kind: "failed", detail: String(error) }));
});
