// The same JSON Logic, compiled to JavaScript by json-logic-engine.
import { LogicEngine } from "json-logic-engine";
import { read } from "../facts.mjs";
import { CODE, GOLD, NEGATIVES, VALIDITY, cannot } from "./json-logic.mjs";

export const name = "json-logic-engine, compiled";
export { cannot };

let negatives, code, validity, gold;

export function prepare() {
  const engine = new LogicEngine();
  [negatives, code, validity, gold] = [NEGATIVES, CODE, VALIDITY, GOLD].map((logic) => engine.build(logic));
}

export function decide(json, now) {
  const facts = { ...read(json), now };
  facts.negatives = negatives(facts);
  facts.code = code(facts);
  return [facts.code, validity(facts), gold(facts)];
}
