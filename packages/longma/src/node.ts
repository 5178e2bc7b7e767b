// `longma` in Node.
import { readFile } from "node:fs/promises";
import { create, type Engine, type EngineOptions } from "../../api/src/engine.js";
import { bytes as fetched } from "./fetched.js";
import { start } from "./start.js";

export * from "./shared.js";

const bytes = async (source: string): Promise<Uint8Array> =>
  /^https?:/.test(source) ? fetched(source) : readFile(source.startsWith("file:") ? new URL(source) : source);

/** Makes an engine from rules, tables and the engine's WebAssembly. */
export const createEngine = <D extends string = string>(options: EngineOptions<D>): Promise<Engine<D>> =>
  create(options, { start: (wasm) => start(wasm, bytes), bytes });
