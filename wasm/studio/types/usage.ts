// Type-checked: an office checks packs, screens a list and looks into an appeal.
import init, { Comparing, Engine, LanguageServer, appealOfDossier, check, checkTexts, compile, dossier, screen, type Appeal, type Finding, type Problem, type Screened } from "../pkg-web/longma_studio.js";

export async function office(bundle: string, list: string, facts: string): Promise<Finding[] | Problem[] | [Screened, Appeal]> {
  await init();
  const checked = check(bundle);
  if (!checked.ok) return checked.problems;
  if (checked.findings.some(({ severity }) => severity === "error")) return checked.findings;
  const compiled = compile(bundle);
  if (!compiled.ok) return compiled.problems;
  const loaded = Engine.load(compiled.packs);
  if (!loaded.ok) return loaded.problems;
  const { engine } = loaded;
  const now = Date.now() / 1000;
  const screened = screen(engine, list, now, "620102");
  if (!screened.ok) return screened.problems;
  const said = dossier(engine, "hospital", facts);
  if (!said.ok) return said.problems;
  const found = appealOfDossier(engine, said.dossier, now);
  return found.ok ? [screened.screened, found.appeal] : found.problems;
}

/** What an editor underlines in packs that are not published yet, by path. */
export async function edited(texts: Record<string, string>): Promise<Finding[]> {
  await init();
  const { findings, bundle } = checkTexts(texts);
  if (bundle !== undefined && !compile(bundle).ok) throw new Error("what checks without an error loads");
  return findings;
}

/** A page's editor, which sends and is sent messages of the Language Server Protocol. */
export async function served(texts: Record<string, string>, message: string): Promise<string[]> {
  await init();
  const server = new LanguageServer("file:///rules/", texts, "zh-CN");
  return [...server.receive(message), ...server.file("packs/62/2022-03-07/pack.toml", undefined)];
}

/** Who changes colour among a thousand invented persons, a hundred at a time. */
export async function compared(before: string, after: string): Promise<number> {
  await init();
  const made = Comparing.of(["before", "after"], [before, after], "620102", 1, undefined);
  if (!made.ok) return 0;
  while (made.comparing.step(100) < 1000) await Promise.resolve();
  const { decisions } = made.comparing.report();
  return decisions.reduce((sum, { changed }) => sum + changed.persons, 0);
}
