// Stand-in until rules/schema/outcome.schema.json exists.
export interface Texts { "zh-CN": string; en: string }
export interface Level { level: string; caption: Texts; colour: string }
export interface Cause { rule: string; level: string; caption: Texts; release: Texts; source: Texts; evidence: string[]; from: string | null; until: string | null }
export interface Segment { from: string | null; until: string | null; level: string; at_least: string | null; packs: string[]; causes: Cause[]; problems: number[] }
export interface Status { at: string; level: string; at_least: string | null; since: string | null; until: string | null; next: { at: string; level: string } | null; packs: string[]; causes: Cause[]; problems: number[] }
export interface Decision { caption: Texts; levels: Level[]; timeline: Segment[]; status?: Status }
export type Place =
  | { kind: "facts"; pointer: string }
  | { kind: "file"; file: string; line: number; column: number }
  | { kind: "key"; file: string; key: string[] }
  | { kind: "reference"; table: string; line: number }
  | { kind: "none" };
export interface Problem { severity: "error" | "warning"; code: string; message: Texts; help: Texts | null; place: Place; expected: Texts | null; found: string | null; rule: string | null }
export interface Outcome { longma: 1; subject: string; region: string; decisions: Record<string, Decision>; problems: Problem[] }
