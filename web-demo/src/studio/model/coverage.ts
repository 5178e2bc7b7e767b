// What cases exercise of a script, by line.
import type { FileCoverage } from "../../../../wasm/studio/pkg-web/longma_studio.js";
import type { Texts } from "../../types";

export type Covered = "all" | "partly" | "none";

export interface CoveredLine {
  /** From 1. */
  line: number;
  covered: Covered;
  /** What no case does there. */
  gaps: Texts[];
}

type Place = FileCoverage["places"][number];

const within = ({ range: { start, end } }: Place, line: number): boolean => start.line <= line && (line < end.line || (line === end.line && end.column > 1));
const length = ({ range: { start, end } }: Place): number => (end.line - start.line) * 10_000 + end.column - start.column;

/** Whether a line has anything that runs. */
const runs = (text: string): boolean => !/^\s*(\/\/.*)?$/.test(text) && /[\p{L}\p{N}_"]/u.test(text);

/** The lines of a script that have something to run. A line on which nothing is counted shares in the innermost thing around it, or in its function. */
export function linesOf(script: string, { places }: FileCoverage): CoveredLine[] {
  const found: CoveredLine[] = [];
  let inside: Place | undefined;
  script.split(/\r?\n/).forEach((text, i) => {
    const line = i + 1;
    if (text.startsWith("}")) inside = undefined;
    if (!runs(text)) return;
    const beginning = places.filter(({ range }) => range.start.line === line);
    inside = beginning.find(({ what }) => what === "rule" || what === "function") ?? inside;
    const around = places.filter((place) => within(place, line)).sort((a, b) => length(a) - length(b))[0] ?? inside;
    const its = beginning.length > 0 ? beginning : around === undefined ? [] : [around];
    if (its.length === 0) return;
    const visited = its.filter(({ visits }) => visits > 0).length;
    const covered: Covered = visited === its.length ? "all" : visited > 0 ? "partly" : "none";
    found.push({ line, covered, gaps: beginning.flatMap(({ gap }) => (gap === null ? [] : [gap])) });
  });
  return found;
}

const KINDS = ["rules", "branches", "functions", "releases", "captions"];
const rank = (kind: string): number => (KINDS.indexOf(kind) + KINDS.length + 1) % (KINDS.length + 1);

/** Counts by kind over a pack's scripts; kinds of which there is nothing are left out. */
export function totalsOf(files: readonly FileCoverage[]): { kind: string; covered: number; total: number }[] {
  const totals = new Map<string, { covered: number; total: number }>();
  for (const { counts } of files) {
    for (const [kind, { covered, total }] of Object.entries(counts)) {
      const sum = totals.get(kind) ?? { covered: 0, total: 0 };
      totals.set(kind, { covered: sum.covered + covered, total: sum.total + total });
    }
  }
  return [...totals].filter(([, { total }]) => total > 0).map(([kind, sum]) => ({ kind, ...sum })).sort((a, b) => rank(a.kind) - rank(b.kind));
}
