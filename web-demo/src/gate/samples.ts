// Codes and documents to try a gate with, right ones and forged ones. Loaded in test mode only.
import { FOLDERS, json } from "./documents";
import type { Word } from "./protocol";

export interface SampleCode {
  name: string;
  code: string;
  /** What the gate asked phones to sign, in hex. */
  challenge: string | null;
  seconds: number;
  /** What is to be said of it, and the problem; empty if the rules answer. */
  word: Word;
  problem: string;
}

export interface SampleDocuments {
  name: string;
  /** The files that differ from the right ones, in hex. */
  files: Record<string, string>;
  /** What was seen before. */
  seen: string;
  seconds: number;
  problem: string;
}

export interface Samples {
  /** The time of the test mode, in RFC 3339. */
  now: string;
  codes: SampleCode[];
  documents: SampleDocuments[];
}

export const fetchSamples = async (): Promise<Samples | undefined> => (await json(FOLDERS.samples, "codes.json")) as Samples | undefined;
