// Reports of codes that were not admitted: the one seam to whoever takes them.
import { FOLDERS, json } from "./documents";
import type { Report } from "./store";

/** What became of reports: `nowhere` if nobody is named to take them. What is not sent stays queued. */
export type Sent = "sent" | "nowhere" | "failed";

/** Where reports go, by `gate/report.json`: `{ "url": "…" }`. */
async function address(): Promise<URL | undefined> {
  const named = (await json(FOLDERS.real, "report.json")) as { url?: unknown } | null | undefined;
  if (typeof named?.url !== "string") return undefined;
  const url = new URL(named.url, document.baseURI);
  return url.origin === location.origin ? url : undefined;
}

/** Hands reports over, as a list in JSON. */
export async function send(reports: Report[]): Promise<Sent> {
  try {
    const to = await address();
    if (to === undefined) return "nowhere";
    const response = await fetch(to, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(reports) });
    return response.ok ? "sent" : "failed";
  } catch {
    return "failed";
  }
}
