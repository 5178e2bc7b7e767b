// `longma-miniprogram`: the engine inside a mini-program of WeChat, Douyin or Alipay.
//
// These platforms have no `WebAssembly`. Theirs takes a path inside the code package and nothing else, so the engine
// comes as a file that the platform's build copies, and new rules come as data. What differs between the platforms is
// in this file and nowhere else.
import type { Device, Glue } from "../../api/src/device.js";
import { create, type Engine, type EngineOptions } from "../../api/src/engine.js";
import { LongmaError, because, failure, shown } from "../../api/src/problems.js";
import { glue } from "../../api/generated/glue.js";

export type { DecideOptions, Engine, EngineOptions, Facts, Sites, Source, Tables } from "../../api/src/engine.js";
export { causesIn, outcomeOf, type Change, type Lookup, type Outcome, type OutcomeData, type Status, type Statuses } from "../../api/src/outcome.js";
export { LongmaError, type Result } from "../../api/src/problems.js";
export type { Time } from "../../api/src/time.js";
export type * from "../../api/generated/data.js";

/** Where "build npm" of WeChat's and Douyin's tools puts the engine. A plugin or a subpackage gives its own path as `wasm`. */
const PACKAGED = "/miniprogram_npm/longma-miniprogram/longma.wasm.br";

/** WeChat's typings say that it resolves to an instance, Douyin's and Alipay's manuals say to `{ instance }`. */
type Instantiated = { exports: object } | { instance: { exports: object } };

/** A platform's WebAssembly. */
interface PathWebAssembly {
  instantiate(path: string, imports: WXWebAssembly.Imports): Promise<Instantiated>;
}

declare const TTWebAssembly: PathWebAssembly | undefined;
declare const MYWebAssembly: PathWebAssembly | undefined;

/** What the mini-program APIs of WeChat, Douyin and Alipay have in common. */
interface Host {
  getFileSystemManager?(): Pick<WechatMiniprogram.FileSystemManager, "readFile">;
  createWorker?: unknown;
}

declare const tt: Host | undefined;
declare const my: Host | undefined;

/** The platform's WebAssembly: WeChat's, Douyin's, or in a worker Alipay's. */
function platformWebAssembly(): PathWebAssembly {
  // A name that is not declared can be asked for its type only, and no global object is there to look into.
  if (typeof WXWebAssembly !== "undefined") return WXWebAssembly;
  if (typeof TTWebAssembly !== "undefined") return TTWebAssembly;
  if (typeof MYWebAssembly !== "undefined") return MYWebAssembly;
  const alipaysPage = typeof my !== "undefined" && typeof my.createWorker === "function";
  throw failure(alipaysPage ? "worker-only" : "no-webassembly");
}

async function start(wasm: unknown): Promise<Device> {
  const made: Glue = glue();
  const imports = { "./longma_bg.js": made as object as WXWebAssembly.ModuleImports };
  try {
    const found = await instantiated(wasm, imports);
    made.__wbg_set_wasm("instance" in found ? found.instance.exports : found.exports);
  } catch (error) {
    throw error instanceof LongmaError ? error : failure("wasm-source", { found: because(error) });
  }
  return made;
}

async function instantiated(wasm: unknown, imports: WXWebAssembly.Imports): Promise<Instantiated> {
  if (typeof wasm === "function") return (wasm as (imports: WXWebAssembly.Imports) => Instantiated | Promise<Instantiated>)(imports);
  const platform = platformWebAssembly();
  const path = wasm ?? PACKAGED;
  if (typeof path !== "string") throw failure("wasm-source", { found: shown(path) });
  try {
    return await platform.instantiate(path, imports);
  } catch (error) {
    // WeChat before base library 2.14 and Douyin before 2.92 read no compressed file.
    if (!path.endsWith(".br")) throw error;
    return platform.instantiate(path.slice(0, -".br".length), imports).then(undefined, () => {
      throw failure("wasm-source", { found: `${path}: ${because(error)}` });
    });
  }
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
