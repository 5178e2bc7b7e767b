// Cards of the person and of dependants. The engine makes them once between two changes.
import type { Outcome, Person, Wallet } from "longma-miniprogram";
import { LongmaError } from "longma-miniprogram";
import type { State } from "./state";
import { ms } from "./time";

export interface Held {
  wallet: Wallet;
  /** What was decided about each dependant, in the order of the documents. */
  outcomes: { outcome: Outcome; facts: Person }[];
}

let kept: { outcome: unknown; documents: unknown; from: number; until: number; held: Held } | null = null;

export function walletAt(state: Readonly<State>, at: number): Held | null {
  const { engine, facts, outcome, holding } = state;
  if (engine === null || facts === null) return null;
  if (kept === null || kept.outcome !== outcome || kept.documents !== holding.dependants || at < kept.from || at >= kept.until) {
    try {
      const wallet = engine.wallet(facts, holding.dependants, at);
      const outcomes: Held["outcomes"] = [];
      for (const text of holding.dependants) {
        const found = engine.tryDecide(text);
        if (found.ok) outcomes.push({ outcome: found.value, facts: JSON.parse(text) as Person });
      }
      const ends = [wallet.own, ...wallet.dependants.map(({ card }) => card)].map(({ changes_at }) => (changes_at === null ? Infinity : ms(changes_at)));
      for (const { until } of wallet.dependants) if (until !== null) ends.push(ms(until));
      kept = { outcome, documents: holding.dependants, from: at, until: Math.min(...ends), held: { wallet, outcomes } };
    } catch (error) {
      if (error instanceof LongmaError) return null;
      throw error;
    }
  }
  return kept.held;
}
