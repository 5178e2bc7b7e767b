// What phones take: WebAssembly as it was first released, with mutable globals, and scripts of ECMAScript 2017.
import { parse } from "acorn";
import { full } from "acorn-walk";
import binaryen from "binaryen";
import { LATER } from "./phone.mjs";

/** Sections of the first WebAssembly by their number; 0 is custom, and 12 came with bulk memory. */
const SECTIONS = 11;

/** What old phones do not take in a module. */
export function moduleFaults(bytes) {
  const faults = sections(bytes).filter((id) => id > SECTIONS).map((id) => `section ${id}`);
  const module = new WebAssembly.Module(bytes);
  const globals = WebAssembly.Module.exports(module).filter(({ kind }) => kind === "global");
  faults.push(...globals.map(({ name }) => `exported global ${name}`));
  const read = binaryen.readBinary(bytes);
  read.setFeatures(binaryen.Features.MVP | binaryen.Features.MutableGlobals);
  // Binaryen itself prints which instructions they are.
  if (read.validate() !== 1) faults.push("instructions of later WebAssembly");
  read.dispose();
  return faults;
}

function sections(bytes) {
  const found = [];
  for (let next = 8; next < bytes.length; ) {
    found.push(bytes[next++]);
    let [size, shift, byte] = [0, 0, 0];
    do {
      byte = bytes[next++];
      size |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte & 0x80);
    next += size;
  }
  return found;
}

/** The names that a script may take from its surroundings. `FinalizationRegistry` is asked for before it is used. */
const SURROUNDINGS = [
  "Array", "ArrayBuffer", "DataView", "Date", "Error", "FinalizationRegistry", "Infinity", "JSON", "Map", "Math", "NaN",
  "Number", "Object", "Promise", "Reflect", "RegExp", "Set", "String", "Symbol", "TypeError", "Uint16Array", "Uint32Array",
  "Uint8Array", "Int32Array", "Float64Array", "WeakMap", "WeakSet", "arguments", "clearTimeout", "console", "exports",
  "module", "setTimeout", "undefined", "MYWebAssembly", "TTWebAssembly", "WXWebAssembly", "my", "tt", "wx",
];

/** What old phones do not take in a script, or its review refuses. */
export function scriptFaults(text) {
  let tree;
  try {
    tree = parse(text, { ecmaVersion: 8, sourceType: "script" });
  } catch (error) {
    return [`not ECMAScript 2017: ${error.message}`];
  }
  const [declared, used, called, own] = [new Set(), new Set(), new Set(), new Set()];
  full(tree, (node) => {
    if (node.type === "VariableDeclarator") names(node.id, declared);
    if (/Function/.test(node.type)) node.params.forEach((it) => names(it, declared));
    if (/Function|Class/.test(node.type) && node.id) names(node.id, declared);
    if (node.type === "CatchClause") names(node.param, declared);
    if (node.type === "Identifier") used.add(node.name);
    const member = node.type === "MemberExpression" && !node.computed;
    if (member) called.add(node.property.name);
    if (/^(Property|MethodDefinition)$/.test(node.type) && !node.computed) own.add(node.key.name ?? node.key.value);
  });
  const foreign = [...used].filter((name) => !declared.has(name) && !SURROUNDINGS.includes(name));
  const later = Object.values(LATER).flat().filter((name) => called.has(name) && !own.has(name));
  return [...foreign.map((name) => `uses ${name}`), ...later.map((name) => `calls ${name}`)];
}

/** The names that a pattern declares. */
function names(pattern, into) {
  if (pattern.type === "Identifier") into.add(pattern.name);
  else if (pattern.type === "AssignmentPattern") names(pattern.left, into);
  else if (pattern.type === "RestElement") names(pattern.argument, into);
  else if (pattern.type === "ArrayPattern") pattern.elements.forEach((it) => it && names(it, into));
  else pattern.properties.forEach((it) => names(it.value ?? it, into));
}
