// What all peers but Longma are given: times as seconds, since most of them read none,
// and only the sections that the policy reads.

/** The end of what has none. Below 2^53, so that every engine can compare it. */
export const FOREVER = 2 ** 40;

const seconds = (text) => Date.parse(text) / 1000;
const end = (text) => (text === undefined ? FOREVER : seconds(text));

/** A person, as JSON text, as plain records. */
export function read(json) {
  const person = JSON.parse(json);
  return {
    diagnoses: person.diagnoses.map((d) => ({
      from: seconds(d.diagnosed_at),
      until: end(d.resolved_at ?? d.discharged_at),
    })),
    contacts: person.contacts.map((c) => ({
      kind: c.kind,
      last: seconds(c.last_contact),
      identified: seconds(c.identified_at),
      released: end(c.released_at),
    })),
    stays: person.stays.map((s) => ({ key_area: s.key_area === true, arrived: seconds(s.arrived), left: end(s.left) })),
    tests: person.tests.map((t) => ({
      method: t.method,
      result: t.result,
      sampled: seconds(t.sampled_at),
      reported: seconds(t.reported_at),
    })),
    overrides: person.overrides.map((o) => ({ level: o.level, from: seconds(o.from), until: seconds(o.until) })),
    issuance: person.issuance.map((i) => ({ issued: seconds(i.issued_at) })),
    vaccinations: person.vaccinations.map((v) => ({ product: v.product, at: seconds(`${v.at}T00:00:00+08:00`) })),
  };
}

/**
 * The same in single numbers, for engines that do not go through lists: a good part of the
 * policy is then written here and not there. 0 stands for "none", and `FOREVER` for "never".
 */
export function summary(json, now) {
  const { diagnoses, contacts, stays, tests, overrides, issuance, vaccinations } = read(json);
  const set = (level) =>
    latest(
      overrides.filter((o) => o.level === level && o.from <= now),
      "until",
    );
  const held = contacts.filter((c) => c.released > now);
  const reported = tests.filter((t) => t.reported <= now);
  const nth = (n, products) =>
    vaccinations
      .filter((v) => products.includes(v.product))
      .map((v) => v.at)
      .sort((a, b) => a - b)[n - 1] ?? FOREVER;
  return {
    now,
    set_red_until: set("red"),
    set_yellow_until: set("yellow"),
    diagnosed_until: latest(
      diagnoses.filter((d) => d.from <= now),
      "until",
    ),
    close_contact: latest(
      held.filter((c) => c.kind === "close" && c.last <= now),
      "last",
    ),
    companion: latest(
      held.filter((c) => c.kind === "time_space" && c.identified <= now),
      "identified",
    ),
    key_area_left: latest(
      stays.filter((s) => s.key_area && s.arrived <= now),
      "left",
    ),
    positive: latest(
      reported.filter((t) => t.result === "positive"),
      "sampled",
    ),
    negative: latest(
      reported.filter((t) => t.method === "nucleic_acid" && t.result === "negative"),
      "sampled",
    ),
    issued: latest(
      issuance.filter((i) => i.issued <= now),
      "issued",
    ),
    inactivated: nth(2, ["CoronaVac", "BBIBP-CorV", "WIBP-CorV"]),
    vector: nth(1, ["Convidecia"]),
    recombinant: nth(3, ["ZF2001"]),
  };
}

const latest = (records, field) => records.reduce((last, record) => Math.max(last, record[field]), 0);
