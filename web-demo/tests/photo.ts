// QR codes as a camera sees them: held askew, turned, blurred, in uneven light, with noise. The same every time.
import encodeQR from "qr";

/** A picture in grey: each pixel 0 to 255, rows one after another. */
export interface Grey {
  width: number;
  height: number;
  pixels: Uint8Array;
}

/** How a photo differs from the code. */
export interface Faults {
  /** Pixels per module. */
  scale: number;
  /** By how much the far edge is shorter, 0 to 1. */
  tilt: number;
  /** In radians. */
  turn: number;
  /** Standard deviation, in pixels. */
  blur: number;
  /** The most that the light falls off, 0 to 1. */
  shade: number;
  /** 0 to 1. */
  noise: number;
}

export const PLAIN: Faults = { scale: 5, tilt: 0, turn: 0, blur: 0, shade: 0, noise: 0 };
export const PHOTO: Faults = { scale: 4.5, tilt: 0.12, turn: 0.2, blur: 1.1, shade: 0.5, noise: 0.12 };

type Point = [x: number, y: number];

/** The eight numbers that lead each corner of `from` to that of `to`, in perspective. */
function perspective(from: Point[], to: Point[]): number[] {
  const rows = from.flatMap(([x, y], at) => {
    const [u, v] = to[at]!;
    return [[x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]];
  });
  for (let c = 0; c < 8; c++) {
    let best = c;
    for (let r = c; r < 8; r++) if (Math.abs(rows[r]![c]!) > Math.abs(rows[best]![c]!)) best = r;
    [rows[c], rows[best]] = [rows[best]!, rows[c]!];
    for (let r = 0; r < 8; r++) {
      if (r === c) continue;
      const factor = rows[r]![c]! / rows[c]![c]!;
      for (let k = c; k < 9; k++) rows[r]![k]! -= factor * rows[c]![k]!;
    }
  }
  return rows.map((row, at) => row[8]! / row[at]!);
}

function blurred(light: Float32Array, width: number, sigma: number, step: number): Float32Array {
  const reach = Math.ceil(sigma * 2.5);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, at) => Math.exp(-((at - reach) ** 2) / (2 * sigma * sigma)));
  const sum = weights.reduce((a, b) => a + b);
  return light.map((own, at) => {
    let total = 0;
    for (let i = -reach; i <= reach; i++) {
      const next = at + i * step;
      // A row's end is not its neighbour's beginning.
      const isNear = step !== 1 || Math.floor(next / width) === Math.floor(at / width);
      total += ((isNear ? light[next] : undefined) ?? own) * weights[i + reach]!;
    }
    return total / sum;
  });
}

/** The QR code of a text on a grey wall. */
export function photo(text: string, { scale, tilt, turn, blur, shade, noise }: Faults): Grey {
  const modules = encodeQR(text, "raw", { ecc: "medium", border: 4 });
  const n = modules.length;
  // Even, as a camera's pictures are.
  const width = 2 * Math.ceil((n * scale * 1.3) / 2);
  const half = (n * scale) / 2;
  const corner = (x: number, y: number): Point => {
    const [far, high] = [x * half * (1 - (tilt * (y + 1)) / 2), y * half * (1 - tilt / 2)];
    return [width / 2 + far * Math.cos(turn) - high * Math.sin(turn), width / 2 + far * Math.sin(turn) + high * Math.cos(turn)];
  };
  const [a, b, c, d, e, f, g, h] = perspective([corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)], [[0, 0], [n, 0], [n, n], [0, n]]) as [number, number, number, number, number, number, number, number];
  const at = (x: number, y: number): number => {
    const depth = g * x + h * y + 1;
    const dark = modules[Math.floor((d * x + e * y + f) / depth)]?.[Math.floor((a * x + b * y + c) / depth)];
    return dark === undefined ? 0.55 : dark ? 0.08 : 0.95;
  };
  let light = new Float32Array(width * width);
  light = light.map((_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return (at(x + 0.25, y + 0.25) + at(x + 0.75, y + 0.25) + at(x + 0.25, y + 0.75) + at(x + 0.75, y + 0.75)) / 4;
  });
  if (blur > 0) light = new Float32Array(blurred(blurred(light, width, blur, 1), width, blur, width));
  let seed = 1;
  const random = (): number => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const pixels = Uint8Array.from(light, (value, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const grain = (random() + random() + random() - 1.5) * noise;
    return Math.max(0, Math.min(255, 255 * (value * (1 - shade * ((x / width) * 0.7 + (y / width) * 0.3)) + grain)));
  });
  return { width, height: width, pixels };
}

/** A film of one picture in the form that Chromium takes for a camera: YUV4MPEG2. */
export function film({ width, height, pixels }: Grey): Uint8Array {
  const text = (it: string): Uint8Array => new TextEncoder().encode(it);
  const colourless = new Uint8Array((width * height) / 2).fill(128);
  return Buffer.concat([text(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), text("FRAME\n"), pixels, colourless]);
}
