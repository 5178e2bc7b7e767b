// `longma-miniprogram`: the engine inside a mini-program of WeChat, Douyin or Alipay.
import type { Device, Glue } from "../../api/src/device.js";
import { create, type Engine, type EngineOptions } from "../../api/src/engine.js";
import { LongmaError, because, failure, shown } from "../../api/src/problems.js";
import { glue } from "../../api/generated/glue.js";

export type { DecideOptions, Engine, EngineOptions, Facts, Sites, Source, Tables } from "../../api/src/engine.js";
export { outcomeOf, type Change, type Lookup, type Outcome, type OutcomeData, type Status, type Statuses } from "../../api/src/outcome.js";
export { LongmaError, type Result } from "../../api/src/problems.js";
export type { Time } from "../../api/src/time.js";
export type * from "../../api/generated/data.js";

/** Where "build npm" of WeChat's tool puts the engine. A plugin or a subpackage gives its own path as `wasm`. */
const PACKAGED = "/miniprogram_npm/longma-miniprogram/longma.wasm.br";

/** A platform's WebAssembly. It takes a path inside the code package and nothing else. */
interface PathWebAssembly {
  instantiate(path: string, imports: object): Promise<{ exports: object } | { instance: { exports: object } }>;
}

declare const WXWebAssembly: PathWebAssembly | undefined;
declare const TTWebAssembly: PathWebAssembly | undefined;
declare const MYWebAssembly: PathWebAssembly | undefined;

/** The platform's WebAssembly, if it has one: WeChat's, Douyin's, or in a worker Alipay's. */
function platformWebAssembly(): PathWebAssembly | undefined {
  if (typeof WXWebAssembly === "object") return WXWebAssembly;
  if (typeof TTWebAssembly === "object") return TTWebAssembly;
  if (typeof MYWebAssembly === "object") return MYWebAssembly;
  return undefined;
}

async function start(wasm: unknown): Promise<Device> {
  const made: Glue = glue();
  const imports = { "./longma_bg.js": made };
  try {
    const found = await instance(wasm, imports);
    made.__wbg_set_wasm("instance" in found ? found.instance.exports : found.exports);
  } catch (error) {
    throw error instanceof LongmaError ? error : failure("wasm-source", { found: because(error) });
  }
  return made;
}

async function instance(wasm: unknown, imports: object): ReturnType<PathWebAssembly["instantiate"]> {
  if (typeof wasm === "function") return (wasm as PathWebAssembly["instantiate"] extends (path: string, ...rest: infer R) => infer P ? (...rest: R) => P : never)(imports);
  const platform = platformWebAssembly();
  if (platform === undefined) throw failure("no-webassembly");
  const path = wasm ?? PACKAGED;
  if (typeof path !== "string") throw failure("wasm-source", { found: shown(path) });
  return platform.instantiate(path, imports);
}

/** The file system that WeChat, Douyin and Alipay share. */
interface Host {
  getFileSystemManager(): {
    readFile(options: {
      filePath: string;
      success(result: { data: ArrayBuffer | string }): void;
      fail(error: { errMsg?: string }): void;
    }): void;
  };
}

declare const wx: unknown;
declare const tt: unknown;
declare const my: unknown;

function bytes(path: string): Promise<Uint8Array> {
  const host = (typeof wx === "object" ? wx : typeof tt === "object" ? tt : my) as Host;
  return new Promise((resolve, reject) => {
    host.getFileSystemManager().readFile({
      filePath: path,
      success: ({ data }) => resolve(new Uint8Array(data as ArrayBuffer)),
      fail: ({ errMsg }) => reject(new Error(errMsg ?? path)),
    });
  });
}

/** Makes an engine from rules, tables and the path of the engine's WebAssembly inside the code package. */
export function createEngine<D extends string = string>(options: EngineOptions<D>): Promise<Engine<D>> {
  return create(options, { start, bytes });
}
