// The documents of a gate: fetched from the configured address, and the last ones that the engine took, kept on the
// phone. They are kept and used as a whole: a timestamp of today with a release of yesterday would be refused.
import { config } from "../config";
import type { Files } from "./engine";

const NEEDED = ["timestamp.cbor", "release.cbor", "packs.longma"];
const OPTIONAL = ["revoked.cbor", "venue.json"];
const ROOT = "root.cbor";
const TABLES = "tables.json";

/** Why there are no documents: a file is not there, did not come, or goes over the limit. */
export type Lack = "missing" | "unreachable" | "tooLarge";
/** `detail` is the first such file. */
export type Fetched = { files: Files } | { what: Lack; detail: string };

/** A file's bytes; nothing if there is none. */
function file(name: string): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new Error(name));
    wx.request({
      url: config.gateUrl + name,
      dataType: "其他",
      responseType: "arraybuffer",
      timeout: 8000,
      success: ({ statusCode, data }) => {
        if (statusCode === 404 || statusCode === 410) resolve(undefined);
        else if (statusCode >= 200 && statusCode < 300 && typeof data === "object") resolve(new Uint8Array(data as ArrayBuffer));
        else fail();
      },
      fail,
    });
  });
}

/** Signs of an answer in ASCII; others stand for nothing that is looked for. */
const ascii = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");

function tableNames(bytes: Uint8Array | undefined): string[] {
  const listed: unknown = bytes === undefined ? [] : JSON.parse(ascii(bytes));
  if (!Array.isArray(listed) || !listed.every((name) => typeof name === "string" && /^\w+$/.test(name))) throw new Error(TABLES);
  return listed as string[];
}

/** All documents at the configured address, which ends with a slash. */
export async function fetchFiles(): Promise<Fetched> {
  const files: Files = {};
  let room = config.largestGate;
  const take = async (name: string): Promise<boolean> => {
    const bytes = await file(name);
    if (bytes === undefined) return false;
    files[name] = bytes;
    room -= bytes.length;
    return true;
  };
  try {
    // Each root names who signs the next, so they are asked for until one is not there.
    for (let at = 1; await take(at === 1 ? ROOT : `root.${at}.cbor`); at++) if (room < 0) return { what: "tooLarge", detail: ROOT };
    if (files[ROOT] === undefined) return { what: "missing", detail: ROOT };
    const tables = tableNames(await file(TABLES)).map((name) => `tables/${name}.csv`);
    for (const name of [...NEEDED, ...tables, ...OPTIONAL]) {
      if (!(await take(name)) && OPTIONAL.indexOf(name) < 0) return { what: "missing", detail: name };
      if (room < 0) return { what: "tooLarge", detail: name };
    }
    return { files };
  } catch (error) {
    return { what: "unreachable", detail: (error as Error).message };
  }
}

const path = (name: string): string => `${wx.env.USER_DATA_PATH}/${name}`;
const KEPT = "gate.documents";
/** Between the names with their lengths, in JSON, and the files. */
const END = 10;

function joined(files: Files): ArrayBuffer {
  const names = Object.keys(files);
  const head = JSON.stringify(names.map((name) => [name, files[name]?.length]));
  const parts = [Uint8Array.from(head, (sign) => sign.charCodeAt(0)), new Uint8Array([END]), ...names.map((name) => files[name] as Uint8Array)];
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.buffer;
}

function parted(all: Uint8Array): Files {
  const end = all.indexOf(END);
  const files: Files = {};
  let at = end + 1;
  for (const [name, length] of JSON.parse(ascii(all.subarray(0, end))) as [string, number][]) {
    files[name] = all.slice(at, at + length);
    at += length;
  }
  return files;
}

/** Keeps documents that the engine took, all or none; answers whether it could. */
export function keepFiles(files: Files): Promise<boolean> {
  const system = wx.getFileSystemManager();
  const fresh = path(`${KEPT}.new`);
  return new Promise((resolve) => {
    const fail = (): void => resolve(false);
    // What was kept before stays whole until the new ones are.
    system.writeFile({ filePath: fresh, data: joined(files), success: () => system.rename({ oldPath: fresh, newPath: path(KEPT), success: () => resolve(true), fail }), fail });
  });
}

/** The documents that were kept; nothing if there are none that can be read. */
export function keptFiles(): Promise<Files | undefined> {
  return new Promise((resolve) => {
    wx.getFileSystemManager().readFile({
      filePath: path(KEPT),
      success: ({ data }) => {
        try {
          resolve(parted(new Uint8Array(data as ArrayBuffer)));
        } catch (error) {
          resolve(undefined);
        }
      },
      fail: () => resolve(undefined),
    });
  });
}
