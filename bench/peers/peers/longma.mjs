// Longma, by its package for Node, with the policy as a pack.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const DECISIONS = ["code", "validity", "gold"];
const here = (path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const GLUE = here("wasm/device/pkg-node/longma_device.js");
const WASM = here("wasm/device/pkg-node/longma_device_bg.wasm");
/** Written by run.mjs. */
const PACKS = here("target/bench/peers/packs.longma");

export const name = "Longma";
export const cannot = "none of these; one decision answers for all instants";
export const absent = () => {
  const missing = [GLUE, WASM, PACKS].find((file) => !existsSync(file));
  return missing && `${missing.slice(here("").length)} is not there; cargo xtask bench --peers builds it`;
};
export const ships = () => [GLUE, WASM, PACKS];

let engine;

export function prepare() {
  const { Engine } = createRequire(import.meta.url)(GLUE);
  engine = good(Engine.load(readFileSync(PACKS)), "engine");
}

export function decide(json, now) {
  const outcome = good(engine.evaluate(json, undefined, DECISIONS), "outcome");
  const statuses = good(outcome.at(now), "statuses");
  outcome.free();
  return DECISIONS.map((decision) => statuses[decision].level);
}

function good(result, member) {
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 1));
  return result[member];
}
