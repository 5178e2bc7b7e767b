// The gate's engine inside a mini-program. It is larger than the phone's, so the subpackage that uses it carries it, and
// not the npm package, which is part of every main package.
import { loadGate, type Files, type How, type Loadable, type Loader, type Refusal, type Told } from "../../api/src/gate.js";
import { glue } from "../../api/generated/gate.js";
import type { GateAnswer, GateState, Problem } from "../../api/generated/gate-data.js";
import { TextDecoder } from "./codecs.js";
import { exportsOf } from "./platform.js";

export type { Files, How, GateAnswer, GateState, Problem };
export type Refused = Refusal<Problem>;

/** A gate that has its documents. Instants are seconds. */
export interface Gate extends Loadable<Problem> {
  seen(): string;
  state(seconds: number): Told<{ state: GateState }, Problem>;
  decide(code: string, challenge: Uint8Array | undefined, seconds: number): Told<{ answer: GateAnswer }, Problem>;
}

/** The glue before it has its engine. */
export interface Glue {
  Gate: Loader<Gate, Problem>;
  __wbg_set_wasm(exports: object): void;
}

/** Makes gates of documents. */
export type MakeGate = (files: Files, how: How) => { gate?: Gate; refused: Refused[] };

/** Starts the engine from its path inside the code package. */
export async function startGate(path: string): Promise<MakeGate> {
  const made: Glue = glue();
  made.__wbg_set_wasm(await exportsOf(path, { "./gate_bg.js": made as object as WXWebAssembly.ModuleImports }));
  return (files, how) => loadGate(made.Gate, files, how, (bytes) => new TextDecoder().decode(bytes));
}
