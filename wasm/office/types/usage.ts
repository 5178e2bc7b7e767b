// Type-checked: an office screens a list and looks into an appeal.
import init, { Engine, appealOfDossier, dossier, screen, type Appeal, type Problem, type Screened } from "../pkg-web/longma_office.js";

export async function office(packs: Uint8Array, list: string, facts: string): Promise<Problem[] | [Screened, Appeal]> {
  await init();
  const loaded = Engine.load(packs);
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
