// The policy in plain JavaScript. The other peers must give the same answers.
import { read } from "../facts.mjs";

const HOUR = 3600;
const DAY = 24 * HOUR;
const INACTIVATED = ["CoronaVac", "BBIBP-CorV", "WIBP-CorV"];

export const name = "by hand, JavaScript";
export const cannot = "reasons, until when, unknown; a change of the policy needs a build";

export function prepare() {}

/** The levels of code, validity and gold at an instant, in seconds since the Unix epoch. */
export function decide(json, now) {
  const person = read(json);
  const code = codeOf(person, now);
  const valid = person.issuance.some((i) => i.issued <= now && now < i.issued + 24 * HOUR);
  return [code, valid ? "valid" : "invalid", code === "green" && complete(person.vaccinations, now) ? "gold" : "none"];
}

function codeOf({ diagnoses, contacts, stays, tests, overrides }, now) {
  // Set by hand, by two officers: a colour can be raised so, and never lowered.
  const set = (level) => overrides.some((o) => o.level === level && o.from <= now && now < o.until);
  const reported = tests.filter((t) => t.reported <= now);
  const negatives = reported.filter((t) => t.method === "nucleic_acid" && t.result === "negative");
  const held = contacts.filter((c) => c.released > now);

  if (set("red")) return "red";
  if (diagnoses.some((d) => d.from <= now && now < d.until)) return "red";
  if (held.some((c) => c.kind === "close" && c.last <= now && now < c.last + 7 * DAY)) return "red";
  // Red until a negative test that was sampled later.
  const positives = reported.filter((t) => t.result === "positive");
  if (positives.some((p) => negatives.every((n) => n.sampled <= p.sampled))) return "red";

  if (set("yellow")) return "yellow";
  // Yellow until a negative test that was sampled no earlier.
  const companions = held.filter((c) => c.kind === "time_space" && c.identified <= now);
  if (companions.some((c) => negatives.every((n) => n.sampled < c.identified))) return "yellow";
  const key = stays.filter((s) => s.key_area && s.arrived <= now);
  if (key.some((s) => negatives.every((n) => n.sampled < s.left))) return "yellow";
  return "green";
}

/** Two inactivated doses, one of Convidecia or three of ZF2001, the last at least 14 days ago. */
function complete(vaccinations, now) {
  const doses = vaccinations.filter((v) => v.at + 14 * DAY <= now);
  const count = (products) => doses.filter((v) => products.includes(v.product)).length;
  return count(INACTIVATED) >= 2 || count(["Convidecia"]) >= 1 || count(["ZF2001"]) >= 3;
}
