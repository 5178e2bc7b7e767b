// Type-checked: a gate that is loaded, and asked about a code; a phone that shows one.
import init, { Gate, Phone, type GateAnswer, type GateState, type HeldPass, type Problem } from "../pkg-web/longma_gate_web.js";

export async function gate(roots: Uint8Array[], [timestamp, release, packs]: [Uint8Array, Uint8Array, Uint8Array], areas: string, venue: string, code: string): Promise<Problem[] | [GateAnswer, GateState, string]> {
  await init();
  const now = Date.now() / 1000;
  const loaded = Gate.load(roots, timestamp, release, packs, "", now, false);
  if (!loaded.ok) return loaded.problems;
  const { gate } = loaded;
  const table = gate.addReference("risk_areas", areas);
  if (!table.ok) return table.problems;
  const set = gate.setVenue(venue);
  if (!set.ok) return set.problems;
  const decided = gate.decide(code, undefined, now);
  if (!decided.ok) return decided.problems;
  const word: "admit" | "check" | "deny" = decided.answer.word;
  const state = gate.state(now);
  return state.ok ? [decided.answer, state.state, word + gate.seen()] : state.problems;
}

export async function shown(key: string, packs: Uint8Array, pass: string, challenge: Uint8Array, sign: (message: Uint8Array) => Promise<Uint8Array>): Promise<Problem[] | [HeldPass, string]> {
  const now = Date.now() / 1000;
  const loaded = Phone.load(key, packs);
  if (!loaded.ok) return loaded.problems;
  const { phone } = loaded;
  const held = phone.held(pass, now);
  if (!held.ok) return held.problems;
  const asked = phone.presenceMessage(pass, challenge, now);
  if (!asked.ok) return asked.problems;
  const signed = phone.presentedCode(pass, challenge, now, await sign(asked.message));
  return signed.ok ? [held.held, signed.code] : signed.problems;
}
