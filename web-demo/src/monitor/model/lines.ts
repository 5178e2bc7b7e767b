// A stream of bytes as lines: NDJSON, or Server-Sent Events whose data are the same lines. Lines that are too long are
// dropped while they come, so that a stream without an end of line fills no memory.

/** The longest line that is read, in UTF-16 code units. The longest record that the page writes about itself has 400. */
export const LINE = 16_384;

export interface Line {
  /** From 1, in the file or since the connection began. */
  number: number;
  /** `undefined`: longer than `LINE`. */
  text: string | undefined;
}

/** Cuts text into lines; keeps what has no end yet. */
export class Lines {
  #rest = "";
  #number = 0;
  #tooLong = false;

  /** The lines that end in this piece of text. */
  take(piece: string): Line[] {
    const lines: Line[] = [];
    let from = 0;
    for (let end = piece.indexOf("\n", from); end !== -1; end = piece.indexOf("\n", from)) {
      lines.push(this.#end(piece.slice(from, end)));
      from = end + 1;
    }
    this.#keep(piece.slice(from));
    return lines;
  }

  /** The last line, if it had no end. */
  finish(): Line[] {
    return this.#rest === "" && !this.#tooLong ? [] : [this.#end("")];
  }

  #keep(more: string): void {
    if (this.#rest.length + more.length > LINE) {
      this.#tooLong = true;
      this.#rest = "";
    } else if (!this.#tooLong) this.#rest += more;
  }

  #end(last: string): Line {
    this.#keep(last);
    const text = this.#tooLong ? undefined : this.#rest.replace(/\r$/, "");
    this.#rest = "";
    this.#tooLong = false;
    this.#number += 1;
    return { number: this.#number, text };
  }
}

const DATA = /^data: ?/;
/** Lines of an event stream that carry no data: comments, names, numbers, the end of an event. */
const OTHER = /^(:|event(:|$)|id(:|$)|retry(:|$)|data$|$)/;

/** The record's text in a line of an event stream: every `data:` line is a record. `undefined` where it carries none. */
export function eventLine(line: Line): Line | undefined {
  if (line.text === undefined) return line;
  if (DATA.test(line.text)) return { number: line.number, text: line.text.replace(DATA, "") };
  return OTHER.test(line.text) ? undefined : line;
}
