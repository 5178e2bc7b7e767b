// The messages between the page and the engine's worker: one typed request, one answer.
// Expected failures (bad facts, a bad file) are answers with problems. A failure of the engine itself is `broken`.
import type { Card, Outcome, Result, Role, Status } from "../types";

/** What each request carries. Times are whole seconds since the Unix epoch. */
export interface Requests {
  /** Start the engine with the compiled packs at this address. */
  load: { packs: string };
  /** Replace the reference table `name` with this CSV text. */
  addReference: { name: string; csv: string };
  /** Decide for all instants; the worker keeps the outcome for `at`. */
  evaluate: { facts: string; region?: string };
  /** Look up every decision and draw the card at one instant of the latest outcome. */
  at: { seconds: number };
  /** Draw a QR code. */
  qr: { text: string };
}

/** What a successful answer carries. */
export interface Answers {
  load: object;
  addReference: { rows: number };
  evaluate: { outcome: Outcome; roles: Record<Role, string[]> };
  at: { statuses: Record<string, Status>; card: Card };
  qr: { svg: string };
}

export type Kind = keyof Requests;

/** From the page to the worker. */
export type Request = { [K in Kind]: { id: number; kind: K; payload: Requests[K] } }[Kind];

/** From the worker to the page. `detail` is for developers, in English. */
export type Response = { id: number; result: Result<Answers[Kind]> } | { id: number; broken: string };
