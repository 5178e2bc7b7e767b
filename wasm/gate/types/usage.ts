// Type-checked: a gate that is loaded, and asked about a code.
import init, { Gate, presentedCode, type GateAnswer, type GateState, type Problem } from "../pkg-web/longma_gate_web.js";

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

export const shown = (pass: string, challenge: Uint8Array, signature: Uint8Array): string | undefined => {
  const code = presentedCode(pass, challenge, Date.now() / 1000, signature);
  return code.ok ? code.code : undefined;
};
