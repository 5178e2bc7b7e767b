// The whole review as one page to print. Every word of a pack is escaped: packs come from strangers.
import type { Approvals, Comparison, PackChanges } from "../../../../wasm/studio/pkg-web/longma_studio.js";
import type { Locale } from "../../model/time";
import type { Texts } from "../../types";
import type { Finding, Severity } from "../language";
import type { Words } from "../words";
import type { Where } from "../workshop";
import { shortEdition } from "./approvals";
import { caseName, tallyOf, type CaseRun } from "./cases";
import { grouped } from "./changes";
import { readable, sorted } from "./compare";
import { packOf, within } from "./names";
import type { Assumed } from "./review";

export interface Sheet {
  /** When it is made. */
  made: string;
  /** Of all texts. */
  edition: string;
  changes: readonly PackChanges[];
  /** Of the packs that changed. */
  approvals: readonly Approvals[];
  findings: readonly { path: string; findings: readonly Finding[] }[];
  /** The pack whose cases and assumed params are told. */
  pack: string | undefined;
  cases: readonly CaseRun[] | undefined;
  /** Who changes colour, if it was counted on these texts. */
  compared: Comparison | undefined;
  where: Where;
  assumed: readonly { pack: string; assumed: readonly Assumed[] }[];
}

const SIGNS: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => SIGNS[sign] ?? sign);

/** A text of the packs: what stands between backticks is code. */
const rich = (text: string): string => text.split("`").map((part, at) => (at % 2 === 1 ? `<code>${escaped(part)}</code>` : escaped(part))).join("");

const STYLE = `
body{margin:0 auto;max-width:52rem;padding:1.5rem;font:15px/1.6 system-ui,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif;color:#1d1a15;background:#fff}
h1{font-size:1.5rem;margin:0 0 .3rem}h2{font-size:1.15rem;margin:1.6rem 0 .4rem;padding-bottom:.2rem;border-bottom:2px solid #1d1a15}h3{font-size:1rem;margin:1rem 0 .3rem}h4{font-size:.95rem;margin:.7rem 0 .2rem}
p,ul,ol{margin:.25rem 0}ul,ol{padding-left:1.4rem}li{margin:.3rem 0;break-inside:avoid}code{font-family:ui-monospace,monospace;font-size:.88em;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;margin:.3rem 0}th,td{border:1px solid #999;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}th{font-weight:600}td{white-space:pre-line;width:50%}
.quiet{color:#5a5348;font-size:.9em}.lines{display:flex;gap:2rem;margin-top:.6rem}.lines span{flex:1;border-bottom:1px solid #1d1a15;padding-top:1.6rem}
h2,h3,h4{break-after:avoid}table{break-inside:avoid}@media print{body{padding:0;max-width:none}}`;

export function sheetOf(sheet: Sheet, words: Words, locale: Locale): string {
  const w = words.publishing;
  const say = (texts: Texts): string => texts[locale];
  const list = (items: readonly string[]): string => (items.length === 0 ? "" : `<ul>${items.map((item) => `<li>${item}</li>`).join("")}</ul>`);
  const p = (text: string, quiet = false): string => `<p${quiet ? ' class="quiet"' : ""}>${text}</p>`;
  const part = (title: string, ...content: string[]): string => `<section><h2>${escaped(title)}</h2>${content.join("")}</section>`;

  const changes = sheet.changes.map(
    (one) =>
      `<h3>${escaped(say(one.title))} <code>${escaped(one.pack)}</code></h3>` +
      grouped(one.changes)
        .map(
          (group) =>
            `<h4>${escaped(w.changes.groups[group.kind])} <span class="quiet">${escaped(w.changes.tally(group.added, group.removed, group.changed))}</span></h4>` +
            list(
              group.changes.map((change) => {
                const place = change.how === "removed" ? `${w.changes.gone} ${within(change.file)}` : words.findings.place(within(change.file), change.line);
                const said = `${rich(say(change.words))} <span class="quiet">${escaped(place)}</span>`;
                const sides =
                  change.before === null && change.after === null
                    ? ""
                    : `<table><thead><tr><th scope="col">${escaped(w.changes.before)}</th><th scope="col">${escaped(w.changes.after)}</th></tr></thead><tbody><tr><td>${change.before === null ? "–" : rich(say(change.before))}</td><td>${change.after === null ? "–" : rich(say(change.after))}</td></tr></tbody></table>`;
                return said + sides + (change.reason === null ? "" : p(escaped(w.changes.reason) + rich(say(change.reason)), true));
              }),
            ),
        )
        .join(""),
  );

  /** Findings of the packs that changed and of the one that is looked at. */
  const packs = new Set([...sheet.changes.map(({ pack }) => pack), ...(sheet.pack === undefined ? [] : [sheet.pack])]);
  const rank: Severity[] = ["error", "warning", "info"];
  const findings = sheet.findings
    .filter(({ path }) => packs.has(packOf(path) ?? ""))
    .flatMap(({ path, findings: its }) => its.map((finding) => ({ path, finding })))
    .sort((a, b) => rank.indexOf(a.finding.severity) - rank.indexOf(b.finding.severity))
    .map(({ path, finding }) => `<strong>${escaped(words.findings.severity[finding.severity])}</strong> ${rich(finding.message)} <span class="quiet">${escaped(words.findings.place(path.replace(/^packs\//, ""), finding.from.line + 1))}</span>`);

  const tally = sheet.cases === undefined ? undefined : tallyOf(sheet.cases);
  const cases =
    sheet.cases === undefined || tally === undefined
      ? p(escaped(w.print.unread))
      : p(escaped(sheet.cases.length === 0 ? words.cases.none : words.cases.tally(tally.passed, tally.failed))) +
        list(sheet.cases.filter(({ passed }) => !passed).map((one) => `${escaped(words.cases.failed)} · ${escaped(caseName(one.name, locale))}: ${escaped(one.failures.join("; "))}`));

  const compared = sheet.compared;
  const colour =
    compared === undefined
      ? p(escaped(w.print.notCompared))
      : p(escaped(w.colour.among(compared.persons, sheet.where)), true) +
        list(sorted(compared).changed.map((one) => `<strong>${escaped(say(one.caption))}</strong> ${escaped(words.compare.changed(one.changed.persons, Number(one.changed.person_days)))}`)) +
        (sorted(compared).changed.length === 0 ? p(escaped(words.compare.nobody(compared.persons))) : "");

  const assumed = sheet.assumed.map(
    ({ pack, assumed: its }) =>
      `<h3>${escaped(w.print.pack(pack))}</h3>` +
      list(its.map((one) => `<code>${escaped(one.name)}</code> = ${escaped(one.value)} ${escaped(words.publish.units[one.unit ?? ""] ?? "")}<br><span class="quiet">${escaped(one.note === undefined ? words.publish.noNote : say(one.note))}</span>`)),
  );

  const approvals = sheet.approvals.map((one) => {
    const records = one.records.map(
      (record) =>
        `<strong>${escaped(record.name)}</strong> ${escaped(record.office)} ${escaped(readable(record.at))} · ${escaped(record.current ? w.approvals.current : w.approvals.older)} <code>${escaped(shortEdition(record.edition))}</code><br>${escaped(record.note)}`,
    );
    const line = `<div class="lines">${[w.approvals.name, w.approvals.office, w.print.signature, w.print.date].map((label) => `<span>${escaped(label)}</span>`).join("")}</div>`;
    return (
      `<h3>${escaped(w.print.pack(one.pack))}</h3>` +
      p(`${escaped(w.approvals.tally(one.count, one.needed))} <span class="quiet">${escaped(w.approvals.editionOf(one.edition))}</span>`) +
      list(records) +
      line.repeat(Math.max(0, one.needed - one.count))
    );
  });

  const body = [
    `<h1>${escaped(w.print.title)}</h1>`,
    p(`${escaped(w.print.made(readable(sheet.made)))} · ${escaped(w.print.edition(sheet.edition))}`, true),
    part(w.changes.title, ...(changes.length === 0 ? [p(escaped(w.changes.none))] : changes)),
    part(w.print.findings, findings.length === 0 ? p(escaped(words.findings.none)) : list(findings)),
    part(w.print.cases, sheet.pack === undefined ? "" : p(escaped(w.print.pack(sheet.pack)), true), cases),
    part(w.colour.title, colour),
    part(words.publish.assumed, ...(assumed.length === 0 ? [p(escaped(w.assumed.none))] : assumed)),
    part(w.approvals.title, ...(approvals.length === 0 ? [p(escaped(w.approvals.none))] : approvals)),
    p(escaped(w.print.close), true),
  ].join("");
  return `<!DOCTYPE html><html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${escaped(w.print.title)} · ${escaped(sheet.made.slice(0, 10))}</title><style>${STYLE}</style></head><body>${body}</body></html>`;
}
