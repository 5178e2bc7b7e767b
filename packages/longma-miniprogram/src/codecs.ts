// Text to UTF-8 and back. Mini-programs on phones have neither TextEncoder nor TextDecoder; the glue asks for both.

class Encoder {
  encodeInto(text: string, into: Uint8Array): { read: number; written: number } {
    let [read, written] = [0, 0];
    while (read < text.length) {
      const point = text.codePointAt(read) as number;
      // A surrogate that stands alone is no character.
      const sign = point >= 0xd800 && point < 0xe000 ? 0xfffd : point;
      const size = sign < 0x80 ? 1 : sign < 0x800 ? 2 : sign < 0x10000 ? 3 : 4;
      if (written + size > into.length) break;
      if (size === 1) into[written] = sign;
      else {
        into[written] = ((0xf00 >> size) & 0xff) | (sign >> (6 * (size - 1)));
        for (let at = 1; at < size; at++) into[written + at] = 0x80 | ((sign >> (6 * (size - 1 - at))) & 0x3f);
      }
      written += size;
      read += point > 0xffff ? 2 : 1;
    }
    return { read, written };
  }

  encode(text: string): Uint8Array {
    const bytes = new Uint8Array(text.length * 3);
    return bytes.slice(0, this.encodeInto(text, bytes).written);
  }
}

/** The engine's own texts, which are well formed. */
class Decoder {
  decode(bytes?: Uint8Array): string {
    if (bytes === undefined) return "";
    let text = "";
    let units: number[] = [];
    for (let at = 0; at < bytes.length; ) {
      const first = bytes[at] as number;
      const size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
      let point = size === 1 ? first : first & (0x7f >> size);
      for (let next = 1; next < size; next++) point = (point << 6) | ((bytes[at + next] as number) & 0x3f);
      at += size;
      if (point > 0xffff) units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff));
      else units.push(point);
      if (units.length >= 4096) {
        text += String.fromCharCode(...units);
        units = [];
      }
    }
    return text + String.fromCharCode(...units);
  }
}

export { Decoder as TextDecoder, Encoder as TextEncoder };
