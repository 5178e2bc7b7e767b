// Rules as a script. A mini-program uploads no other kind of file for certain, so the compiled packs are deflated and
// written as Base64, and this takes them apart again.
import { inflateSync } from "fflate";

const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The bytes that were deflated and written as Base64. `size` is their number. Phones have no `atob`. */
export function unpacked(text: string, size: number): Uint8Array {
  const values: Record<string, number> = { "=": 0 };
  for (let at = 0; at < SIGNS.length; at++) values[SIGNS.charAt(at)] = at;
  const deflated = new Uint8Array(Math.floor((text.length * 3) / 4));
  for (let at = 0, to = 0; at < text.length; at += 4) {
    let four = 0;
    for (let sign = at; sign < at + 4; sign++) four = (four << 6) | (values[text.charAt(sign)] as number);
    for (let shift = 16; shift >= 0; shift -= 8) deflated[to++] = four >> shift;
  }
  return inflateSync(deflated, { out: new Uint8Array(size) });
}
