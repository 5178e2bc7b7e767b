// Bytes of a file as text, whatever wrote it: the same answers as the command gives.

/** A text, and in which encoding its bytes were, if that was not UTF-8. */
export interface Decoded {
  text: string;
  assumed?: string;
}

const MARKS: readonly (readonly [label: string, name: string, mark: readonly number[]])[] = [
  ["utf-8", "UTF-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", "UTF-16LE", [0xff, 0xfe]],
  ["utf-16be", "UTF-16BE", [0xfe, 0xff]],
];

/** UTF-8, UTF-16 with a byte order mark, or GB 18030, in which spreadsheets and older systems in China write; undefined if it is none of them. */
export function decoded(bytes: Uint8Array): Decoded | undefined {
  const marked = MARKS.find(([, , mark]) => mark.every((byte, at) => bytes[at] === byte)) ?? MARKS[0];
  for (const [label, name] of [marked as (typeof MARKS)[number], ["gb18030", "gb18030"] as const]) {
    try {
      const text = new TextDecoder(label, { fatal: true }).decode(bytes);
      return name === "UTF-8" ? { text } : { text, assumed: name };
    } catch {
      // The bytes are not text in this encoding.
    }
  }
  return undefined;
}
