// The engine's worker: documents and codes are verified only here. Pictures are read in another one (eye.ts), so that a
// code from a hand-held scanner never waits for a picture.
import init, { Gate } from "../../../wasm/gate/pkg-web/longma_gate_web.js";
import type { Asked, Asks, Files, Problem, Refusal, Told } from "./protocol";
import { value } from "./value";

type Answered<K extends keyof Asks> = Asks[K]["told"];

/** A phone signed for another gate, or for an older sign of this one. */
const OTHER_GATE = "pass-gate";

let gate: Gate | undefined;
const started = init();
// Whoever asks is told.
started.catch(() => undefined);

function roots(files: Files): Uint8Array[] {
  const all: Uint8Array[] = [];
  for (let file = files["root.cbor"]; file !== undefined; file = files[`root.${all.length + 1}.cbor`]) all.push(file);
  return all;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const none = new Uint8Array();

function load({ files, seen, seconds, samples, partly }: Asks["load"]["ask"]): Answered<"load"> {
  const file = (name: string): Uint8Array => files[name] ?? none;
  const loaded = Gate.load(roots(files), file("timestamp.cbor"), file("release.cbor"), file("packs.longma"), seen, seconds, samples);
  if (!loaded.ok) return { taken: false, refused: [{ file: "", problems: loaded.problems }] };
  const next = loaded.gate;
  const refused: Refusal[] = [];
  const take = (name: string, result: { ok: true } | { ok: false; problems: Problem[] }): void => {
    if (!result.ok) refused.push({ file: name, problems: result.problems });
  };
  for (const [name, bytes] of Object.entries(files)) {
    const table = /^tables\/(.+)\.csv$/.exec(name)?.[1];
    if (table !== undefined) take(name, next.addReference(table, text(bytes)));
  }
  if (files["revoked.cbor"] !== undefined) take("revoked.cbor", next.setRevoked(files["revoked.cbor"], seconds));
  if (files["venue.json"] !== undefined) take("venue.json", next.setVenue(text(files["venue.json"])));
  if (refused.length > 0 && !partly) {
    next.free();
    return { taken: false, refused };
  }
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
