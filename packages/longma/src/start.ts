// Starts the engine where WebAssembly is the platform's own: browsers, Node, workers.
import type { Device, Glue } from "../../api/src/device.js";
import { LongmaError, because, failure, shown } from "../../api/src/problems.js";
import { glue } from "../../api/generated/glue.js";

type Bytes = (source: string) => Promise<Uint8Array>;
type Packed = () => string | Promise<string>;

/** The engine beside this file, compressed so that any bundler takes it along as a script. */
const beside: Packed = async () => (await import("./engine.js")).default;

/** The engine that comes with this package. It is compiled once and serves every engine of the page. */
let packaged: Promise<WebAssembly.Module> | undefined;

/** An instance of its own for each engine, so that disposing of an engine gives its memory back. */
export async function start(wasm: unknown, bytes: Bytes, packed = beside): Promise<Device> {
  if (typeof WebAssembly !== "object") throw failure("no-webassembly");
  const made: Glue = glue();
  const imports = { "./longma_bg.js": made as unknown as WebAssembly.ModuleImports };
  try {
    const found = await instance(wasm, imports, bytes, packed);
    if (!(found.exports["memory"] instanceof WebAssembly.Memory)) throw failure("wasm-other");
    made.__wbg_set_wasm(found.exports);
  } catch (error) {
    throw error instanceof LongmaError ? error : failure("wasm-source", { found: because(error) });
  }
  return made;
}

async function instance(wasm: unknown, imports: WebAssembly.Imports, bytes: Bytes, packed: Packed): Promise<WebAssembly.Instance> {
  if (wasm === undefined) return WebAssembly.instantiate(await (packaged ??= unpacked(packed)), imports);
  if (wasm instanceof WebAssembly.Module) return WebAssembly.instantiate(wasm, imports);
  if (wasm instanceof Uint8Array || wasm instanceof ArrayBuffer) return (await WebAssembly.instantiate(wasm as BufferSource, imports)).instance;
  if (typeof wasm === "function") {
    const made = await (wasm as (imports: WebAssembly.Imports) => unknown)(imports);
    const found = (made as Partial<WebAssembly.WebAssemblyInstantiatedSource> | null | undefined)?.instance ?? made;
    if (!(found instanceof WebAssembly.Instance)) throw failure("wasm-source", { found: shown(made) });
    return found;
  }
  const path = typeof wasm === "string" ? wasm : (wasm as { href?: unknown } | null)?.href;
  if (typeof path !== "string") throw failure("wasm-source", { found: shown(wasm) });
  return (await WebAssembly.instantiate((await bytes(path)) as BufferSource, imports)).instance;
}

/** Compiles the engine that comes with this package. */
async function unpacked(packed: Packed): Promise<WebAssembly.Module> {
  try {
    const bytes = Uint8Array.from(atob(await packed()), (sign) => sign.charCodeAt(0));
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return await WebAssembly.compile(await new Response(plain).arrayBuffer());
  } catch (error) {
    packaged = undefined;
    throw error;
  }
}
