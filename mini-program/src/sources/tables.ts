// Reference tables as CSV: the invented ones of the package, or a province's. A table that cannot be had is null, and
// what needs it is then not known.
import { sites as inventedSites, tables as invented } from "longma-miniprogram/samples";
import { config } from "../config";
import { fromHttp } from "./http";

export async function tables(): Promise<Record<string, string | null>> {
  const found: Record<string, string | null> = { ...invented };
  for (const name of Object.keys(found)) found[name] = await table(name).catch(() => null);
  return found;
}

/** The sampling sites. */
export const siteList = (): Promise<string> => (config.sitesUrl === "" ? Promise.resolve(inventedSites) : fromHttp(config.sitesUrl).read());

/** One table, as it is now. */
export function table(name: string): Promise<string> {
  const url = config.tableUrls[name] ?? "";
  return url === "" ? Promise.resolve((invented as Record<string, string>)[name] ?? "") : fromHttp(url).read();
}
