// `longma` in browsers and in their workers.
import { create, type Engine, type EngineOptions } from "../../api/src/engine.js";
import { bytes } from "./fetched.js";
import { start } from "./start.js";

export * from "./shared.js";

/** Makes an engine from rules, tables and the engine's WebAssembly. */
export const createEngine = <D extends string = string>(options: EngineOptions<D>): Promise<Engine<D>> =>
  create(options, { start: (wasm) => start(wasm, bytes), bytes });
