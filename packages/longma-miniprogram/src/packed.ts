// Rules as a script. A mini-program uploads no other kind of file for certain, so the compiled packs are deflated and
// written as text, and this takes them apart again. Two of 91 printable signs hold 13 bits, the first bits in the lower
// places: 1.23 bytes for one, where Base64 takes 1.33.
import { inflateSync } from "fflate";

/** What a sign counts: those from `#` to `~`, without the backslash. */
function value(text: string, at: number): number {
  const code = text.charCodeAt(at) - 35;
  return code > 57 ? code - 1 : code;
}

/** The bytes that were deflated and written with 91 signs. `size` is their number. */
export function unpacked(text: string, size: number): Uint8Array {
  const deflated = new Uint8Array(Math.floor((text.length * 13) / 16));
  for (let at = 0, to = 0, held = 0, bits = 0; at < text.length; at += 2) {
    held |= (value(text, at) + 91 * value(text, at + 1)) << bits;
    for (bits += 13; bits >= 8; bits -= 8, held >>= 8) deflated[to++] = held;
  }
  return inflateSync(deflated, { out: new Uint8Array(size) });
}
