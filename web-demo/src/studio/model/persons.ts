// Persons of a file, cut out of it piece by piece: one document a line, a JSON list, or a single document. Documents are
// cut, not judged: the engine reads each and says what is wrong with it.

/** The longest document, in UTF-16 units. */
export const LONGEST = 4 * 1024 * 1024;

/** Why the rest of a file was not read. */
export type GivenFault = { what: "empty" } | { what: "long"; line: number } | { what: "not-text" } | { what: "gone" };

/** One document's text, and the line from 1 on which it begins. */
export interface Piece {
  line: number;
  text: string;
}

/** How far a file has been read. */
export interface Given {
  /** In bytes. */
  read: number;
  size: number;
  /** The lines of the refused persons that the report lists, in its order. */
  lines: readonly number[];
  fault: GivenFault | null;
}

const SPACE = /^\s*$/;

/** How deep in brackets a text ends. */
function depthOf(text: string): number {
  let [depth, inString] = [0, false];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (inString) {
      if (char === "\\") at++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === "{" || char === "[") depth++;
    else if (char === "}" || char === "]") depth--;
  }
  return depth;
}

/** Thrown when a document never ends. */
export class TooLong extends Error {
  constructor(readonly line: number) {
    super(`a document from line ${line} on is too long`);
  }
}

export class Cutter {
  #how: "unknown" | "lines" | "whole" | "list" | "after" = "unknown";
  /** What was read and not handed out. */
  #rest = "";
  /** The line on which the rest begins. */
  #line = 1;
  /** Within a list: how far the rest was looked through, and what stood there. */
  #looked = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  /** The documents that end in this part of the file. */
  push(part: string): Piece[] {
    this.#rest += part;
    const found: Piece[] = [];
    if (this.#how === "unknown") this.#begin(false);
    if (this.#how === "lines") this.#cutLines(found);
    else if (this.#how === "list") this.#cutList(found);
    if (this.#rest.length > LONGEST) throw new TooLong(this.#line + leading(this.#rest));
    return found;
  }

  /** What is left when the file has ended. */
  end(): Piece[] {
    const found: Piece[] = [];
    if (this.#how === "unknown") this.#begin(true);
    if (this.#how === "lines") this.#cutLines(found);
    this.#hand(found, this.#rest);
    this.#rest = "";
    return found;
  }

  /** Sees which of the three it is; a single document spread over lines is told by its second line. */
  #begin(ended: boolean): void {
    this.#rest = this.#rest.replace(/^\uFEFF/, "");
    const start = this.#rest.search(/\S/);
    if (start < 0) return;
    if (this.#rest[start] === "[") {
      this.#line += lines(this.#rest.slice(0, start));
      this.#rest = this.#rest.slice(start + 1);
      this.#how = "list";
      return;
    }
    const end = this.#rest.indexOf("\n", start);
    if (end < 0) {
      if (ended) this.#how = "lines";
      return;
    }
    if (depthOf(this.#rest.slice(start, end)) <= 0) this.#how = "lines";
    else {
      const next = /\S/.exec(this.#rest.slice(end))?.[0];
      if (next === undefined && !ended) return;
      this.#how = next === "{" ? "lines" : "whole";
    }
  }

  #cutLines(found: Piece[]): void {
    let from = 0;
    for (let end = this.#rest.indexOf("\n"); end >= 0; end = this.#rest.indexOf("\n", from)) {
      this.#hand(found, this.#rest.slice(from, end + 1));
      from = end + 1;
    }
    this.#rest = this.#rest.slice(from);
  }

  #cutList(found: Piece[]): void {
    let from = 0;
    let at = this.#looked;
    for (; at < this.#rest.length; at++) {
      const char = this.#rest[at];
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (char === "\\") this.#escaped = true;
        else if (char === '"') this.#inString = false;
      } else if (char === '"') this.#inString = true;
      else if (char === "{" || char === "[") this.#depth++;
      else if (this.#depth > 0) {
        if (char === "}" || char === "]") this.#depth--;
      } else if (char === "," || char === "]") {
        this.#hand(found, this.#rest.slice(from, at));
        from = at + 1;
        if (char === "]") {
          this.#how = "after";
          break;
        }
      }
    }
    this.#rest = this.#rest.slice(from);
    this.#looked = this.#how === "list" ? this.#rest.length : 0;
  }

  #hand(found: Piece[], text: string): void {
    if (!SPACE.test(text)) found.push({ line: this.#line + leading(text), text: text.trim() });
    this.#line += lines(text);
  }
}

const lines = (text: string): number => text.split("\n").length - 1;
/** How many lines stand empty before a text begins. */
const leading = (text: string): number => lines(text.slice(0, Math.max(0, text.search(/\S/))));

/** A table's name by its file's name; undefined if it cannot be one. */
export const tableNamed = (file: string): string | undefined => /^([a-z][a-z0-9_]*)(?:\.sample)?\.csv$/.exec(file)?.[1];
