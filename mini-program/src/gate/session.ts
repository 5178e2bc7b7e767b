// A gate for as long as the app runs: its documents, its counts of the day and what it has seen of versions. It decides
// by the phone's own clock, never by a sample's.
import { config } from "../config";
import { now } from "../lib/clock";
import { keep, load } from "../lib/store";
import { dayText } from "../lib/time";
import { fetchFiles, keepFiles, keptFiles, type Lack as Unfetched } from "./documents";
import { startGate, type Files, type Gate, type GateAnswer, type GateState, type MakeGate, type Problem, type Refused } from "./engine";

const ENGINE = "/gate/gate.wasm.br";

export type Word = GateAnswer["word"];
export const WORDS: Word[] = ["admit", "check", "deny"];
export type Counts = Record<Word, number>;

/** Why there is no gate. */
export type Lack = Unfetched | "nothing" | "refused" | "engine";

export interface Standing {
  ready: boolean;
  lack?: { what: Lack; detail: string };
  refused: Refused[];
  /** Whether the documents are the kept ones, because new ones could not be had. */
  kept: boolean;
  /** Whether the phone keeps what a gate has to keep. */
  keeps: boolean;
}

/** What is kept beside the documents. */
interface Book {
  seen: string;
  day: string;
  counts: Counts;
}

const NONE: Counts = { admit: 0, check: 0, deny: 0 };
const seconds = (): number => Math.floor(now() / 1000);

let make: MakeGate | undefined;
let gate: Gate | undefined;
let book: Book = { seen: "", day: "", counts: NONE };
let standing: Standing = { ready: false, refused: [], kept: false, keeps: true };

/** How the gate stands now. */
export const current = (): Standing => standing;

/** The counts of the day; each day begins anew. */
export const counts = (): Counts => (book.day === dayText(now()) ? book.counts : NONE);

async function write(change: Partial<Book>): Promise<void> {
  book = { ...book, ...change };
  if ((await keep("gate", book)) !== undefined) standing = { ...standing, keeps: false };
}

/** Makes a gate of documents; what the engine refused. */
async function take(files: Files, partly: boolean): Promise<{ taken: boolean; refused: Refused[] }> {
  const made = (make as MakeGate)(files, { seen: book.seen, seconds: seconds(), samples: false, partly });
  if (made.gate === undefined) return { taken: false, refused: made.refused };
  gate?.free();
  gate = made.gate;
  await write({ seen: gate.seen() });
  return { taken: true, refused: made.refused };
}

/** Takes new documents, else the kept ones, else what can be taken of either: what the gate cannot tell without the rest is for staff to check. */
async function documents(): Promise<void> {
  const fetched = await fetchFiles();
  const fresh = "files" in fetched ? fetched.files : undefined;
  const first = fresh && (await take(fresh, false));
  standing = { ...standing, refused: first?.refused ?? [], kept: true };
  if (fresh !== undefined && first?.taken === true) {
    const keeps = await keepFiles(fresh);
    standing = { ...standing, ready: true, kept: false, keeps: standing.keeps && keeps };
    return;
  }
  // A gate that stands goes on with what it has.
  if (standing.ready) return;
  const before = await keptFiles();
  for (const [files, partly] of [[before, false], [fresh, true], [before, true]] as const) {
    const tried = files && (await take(files, partly));
    if (first === undefined && tried !== undefined) standing = { ...standing, refused: tried.refused };
    if (tried?.taken !== true) continue;
    standing = { ...standing, ready: true, kept: files === before };
    return;
  }
  const unfetched = "what" in fetched && before === undefined;
  standing = { ...standing, lack: unfetched ? fetched : { what: "refused", detail: "" } };
}

/** Starts the gate, or fetches its documents again. */
export async function refresh(): Promise<void> {
  const { lack: _, ...before } = standing;
  standing = before;
  if (config.gateUrl === "") {
    standing = { ...standing, lack: { what: "nothing", detail: "" } };
    return;
  }
  try {
    if (make === undefined) {
      book = (await load<Book>("gate")) ?? book;
      make = await startGate(ENGINE);
    }
    await documents();
  } catch (error) {
    standing = { ...standing, ready: false, lack: { what: "engine", detail: error instanceof Error ? error.message : String(error) } };
  }
}

function value<T>(told: ({ ok: true } & T) | { ok: false; problems: Problem[] }): T {
  if (told.ok) return told;
  throw new Error(told.problems.map(({ code }) => code).join(", "));
}

/** What is loaded, and how old it is; nothing without a gate. */
export const stateOf = (): GateState | undefined => (gate === undefined ? undefined : value(gate.state(seconds())).state);

/** What to do about whoever shows a code, which is counted; nothing without a gate. */
export async function decide(code: string): Promise<GateAnswer | undefined> {
  if (gate === undefined) return undefined;
  const { answer } = value(gate.decide(code, undefined, seconds()));
  const so = counts();
  await write({ day: dayText(now()), counts: { ...so, [answer.word]: so[answer.word] + 1 } });
  return answer;
}
