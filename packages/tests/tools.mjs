// Shared by the tests: the packed tarball installed in an empty folder, programs run there, a browser to look at pages.
// Nothing here reads the packages' sources, and no folder of an app lies inside of the repository.
import { execFile, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, extname, join, normalize } from "node:path";
import { after } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
/** What is to be ended after all tests of a file, the latest first. */
const ends = [];
after(async () => {
  for (const end of ends.reverse()) await end();
});

/** Has `end` called after all tests of this file. */
export const atEnd = (end) => ends.push(end);

/** An empty folder, removed after the tests. */
export function empty(within = tmpdir()) {
  mkdirSync(within, { recursive: true });
  const folder = mkdtempSync(join(within, "longma-"));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

let packed;

/** The package as `npm publish` would send it. */
export function tarball() {
  if (packed === undefined) {
    const folder = empty();
    packed = join(folder, npm(here("../longma"), "pack", "--silent", "--pack-destination", folder).trim());
  }
  return packed;
}

/** A folder with these files and the tarball installed, as a user begins. */
export function app(files = {}, within) {
  const folder = empty(within);
  write(folder, { "package.json": JSON.stringify({ private: true, type: "module" }), ...files });
  npm(folder, "install", "--silent", "--offline", "--no-audit", "--no-fund", "--no-save", "--no-package-lock", tarball());
  return folder;
}

/** Writes files, by their paths inside a folder. */
export function write(folder, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** An export of the installed package: `from(folder, "longma/samples")`. */
export const from = (folder, name) => import(pathToFileURL(createRequire(join(folder, "app.js")).resolve(name)).href);

function npm(cwd, ...words) {
  // Settings of an npm that runs these tests are not for this one.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(config|package|lifecycle)_/.test(name)));
  return execFileSync("npm", words, { cwd, env, encoding: "utf8", shell: process.platform === "win32" });
}

/** Runs a script in a folder with Node and returns what it printed. */
export async function node(folder, ...words) {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: undefined, NODE_TEST_CONTEXT: undefined };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: folder, env, maxBuffer: 1 << 26 });
    return stdout;
  } catch (error) {
    throw new Error(`node ${words.join(" ")}\n${error.stdout}\n${error.stderr}`, { cause: error });
  }
}

/** The script of a command of an installed tool: `command("webpack-cli", "webpack-cli")`. */
export function command(tool, name = tool) {
  const manifest = here(`node_modules/${tool}/package.json`);
  const { bin } = createRequire(import.meta.url)(manifest);
  return join(dirname(manifest), typeof bin === "string" ? bin : bin[name]);
}

const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** Serves a folder on this machine and returns its address. */
export async function serve(folder) {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://page").pathname));
    const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
    readFile(file).then(
      (bytes) => response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}/`;
}

/** Runs a server as its user does, and returns the address that it says. */
export function developing(folder, words) {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: undefined, NO_COLOR: "1" };
  const server = spawn(process.execPath, words, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  const gone = new Promise((resolve) => server.once("exit", resolve));
  atEnd(async () => {
    server.kill();
    await gone;
  });
  let said = "";
  return new Promise((resolve, reject) => {
    const hear = (bytes) => {
      said += bytes;
      const address = /http:\/\/(?:localhost|127\.0\.0\.1):\d+/.exec(said);
      if (address !== null) resolve(`${address[0].replace("localhost", "127.0.0.1")}/`);
    };
    server.stdout.on("data", hear);
    server.stderr.on("data", hear);
    gone.then(() => reject(new Error(`the server ended:\n${said}`)));
  });
}

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
let browser;

async function launched() {
  const { chromium } = await import("playwright-core");
  const executablePath = process.env.CHROME_PATH ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) throw new Error(`no browser at ${executablePath}: set CHROME_PATH to an installed Chrome or Chromium`);
  const started = await chromium.launch({ executablePath, args: FLAGS });
  atEnd(() => started.close());
  return started;
}

/** Opens an address and returns what `look` gives, as soon as it gives something. What goes wrong in the page fails. */
export async function shown(address, look = () => document.querySelector("#colour")?.textContent) {
  const context = await (await (browser ??= launched())).newContext();
  try {
    const page = await context.newPage();
    let wrong;
    const failed = new Promise((_, reject) => {
      wrong = (text) => reject(new Error(`${address}: ${text}`));
    });
    failed.catch(() => undefined);
    page.on("pageerror", (error) => wrong(error.stack ?? error.message));
    page.on("console", (message) => message.type() === "error" && !/favicon/.test(message.location().url) && wrong(message.text()));
    await page.goto(address);
    const found = await Promise.race([page.waitForFunction(look, undefined, { timeout: 60_000 }), failed]);
    return await found.jsonValue();
  } finally {
    await context.close();
  }
}
