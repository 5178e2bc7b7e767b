// The guide's steps for a new pack, each ticked by what is true and not by what somebody says.
import { parse } from "smol-toml";
import type { CaseRun } from "./cases";
import { editionOf, type House } from "./house";
import { readRules } from "./passages";

/** What is remembered of a pack that was begun from a notice. */
export interface Begun {
  /** The names of the cases that came with it. */
  cases: readonly string[];
  /** The marks that the notice did not answer. */
  questions: readonly string[];
  /** The editions of the pack that were compared last, and reviewed last. */
  compared?: string;
  reviewed?: string;
}

export const STEPS = ["cases", "numbers", "rule", "captions", "check", "green", "compare", "review"] as const;
export type Step = (typeof STEPS)[number];

const UNFILLED = /【待填】|\[to fill in\]/;

/** Whether a TOML text has values, and none of them is the template's. Comments may speak of it. */
function filled(text: string | undefined): boolean {
  try {
    const said = JSON.stringify(parse(text ?? ""));
    return said !== "{}" && !UNFILLED.test(said) && !/example_|"示例/.test(said);
  } catch {
    return false;
  }
}

/** A pack's texts alone. */
export const textsOf = (id: string, house: House): House => new Map([...house].filter(([path]) => path.startsWith(`packs/${id}/`)));

/** The names of the cases in a text. */
export const caseNames = (text: string): string[] => [...text.matchAll(/^name\s*=\s*"((?:[^"\\\n]|\\.)*)"/gm)].map(([, name = ""]) => name);

export interface Seen {
  begun: Begun;
  house: House;
  /** The cases as they ran; undefined if they could not. */
  ran: readonly CaseRun[] | undefined;
  errors: number;
  warnings: number;
  /** Whether the checker has spoken. */
  ready: boolean;
}

/** Which steps are done. */
export function doneOf(id: string, { begun, house, ran, errors, warnings, ready }: Seen): Set<Step> {
  const texts = textsOf(id, house);
  const names = [...texts].filter(([path]) => path.includes("/cases/")).flatMap(([, text]) => caseNames(text));
  const scripts = [...texts].filter(([path]) => path.endsWith(".rhai")).flatMap(([path, text]) => readRules(path, text).rules);
  const edition = editionOf(texts);
  const own = names.some((name) => !begun.cases.includes(name));
  const rest = names.some((name) => /^示例|^example/i.test(name));
  const is: Record<Step, boolean> = {
    cases: own && !rest,
    numbers: filled(texts.get(`packs/${id}/pack.toml`)),
    rule: scripts.length > 0 && !scripts.some(({ name }) => name.startsWith("example_")),
    captions: filled(texts.get(`packs/${id}/captions.toml`)),
    // The cases run after the check: before they ran, nothing was found because nothing was looked for.
    check: ready && ran !== undefined && errors === 0 && warnings === 0,
    green: own && ran !== undefined && ran.length > 0 && ran.every(({ passed }) => passed),
    compare: begun.compared === edition,
    review: begun.reviewed === edition,
  };
  return new Set(STEPS.filter((step) => is[step]));
}
