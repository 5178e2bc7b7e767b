// Cedar, by its WebAssembly. Its policies compare single attributes and cannot go through
// lists of records, so those are worked out in JavaScript. One request is asked; the levels
// are read from the names of the policies that permit it.
import { preparsePolicySet, statefulIsAuthorized } from "@cedar-policy/cedar-wasm/nodejs";
import { createRequire } from "node:module";
import { summary } from "../facts.mjs";

export const name = "Cedar, @cedar-policy/cedar-wasm";
export const cannot =
  "lists of records (in JavaScript here), until when; unknown by partial evaluation only; reasons by policy, not by record";
export const ships = () => [
  createRequire(import.meta.url)
    .resolve("@cedar-policy/cedar-wasm/nodejs")
    .replace(/\.js$/, "_bg.wasm"),
];

const RED = `context.set_red_until > context.now
  || context.diagnosed_until > context.now
  || context.now < context.close_contact + 604800
  || (context.positive > 0 && context.positive >= context.negative)`;
const YELLOW = `context.set_yellow_until > context.now
  || context.companion > context.negative
  || context.key_area_left > context.negative`;
const POLICIES = {
  red: RED,
  yellow: YELLOW,
  valid: "context.now < context.issued + 86400",
  gold: `!(${RED}) && !(${YELLOW}) && (context.inactivated + 1209600 <= context.now
    || context.vector + 1209600 <= context.now
    || context.recombinant + 1209600 <= context.now)`,
};

export function prepare() {
  const texts = Object.entries(POLICIES).map(([id, when]) => [
    id,
    `permit(principal, action, resource) when { ${when} };`,
  ]);
  const answer = preparsePolicySet("policy", { staticPolicies: Object.fromEntries(texts) });
  if (answer.type !== "success") throw new Error(JSON.stringify(answer));
}

export function decide(json, now) {
  const answer = statefulIsAuthorized({
    principal: { type: "Person", id: "1" },
    action: { type: "Action", id: "show" },
    resource: { type: "Code", id: "1" },
    context: summary(json, now),
    preparsedPolicySetId: "policy",
    entities: [],
  });
  if (answer.type !== "success" || answer.response.diagnostics.errors.length > 0)
    throw new Error(JSON.stringify(answer));
  const { reason } = answer.response.diagnostics;
  return [
    reason.includes("red") ? "red" : reason.includes("yellow") ? "yellow" : "green",
    reason.includes("valid") ? "valid" : "invalid",
    reason.includes("gold") ? "gold" : "none",
  ];
}
