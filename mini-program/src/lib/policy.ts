// What is in force, asked of the engine once for each region and change of rules.
import type { Policy } from "longma-miniprogram";
import { config } from "../config";
import type { State } from "./state";
import { ms } from "./time";

let kept: { engine: unknown; region: string; from: number; until: number; policy: Policy } | null = null;

export const regionOf = (state: Readonly<State>): string => state.outcome?.region ?? state.facts?.identity.region ?? config.region;

/** The policy of the person's region at a time. */
export function policyAt(state: Readonly<State>, at: number, region = regionOf(state)): Policy | null {
  const { engine } = state;
  if (engine === null) return null;
  if (kept === null || kept.engine !== engine || kept.region !== region || at < kept.from || at >= kept.until) {
    const policy = engine.policy(region, at);
    const later = policy.changes.map(ms).filter((change) => change > at);
    kept = { engine, region, from: at, until: later[0] ?? Infinity, policy };
  }
  return kept.policy;
}

/** The decisions that are in force. */
export const inForce = (state: Readonly<State>, at: number): Policy["decisions"] => policyAt(state, at)?.decisions ?? [];
