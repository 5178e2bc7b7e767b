// The facts document as text: finds JSON pointers in it and reads the few members that the page needs.
// The engine decodes and checks the facts; the text read here may be anything.
import { applyEdits, findNodeAtLocation, modify, parseTree, type Node } from "jsonc-parser";
import type { Place } from "../types";
import { rfc3339, type Instant } from "./time";

/** A piece of the text. Offsets are in UTF-16 units, the end is exclusive, and lines count from 1. */
export interface Piece {
  start: number;
  end: number;
  line: number;
  lastLine: number;
}

/** The steps of a JSON pointer (RFC 6901). */
export function pointerSteps(pointer: string): string[] {
  return pointer === "" ? [] : pointer.slice(1).split("/").map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

function piece(text: string, start: number, end: number): Piece {
  return { start, end, line: lineAt(text, start), lastLine: lineAt(text, end) };
}

/** Locates the value at `pointer`. If it is missing, locates the nearest value that would contain it. */
export function locate(text: string, pointer: string): Piece | undefined {
  const tree = parseTree(text);
  if (tree === undefined) return undefined;
  const steps = pointerSteps(pointer);
  for (let depth = steps.length; depth >= 0; depth--) {
    const node = findNodeAtLocation(tree, pathOf(tree, steps.slice(0, depth)));
    if (node === undefined) continue;
    // A member includes its name. For the whole document, only the first character is marked.
    if (node === tree) return piece(text, node.offset, node.offset + 1);
    const shown = node.parent?.type === "property" ? node.parent : node;
    return piece(text, shown.offset, node.offset + node.length);
  }
  return undefined;
}

/** A pointer's steps as jsonc-parser expects them: numbers inside arrays. */
function pathOf(tree: Node, steps: string[]): (string | number)[] {
  const path: (string | number)[] = [];
  for (const step of steps) {
    const node = findNodeAtLocation(tree, path);
    path.push(node?.type === "array" ? Number(step) : step);
  }
  return path;
}

/** The character at a line and column, both counted from 1, or the text's last one if it ends earlier. */
function character(text: string, line: number, column: number): Piece {
  let start = 0;
  for (let n = 1; n < line; n++) {
    const end = text.indexOf("\n", start);
    if (end === -1) break;
    start = end + 1;
  }
  const offset = Math.min(Math.max(0, text.length - 1), start + Math.max(0, column - 1));
  return piece(text, offset, Math.min(text.length, offset + 1));
}

/** The core's file name for the facts in places with a line and column. */
const FACTS_FILE = "facts";

/** Whether a problem's place is in the facts. */
export const isInFacts = (place: Place): boolean => place.kind === "facts" || (place.kind === "file" && place.file === FACTS_FILE);

/** The piece of the facts' text at a problem's place; undefined if the place is elsewhere. */
export function pieceAt(text: string, place: Place): Piece | undefined {
  if (place.kind === "facts") return locate(text, place.pointer);
  if (place.kind === "file" && isInFacts(place)) return character(text, place.line, place.column);
  return undefined;
}

/** Members that the page shows in its own words, empty if missing. The masked name comes from the engine's card. */
export interface Bearer {
  documentType: string;
  region: string;
}

const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>)[name] : undefined;
const string = (value: unknown): string => (typeof value === "string" ? value : "");

export function readBearer(text: string): Bearer {
  let facts: unknown;
  try {
    facts = JSON.parse(text);
  } catch {
    facts = undefined;
  }
  const identity = member(facts, "identity");
  return {
    documentType: string(member(member(identity, "document"), "type")),
    region: string(member(identity, "region")),
  };
}

/** The facts with one more issuance, as when a person applies for a code again. The rest of the text is unchanged. */
export function withIssuance(text: string, at: Instant): string {
  const tree = parseTree(text);
  const list = tree === undefined ? undefined : findNodeAtLocation(tree, ["issuance"]);
  const entry = { issued_at: rfc3339(at) };
  const formattingOptions = { insertSpaces: true, tabSize: 2 };
  const edits =
    list?.type === "array"
      ? modify(text, ["issuance", -1], entry, { formattingOptions, isArrayInsertion: true })
      : modify(text, ["issuance"], [entry], { formattingOptions });
  return applyEdits(text, edits);
}
