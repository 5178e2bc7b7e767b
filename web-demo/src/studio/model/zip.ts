// Zips in and out. One that comes in is a stranger's: its list of files is read first and judged whole, then each
// file is inflated in small pieces, and never past what the list says or the limits allow.
import { Inflate, zipSync } from "fflate";
import { decoded } from "../../model/encoding";
import type { House } from "./house";
import { isOfHouse, nameFault, prefixOf, type NameFault } from "./names";

/** What a house may measure, in files and bytes. The shipped one has about 200 files and 1.3 MB. */
export const LIMITS = { zip: 16 * 1024 * 1024, files: 4000, file: 2 * 1024 * 1024, total: 32 * 1024 * 1024 } as const;

export type Fault =
  | { what: "not-zip" | "cut" | "empty" | "zip-size" | "files" | "total" }
  | { what: "name"; file: string; why: NameFault }
  | { what: "size" | "twice" | "locked" | "method" | "link" | "damaged" | "not-text"; file: string };

/** Why a house was not taken. */
export class Refused extends Error {
  constructor(readonly fault: Fault) {
    super(fault.what);
  }
}

const refuse = (fault: Fault): never => {
  throw new Refused(fault);
};

interface Entry {
  name: string;
  method: number;
  crc: number;
  packed: number;
  size: number;
  /** Where its data begins. */
  at: number;
}

const END = 0x06054b50;
const LISTED = 0x02014b50;
const LOCAL = 0x04034b50;

/** The zip's own list of its files, judged: names, sizes, number, kinds. Folders are left out. */
function entriesOf(bytes: Uint8Array): Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  const least = Math.max(0, end - 0xffff);
  while (end >= least && view.getUint32(end, true) !== END) end--;
  if (end < least || end < 0) refuse({ what: bytes.length >= 4 && view.getUint32(0, true) === LOCAL ? "cut" : "not-zip" });
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count > LIMITS.files) refuse({ what: "files" });
  const entries: Entry[] = [];
  const names = new Set<string>();
  let total = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== LISTED) refuse({ what: "cut" });
    const lengths = [view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true)] as const;
    const raw = bytes.subarray(at + 46, at + 46 + lengths[0]);
    const name = decoded(raw)?.text ?? "";
    const mode = view.getUint32(at + 38, true) >>> 16;
    const entry = {
      name,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
    };
    const flags = view.getUint16(at + 8, true);
    at += 46 + lengths[0] + lengths[1] + lengths[2];
    const why = nameFault(name.replace(/\/$/, ""));
    if (why !== undefined) refuse({ what: "name", file: name, why });
    if (name.endsWith("/")) continue;
    if ((mode & 0o170000) === 0o120000) refuse({ what: "link", file: name });
    if (names.has(name)) refuse({ what: "twice", file: name });
    if ((flags & 1) !== 0) refuse({ what: "locked", file: name });
    if (entry.method !== 0 && entry.method !== 8) refuse({ what: "method", file: name });
    if (entry.size > LIMITS.file) refuse({ what: "size", file: name });
    total += entry.size;
    if (total > LIMITS.total) refuse({ what: "total" });
    if (entry.at + 30 > bytes.length || view.getUint32(entry.at, true) !== LOCAL) refuse({ what: "damaged", file: name });
    entry.at += 30 + view.getUint16(entry.at + 26, true) + view.getUint16(entry.at + 28, true);
    if (entry.at + entry.packed > bytes.length) refuse({ what: "cut" });
    names.add(name);
    entries.push(entry);
  }
  return entries;
}

const CRC = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function crcOf(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = (CRC[(c ^ byte) & 0xff] as number) ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/** How many packed bytes are given at once: they become a thousand times as many at most. */
const PIECE = 1024;

/** Inflates at most `most` bytes; undefined if the data is broken or would be longer. */
export function inflated(data: Uint8Array, most: number): Uint8Array | undefined {
  const pieces: Uint8Array[] = [];
  let size = 0;
  let ended = false;
  const inflate = new Inflate((piece, final) => {
    size += piece.length;
    pieces.push(piece);
    ended ||= final;
  });
  try {
    for (let at = 0; at < data.length; at += PIECE) {
      inflate.push(data.subarray(at, at + PIECE), at + PIECE >= data.length);
      if (size > most) return undefined;
    }
  } catch {
    return undefined;
  }
  if (!ended) return undefined;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function contentOf(bytes: Uint8Array, entry: Entry): string {
  const packed = bytes.subarray(entry.at, entry.at + entry.packed);
  const content = entry.method === 0 ? packed : inflated(packed, entry.size);
  if (content === undefined || content.length !== entry.size || crcOf(content) !== entry.crc) return refuse({ what: "damaged", file: entry.name });
  return textOf(entry.name, content);
}

/** A file's text; refused if it is none. */
export function textOf(file: string, content: Uint8Array): string {
  const read = content.includes(0) ? undefined : decoded(content);
  return read === undefined ? refuse({ what: "not-text", file }) : read.text;
}

/**
 * The texts of a house in a zip, whose folder may lie in others. Files that are none of a house's are not inflated.
 * @throws {Refused} if anything in the zip is amiss.
 */
export function readZip(bytes: Uint8Array): Map<string, string> {
  if (bytes.length > LIMITS.zip) refuse({ what: "zip-size" });
  const entries = entriesOf(bytes);
  const prefix = prefixOf(entries.map(({ name }) => name));
  const house = new Map<string, string>();
  for (const entry of entries) {
    const path = entry.name.startsWith(prefix) ? entry.name.slice(prefix.length) : "";
    if (isOfHouse(path)) house.set(path, contentOf(bytes, entry));
  }
  if (![...house.keys()].some((path) => path.startsWith("packs/"))) refuse({ what: "empty" });
  return house;
}

/** The house as a zip. The same texts give the same bytes. */
export function writeZip(house: House): Uint8Array {
  const encoder = new TextEncoder();
  const files = [...house].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, text]) => [path, encoder.encode(text)] as const);
  return zipSync(Object.fromEntries(files), { level: 6, mtime: new Date(2000, 0, 1) });
}
