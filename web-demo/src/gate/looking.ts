// The page's side of the worker that reads pictures, and the camera.
import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";
import type { Look, Read } from "./protocol";

let worker: Worker | undefined;
let last = 0;

/** The text of the QR code in a picture; nothing if there is none. A picture that cannot be opened is an error. */
export function look(picture: ImageBitmap | Blob): Promise<string | undefined> {
  worker ??= new Worker(new URL("./eye.ts", import.meta.url), { type: "module", name: "longma-eye" });
  const eye = worker;
  const id = ++last;
  return new Promise((told, failed) => {
    const end = (act: () => void): void => {
      eye.removeEventListener("message", hear);
      eye.removeEventListener("error", fail);
      act();
    };
    const hear = ({ data }: MessageEvent<Read>): void => {
      if (data.id === id) end(() => ("failed" in data ? failed(new Error(data.failed)) : told(data.text)));
    };
    const fail = (event: ErrorEvent): void => end(() => failed(new Error(event.message)));
    eye.addEventListener("message", hear);
    eye.addEventListener("error", fail);
    const message: Look = { id, picture, wasm: new URL(wasm, document.baseURI).href };
    eye.postMessage(message, picture instanceof Blob ? [] : [picture]);
  });
}

/** How long a code must have been out of sight before it is taken for brought again, in milliseconds. */
const AWAY = 2500;

/** Shows the camera in `video` and tells each code that comes into sight, until the signal. */
export async function watchCamera(video: HTMLVideoElement, until: AbortSignal, told: (text: string) => void): Promise<void> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } } });
  const stop = (): void => stream.getTracks().forEach((track) => track.stop());
  if (until.aborted) {
    stop();
    return;
  }
  until.addEventListener("abort", stop);
  video.srcObject = stream;
  await video.play();
  void watch(video, until, told);
}

async function watch(video: HTMLVideoElement, until: AbortSignal, told: (text: string) => void): Promise<void> {
  let before: { text: string; at: number } | undefined;
  while (!until.aborted) {
    await new Promise(requestAnimationFrame);
    // A frame may be missing or unreadable; the next one comes.
    const text = await createImageBitmap(video).then(look).catch(() => undefined);
    if (text === undefined || until.aborted) continue;
    const isNew = before?.text !== text || performance.now() - before.at > AWAY;
    before = { text, at: performance.now() };
    if (isNew) told(text);
  }
}
