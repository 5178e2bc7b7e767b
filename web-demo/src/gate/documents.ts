// The documents of a gate: fetched from the folder beside the page, and the last ones that the engine took, kept on the
// device. They are kept and used as a whole: a timestamp of today with a release of yesterday would be refused.
import type { Files } from "./protocol";

/** The folder with this gate's documents, and the one with those for trying out. */
export const FOLDERS = { real: "gate", samples: "gate-samples" } as const;

const NEEDED = ["timestamp.cbor", "release.cbor", "packs.longma"];
const OPTIONAL = ["revoked.cbor", "venue.json"];
const ROOT = "root.cbor";
const TABLES = "tables.json";

export type Fetched =
  | { files: Files }
  /** The first file that is needed and not there; `root.cbor` if nothing was set up. */
  | { missing: string }
  | { unreachable: string };

const address = (folder: string, name: string): string => new URL(`${folder}/${name}`, document.baseURI).href;

/** A file's bytes; nothing if there is none. Some servers answer with a page where there is no file. */
async function file(folder: string, name: string): Promise<Uint8Array | undefined> {
  const response = await fetch(address(folder, name), { cache: "no-cache" });
  if (response.status === 404 || response.status === 410 || response.headers.get("content-type")?.startsWith("text/html")) return undefined;
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** A small file of JSON; nothing if there is none. */
export async function json(folder: string, name: string): Promise<unknown> {
  const bytes = await file(folder, name);
  return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
}

function tableNames(listed: unknown): string[] {
  if (listed === undefined) return [];
  if (!Array.isArray(listed) || !listed.every((name) => typeof name === "string" && /^\w+$/.test(name))) throw new Error(TABLES);
  return listed as string[];
}

/** All documents of a folder. */
export async function fetchFiles(folder: string): Promise<Fetched> {
  try {
    const files: Files = {};
    // Each root names who signs the next, so they are asked for until one is not there.
    for (let at = 1, name = ROOT; ; name = `root.${++at}.cbor`) {
      const root = await file(folder, name);
      if (root === undefined) break;
      files[name] = root;
    }
    if (files[ROOT] === undefined) return { missing: ROOT };
    const tables = tableNames(await json(folder, TABLES)).map((name) => `tables/${name}.csv`);
    const needed = [...NEEDED, ...tables];
    const names = [...needed, ...OPTIONAL];
    const all = await Promise.all(names.map((name) => file(folder, name)));
    for (const [at, name] of names.entries()) {
      const bytes = all[at];
      if (bytes !== undefined) files[name] = bytes;
      else if (needed.includes(name)) return { missing: name };
    }
    return { files };
  } catch (error) {
    return { unreachable: error instanceof Error ? error.message : String(error) };
  }
}

const CACHE = "longma-gate-documents";
const KEPT = "kept";

/** Keeps documents that the engine took, in one entry, so that they are kept all or not at all. */
export async function keep(files: Files): Promise<void> {
  const form = new FormData();
  for (const [name, bytes] of Object.entries(files)) form.append(name, new Blob([bytes as BlobPart]), name);
  await (await caches.open(CACHE)).put(address(FOLDERS.real, KEPT), new Response(form));
}

/** The documents that were kept; nothing if there are none, or the browser keeps nothing. */
export async function kept(): Promise<Files | undefined> {
  try {
    const form = await (await (await caches.open(CACHE)).match(address(FOLDERS.real, KEPT)))?.formData();
    if (form === undefined) return undefined;
    const files: Files = {};
    for (const [name, value] of form) if (value instanceof File) files[name] = new Uint8Array(await value.arrayBuffer());
    return files;
  } catch {
    return undefined;
  }
}
