// The Gansu rules of 2022-03-07 written by hand in JavaScript, as the baseline for
// Longma in WebAssembly. The same as bench/src/by_hand.rs, which lists what is left
// out. measure.mjs compares it with Longma before measuring.

const HOUR = 3600;
const DAY = 24 * HOUR;
/** Times are seconds since the Unix epoch. This is the end of an open-ended span. */
const OPEN = Infinity;

const [GREEN, YELLOW, RED] = [0, 1, 2];
/** Names of the levels, lowest first. */
export const SCALES = {
  code: ["green", "yellow", "red"],
  validity: ["invalid", "valid"],
  gold: ["none", "gold"],
};

/** Whose inflow it is. */
const PROVINCE = "甘肃省";

// Gansu's own numbers.
const RECENT_TEST = 48 * HOUR;
const CLEARING_DAYS = 3;
const LOOK_BACK = 14 * DAY;
const CODE_VALID = 24 * HOUR;
const GOLD_WAIT_DAYS = 14;
const INACTIVATED_GAP_DAYS = 21;
const RECOMBINANT_GAP_DAYS = 28;

const INACTIVATED = ["CoronaVac", "BBIBP-CorV", "WIBP-CorV"];

const time = (text) => Date.parse(text) / 1000;
const open = (text) => (text === undefined ? OPEN : time(text));
const startOf = (date) => time(`${date}T00:00:00+08:00`);

/** The national plans' numbers, each with the part of the Gansu span in which it is in force. */
const PLANS = [
  { // 8th edition
    from: startOf("2022-03-07"), until: startOf("2022-06-28"),
    quarantine: 14 * DAY, home: 7 * DAY, homeLevel: YELLOW, secondary: 0, highRisk: 14 * DAY, symptoms: false,
  },
  { // 9th edition
    from: startOf("2022-06-28"), until: startOf("2022-11-11"),
    quarantine: 7 * DAY, home: 3 * DAY, homeLevel: YELLOW, secondary: 7 * DAY, highRisk: 7 * DAY, symptoms: true,
  },
  { // twenty measures
    from: startOf("2022-11-11"), until: startOf("2022-12-07"),
    quarantine: 5 * DAY, home: 3 * DAY, homeLevel: RED, secondary: 0, highRisk: 7 * DAY, symptoms: true,
  },
];

/** The span of the Gansu pack. */
export const SPAN = { from: startOf("2022-03-07"), until: startOf("2022-12-07") };

/** The level of `segments` at an instant; undefined outside the span. */
export function at(segments, instant) {
  if (instant < SPAN.from || instant >= SPAN.until) return undefined;
  return segments[countBefore(segments, (segment) => segment.from <= instant) - 1]?.level;
}

// ---- risk areas ------------------------------------------------------------

/** Reads the list's CSV: province, city, county, community, level, from, until. */
export function readAreas(csv) {
  const places = new Map();
  const cities = new Map();
  for (const [province, city, county, community, level, from, until] of rows(csv).slice(1)) {
    const area = { level, from: time(from), until: until === "" ? OPEN : time(until) };
    add(places, community === "" ? key(province, city, county) : key(province, city, county, community), area);
    if (level !== "low") add(cities, key(province, city), area);
  }
  // When each city had a medium or high area anywhere: sorted, disjoint.
  for (const [city, areas] of cities) cities.set(city, joined(areas));
  return { places, cities };
}

function add(map, name, area) {
  const known = map.get(name);
  if (known === undefined) map.set(name, [area]);
  else known.push(area);
}

function joined(areas) {
  const all = [];
  for (const { from, until } of areas.toSorted((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last !== undefined && from <= last.until) last.until = Math.max(last.until, until);
    else all.push({ from, until });
  }
  return all;
}

/** A key that ignores differences in whitespace, full-width forms and case. */
const key = (...parts) => parts.map(fold).join("\0");

const fold = (text) =>
  text
    .replace(/\s+/gu, "")
    .replace(/[\uff01-\uff5e]/gu, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .toLowerCase();

/** The rows of a CSV. A quoted cell may contain commas, line breaks and doubled quotes. */
function rows(csv) {
  const found = [];
  let row = [];
  const cells = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/gy;
  while (cells.lastIndex < csv.length) {
    const [, quoted, plain, end] = cells.exec(csv);
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    found.push(row);
    row = [];
  }
  return found;
}

/** The listed areas at the place of the stay, cut to its time. */
function during(stay, areas) {
  const county = key(stay.province, stay.city, stay.county);
  const found = [];
  for (const place of [county, `${county}\0${fold(stay.community)}`]) {
    for (const area of areas.places.get(place) ?? []) {
      const from = Math.max(area.from, stay.from);
      const until = Math.min(area.until, stay.until);
      if (from < until) found.push({ level: area.level, from, until });
    }
  }
  return found;
}

/** Whether the stay's city had a medium or high area during the stay, within LOOK_BACK of its end. */
function cityAtRisk(stay, areas) {
  const spans = areas.cities.get(key(stay.province, stay.city)) ?? [];
  // The spans are disjoint, so the last one that begins before the stay's end ends last.
  const last = spans[countBefore(spans, (span) => span.from < stay.until) - 1];
  return last !== undefined && last.until > stay.from && Math.min(last.until, stay.until) + LOOK_BACK > stay.left;
}

/** How many items of `list` satisfy `holds`; they must come first. */
function countBefore(list, holds) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(list[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}

// ---- rules -----------------------------------------------------------------

/** Decides everything for one person, given as JSON text with all sections, over the span. */
export function decide(facts, areas) {
  const person = JSON.parse(facts);
  const code = codeOf(person, areas);
  return { code, validity: validityOf(person.issuance), gold: goldOf(person.vaccinations, code) };
}

function codeOf(person, areas) {
  const tests = person.tests.map((t) => ({ ...t, sampled: time(t.sampled_at), reported: time(t.reported_at) }));
  const negatives = tests
    .filter((t) => t.method === "nucleic_acid" && t.result === "negative")
    .sort((a, b) => a.reported - b.reported);
  const stays = person.stays.map((stay) => {
    const [from, left] = [time(stay.arrived), open(stay.left)];
    // A stay that ends when it begins counts as one second.
    return { ...stay, from, left, until: Math.max(left, from + 1) };
  });
  const contacts = person.contacts.map((c) => ({ ...c, last: time(c.last_contact), released: open(c.released_at) }));
  const entries = person.entries.map((entry) => time(entry.entered_at));
  const listed = stays.map((stay) => during(stay, areas));
  const isolation = person.isolation.map((order) => ({
    ...order,
    from: time(order.from),
    until: time(order.released_at ?? order.until),
  }));
  const causes = [];

  infections(causes, person.diagnoses, tests);
  for (const contact of contacts) {
    if (contact.kind !== "time_space") continue;
    const from = time(contact.identified_at);
    push(causes, YELLOW, from, Math.min(oneNegative(from, negatives), contact.released));
  }
  stays.forEach((stay, index) => {
    toClear(causes, stay, listed[index], negatives);
    inflow(causes, stay, listed[index], areas, stays, negatives);
  });
  for (const manual of person.overrides) {
    push(causes, manual.level === "red" ? RED : YELLOW, time(manual.from), time(manual.until));
  }
  const high = listed.flat().filter((area) => area.level === "high");
  for (const plan of PLANS) national(causes, plan, contacts, entries, high, person.symptoms, isolation);
  return laid(causes);
}

/** Adds a level over a span, cut to the span of a plan. */
function push(causes, level, from, until, within = SPAN) {
  from = Math.max(from, within.from);
  until = Math.min(until, within.until);
  if (from < until) causes.push({ level, from, until });
}

/** Diagnoses, positive tests and positive pools; the same in all three plans. */
function infections(causes, diagnoses, tests) {
  const cases = diagnoses.map((d) => ({ from: time(d.diagnosed_at), until: open(d.resolved_at ?? d.discharged_at) }));
  for (const { from, until } of cases) push(causes, RED, from, until);
  for (const test of tests) {
    if (test.result !== "positive") continue;
    if (test.method === "nucleic_acid" && test.pool_size > 1) {
      const single = tests.filter(
        (t) =>
          t.method === "nucleic_acid" &&
          t.pool_size === 1 &&
          t.result !== "inconclusive" &&
          t.sampled >= test.sampled,
      );
      push(causes, YELLOW, test.reported, earliest(single.map((t) => t.reported)));
    } else {
      const next = cases.filter((found) => found.until > test.reported);
      push(causes, RED, test.reported, earliest(next.map((found) => found.from)));
    }
  }
}

/** Stays in key areas and medium-risk areas: yellow until two negative tests after leaving. */
function toClear(causes, stay, listed, negatives) {
  if (stay.key_area === true) push(causes, YELLOW, stay.from, twoNegatives(stay.left, negatives));
  for (const area of listed) {
    if (area.level === "medium") push(causes, YELLOW, area.from, twoNegatives(area.until, negatives));
  }
}

/** Arrivals from the low-risk part of a city at risk: yellow until one negative test. */
function inflow(causes, stay, listed, areas, stays, negatives) {
  if (stay.left === OPEN) return;
  const from = came(stay, stays);
  if (from !== undefined && listed.every((area) => area.level === "low") && cityAtRisk(stay, areas)) {
    push(causes, YELLOW, from, oneNegative(from, negatives));
  }
}

/**
 * When somebody who left a city came to the province: directly (or without a record of where to) on leaving, by way of
 * another within LOOK_BACK on arriving.
 */
function came(stay, stays) {
  let next, here;
  for (const other of stays) {
    if (other.left <= stay.left) continue;
    if (sooner(other, next)) next = other;
    if (other.province === PROVINCE && sooner(other, here)) here = other;
  }
  if (next === undefined) return stay.left;
  if (here === undefined || next.city === stay.city || here.city === stay.city) return undefined;
  if (next.province === PROVINCE) return stay.left;
  return here.from < stay.left + LOOK_BACK ? here.from : undefined;
}

const sooner = (a, b) => b === undefined || a.from < b.from || (a.from === b.from && a.city < b.city);

/** Contacts, entrants, high-risk stays, symptoms and isolation, by one national plan. */
function national(causes, plan, contacts, entries, high, symptoms, isolation) {
  for (const { kind, last, released } of contacts) {
    if (kind === "close") {
      const home = last + plan.quarantine;
      push(causes, RED, last, Math.min(home, released), plan);
      push(causes, plan.homeLevel, home, Math.min(home + plan.home, released), plan);
    } else if (kind === "secondary") {
      push(causes, YELLOW, last, Math.min(last + plan.secondary, released), plan);
    }
  }
  for (const entered of entries) {
    const home = entered + plan.quarantine;
    push(causes, RED, entered, home, plan);
    push(causes, plan.homeLevel, home, home + plan.home, plan);
  }
  for (const area of high) push(causes, RED, area.from, area.until + plan.highRisk, plan);
  for (const { kind, reason, from, until } of isolation) {
    if (reason === "other") continue;
    if (reason === "secondary_contact") {
      if (kind === "home" && plan.secondary > 0) push(causes, YELLOW, from, until, plan);
    } else push(causes, kind === "monitoring" ? YELLOW : RED, from, until, plan);
  }
  if (!plan.symptoms) return;
  for (const symptom of symptoms) push(causes, YELLOW, time(symptom.onset), open(symptom.ruled_out_at), plan);
}

/** When the first negative test sampled after 48 hours before `from` is reported. */
function oneNegative(from, negatives) {
  return negatives.find((t) => t.sampled + RECENT_TEST > from)?.reported ?? OPEN;
}

/** When two negative tests are both reported, sampled from `from` on, on different days at most two apart. */
function twoNegatives(from, negatives) {
  const days = [];
  for (const test of negatives) {
    if (test.sampled < from) continue;
    const day = Math.floor((test.sampled + 8 * HOUR) / DAY);
    const pairs = (other) => other !== day && Math.abs(other - day) < CLEARING_DAYS;
    if (days.some(pairs)) return test.reported;
    days.push(day);
  }
  return OPEN;
}

function validityOf(issuance) {
  const causes = [];
  for (const issue of issuance) {
    const from = time(issue.issued_at);
    push(causes, 1, from, from + CODE_VALID);
  }
  return laid(causes);
}

/** Gold from a number of days after a complete course, while the code is green. */
function goldOf(vaccinations, code) {
  const doses = vaccinations.map(({ product, at }) => ({ product, day: Date.parse(at) / 1000 / DAY }));
  const first = (products, since) =>
    earliest(doses.filter((dose) => products.includes(dose.product) && dose.day >= since).map((dose) => dose.day));
  const inactivated = first(INACTIVATED, first(INACTIVATED, -Infinity) + INACTIVATED_GAP_DAYS);
  const vector = first(["Convidecia"], -Infinity);
  const second = first(["ZF2001"], first(["ZF2001"], -Infinity) + RECOMBINANT_GAP_DAYS);
  const recombinant = first(["ZF2001"], second + RECOMBINANT_GAP_DAYS);
  const waited = (Math.min(inactivated, vector, recombinant) + GOLD_WAIT_DAYS) * DAY - 8 * HOUR;
  const causes = [];
  for (const segment of code) {
    if (segment.level === GREEN) push(causes, 1, Math.max(segment.from, waited), segment.until);
  }
  return laid(causes);
}

const earliest = (times) => times.reduce((first, next) => Math.min(first, next), OPEN);

/** Overlays spans: the highest level wins. The segments cover the whole span. */
function laid(causes) {
  const events = [];
  for (const { level, from, until } of causes) {
    events.push({ at: from, level, change: 1 }, { at: until, level, change: -1 });
  }
  events.sort((a, b) => a.at - b.at);
  const active = [0, 0, 0];
  const segments = [];
  let { from } = SPAN;
  let level = GREEN;
  events.forEach((event, index) => {
    active[event.level] += event.change;
    if (events[index + 1]?.at === event.at) return;
    const next = active[RED] > 0 ? RED : active[YELLOW] > 0 ? YELLOW : GREEN;
    if (next === level) return;
    if (from < event.at) segments.push({ from, until: event.at, level });
    [from, level] = [event.at, next];
  });
  if (from < SPAN.until) segments.push({ from, until: SPAN.until, level });
  return segments;
}
