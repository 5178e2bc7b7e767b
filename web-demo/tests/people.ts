// Invented people for the tests. Every section is given, so that only what a test leaves out is unknown.

import type { Person } from "../src/types";

export type Sections = Omit<Person, "subject" | "identity" | "incomplete">;

const NOTHING: Required<Sections> = {
  issuance: [],
  diagnoses: [],
  contacts: [],
  stays: [],
  entries: [],
  tests: [],
  vaccinations: [],
  symptoms: [],
  isolation: [],
  flags: [],
  visits: [],
  arrivals: [],
  check_ins: [],
  dependants: [],
  overrides: [],
};

/** A person in Lanzhou with nothing to report except the given sections. */
export function person(sections: Sections = {}): Person {
  return {
    subject: "person",
    identity: {
      name: "张若兰",
      document: { type: "resident_id", number: "999999199001010024" },
      sex: "2",
      birth_date: "1990-01-01",
      region: "620102",
    },
    ...NOTHING,
    ...sections,
  };
}

export const time = (text: string): string => `${text}:00+08:00`;
export const json = (facts: unknown): string => JSON.stringify(facts, null, 2);

/** Ninth edition: red for 7 days from the last contact, then yellow for 3. Codes are issued for the tests' instants. */
export const closeContact = person({
  issuance: [{ issued_at: time("2022-07-10T08:00") }, { issued_at: time("2022-07-14T20:00") }, { issued_at: time("2022-07-18T08:00") }],
  contacts: [{ kind: "close", last_contact: time("2022-07-08T10:00"), identified_at: time("2022-07-09T10:00") }],
});

/** Red for 14 days under the eighth edition, until 2022-06-28; for 7 under the ninth, so the change shortens it. */
export const acrossEditions = person({
  contacts: [{ kind: "close", last_contact: time("2022-06-24T10:00"), identified_at: time("2022-06-24T12:00") }],
});

/** Two inactivated doses far enough apart: gold 14 days after the second. */
export const vaccinated = person({
  issuance: [{ issued_at: time("2022-07-10T08:00") }],
  vaccinations: [
    { product: "CoronaVac", dose: 1, at: "2022-05-01" },
    { product: "CoronaVac", dose: 2, at: "2022-06-01" },
  ],
});

/** A contact of a contact: yellow whatever the tests say, but the tests are not known. */
export const testsNotKnown: Person = (() => {
  const facts = person({
    issuance: [{ issued_at: time("2022-07-10T08:00") }],
    contacts: [{ kind: "secondary", last_contact: time("2022-07-08T10:00"), identified_at: time("2022-07-09T10:00") }],
  });
  delete facts.tests;
  return facts;
})();
