// How the page is built. The engine's package is taken where wasm-pack leaves it, so that the page
// cannot run with another build than the one tested beside it.
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig, type Plugin } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * The built page may talk to nobody but its own origin: facts about a person's health stay on the
 * device even if a library should try otherwise. Not in `dev`, where Vite's own client needs more.
 */
function contentSecurityPolicy(): Plugin {
  const policy = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return {
    name: "longma-content-security-policy",
    apply: "build",
    transformIndexHtml: () => [
      { tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content: policy }, injectTo: "head-prepend" },
    ],
  };
}

export default defineConfig({
  base: "./",
  plugins: [vue(), contentSecurityPolicy()],
  resolve: { alias: { "longma-device": here("../wasm/device/pkg-web/longma_device.js") } },
  server: { fs: { allow: [here("."), here("../wasm/device/pkg-web")] } },
  worker: { format: "es" },
  build: { target: "es2022", chunkSizeWarningLimit: 2000 },
});
