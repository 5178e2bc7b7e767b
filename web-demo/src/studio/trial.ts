// The third worker: tries persons and cases on the packs as they stand. Apart from the others, so that neither checking
// nor counting waits for it. What cases exercise is measured in one of its own, which ends when the packs change.
import init, { Trial } from "../../../wasm/studio/pkg-web/longma_studio.js";
import type { TrialJob, TrialMade } from "./protocol";

const tell = (made: TrialMade): void => postMessage(made);

const loaded = init();
// Whoever asks is told; that nobody has asked yet is no error of the page.
loaded.catch(() => undefined);
/** The last house that could be loaded. */
let trial: Trial | undefined;

function load({ id, texts }: Extract<TrialJob, { kind: "load" }>): TrialMade {
  const { trial: now, findings } = Trial.of(texts);
  if (now === undefined) return { kind: "loaded", id, errors: findings.filter(({ severity }) => severity === "error") };
  trial?.free();
  trial = now;
  return { kind: "loaded", id, errors: [] };
}

function made(job: Exclude<TrialJob, { kind: "load" }>, on: Trial): TrialMade {
  const { id } = job;
  switch (job.kind) {
    case "decide": {
      const answer = on.decide(job.person.facts, job.person.tables, job.person.region);
      return answer.ok ? { kind: "tried", id, tried: answer.tried } : { kind: "refused", id, problems: answer.problems };
    }
    case "explain": {
      const answer = on.explain(job.person.facts, job.person.tables, job.person.region, job.at);
      return answer.ok ? { kind: "explained", id, explanation: answer.explanation } : { kind: "refused", id, problems: answer.problems };
    }
    case "bring": {
      const answer = on.bring(job.person.facts, job.person.tables, job.person.region, job.at, job.level);
      return answer.ok ? { kind: "brought", id, brought: answer.brought } : { kind: "refused", id, problems: answer.problems };
    }
    case "cases":
      return { kind: "cases", id, cases: on.cases(job.pack) };
    case "measure": {
      const answer = on.coverage(job.pack);
      return answer.ok ? { kind: "measured", id, coverage: answer.files } : { kind: "refused", id, problems: answer.problems };
    }
    case "write": {
      const answer = on.caseText(job.name, job.person.facts, job.person.tables, job.at, job.levels, job.rules);
      return answer.ok ? { kind: "written", id, text: answer.text } : { kind: "refused", id, problems: answer.problems };
    }
  }
}

async function asked(job: TrialJob): Promise<void> {
  await loaded;
  if (job.kind === "load") tell(load(job));
  else if (trial === undefined) tell({ kind: "refused", id: job.id, problems: [] });
  else tell(made(job, trial));
}

// One after the other, as they came.
let last: Promise<void> = Promise.resolve();
addEventListener("message", ({ data }: MessageEvent<TrialJob>) => {
  last = last.then(() => asked(data)).catch((error: unknown) => tell({ kind: "failed", detail: String(error) }));
});
