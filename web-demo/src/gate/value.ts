// The engine's answers.
import type { Problem } from "../../../wasm/gate/pkg-web/longma_gate_web.js";

/** What the engine answered. Throws where it failed itself; what is wrong with documents or codes is an answer. */
export function value<T>(result: ({ ok: true } & T) | { ok: false; problems: Problem[] }): T {
  if (result.ok) return result;
  throw new Error(result.problems.map(({ code }) => code).join(", "));
}
