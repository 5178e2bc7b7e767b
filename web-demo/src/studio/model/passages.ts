// The words of a notice that a rule rests on: `/// passage: …` lines above the rule, found again in the notice's text.
// Spaces count for nothing there, since a text that was pasted breaks its lines anywhere.

/** A passage that is pinned to a rule. Lines count from 1. */
export interface Pin {
  rule: string;
  path: string;
  /** The rule's line, and the passage's own. */
  line: number;
  at: number;
  words: string;
  /** The sources that the rule cites. */
  sources: readonly string[];
}

/** A rule, and the lines above it that speak of it. */
export interface Rule {
  name: string;
  path: string;
  line: number;
  /** Where its doc comment begins; its own line if it has none. */
  from: number;
  sources: readonly string[];
}

/** Part of a text, by offsets. */
export interface Stretch {
  from: number;
  to: number;
}

/** The rules of a script, and the passages above them. */
export function readRules(path: string, script: string): { rules: Rule[]; pins: Pin[] } {
  const rules: Rule[] = [];
  const pins: Pin[] = [];
  let sources: string[] = [];
  let words: { at: number; words: string }[] = [];
  let from = 0;
  script.split(/\r?\n/).forEach((text, i) => {
    const line = i + 1;
    const doc = /^\s*\/\/\/\s?(.*)$/.exec(text)?.[1];
    if (doc !== undefined) {
      if (from === 0) from = line;
      const [, key, value = ""] = /^\s*(source|passage):\s*(.*?)\s*$/.exec(doc) ?? [];
      if (key === "source") sources.push(...value.split(/[,，、]\s*/).filter((id) => id !== ""));
      else if (key === "passage" && value !== "") words.push({ at: line, words: value });
      return;
    }
    const rule = /^\s*fn\s+([\p{L}_][\p{L}\p{N}_]*)/u.exec(text)?.[1];
    if (rule !== undefined) {
      rules.push({ name: rule, path, line, from: from === 0 ? line : from, sources });
      for (const one of words) pins.push({ rule, path, line, ...one, sources });
    }
    sources = [];
    words = [];
    from = 0;
  });
  return { rules, pins };
}

/** The rule that a line of a script belongs to: the one whose comment or body it is in. */
export function ruleAt(rules: readonly Rule[], path: string, line: number): Rule | undefined {
  return rules.filter((rule) => rule.path === path && rule.from <= line).sort((a, b) => b.line - a.line)[0];
}

/** Where words stand in a text for the first time, spaces apart; undefined if they do not. */
export function stretchOf(text: string, words: string): Stretch | undefined {
  const wanted = words.replace(/\s+/g, "");
  if (wanted === "") return undefined;
  let packed = "";
  const at: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (/\s/.test(char)) continue;
    packed += char;
    at.push(i);
  }
  const found = packed.indexOf(wanted);
  return found < 0 ? undefined : { from: at[found] as number, to: (at[found + wanted.length - 1] as number) + 1 };
}

/** What ends a sentence, or a line. */
const ENDS = /[。！？；!?;]|\.(?=\s|$)|\n/g;
/** What an item of a list begins with. Words behind `一、` or `第一章` without a full stop are a heading. */
const ITEM = /^\s*(?:[（(][\p{N}一二三四五六七八九十]{1,3}[）)]|\d{1,3}[.、．)]|[•·*–—-])/u;
const HEAD = /^\s*(?:[一二三四五六七八九十]{1,3}、|第.{1,4}[条章节])/u;

/**
 * The sentences of a notice. A line goes on in the next one, since pasted lines break anywhere, unless an item or an
 * empty line follows. What ends without a full stop, such as a heading, is no sentence, apart from items.
 */
export function sentencesOf(text: string): Stretch[] {
  const found: Stretch[] = [];
  let from = 0;
  const add = (to: number, whole: boolean): void => {
    const said = text.slice(from, to);
    const marked = ITEM.test(said);
    if (/\p{L}/u.test(said.replace(ITEM, "")) && (whole || marked)) {
      found.push({ from: from + said.length - said.trimStart().length, to: from + said.trimEnd().length });
    } else if (whole) return;
    from = to;
  };
  for (const { index, 0: mark } of text.matchAll(ENDS)) {
    if (mark !== "\n") add(index + 1, true);
    else {
      const next = text.slice(index + 1).split("\n", 1)[0] ?? "";
      if (next.trim() === "" || ITEM.test(next) || HEAD.test(next) || !text.slice(0, index).trim().includes("\n")) add(index + 1, false);
    }
  }
  add(text.length, false);
  return found;
}

/** A piece of a notice's text, with the pins that it belongs to. */
export interface Piece extends Stretch {
  text: string;
  pins: readonly Pin[];
  /** Whether it is in a sentence that no rule is pinned to. */
  bare: boolean;
}

export interface Read {
  pieces: readonly Piece[];
  sentences: readonly Stretch[];
  /** Those that no rule is pinned to. */
  bare: readonly Stretch[];
  /** Pins whose words do not stand in the text. */
  lost: readonly Pin[];
}

/** A notice's text with the passages that rules are pinned to. */
export function readNotice(text: string, pins: readonly Pin[]): Read {
  const placed = pins.map((pin) => ({ pin, stretch: stretchOf(text, pin.words) }));
  const marks = placed.flatMap(({ pin, stretch }) => (stretch === undefined ? [] : [{ pin, ...stretch }]));
  const sentences = sentencesOf(text);
  const within = (a: Stretch, b: Stretch): boolean => a.from < b.to && b.from < a.to;
  const bare = sentences.filter((one) => !marks.some((mark) => within(mark, one)));
  const cuts = [...new Set([0, text.length, ...[...marks, ...bare].flatMap(({ from, to }) => [from, to])])].sort((a, b) => a - b);
  const pieces = cuts.slice(1).map((to, i): Piece => {
    const piece = { from: cuts[i] as number, to };
    return { ...piece, text: text.slice(piece.from, to), pins: marks.filter((mark) => within(mark, piece)).map(({ pin }) => pin), bare: bare.some((one) => within(one, piece)) };
  });
  return { pieces, sentences, bare, lost: placed.filter(({ stretch }) => stretch === undefined).map(({ pin }) => pin) };
}

/** Words on one line: breaks between Chinese characters go, others become a space. */
export const oneLine = (words: string): string => words.trim().replace(/([\p{sc=Han}\p{P}])\s*\n\s*(?=[\p{sc=Han}])/gu, "$1").replace(/\s+/g, " ");

/** The lines that pin words to a rule, and the line (from 1) before which they go. The source is named too if the rule names none. */
export function pinned(script: string, rule: Rule, source: string, words: string): { before: number; text: string } {
  const lines = script.split(/\r?\n/);
  const indent = /^\s*/.exec(lines[rule.line - 1] ?? "")?.[0] ?? "";
  let before = rule.line;
  for (let line = rule.from; line < rule.line; line++) if (/^\s*\/\/\/\s*(source|passage):/.test(lines[line - 1] ?? "")) before = line + 1;
  const named = rule.sources.length === 0 ? `${indent}/// source: ${source}\n` : "";
  return { before, text: `${named}${indent}/// passage: ${oneLine(words)}\n` };
}

/** Where the text of a pack's source stands. */
export const noticePath = (pack: string, source: string): string => `packs/${pack}/sources/${source}.txt`;
