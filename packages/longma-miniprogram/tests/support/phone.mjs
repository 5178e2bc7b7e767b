// A phone, as strict as the vendors' manuals: a realm of its own with ECMAScript 2017 and nothing else, in which the
// platform's WebAssembly takes a path inside the code package and no bytes. It is a model: nothing here ran on a phone.
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { setFlagsFromString } from "node:v8";
import vm from "node:vm";
import { brotliDecompressSync } from "node:zlib";

// The V8 of Node 20 can abort when optimised JavaScript with an inlined WebAssembly call is deoptimised during that call.
setFlagsFromString("--no-turbo-inline-js-wasm-calls");

/** The global names of ECMAScript 2017 that every phone has. `globalThis`, BigInt and FinalizationRegistry are not among them. */
const GLOBALS = [
  "Array", "ArrayBuffer", "Boolean", "DataView", "Date", "Error", "EvalError", "Float32Array", "Float64Array", "Function",
  "Infinity", "Int16Array", "Int32Array", "Int8Array", "JSON", "Map", "Math", "NaN", "Number", "Object", "Promise", "Proxy",
  "RangeError", "ReferenceError", "Reflect", "RegExp", "Set", "String", "Symbol", "SyntaxError", "TypeError", "URIError",
  "Uint16Array", "Uint32Array", "Uint8Array", "Uint8ClampedArray", "WeakMap", "WeakSet", "console", "decodeURI",
  "decodeURIComponent", "encodeURI", "encodeURIComponent", "escape", "eval", "isFinite", "isNaN", "parseFloat", "parseInt",
  "undefined", "unescape",
];

/** What came to objects after ECMAScript 2017. */
export const LATER = {
  Array: ["fromAsync"],
  "Array.prototype": [
    "at", "findLast", "findLastIndex", "flat", "flatMap", "toReversed", "toSorted", "toSpliced", "with",
  ],
  "ArrayBuffer.prototype": ["resize", "transfer", "transferToFixedLength"],
  Error: ["isError"],
  JSON: ["isRawJSON", "rawJSON"],
  Map: ["groupBy"],
  Math: ["f16round", "sumPrecise"],
  Object: ["fromEntries", "groupBy", "hasOwn"],
  Promise: ["allSettled", "any", "try", "withResolvers"],
  "Promise.prototype": ["finally"],
  RegExp: ["escape"],
  "Set.prototype": [
    "difference", "intersection", "isDisjointFrom", "isSubsetOf", "isSupersetOf", "symmetricDifference", "union",
  ],
  "String.prototype": ["at", "isWellFormed", "matchAll", "replaceAll", "toWellFormed", "trimEnd", "trimStart"],
  "Uint8Array": ["fromBase64", "fromHex"],
  "Uint8Array.prototype.__proto__": ["at", "findLast", "findLastIndex", "toReversed", "toSorted", "with"],
};

const PLATFORMS = {
  wechat: { api: "wx", wasm: "WXWebAssembly", instance: true, error: (message) => ({ errMsg: message }) },
  douyin: { api: "tt", wasm: "TTWebAssembly", instance: false, error: (message) => new Error(message) },
  alipay: { api: "my", wasm: "MYWebAssembly", instance: false, error: (message) => ({ error: 10025, errorMessage: message }) },
};

/**
 * A phone with the code package in `folder`.
 *
 * - `platform`: wechat, douyin or alipay.
 * - `thread`: `page`, or `worker`, which sees the scripts in `workers/` only and none of the platform's API.
 * - `wrapped`: whether `{ instance }` comes instead of an instance; what the platform does, if left out.
 * - `wasm`: false for a phone without WebAssembly.
 * - `brotli`: false for a base library that reads no compressed file.
 * - `user`: files of the user's folder, by address.
 */
export function phone(folder, { platform = "wechat", thread = "page", wrapped, wasm = true, brotli = true, user = {} } = {}) {
  const kind = PLATFORMS[platform];
  const context = vm.createContext({}, { codeGeneration: { strings: false, wasm: false } });
  const run = (code, filename = "app.js") => vm.runInContext(code, context, { filename });
  strip(run);
  const asked = [];
  const compiled = new Map();
  const given = { setTimeout, clearTimeout };
  const packaged = (path) => {
    const inside = typeof path === "string" && path.startsWith("/") && posix.normalize(path) === path;
    const file = join(folder, inside ? path : "");
    return inside && existsSync(file) ? readFileSync(file) : undefined;
  };
  if (wasm && (platform !== "alipay" || thread === "worker")) {
    given[kind.wasm] = {
      async instantiate(path, imports) {
        asked.push(path);
        if (typeof path !== "string") throw kind.error("instantiate: path must be a string");
        if (!/\.wasm(\.br)?$/.test(path)) throw kind.error(`instantiate: not a WebAssembly file ${path}`);
        const found = packaged(path);
        if (found === undefined) throw kind.error(`instantiate: file not found ${path}`);
        if (path.endsWith(".br") && !brotli) throw kind.error(`instantiate: not a WebAssembly file ${path}`);
        const plain = () => WebAssembly.compile(path.endsWith(".br") ? brotliDecompressSync(found) : found);
        if (!compiled.has(path)) compiled.set(path, plain());
        const instance = await WebAssembly.instantiate(await compiled.get(path), imports);
        const exported = Object.values(instance.exports);
        if (exported.some((it) => it instanceof WebAssembly.Global)) throw kind.error("instantiate: iOS exports no Global");
        return (wrapped ?? !kind.instance) ? { instance } : instance;
      },
    };
  }
  if (thread === "page") {
    const readFile = ({ filePath, success, fail }) => {
      const found = user[filePath] ?? packaged(filePath);
      Promise.resolve().then(() => {
        if (found === undefined) fail(kind.error(`readFile:fail no such file or directory, open '${filePath}'`));
        else success({ data: Uint8Array.from(found).buffer });
      });
    };
    given[kind.api] = { getFileSystemManager: () => ({ readFile }), createWorker: () => ({}) };
  }
  Object.assign(context, given);
  return { asked, context, run, require: loader(folder, run, thread === "worker" ? "/workers/" : "/") };
}

/** Takes from a realm what came after ECMAScript 2017, and what is not ECMAScript. */
function strip(run) {
  const lists = JSON.stringify({ globals: GLOBALS, later: LATER });
  run(`(function ({ globals, later }) {
    const all = globalThis;
    for (const path of Object.keys(later)) {
      const object = path.split(".").reduce((found, name) => found[name], all);
      for (const name of later[path]) delete object[name];
    }
    for (const name of Object.getOwnPropertyNames(all)) if (!globals.includes(name)) delete all[name];
  })(${lists})`);
}

/** `require` of a mini-program: relative paths, and packages in the nearest `miniprogram_npm`. */
function loader(folder, run, top) {
  const loaded = new Map();
  const file = (path) => [path, `${path}.js`, `${path}/index.js`].find((it) => it.endsWith(".js") && existsSync(join(folder, it)));
  const find = (name, from) => {
    if (/^\.{0,2}\//.test(name)) return file(posix.resolve(from, name));
    for (let near = from; ; near = posix.dirname(near)) {
      const found = file(posix.join(near, "miniprogram_npm", name));
      if (found !== undefined || near === "/") return found;
    }
  };
  const required = (name, from) => {
    const path = find(name, from);
    if (path === undefined || !path.startsWith(top)) throw new Error(`module '${name}' is not defined, required in '${from}'`);
    const there = loaded.get(path);
    if (there !== undefined) return there.exports;
    const module = run("({ exports: {} })");
    loaded.set(path, module);
    const script = run(`(function (exports, require, module) {${readFileSync(join(folder, path), "utf8")}\n})`, path);
    script(module.exports, (next) => required(next, posix.dirname(path)), module);
    return module.exports;
  };
  return (name, from = "/") => required(name, from);
}
