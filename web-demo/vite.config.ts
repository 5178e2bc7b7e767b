// How the pages are built. The card page uses the npm package as any front end would; the package is the one built
// beside it. The studio uses the web package of wasm/studio, the gate that of wasm/gate.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
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

/** The gate's page and the one with a holder's code. One service worker looks after both, and their names begin with what it looks after. */
const PAGES = ["gate.html", "gate-pass.html"];
/** The gate's workers. They lie beside its page and are named after it: its service worker looks after what begins so. */
const WORKER = /^gate-(worker|eye)-.+\.js$/;

/** Tells the service worker which files the two pages consist of: all whose names stand in one of them or in one of those files. */
function gateFiles(): Plugin {
  return {
    name: "longma-gate-files",
    apply: "build",
    writeBundle({ dir = "dist" }) {
      const names = [...readdirSync(join(dir, "assets")).map((name) => `assets/${name}`), ...readdirSync(dir).filter((name) => WORKER.test(name))];
      const files = [...PAGES, "icon.svg"];
      for (const file of files) {
        const text = readFileSync(join(dir, file), "latin1");
        files.push(...names.filter((name) => text.includes(basename(name)) && !files.includes(name)));
      }
      const keeper = join(dir, "gate-keeper.js");
      const code = readFileSync(keeper, "utf8");
      if (!code.includes("__GATE_FILES__")) this.error("the service worker has no place for its files");
      writeFileSync(keeper, code.replace("__GATE_FILES__", JSON.stringify(files).replaceAll('"', '\\"')));
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [vue(), contentSecurityPolicy(), gateFiles()],
  server: { fs: { allow: ["..", "."] } },
  worker: {
    format: "es",
    rolldownOptions: {
      output: { entryFileNames: ({ facadeModuleId }) => (facadeModuleId?.includes("/src/gate/") ? "gate-[name]-[hash].js" : "assets/[name]-[hash].js") },
    },
  },
  build: {
    target: "es2022",
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: { index: "index.html", studio: "studio.html", gate: "gate.html", "gate-pass": "gate-pass.html", monitor: "monitor.html", "gate-keeper": "src/gate/keeper.ts" },
      // A service worker's address stays, and it may only look after pages beside it.
      output: { entryFileNames: ({ name }) => (name === "gate-keeper" ? "[name].js" : "assets/[name]-[hash].js") },
    },
  },
});
