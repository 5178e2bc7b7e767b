// The engine's worker: documents and codes are verified only here. Pictures are read in another one (eye.ts), so that a
// code from a hand-held scanner never waits for a picture.
import { loadGate } from "../../../packages/api/src/gate";
import init, { Gate } from "../../../wasm/gate/pkg-web/longma_gate_web.js";
import type { Asked, Asks, Problem, Told } from "./protocol";
import { value } from "./value";

type Answered<K extends keyof Asks> = Asks[K]["told"];

/** A phone signed for another gate, or for an older sign of this one. */
const OTHER_GATE = "pass-gate";

let gate: Gate | undefined;
const started = init();
// Whoever asks is told.
started.catch(() => undefined);

function load({ files, ...how }: Asks["load"]["ask"]): Answered<"load"> {
  const { gate: next, refused } = loadGate<Gate, Problem>(Gate, files, how, (bytes) => new TextDecoder().decode(bytes));
  if (next === undefined) return { taken: false, refused };
  gate?.free();
  gate = next;
  return { taken: true, refused, seen: gate.seen() };
}

function decide(of: Gate, { code, challenges, seconds }: Asks["decide"]["ask"]): Answered<"decide"> {
  const [newest, ...older] = challenges;
  let { answer } = value(of.decide(code, newest, seconds));
  for (const challenge of older) {
    if (answer.why[0]?.code !== OTHER_GATE) break;
    answer = value(of.decide(code, challenge, seconds)).answer;
  }
  return answer;
}

async function answered(asked: Asked): Promise<Answered<keyof Asks>> {
  await started;
  if (asked.kind === "load") return load(asked);
  if (gate === undefined) throw new Error("asked before documents were loaded");
  return asked.kind === "decide" ? decide(gate, asked) : value(gate.state(asked.seconds)).state;
}

const tell = (told: Told): void => postMessage(told);

addEventListener("message", ({ data }: MessageEvent<Asked>) => {
  answered(data).then(
    (told) => tell({ id: data.id, told }),
    (error: unknown) => tell({ id: data.id, failed: String(error) }),
  );
});
