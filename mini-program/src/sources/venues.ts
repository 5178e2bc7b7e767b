// What is known about a venue: its kind, what it asks at the door, how full it is. Nothing about its visitors.
import { config } from "../config";
import { fromHttp } from "./http";
import { venues } from "./samples";

export async function venueFacts(code: string): Promise<object | null> {
  if (config.venueUrl !== "") {
    const text = await fromHttp(config.venueUrl + encodeURIComponent(code)).read().catch(() => null);
    return text === null ? null : (JSON.parse(text) as object);
  }
  const found = venues.find(({ facts }) => facts.identity.code === code)?.facts;
  return found === undefined ? null : { ...found, scans: [], presented: [] };
}
