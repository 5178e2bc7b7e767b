// `longma` in browsers and in their workers.
import { create, type Engine, type EngineOptions } from "../../api/src/engine.js";
import { start } from "./start.js";

export * from "./shared.js";

const bytes = async (address: string): Promise<Uint8Array> => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: HTTP ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
};

/** Makes an engine from rules, tables and the engine's WebAssembly. */
export const createEngine = <D extends string = string>(options: EngineOptions<D>): Promise<Engine<D>> =>
  create(options, { start: (wasm) => start(wasm, bytes), bytes });
