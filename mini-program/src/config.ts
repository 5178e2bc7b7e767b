// What a province changes first. Nothing here is secret, and an empty address means that nothing is fetched.

export const config = {
  /** Whose rules apply to a person who has not said where they live, by GB/T 2260. */
  region: "620102",
  /** Offset of the times that are shown, in minutes. */
  offset: 480,
  /** Where a person's facts come from; the answer is a document of rules/schema/person.schema.json. */
  factsUrl: "",
  /** Where the list of risk areas and the list of exposure events come from, as CSV. */
  tableUrls: { risk_areas: "", exposures: "" } as Record<string, string>,
  /** Any address whose answer has a `Date` header; asked when the phone's clock went backwards. */
  timeUrl: "",
  /** Where a venue's facts come from: its code is put at the end of the address. */
  venueUrl: "",
  /** Where a gate's documents lie, with a slash at the end: root, timestamp, release, packs, tables, list and venue. Empty: this phone is no gate. */
  gateUrl: "",
  /** A gate's documents may take this much together, in bytes. */
  largestGate: 4_000_000,
  /** Where the sampling sites come from, as CSV. */
  sitesUrl: "",
  /** Where to look for sites if the person gives no position: the centre of Lanzhou. */
  centre: { latitude: 36.0611, longitude: 103.8343 },
  /** The decision that says where to be seen. */
  care: "care",
  /** The salt that the list of exposure events was published with. */
  salt: "sample-list-2022",
  /** Facts are deleted this many days after they were last fetched or changed. */
  retainDays: 30,
  /** Visits are deleted after this many days. */
  retainVisitDays: 28,
  /** The platform takes 1 MB a key; facts beyond this are refused. In characters. */
  largestFacts: 600_000,
  /** The clock may be set back by this much without a word, in milliseconds. */
  clockTolerance: 5_000,
  /** Telephone number that answers questions about a code. */
  hotline: "12345",
};

/** When a service is offered: while a decision with this role, name or table is in force, or where this address is set. */
export interface When {
  address?: "gateUrl";
  role?: string;
  decision?: string;
  table?: string;
}

/** Services other than the decisions on the card. The order is that of the page. */
export const services: { name: ServiceName; path: string; icon: string; when?: When }[] = [
  { name: "venue", path: "/pages/venue/venue", icon: "scan", when: { role: "admission" } },
  { name: "checkIn", path: "/pages/record/record?section=check_ins", icon: "pulse", when: { role: "urgency" } },
  { name: "arrival", path: "/pages/record/record?section=arrivals", icon: "train", when: { decision: "arrival" } },
  { name: "contact", path: "/pages/contact/contact", icon: "people", when: { table: "exposures" } },
  { name: "sites", path: "/pages/sites/sites", icon: "pin", when: { decision: "tests" } },
  { name: "cards", path: "/pages/cards/cards", icon: "family", when: { role: "proxy" } },
  { name: "care", path: "/pages/care/care", icon: "card" },
  { name: "policy", path: "/pages/policy/policy", icon: "book" },
  { name: "gate", path: "/gate/pages/gate/gate", icon: "scan", when: { address: "gateUrl" } },
  { name: "appeal", path: "/pages/appeal/appeal", icon: "pen" },
];

export type ServiceName = "venue" | "checkIn" | "arrival" | "contact" | "sites" | "cards" | "care" | "policy" | "gate" | "appeal";
