// `longma-miniprogram`: the engine inside a mini-program of WeChat, Douyin or Alipay.
//
// These platforms have no `WebAssembly`. Theirs takes a path inside the code package and nothing else, so the engine
// comes as a file that the platform's build copies, and new rules come as data. What differs between the platforms is
// in this file and in platform.ts, and nowhere else.
import type { Device, Glue } from "../../api/src/device.js";
import { create, type Engine, type EngineOptions } from "../../api/src/engine.js";
import { LongmaError, because, failure } from "../../api/src/problems.js";
import { glue } from "../../api/generated/glue.js";
import { exportsOf } from "./platform.js";

export type { DecideOptions, Engine, EngineOptions, Facts, Sites, Source, Tables } from "../../api/src/engine.js";
export { causesIn, outcomeOf, type Change, type Lookup, type Outcome, type OutcomeData, type Status, type Statuses } from "../../api/src/outcome.js";
export { LongmaError, type Result } from "../../api/src/problems.js";
export type { Time } from "../../api/src/time.js";
export type * from "../../api/generated/data.js";

/** Where "build npm" of WeChat's and Douyin's tools puts the engine. A plugin or a subpackage gives its own path as `wasm`. */
const PACKAGED = "/miniprogram_npm/longma-miniprogram/longma.wasm.br";

/** What the mini-program APIs of WeChat, Douyin and Alipay have in common. */
interface Host {
  getFileSystemManager?(): Pick<WechatMiniprogram.FileSystemManager, "readFile">;
}

declare const tt: Host | undefined;
declare const my: Host | undefined;

async function start(wasm: unknown): Promise<Device> {
  const made: Glue = glue();
  const imports = { "./longma_bg.js": made as object as WXWebAssembly.ModuleImports };
  try {
    made.__wbg_set_wasm(await exportsOf(wasm ?? PACKAGED, imports));
  } catch (error) {
    throw error instanceof LongmaError ? error : failure("wasm-source", { found: because(error) });
  }
  return made;
}

/** The API of the platform that this runs on; none in a worker. */
function host(): Host | undefined {
  if (typeof wx !== "undefined") return wx;
  if (typeof tt !== "undefined") return tt;
  return typeof my !== "undefined" ? my : undefined;
}

/** The bytes of a file of the code package or of the user's folder. */
function bytes(path: string): Promise<Uint8Array> {
  const files = host()?.getFileSystemManager?.();
  if (files === undefined) throw failure("no-files", { found: path });
  return new Promise((resolve, reject) => {
    files.readFile({
      filePath: path,
      success: ({ data }) => (typeof data === "string" ? reject(new Error(path)) : resolve(new Uint8Array(data))),
      fail: (error) => reject(new Error(`${path}: ${because(error)}`)),
    });
  });
}

/** Makes an engine from rules, tables and the path of the engine's WebAssembly inside the code package. */
export function createEngine<D extends string = string>(options: EngineOptions<D>): Promise<Engine<D>> {
  return create(options, { start, bytes });
}
