// What became of a pack's cases, as the panel shows it.
import type { Locale } from "../../model/time";

/** One case, as the language server tells it. Lines count from 1. */
export interface CaseRun {
  file: string;
  line: number;
  name: string;
  passed: boolean;
  /** What differs, in the page's language. */
  failures: readonly string[];
}

/** What the command `longma.runCases` answers. Without `cases`, the packs cannot be loaded. */
export interface Ran {
  pack: string;
  cases: readonly CaseRun[] | null;
}

export interface Tally {
  passed: number;
  failed: number;
}

export function tallyOf(cases: readonly CaseRun[]): Tally {
  const passed = cases.filter((one) => one.passed).length;
  return { passed, failed: cases.length - passed };
}

/** Cases by file; files with failures first, then by name. Within a file as they stand. */
export function byFile(cases: readonly CaseRun[]): { file: string; cases: CaseRun[]; tally: Tally }[] {
  const files = new Map<string, CaseRun[]>();
  for (const one of cases) {
    const known = files.get(one.file);
    if (known === undefined) files.set(one.file, [one]);
    else known.push(one);
  }
  return [...files]
    .map(([file, its]) => ({ file, cases: its.sort((a, b) => a.line - b.line), tally: tallyOf(its) }))
    .sort((a, b) => Number(b.tally.failed > 0) - Number(a.tally.failed > 0) || (a.file < b.file ? -1 : 1));
}

/** A case's name in one language, if it is written in both as "中文 — English". */
export function caseName(name: string, locale: Locale): string {
  const parts = name.split(" — ");
  const [zh, en] = parts;
  return parts.length !== 2 || zh === undefined || en === undefined ? name : locale === "en" ? en : zh;
}
