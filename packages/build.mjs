// Builds the npm packages: `node packages/build.mjs ENGINE GATE`, where ENGINE is the device crate and GATE the gate's,
// compiled to WebAssembly without reference types and multivalue. The packages are then in packages/*/dist, ready for
// `npm pack`; the gate for mini-programs lies beside them in packages/longma-miniprogram/gate_dist.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync, inflateRawSync } from "node:zlib";
import zopfli from "@gfx/zopfli";
import binaryen from "binaryen";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const at = (...path) => join(root, ...path);
const generated = at("packages/api/generated");
const work = at("target/npm");

/** The engine for every platform: MVP and mutable globals, which is what old phones take. */
function engine(source, name) {
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, `${name}.wasm`), withoutFeatures(readFileSync(source)));
  run("wasm-bindgen", "--target", "bundler", "--out-dir", join(work, "bound"), join(work, `${name}.wasm`));
  const bound = binaryen.readBinary(readFileSync(join(work, `bound/${name}_bg.wasm`)));
  // The glue does not read these globals, and WebAssembly on iOS cannot export any.
  for (const name of ["__abort_handler", "__instance_terminated"]) bound.removeExport(name);
  writeFileSync(join(work, "bare.wasm"), bound.emitBinary());
  const features = ["bulk-memory", "bulk-memory-opt", "sign-ext", "mutable-globals", "nontrapping-float-to-int"];
  const lowered = ["llvm-memory-copy-fill-lowering", "llvm-nontrapping-fptoint-lowering", "signext-lowering"];
  const optimised = join(work, `${name}.opt.wasm`);
  const options = [...features.map((it) => `--enable-${it}`), "-Oz", "--converge", ...lowered.map((it) => `--${it}`)];
  run(process.execPath, at("node_modules/binaryen/bin/wasm-opt"), join(work, "bare.wasm"), "-o", optimised, ...options);
  return readFileSync(optimised);
}

/** A module without its `target_features` section: wasm-bindgen would take the standard library's for ours. */
function withoutFeatures(bytes) {
  const kept = [bytes.subarray(0, 8)];
  let next = 8;
  const number = () => {
    let [value, shift, byte] = [0, 0, 0];
    do {
      byte = bytes[next++];
      value |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte & 0x80);
    return value >>> 0;
  };
  while (next < bytes.length) {
    const start = next;
    const id = bytes[next++];
    const end = number() + next;
    const length = id === 0 ? number() : 0;
    if (id !== 0 || bytes.subarray(next, next + length).toString() !== "target_features") kept.push(bytes.subarray(start, end));
    next = end;
  }
  return Buffer.concat(kept);
}

/** wasm-bindgen's glue as a function, so that each engine has memory of its own. */
function glue(name) {
  const names = [];
  const body = readFileSync(join(work, `bound/${name}_bg.js`), "utf8").replace(/^export (class|function) (\w+)/gm, (_, kind, name) => {
    names.push(name);
    return `${kind} ${name}`;
  });
  if (/^export /m.test(body)) throw new Error("the glue exports something that is neither a class nor a function");
  return `export function glue() {\n${body}\nreturn { ${names.join(", ")} };\n}\n`;
}

const TYPES = ["answer/types/outcome", "device/types/person", "device/types/venue", "device/types/area", "device/types/clinic", "device/types/passes"];
const GATE_TYPES = ["answer/types/outcome", "gate/types/gate"];

/** The types of documents and answers, from the same files as those of the engine's own package. */
function types(files) {
  return files.map((file) => readFileSync(at(`wasm/${file}.d.ts`), "utf8")).join("\n");
}

/** Sample persons, with the tables to decide them by and the instant to look at. */
function samples() {
  const index = JSON.parse(readFileSync(at("rules/samples/index.json"), "utf8"));
  const about = (subject) => index.filter((sample) => sample.subject === subject && sample.problems === undefined);
  const facts = (file) => JSON.parse(readFileSync(at("rules/samples", file), "utf8"));
  const persons = about("person").map(({ file, name, look, at: instant }) => ({ name, look, at: instant, facts: facts(file) }));
  const venues = about("venue").map(({ file, name }) => ({ name, facts: facts(file) }));
  const tables = Object.fromEntries(
    ["risk_areas", "exposures"].map((table) => [table, readFileSync(at(`rules/reference/${table}.sample.csv`), "utf8")]),
  );
  const sites = readFileSync(at("rules/samples/sites.csv"), "utf8");
  return { persons, tables, sites, venues };
}

const SAMPLES_TYPES = `import type { Person, Texts, Venue } from "./types/api/generated/data.js";
/** Invented persons, each with an instant to look at. */
export declare const persons: { name: Texts; look: Texts; at: string; facts: Person }[];
/** Invented tables, as CSV. */
export declare const tables: { risk_areas: string; exposures: string };
/** Invented sampling sites, as CSV. */
export declare const sites: string;
/** Invented venues. */
export declare const venues: { name: Texts; facts: Venue }[];
`;

const RULES_TYPES = `/** Sample packs of Gansu and what they inherit, compiled. None is in force today, and nothing in them is legal advice. */
declare const rules: Uint8Array;
export default rules;
`;

/** Bytes as a script, for bundlers that take no other files along. */
function script(bytes) {
  return `const text = ${JSON.stringify(bytes.toString("base64"))};
const signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const length = (text.length / 4) * 3 - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0);
const bytes = new Uint8Array(length);
const value = {};
for (let at = 0; at < signs.length; at++) value[signs[at]] = at;
for (let at = 0, to = 0; at < text.length; at += 4) {
  const four = (value[text[at]] << 18) | (value[text[at + 1]] << 12) | ((value[text[at + 2]] || 0) << 6) | (value[text[at + 3]] || 0);
  bytes[to++] = four >> 16;
  if (to < length) bytes[to++] = (four >> 8) & 255;
  if (to < length) bytes[to++] = four & 255;
}
`;
}

/** Bytes as text for `packed.ts`: two of 91 signs for 13 bits, the first bits in the lower places. */
function signs(bytes) {
  const signs = [...Array(92).keys()].map((at) => String.fromCharCode(35 + at)).filter((sign) => sign !== "\\");
  let [text, held, bits] = ["", 0, 0];
  const write = () => (text += signs[(held & 8191) % 91] + signs[Math.floor((held & 8191) / 91)]);
  for (const byte of bytes) {
    held |= byte << bits;
    bits += 8;
    if (bits < 13) continue;
    write();
    held >>= 13;
    bits -= 13;
  }
  if (bits > 0) write();
  return text;
}

const RULES = readFileSync(at("target/rules-small.longma"));

async function longma(wasm) {
  const dist = at("packages/longma/dist");
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(join(dist, "rules"), { recursive: true });
  writeFileSync(join(dist, "longma.wasm"), wasm);
  writeFileSync(join(dist, "engine.js"), `export default "${gzipSync(wasm, { level: 9 }).toString("base64")}";\n`);
  writeFileSync(join(dist, "engine.d.ts"), "declare const packed: string;\nexport default packed;\n");
  writeFileSync(join(dist, "rules/gansu.js"), `${script(RULES)}export default bytes;\n`);
  writeFileSync(join(dist, "rules/gansu.d.ts"), RULES_TYPES);
  const names = samples();
  const lines = Object.entries(names).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`);
  writeFileSync(join(dist, "samples.js"), lines.join(""));
  writeFileSync(join(dist, "samples.d.ts"), SAMPLES_TYPES);
  await build({
    ...shared,
    entryPoints: ["web", "node", "worker"].map((name) => at(`packages/longma/src/${name}.ts`)),
    outdir: dist,
    format: "esm",
    target: "es2020",
    splitting: true,
    chunkNames: "shared-[hash]",
    external: ["./engine.js", "node:*"],
  });
  run(process.execPath, at("node_modules/typescript/bin/tsc"), "--project", at("packages/longma/tsconfig.json"));
}

async function miniprogram(wasm) {
  const dist = at("packages/longma-miniprogram/miniprogram_dist");
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(join(dist, "rules"), { recursive: true });
  writeFileSync(join(dist, "longma.wasm"), wasm);
  writeFileSync(join(dist, "longma.wasm.br"), smallest(wasm));
  writeFileSync(join(dist, "rules/gansu.d.ts"), RULES_TYPES.replace("export default rules", "export = rules"));
  const names = samples();
  const lines = Object.entries(names).map(([name, value]) => `exports.${name} = ${JSON.stringify(value)};\n`);
  writeFileSync(join(dist, "samples.js"), lines.join(""));
  writeFileSync(join(dist, "samples.d.ts"), SAMPLES_TYPES);
  // A second's work, and a tenth less for every phone than zlib's best.
  const deflated = await zopfli.deflateAsync(RULES, { blocksplittingmax: 0 });
  if (!inflateRawSync(deflated).equals(RULES)) throw new Error("zopfli wrote other rules than it was given");
  const text = JSON.stringify(signs(deflated));
  const contents = `import { unpacked } from "./packed.ts"; module.exports = unpacked(${text}, ${RULES.length});`;
  const stdin = { contents, resolveDir: at("packages/longma-miniprogram/src") };
  // A library that is used asks for a decoder that phones do not have and that is not needed.
  const define = { TextDecoder: "undefined" };
  await build({ ...phones, stdin, define, outfile: join(dist, "rules/gansu.js") });
  await build({
    ...phones,
    entryPoints: [at("packages/longma-miniprogram/src/index.ts")],
    outfile: join(dist, "index.js"),
    inject: [at("packages/longma-miniprogram/src/codecs.ts")],
    plugins: [plainFields],
    // Fields of our own and of the glue; what the engine exports keeps its names.
    mangleProps: /^(own\$.*|__wbg_ptr|__wrap|__destroy_into_raw)$/,
  });
  run(process.execPath, at("node_modules/typescript/bin/tsc"), "--project", at("packages/longma-miniprogram/tsconfig.json"));
}

/** The gate for mini-programs, which a subpackage takes: a script and its engine. */
async function gate(wasm) {
  const dist = at("packages/longma-miniprogram/gate_dist");
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  writeFileSync(join(dist, "gate.wasm.br"), smallest(wasm));
  await build({
    ...phones,
    entryPoints: [at("packages/longma-miniprogram/src/gate.ts")],
    outfile: join(dist, "engine.js"),
    inject: [at("packages/longma-miniprogram/src/codecs.ts")],
  });
}

/** In brotli, by the guess, the size of blocks and the distances that suit these bytes best: some seconds, and some hundred bytes for every phone. */
function smallest(bytes) {
  const [least, most] = [16, 18];
  let best;
  // How many near distances have a sign of their own; the other guess decides that itself.
  for (const [mode, direct] of [[constants.BROTLI_MODE_GENERIC, 0], [constants.BROTLI_MODE_GENERIC, 4], [constants.BROTLI_MODE_GENERIC, 12], [constants.BROTLI_MODE_FONT, 0]]) {
    for (let block = least; block <= most; block++) {
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        [constants.BROTLI_PARAM_MODE]: mode,
        [constants.BROTLI_PARAM_LGBLOCK]: block,
        [constants.BROTLI_PARAM_NDIRECT]: direct,
      };
      const packed = brotliCompressSync(bytes, { params });
      if (best === undefined || packed.length < best.length) best = packed;
    }
  }
  return best;
}

// Phones' JavaScript has no private fields. In the place of each would stand a map and four calls, 2 kB in all, so there
// they are fields with short names; types and the packages for browsers keep them private.
const plainFields = {
  name: "plain-fields",
  setup(build) {
    build.onLoad({ filter: /packages[\\/]api[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8").replace(/#(?=[a-z]\w*\b)/g, "own$$");
      return { contents: text, loader: "ts" };
    });
  },
};

const shared = { bundle: true, absWorkingDir: root, logLevel: "warning", legalComments: "none", charset: "utf8" };

const phones = { ...shared, format: "cjs", target: "es2017", minify: true, supported: { "optional-catch-binding": false } };

function run(program, ...words) {
  execFileSync(program, words, { stdio: "inherit", cwd: root });
}

const [source, gateSource] = process.argv.slice(2);
if (gateSource === undefined) {
  console.error("usage: node packages/build.mjs ENGINE GATE\n`cargo xtask packages` compiles both engines and calls this.");
  process.exit(2);
}
rmSync(generated, { recursive: true, force: true });
mkdirSync(generated, { recursive: true });
const wasm = engine(source, "longma");
const gateWasm = engine(gateSource, "gate");
writeFileSync(join(generated, "glue.js"), glue("longma"));
writeFileSync(join(generated, "gate.js"), glue("gate"));
writeFileSync(join(generated, "glue.d.ts"), 'import type { Glue } from "../src/device.js";\nexport declare function glue(): Glue;\n');
writeFileSync(join(generated, "gate.d.ts"), 'import type { Glue } from "../../longma-miniprogram/src/gate.js";\nexport declare function glue(): Glue;\n');
writeFileSync(join(generated, "data.ts"), types(TYPES));
writeFileSync(join(generated, "gate-data.ts"), types(GATE_TYPES));
await longma(wasm);
await miniprogram(wasm);
await gate(gateWasm);
for (const name of ["longma", "longma-miniprogram"]) cpSync(at("LICENSE"), at("packages", name, "LICENSE"));
console.log(`built ${relative(root, at("packages"))}/longma and ${relative(root, at("packages"))}/longma-miniprogram`);
