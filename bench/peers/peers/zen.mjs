// GoRules ZEN, its native module for Node: a decision graph with one node of expressions.
import { ZenEngine } from "@gorules/zen-engine";
import { createRequire } from "node:module";
import { read } from "../facts.mjs";

export const name = "GoRules ZEN, @gorules/zen-engine";
export const cannot = "reasons (a trace by node it has), until when; unknown (what is absent is an error)";
/** The native module of this machine, if it is the one that most servers use. */
export const ships = () => {
  const engine = createRequire(createRequire(import.meta.url).resolve("@gorules/zen-engine"));
  return [engine.resolve(`@gorules/zen-engine-${process.platform}-${process.arch}-gnu`)];
};

const EXPRESSIONS = {
  negatives: `filter(tests, #.method == "nucleic_acid" and #.result == "negative" and #.reported <= now)`,
  red: `some(overrides, #.level == "red" and #.from <= now and now < #.until)
    or some(diagnoses, #.from <= now and now < #.until)
    or some(contacts, #.kind == "close" and #.last <= now and now < #.last + 604800 and now < #.released)
    or some(tests as t, t.result == "positive" and t.reported <= now and none($.negatives as n, n.sampled > t.sampled))`,
  yellow: `some(overrides, #.level == "yellow" and #.from <= now and now < #.until)
    or some(contacts as c, c.kind == "time_space" and c.identified <= now and now < c.released
      and none($.negatives as n, n.sampled >= c.identified))
    or some(stays as s, s.key_area and s.arrived <= now and none($.negatives as n, n.sampled >= s.left))`,
  code: `$.red ? "red" : $.yellow ? "yellow" : "green"`,
  validity: `some(issuance, #.issued <= now and now < #.issued + 86400) ? "valid" : "invalid"`,
  doses: "filter(vaccinations, #.at + 1209600 <= now)",
  gold: `$.code == "green" and (
      len(filter($.doses, #.product in ["CoronaVac", "BBIBP-CorV", "WIBP-CorV"])) >= 2
      or some($.doses, #.product == "Convidecia")
      or len(filter($.doses, #.product == "ZF2001")) >= 3)
    ? "gold" : "none"`,
};

const GRAPH = {
  nodes: [
    { id: "facts", name: "facts", type: "inputNode", position: { x: 0, y: 0 } },
    {
      id: "policy",
      name: "policy",
      type: "expressionNode",
      position: { x: 1, y: 0 },
      content: {
        expressions: Object.entries(EXPRESSIONS).map(([key, value]) => ({ id: key, key, value })),
      },
    },
    { id: "answer", name: "answer", type: "outputNode", position: { x: 2, y: 0 } },
  ],
  edges: [
    { id: "1", type: "edge", sourceId: "facts", targetId: "policy" },
    { id: "2", type: "edge", sourceId: "policy", targetId: "answer" },
  ],
};

let decision;

export function prepare() {
  decision = new ZenEngine().createDecision(GRAPH);
}

export async function decide(json, now) {
  const { result } = await decision.evaluate({ ...read(json), now });
  return [result.code, result.validity, result.gold];
}
