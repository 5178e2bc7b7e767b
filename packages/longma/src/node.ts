// `longma` in Node.
import { readFile } from "node:fs/promises";
import { create, type Engine, type EngineOptions } from "../../api/src/engine.js";
import { start } from "./start.js";

export * from "./shared.js";

const bytes = async (source: string): Promise<Uint8Array> => {
  if (/^https?:/.test(source)) {
    const answer = await fetch(source);
    if (!answer.ok) throw new Error(`${source}: HTTP ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  }
  return readFile(source.startsWith("file:") ? new URL(source) : source);
};

/** Makes an engine from rules, tables and the engine's WebAssembly. */
export const createEngine = <D extends string = string>(options: EngineOptions<D>): Promise<Engine<D>> =>
  create(options, { start: (wasm) => start(wasm, bytes), bytes });
