// A link that carries changed files: the differences from the shipped house as JSON, deflated, in base64url, behind
// `#h=`. What stands behind `#` is not sent to any server.
import { deflateSync } from "fflate";
import { isOfHouse, nameFault } from "./names";
import { inflated } from "./zip";

/** The longest link's part behind `#h=`, in characters, and what it may become, in bytes. */
export const SHARE = { link: 60_000, text: 2 * 1024 * 1024 } as const;

export const MARK = "#h=";

export interface Shared {
  /** The shipped house's edition that the changes were made on. */
  edition: string;
  /** Texts by path; null for a file that is taken away. */
  files: Map<string, string | null>;
}

const toBase64 = (bytes: Uint8Array): string => {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};

/** The part of a link from `#h=` on; undefined if it would be too long. */
export function shareText({ edition, files }: Shared): string | undefined {
  const json = JSON.stringify({ v: 1, edition, files: Object.fromEntries(files) });
  const text = toBase64(deflateSync(new TextEncoder().encode(json), { level: 9 }));
  return text.length > SHARE.link ? undefined : MARK + text;
}

/** What a link carries, or why it is refused. */
export function readShare(fragment: string): Shared | "too-large" | "broken" {
  const text = fragment.slice(MARK.length);
  if (text.length > SHARE.link) return "too-large";
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return "broken";
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
  } catch {
    return "broken";
  }
  const json = inflated(bytes, SHARE.text);
  if (json === undefined) return "broken";
  let read: unknown;
  try {
    read = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch {
    return "broken";
  }
  if (typeof read !== "object" || read === null) return "broken";
  const { v, edition, files } = read as Record<string, unknown>;
  if (v !== 1 || typeof edition !== "string" || typeof files !== "object" || files === null || Array.isArray(files)) return "broken";
  const found = new Map<string, string | null>();
  for (const [path, text] of Object.entries(files)) {
    if (nameFault(path) !== undefined || !isOfHouse(path) || (text !== null && typeof text !== "string")) return "broken";
    found.set(path, text);
  }
  return found.size === 0 ? "broken" : { edition, files: found };
}
