// The worker that reads QR codes in pictures and in frames of the camera. It is started with the first picture; until
// then nothing of the reader is loaded.
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import type { Look, Read } from "./protocol";

/** The longest side that is looked at, in pixels: a photo of a phone has more than a code needs. */
const SIDE = 2000;

function pixels(picture: ImageBitmap): ImageData {
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const [width, height] = [Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale))];
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("no canvas");
  context.drawImage(picture, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

async function read(picture: ImageBitmap | Blob): Promise<string | undefined> {
  const bitmap = picture instanceof Blob ? await createImageBitmap(picture) : picture;
  try {
    const [found] = await readBarcodes(pixels(bitmap), { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 1, textMode: "Plain" });
    return found?.text;
  } finally {
    bitmap.close();
  }
}

const tell = (told: Read): void => postMessage(told);

addEventListener("message", ({ data }: MessageEvent<Look>) => {
  // By itself the reader would fetch its code from somewhere else.
  prepareZXingModule({ overrides: { locateFile: () => data.wasm } });
  read(data.picture).then(
    (text) => tell({ id: data.id, text }),
    (error: unknown) => tell({ id: data.id, failed: String(error) }),
  );
});
