// How the pages are built. The card page uses the npm package as any front end would; the package is the one built
// beside it. The studio uses the web package of wasm/studio.
import vue from "@vitejs/plugin-vue";
import { defineConfig, type Plugin } from "vite";

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
  server: { fs: { allow: ["..", "."] } },
  worker: { format: "es" },
  build: {
    target: "es2022",
    chunkSizeWarningLimit: 2000,
    rolldownOptions: { input: { index: "index.html", studio: "studio.html" } },
  },
});
