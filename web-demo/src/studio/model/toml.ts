// Writing into a TOML text: values as they are written, and where its tables stand. The rest of the text stays as it is.

/** A text as TOML writes it, on one line. */
export function quoted(text: string): string {
  const escapes: Record<string, string> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f" };
  return `"${text.replace(/["\\\u0000-\u001f\u007f]/g, (char) => escapes[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`;
}

/** A text in both languages. */
export const both = (zh: string, en: string): string => `{ zh-CN = ${quoted(zh)}, en = ${quoted(en)} }`;

/** A key as it is written: bare where that may be. */
export const keyOf = (name: string): string => (/^[A-Za-z0-9_-]+$/.test(name) ? name : quoted(name));

/** A table's heading and what belongs to it, by offsets. */
export interface Table {
  key: string[];
  /** Where the heading's line begins. */
  head: number;
  /** Where it begins with the comment lines right above it, and where the next one begins with its own. */
  from: number;
  to: number;
}

/** The parts of a heading, `a."b.c"`; undefined if it is none. */
function partsOf(heading: string): string[] | undefined {
  const parts: string[] = [];
  let rest = heading.trim();
  for (;;) {
    const found = /^(?:([A-Za-z0-9_-]+)|"((?:[^"\\]|\\.)*)"|'([^']*)')\s*/.exec(rest);
    if (found === null) return undefined;
    parts.push(found[1] ?? found[2]?.replace(/\\(["\\])/g, "$1") ?? found[3] ?? "");
    rest = rest.slice(found[0].length);
    if (rest === "") return parts;
    if (!rest.startsWith(".")) return undefined;
    rest = rest.slice(1).trim();
  }
}

/** Where each line begins that is not inside of a text or a list. */
function lineStarts(text: string): number[] {
  const found: number[] = [];
  let deep = 0;
  let at = 0;
  let fresh = true;
  while (at < text.length) {
    const skip = /^(?:"""[\s\S]*?(?:"""+|$)|'''[\s\S]*?(?:'''+|$)|"(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?|#[^\n]*)/.exec(text.slice(at, at + 3) === '"""' || text.slice(at, at + 3) === "'''" ? text.slice(at) : text.slice(at, text.indexOf("\n", at) < 0 ? undefined : text.indexOf("\n", at)))?.[0];
    if (fresh && deep === 0) found.push(at);
    const char = text.charAt(at);
    // The brackets of a heading are closed on its own line.
    if (skip) at += skip.length;
    else {
      if (char === "[" || char === "{") deep++;
      else if ((char === "]" || char === "}") && deep > 0) deep--;
      at++;
    }
    fresh = !skip && char === "\n";
  }
  return found;
}

/** The tables of a text, in their order. */
export function tablesOf(text: string): Table[] {
  const heads: { key: string[]; head: number }[] = [];
  for (const head of lineStarts(text)) {
    const line = text.slice(head, text.indexOf("\n", head) < 0 ? undefined : text.indexOf("\n", head));
    const name = /^\s*\[\[?([^[\]]+)\]\]?\s*(?:#.*)?\r?$/.exec(line)?.[1];
    const key = name === undefined ? undefined : partsOf(name);
    if (key !== undefined) heads.push({ key, head });
  }
  const begins = heads.map(({ head }) => {
    let from = head;
    for (;;) {
      const before = text.lastIndexOf("\n", from - 2) + 1;
      if (from === 0 || !/^\s*#/.test(text.slice(before, from))) return from;
      from = before;
    }
  });
  return heads.map((one, i) => ({ ...one, from: begins[i] as number, to: begins[i + 1] ?? text.length }));
}

export const tableIn = (text: string, key: readonly string[]): Table | undefined => tablesOf(text).find((table) => table.key.length === key.length && table.key.every((part, i) => part === key[i]));

/** A change of a text: what stands from one offset to another becomes this. */
export interface Change {
  from: number;
  to: number;
  insert: string;
}

/** The change that puts a new table behind others: behind the last one whose key begins like it, else behind `after`, else at the end. */
export function added(text: string, key: readonly string[], lines: readonly string[], after?: readonly string[]): Change {
  const tables = tablesOf(text);
  const like = tables.filter((table) => key.length > 1 && table.key.length >= key.length && key.slice(0, -1).every((part, i) => part === table.key[i]));
  const behind = like.at(-1) ?? (after === undefined ? undefined : tables.filter((table) => after.every((part, i) => part === table.key[i])).at(-1));
  const at = behind?.to ?? text.length;
  const before = text.slice(0, at);
  const gap = before === "" || /\n\s*\n$/.test(before) ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const rest = text.slice(at).trim() === "" ? "" : "\n";
  return { from: at, to: at, insert: `${gap}[${key.map(keyOf).join(".")}]\n${lines.join("\n")}\n${rest}` };
}

/** The change that takes a table away, with the comment above it and those below its key. */
export function removed(text: string, key: readonly string[]): Change[] {
  return tablesOf(text)
    .filter((table) => key.every((part, i) => part === table.key[i]))
    .map(({ from, to }) => ({ from, to, insert: "" }));
}

export const changedBy = (text: string, changes: readonly Change[]): string =>
  [...changes].sort((a, b) => b.from - a.from).reduce((now, { from, to, insert }) => now.slice(0, from) + insert + now.slice(to), text);
