// JSON Logic by json-logic-engine, interpreted.
import { LogicEngine } from "json-logic-engine";
import { read } from "../facts.mjs";

const DAY = 86_400;

export const name = "json-logic-engine, interpreted";
export const cannot = "reasons, until when; unknown (what is absent counts as false)";

const v = (path) => ({ var: path });
// Inside an iteration, `../../` leads to what is around it.
const now = v("../../now");
const whose = (list, ...conditions) => ({ filter: [v(list), { and: conditions }] });
const some = (list, ...conditions) => ({ some: [v(list), { and: conditions }] });
const tested = (test) => ({ "!": { some: [v("../../negatives"), test] } });
const set = (level) =>
  some("overrides", { "===": [v("level"), level] }, { "<=": [v("from"), now] }, { "<": [now, v("until")] });
const doses = (least, ...products) => ({
  ">=": [
    { length: whose("vaccinations", { in: [v("product"), products] }, { "<=": [{ "+": [v("at"), 14 * DAY] }, now] }) },
    least,
  ],
});

/** When the negative tests that are reported were sampled. The rules read them as `negatives`. */
export const NEGATIVES = {
  map: [
    whose(
      "tests",
      { "===": [v("method"), "nucleic_acid"] },
      { "===": [v("result"), "negative"] },
      { "<=": [v("reported"), now] },
    ),
    v("sampled"),
  ],
};

export const CODE = {
  if: [
    {
      or: [
        set("red"),
        some("diagnoses", { "<=": [v("from"), now] }, { "<": [now, v("until")] }),
        some(
          "contacts",
          { "===": [v("kind"), "close"] },
          { "<=": [v("last"), now] },
          { "<": [now, { "+": [v("last"), 7 * DAY] }] },
          { "<": [now, v("released")] },
        ),
        some(
          "tests",
          { "===": [v("result"), "positive"] },
          { "<=": [v("reported"), now] },
          tested({ ">": [v(""), v("../../sampled")] }),
        ),
      ],
    },
    "red",
    {
      or: [
        set("yellow"),
        some(
          "contacts",
          { "===": [v("kind"), "time_space"] },
          { "<=": [v("identified"), now] },
          { "<": [now, v("released")] },
          tested({ ">=": [v(""), v("../../identified")] }),
        ),
        some("stays", v("key_area"), { "<=": [v("arrived"), now] }, tested({ ">=": [v(""), v("../../left")] })),
      ],
    },
    "yellow",
    "green",
  ],
};

/** The last two read the code as `code`. */
export const VALIDITY = {
  if: [some("issuance", { "<=": [v("issued"), now] }, { "<": [now, { "+": [v("issued"), DAY] }] }), "valid", "invalid"],
};
export const GOLD = {
  if: [
    {
      and: [
        { "===": [v("code"), "green"] },
        { or: [doses(2, "CoronaVac", "BBIBP-CorV", "WIBP-CorV"), doses(1, "Convidecia"), doses(3, "ZF2001")] },
      ],
    },
    "gold",
    "none",
  ],
};

let engine;

export function prepare() {
  engine = new LogicEngine();
}

export function decide(json, now) {
  const facts = { ...read(json), now };
  facts.negatives = engine.run(NEGATIVES, facts);
  facts.code = engine.run(CODE, facts);
  return [facts.code, engine.run(VALIDITY, facts), engine.run(GOLD, facts)];
}
