// Type-checked: packs are checked and compiled, an editor is served, two bundles are compared.
import init, { Comparing, LanguageServer, checkTexts, compile, type Finding } from "../pkg-web/longma_studio.js";

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
