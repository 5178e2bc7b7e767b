// What the page and its two workers say to each other.
import type { Files, Refusal as Refused } from "../../../packages/api/src/gate";
import type { GateAnswer, GateState, Problem } from "../../../wasm/gate/pkg-web/longma_gate_web.js";

export type { Files, GateAnswer, GateState, Problem };
export type Word = GateAnswer["word"];

export type Refusal = Refused<Problem>;

export interface Loaded {
  /** Whether there is a gate made of these documents. If not, the one before goes on. */
  taken: boolean;
  refused: Refusal[];
  /** What has been seen of versions; absent if they were not taken. */
  seen?: string;
}

/** Each question, and its answer. Instants are seconds. */
export interface Asks {
  /** With `partly`, a gate may lack tables, list or venue; without, it takes all or nothing. */
  load: { ask: { files: Files; seen: string; seconds: number; samples: boolean; partly: boolean }; told: Loaded };
  state: { ask: { seconds: number }; told: GateState };
  /** `challenges` are those that phones may have signed, the newest first; none if the gate does not ask. */
  decide: { ask: { code: string; challenges: Uint8Array[]; seconds: number }; told: GateAnswer };
}

export type Kind = keyof Asks;
export type Asked = { [K in Kind]: { id: number; kind: K } & Asks[K]["ask"] }[Kind];
export type Told = { id: number; told: Asks[Kind]["told"] } | { id: number; failed: string };

/** A picture for the worker that reads QR codes. */
export interface Look {
  id: number;
  picture: ImageBitmap | Blob;
  /** Where the reader's code is. */
  wasm: string;
}
/** The code's text; nothing if there is none. */
export type Read = { id: number; text: string | undefined } | { id: number; failed: string };
