// A sound for each word: up, twice the same, long and low. They differ in rhythm too, not in height alone.
import type { Word } from "./protocol";

/** Height in hertz, start and length in seconds. */
type Note = [height: number, start: number, length: number];

const SOUNDS: Record<Word, Note[]> = {
  admit: [[880, 0, 0.12], [1320, 0.13, 0.2]],
  check: [[660, 0, 0.14], [660, 0.24, 0.14]],
  deny: [[196, 0, 0.6], [185, 0, 0.6]],
};

let context: AudioContext | undefined;

/** Until somebody has touched the page, browsers keep it silent. To begin takes long, so it is not left to the first answer. */
function prepare(): void {
  context ??= new AudioContext();
}
for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, prepare, { once: true });

export function play(word: Word): void {
  if (context === undefined) return;
  void context.resume();
  const { currentTime, destination } = context;
  for (const [height, start, length] of SOUNDS[word]) {
    const [note, loudness] = [context.createOscillator(), context.createGain()];
    note.type = word === "deny" ? "square" : "sine";
    note.frequency.value = height;
    loudness.gain.setValueAtTime(0.2, currentTime + start);
    loudness.gain.linearRampToValueAtTime(0, currentTime + start + length);
    note.connect(loudness).connect(destination);
    note.start(currentTime + start);
    note.stop(currentTime + start + length);
  }
}
