// Rules as a script. A mini-program uploads no other kind of file for certain, so the compiled packs are deflated and
// written as Base64, and this takes them apart again: RFC 1951 without stored blocks' checks, for our own data only.

const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** RFC 1951, 3.2.7: the order in which the lengths of the code for lengths come. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/** RFC 1951, 3.2.5: the extra bits of each length from 257 on, and of each distance. */
const LENGTHS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCES = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

/** Where each length or distance begins, given the extra bits of those before it. */
const begins = (extra: readonly number[], first: number): number[] => {
  let next = first;
  return extra.map((bits) => (next += 1 << bits) - (1 << bits));
};
const LENGTH = begins(LENGTHS, 3);
LENGTH[28] = 258;
const DISTANCE = begins(DISTANCES, 1);

/** A code's table: for the next `most` bits the symbol, times 16, and how many bits it takes. */
interface Code {
  most: number;
  table: Uint16Array;
}

function code(lengths: readonly number[]): Code {
  const most = Math.max(...lengths);
  const table = new Uint16Array(1 << most);
  let word = 0;
  for (let length = 1; length <= most; length++) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      let reversed = 0;
      for (let bit = 0; bit < length; bit++) reversed |= ((word >> bit) & 1) << (length - 1 - bit);
      for (let at = reversed; at < table.length; at += 1 << length) table[at] = (symbol << 4) | length;
      word += 1;
    }
    word <<= 1;
  }
  return { most, table };
}

/** The bytes that were deflated and written as Base64. `size` is their number. */
export function unpacked(text: string, size: number): Uint8Array {
  const into = new Uint8Array(size);
  const value: Record<string, number> = {};
  for (let at = 0; at < SIGNS.length; at++) value[SIGNS.charAt(at)] = at;
  let [from, to, held, count] = [0, 0, 0, 0];
  let [spare, spares] = [0, 0];
  const byte = (): number => {
    while (spares < 8) {
      spare = (spare << 6) | (value[text.charAt(from++)] ?? 0);
      spares += 6;
    }
    spares -= 8;
    return (spare >> spares) & 255;
  };
  const peek = (bits: number): number => {
    for (; count < bits; count += 8) held |= byte() << count;
    return held & ((1 << bits) - 1);
  };
  const drop = (bits: number): void => {
    held >>>= bits;
    count -= bits;
  };
  const take = (bits: number): number => {
    const taken = peek(bits);
    drop(bits);
    return taken;
  };
  const symbol = ({ most, table }: Code): number => {
    const entry = table[peek(most)] as number;
    drop(entry & 15);
    return entry >> 4;
  };
  const dynamic = (): [Code, Code] => {
    const [literals, distances, ordered] = [take(5) + 257, take(5) + 1, take(4) + 4];
    const short = ORDER.map(() => 0);
    for (let at = 0; at < ordered; at++) short[ORDER[at] as number] = take(3);
    const shortCode = code(short);
    const lengths: number[] = [];
    while (lengths.length < literals + distances) {
      const found = symbol(shortCode);
      const again = found < 16 ? 1 : found === 16 ? take(2) + 3 : found === 17 ? take(3) + 3 : take(7) + 11;
      const length = found < 16 ? found : found === 16 ? (lengths[lengths.length - 1] as number) : 0;
      for (let time = 0; time < again; time++) lengths.push(length);
    }
    return [code(lengths.slice(0, literals)), code(lengths.slice(literals))];
  };
  const fixed = (): [Code, Code] => {
    const lengths: number[] = [];
    for (let at = 0; at < 288; at++) lengths.push(at < 144 ? 8 : at < 256 ? 9 : at < 280 ? 7 : 8);
    return [code(lengths), code(DISTANCES.map(() => 5))];
  };
  for (let last = 0; last === 0; ) {
    last = take(1);
    const kind = take(2);
    if (kind === 0) {
      drop(count & 7);
      const length = take(16);
      take(16);
      for (let at = 0; at < length; at++) into[to++] = take(8);
      continue;
    }
    const [literals, distances] = kind === 1 ? fixed() : dynamic();
    for (let found = symbol(literals); found !== 256; found = symbol(literals)) {
      if (found < 256) {
        into[to++] = found;
        continue;
      }
      const length = (LENGTH[found - 257] as number) + take(LENGTHS[found - 257] as number);
      const step = symbol(distances);
      const distance = (DISTANCE[step] as number) + take(DISTANCES[step] as number);
      for (let at = 0; at < length; at++, to++) into[to] = into[to - distance] as number;
    }
  }
  return into;
}
