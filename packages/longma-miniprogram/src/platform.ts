// The platforms' WebAssembly: WeChat's, Douyin's and Alipay's each have a name of their own.
import { because, failure, shown } from "../../api/src/problems.js";

/** WeChat's typings say that it resolves to an instance, Douyin's and Alipay's manuals say to `{ instance }`. */
type Instantiated = { exports: object } | { instance: { exports: object } };

/** A platform's WebAssembly. */
interface PathWebAssembly {
  instantiate(path: string, imports: WXWebAssembly.Imports): Promise<Instantiated>;
}

declare const TTWebAssembly: PathWebAssembly | undefined;
declare const MYWebAssembly: PathWebAssembly | undefined;
declare const my: { createWorker?: unknown } | undefined;

/** The platform's WebAssembly: WeChat's, Douyin's, or in a worker Alipay's. */
function platformWebAssembly(): PathWebAssembly {
  // A name that is not declared can be asked for its type only, and no global object is there to look into.
  if (typeof WXWebAssembly !== "undefined") return WXWebAssembly;
  if (typeof TTWebAssembly !== "undefined") return TTWebAssembly;
  if (typeof MYWebAssembly !== "undefined") return MYWebAssembly;
  const alipaysPage = typeof my !== "undefined" && typeof my.createWorker === "function";
  throw failure(alipaysPage ? "worker-only" : "no-webassembly");
}

async function instantiated(wasm: unknown, imports: WXWebAssembly.Imports): Promise<Instantiated> {
  if (typeof wasm === "function") return (wasm as (imports: WXWebAssembly.Imports) => Instantiated | Promise<Instantiated>)(imports);
  const platform = platformWebAssembly();
  if (typeof wasm !== "string") throw failure("wasm-source", { found: shown(wasm) });
  try {
    return await platform.instantiate(wasm, imports);
  } catch (error) {
    // WeChat before base library 2.14 and Douyin before 2.92 read no compressed file.
    if (!wasm.endsWith(".br")) throw error;
    return platform.instantiate(wasm.slice(0, -".br".length), imports).then(undefined, () => {
      throw failure("wasm-source", { found: `${wasm}: ${because(error)}` });
    });
  }
}

/** What an engine exports, started from its path inside the code package or by a function. */
export async function exportsOf(wasm: unknown, imports: WXWebAssembly.Imports): Promise<object> {
  const found = await instantiated(wasm, imports);
  return "instance" in found ? found.instance.exports : found.exports;
}
