import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { defineConfig } from "vite";
import uniPlugin from "@dcloudio/vite-plugin-uni";

const uni = uniPlugin.default ?? uniPlugin;
const engine = createRequire(import.meta.url).resolve("longma-miniprogram/longma.wasm.br");

/** WebAssembly is started by its path in the code package, so the file is put there as it is. */
const longma = {
  name: "longma",
  generateBundle() {
    this.emitFile({ type: "asset", fileName: "static/longma.wasm.br", source: readFileSync(engine) });
  },
};

export default defineConfig({ plugins: [uni(), longma] });
