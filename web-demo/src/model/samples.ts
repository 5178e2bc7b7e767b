// The samples from rules/samples/index.json. scripts/prepare.mjs leaves out what holds no card, such as a venue.
import type { Texts } from "../types";

export interface Sample {
  /** The facts file, relative to the index. It also identifies the sample. */
  file: string;
  subject: string;
  name: Texts;
  /** What to look for. */
  look: Texts;
  /** The instant to start at, RFC 3339. */
  at: string;
}

const base = `${import.meta.env.BASE_URL}generated/`;
export const addresses = {
  packs: new URL(`${base}rules.longma`, document.baseURI).href,
  samples: new URL(`${base}samples/`, document.baseURI).href,
  exposures: new URL(`${base}exposures.sample.csv`, document.baseURI).href,
  fireOrders: new URL(`${base}fire_orders.sample.csv`, document.baseURI).href,
  holidays: new URL(`${base}holidays.sample.csv`, document.baseURI).href,
  riskAreas: new URL(`${base}risk_areas.sample.csv`, document.baseURI).href,
};

export async function fetchText(address: string): Promise<string> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: HTTP ${answer.status}`);
  return answer.text();
}

export async function fetchSamples(): Promise<Sample[]> {
  return JSON.parse(await fetchText(`${addresses.samples}index.json`)) as Sample[];
}

export const fetchFacts = (sample: Sample): Promise<string> => fetchText(addresses.samples + sample.file);
