// Common Expression Language by @marcbachmann/cel-js.
import { Environment } from "@marcbachmann/cel-js";
import { read } from "../facts.mjs";

export const name = "CEL, @marcbachmann/cel-js";
export const cannot = "reasons, until when; unknown (what is absent is an error)";

const NEGATIVE = `n.method == "nucleic_acid" && n.result == "negative" && n.reported <= now`;
const set = (level) => `overrides.exists(o, o.level == "${level}" && o.from <= now && now < o.until)`;
const CODE = `
  ${set("red")}
  || diagnoses.exists(d, d.from <= now && now < d.until)
  || contacts.exists(c, c.kind == "close" && c.last <= now && now < c.last + 604800.0 && now < c.released)
  || tests.exists(t, t.result == "positive" && t.reported <= now
       && !tests.exists(n, ${NEGATIVE} && n.sampled > t.sampled))
  ? "red"
  : ${set("yellow")}
  || contacts.exists(c, c.kind == "time_space" && c.identified <= now && now < c.released
       && !tests.exists(n, ${NEGATIVE} && n.sampled >= c.identified))
  || stays.exists(s, s.key_area && s.arrived <= now
       && !tests.exists(n, ${NEGATIVE} && n.sampled >= s.left))
  ? "yellow"
  : "green"`;
const VALIDITY = `issuance.exists(i, i.issued <= now && now < i.issued + 86400.0) ? "valid" : "invalid"`;
const GOLD = `
  code == "green" && (
    vaccinations.filter(v, v.product in ["CoronaVac", "BBIBP-CorV", "WIBP-CorV"] && v.at + 1209600.0 <= now).size() >= 2
    || vaccinations.exists(v, v.product == "Convidecia" && v.at + 1209600.0 <= now)
    || vaccinations.filter(v, v.product == "ZF2001" && v.at + 1209600.0 <= now).size() >= 3)
  ? "gold" : "none"`;

let code, validity, gold;

export function prepare() {
  const environment = new Environment().registerVariable("now", "double").registerVariable("code", "string");
  for (const section of ["diagnoses", "contacts", "stays", "tests", "overrides", "issuance", "vaccinations"]) {
    environment.registerVariable(section, "list");
  }
  [code, validity, gold] = [CODE, VALIDITY, GOLD].map((text) => environment.parse(text));
}

export function decide(json, now) {
  const facts = { ...read(json), now };
  facts.code = code(facts);
  return [facts.code, validity(facts), gold(facts)];
}
