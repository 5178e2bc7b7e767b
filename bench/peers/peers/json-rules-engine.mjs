// json-rules-engine. Its conditions compare single facts: lists and sums are worked out in
// JavaScript.
import { Engine } from "json-rules-engine";
import { summary } from "../facts.mjs";

const DAY = 86_400;

export const name = "json-rules-engine";
export const cannot = "lists and arithmetic (in JavaScript here), until when, unknown; reasons by rule, not by record";

const is = (fact, operator, other) => ({ fact, operator, value: { fact: other } });

const RED = {
  any: [
    is("set_red_until", "greaterThan", "now"),
    is("diagnosed_until", "greaterThan", "now"),
    is("close_contact", "greaterThan", "a_week_ago"),
    {
      all: [
        { fact: "positive", operator: "greaterThan", value: 0 },
        is("positive", "greaterThanInclusive", "negative"),
      ],
    },
  ],
};
const YELLOW = {
  any: [
    is("set_yellow_until", "greaterThan", "now"),
    is("companion", "greaterThan", "negative"),
    is("key_area_left", "greaterThan", "negative"),
  ],
};
const VALID = { all: [is("issued", "greaterThan", "a_day_ago")] };
const GOLD = {
  all: [
    { not: { condition: "red" } },
    { not: { condition: "yellow" } },
    {
      any: [
        is("inactivated", "lessThanInclusive", "two_weeks_ago"),
        is("vector", "lessThanInclusive", "two_weeks_ago"),
        is("recombinant", "lessThanInclusive", "two_weeks_ago"),
      ],
    },
  ],
};

let engine;

export function prepare() {
  engine = new Engine();
  engine.setCondition("red", RED);
  engine.setCondition("yellow", YELLOW);
  for (const [type, conditions] of Object.entries({ red: RED, yellow: YELLOW, valid: VALID, gold: GOLD })) {
    engine.addRule({ conditions, event: { type } });
  }
}

export async function decide(json, now) {
  const facts = summary(json, now);
  facts.a_day_ago = now - DAY;
  facts.a_week_ago = now - 7 * DAY;
  facts.two_weeks_ago = now - 14 * DAY;
  const { events } = await engine.run(facts);
  const holds = (type) => events.some((event) => event.type === type);
  return [
    holds("red") ? "red" : holds("yellow") ? "yellow" : "green",
    holds("valid") ? "valid" : "invalid",
    holds("gold") ? "gold" : "none",
  ];
}
